/**
 * Programs over the workspace: ls, cat, rm, mkdir, touch, cp, mv.
 * Not modelled: permissions, links, sizes of folders; an empty folder is a file named `.keep` in it.
 * @source coreutils
 */
import { entriesOf, isFolder, resolvePath } from "../paths";
import { err, filePaths, out, type Program, readAllInput, readFile, type Run, terminalState } from "../program";

const flagsOf = (args: readonly string[]): { flags: string; rest: readonly string[] } => ({
  flags: args
    .filter((arg) => /^-[A-Za-z0-9]/.test(arg))
    .map((arg) => arg.slice(1))
    .join(""),
  rest: args.filter((arg) => !/^-[A-Za-z0-9]/.test(arg)),
});

function* ls(args: readonly string[]): Run<number> {
  const { flags, rest } = flagsOf(args);
  const { cwd } = yield* terminalState();
  const paths = yield* filePaths();
  const targets = rest.length === 0 ? ["."] : rest;
  let code = 0;
  for (const [index, target] of targets.entries()) {
    const path = resolvePath(cwd, target);
    if (path === undefined || !(paths.includes(path) || isFolder(paths, path))) {
      yield* err(`ls: cannot access '${target}': No such file or directory\n`);
      code = 2;
      continue;
    }
    if (targets.length > 1 && !paths.includes(path)) yield* out(`${index > 0 ? "\n" : ""}${target}:\n`);
    const names = paths.includes(path) ? [target] : entriesOf(paths, path).filter((name) => flags.includes("a") || !name.startsWith("."));
    for (const name of names) yield* listed(paths.includes(path) ? path : path === "" ? name : `${path}/${name}`, name, flags.includes("l"));
  }
  return code;
}

function* listed(path: string, name: string, long: boolean): Run<void> {
  const folder = name.endsWith("/");
  const shown = folder ? name.slice(0, -1) : name;
  if (!long) return yield* out(`${folder ? `${shown}/` : shown}\n`);
  const size = folder ? 4096 : ((yield* readFile(path)) ?? "").length;
  yield* out(`${folder ? "drwxr-xr-x" : "-rw-r--r--"} 1 user user ${String(size).padStart(7)} ${shown}\n`);
}

/** Contents of the named files (or standard input), with the tool's complaint about each that cannot be read. */
export function* contents(
  tool: string,
  names: readonly string[],
): Run<{ readonly texts: readonly { name: string; text: string }[]; readonly failed: boolean }> {
  if (names.length === 0) return { texts: [{ name: "-", text: yield* readAllInput() }], failed: false };
  const { cwd } = yield* terminalState();
  const texts: { name: string; text: string }[] = [];
  let failed = false;
  for (const name of names) {
    const path = resolvePath(cwd, name);
    const text = name === "-" ? yield* readAllInput() : path === undefined ? undefined : yield* readFile(path);
    if (text !== undefined) texts.push({ name, text });
    else {
      failed = true;
      const folder = path !== undefined && isFolder(yield* filePaths(), path);
      yield* err(`${tool}: ${name}: ${folder ? "Is a directory" : "No such file or directory"}\n`);
    }
  }
  return { texts, failed };
}

function* cat(args: readonly string[]): Run<number> {
  const names = args.filter((arg) => arg === "-" || !arg.startsWith("-"));
  if (names.length === 0) {
    for (let text = (yield { do: "in" }).text; text !== undefined; text = (yield { do: "in" }).text) yield* out(text);
    return 0;
  }
  const { texts, failed } = yield* contents("cat", names);
  const numbered = args.includes("-n");
  for (const { text } of texts)
    yield* out(
      numbered
        ? text
            .replace(/^/gm, "")
            .split("\n")
            .slice(0, -1)
            .map((line, i) => `${String(i + 1).padStart(6)}\t${line}\n`)
            .join("")
        : text,
    );
  return failed ? 1 : 0;
}

function* rm(args: readonly string[]): Run<number> {
  const { flags, rest } = flagsOf(args);
  const { cwd } = yield* terminalState();
  let code = 0;
  for (const name of rest) {
    const path = resolvePath(cwd, name);
    const paths = yield* filePaths();
    if (path !== undefined && paths.includes(path)) yield { do: "remove", path };
    else if (path !== undefined && path !== "" && isFolder(paths, path)) {
      if (/r/i.test(flags)) for (const file of paths.filter((each) => each.startsWith(`${path}/`))) yield { do: "remove", path: file };
      else {
        code = 1;
        yield* err(`rm: cannot remove '${name}': Is a directory\n`);
      }
    } else if (!flags.includes("f")) {
      code = 1;
      yield* err(`rm: cannot remove '${name}': No such file or directory\n`);
    }
  }
  return code;
}

function* mkdir(args: readonly string[]): Run<number> {
  const { flags, rest } = flagsOf(args);
  const { cwd } = yield* terminalState();
  for (const name of rest) {
    const path = resolvePath(cwd, name);
    const paths = yield* filePaths();
    if (path === undefined || path === "" || paths.includes(path) || isFolder(paths, path)) {
      if (flags.includes("p")) continue;
      yield* err(`mkdir: cannot create directory '${name}': ${path === undefined ? "Permission denied" : "File exists"}\n`);
      return 1;
    }
    yield { do: "write", path: `${path}/.keep`, text: "" };
  }
  return 0;
}

function* touch(args: readonly string[]): Run<number> {
  const { cwd } = yield* terminalState();
  for (const name of flagsOf(args).rest) {
    const path = resolvePath(cwd, name);
    if (path !== undefined && path !== "") yield { do: "write", path, text: "", append: true };
  }
  return 0;
}

function* copy(args: readonly string[], tool: string): Run<number> {
  const { rest } = flagsOf(args);
  const { cwd } = yield* terminalState();
  const target = rest.at(-1);
  if (rest.length < 2 || target === undefined) {
    yield* err(rest.length === 0 ? `${tool}: missing file operand\n` : `${tool}: missing destination file operand after '${rest[0]}'\n`);
    return 1;
  }
  for (const name of rest.slice(0, -1)) {
    const paths = yield* filePaths();
    const from = resolvePath(cwd, name);
    const to = resolvePath(cwd, target);
    const text = from === undefined ? undefined : yield* readFile(from);
    if (from === undefined || to === undefined || text === undefined) {
      yield* err(`${tool}: cannot stat '${name}': No such file or directory\n`);
      return 1;
    }
    const path = to === "" ? (from.split("/").at(-1) ?? "") : isFolder(paths, to) ? `${to}/${from.split("/").at(-1)}` : to;
    yield { do: "write", path, text };
    if (tool === "mv" && path !== from) yield { do: "remove", path: from };
  }
  return 0;
}

export const FILE_PROGRAMS: readonly (readonly [string, Program])[] = [
  ["ls", ls],
  ["cat", cat],
  ["rm", rm],
  ["mkdir", mkdir],
  ["touch", touch],
  ["cp", copy],
  ["mv", copy],
];
