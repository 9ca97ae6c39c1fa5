/** Commands on files: ls, cat, touch, rm, mkdir, cp, mv, tail -f. */
import type { Command, CommandContext, CommandOutcome } from "./commands";

const plain = (args: readonly string[]): readonly string[] => args.filter((word) => !word.startsWith("-") || word === "-");
const flags = (args: readonly string[]): string => args.filter((word) => word.startsWith("-")).join("");

function ls(context: CommandContext, args: readonly string[]): CommandOutcome {
  const given = plain(args);
  const options = flags(args);
  let out = "";
  let err = "";
  for (const path of given.length === 0 ? ["."] : given) {
    const names = context.files.list(path, context.cwd);
    const content = names ? undefined : context.files.read(path, context.cwd);
    if (!names && content === undefined) {
      err += `ls: ${path}: No such file or directory\n`;
      continue;
    }
    const shown = names ? names.filter((name) => options.includes("a") || options.includes("A") || !name.startsWith(".")) : [path];
    if (given.length > 1 && names) out += `${path}:\n`;
    if (options.includes("l")) out += shown.map((name) => longLine(context, names ? `${path === "/" ? "" : path}/${name}` : path, name)).join("");
    else out += shown.map((name) => `${name}\n`).join("");
  }
  return { out, err, code: err === "" ? 0 : 1 };
}

function longLine(context: CommandContext, path: string, name: string): string {
  const directory = context.files.isDirectory(path, context.cwd);
  const size = directory ? 4096 : (context.files.read(path, context.cwd) ?? "").length;
  return `${directory ? "drwxr-xr-x" : "-rw-r--r--"}    1 root     root     ${String(size).padStart(8)} Jan  1 00:00 ${name}\n`;
}

function cat(context: CommandContext, args: readonly string[]): CommandOutcome {
  const given = plain(args);
  if (given.length === 0) return { out: context.stdin ?? "" };
  let out = "";
  let err = "";
  for (const path of given) {
    const content = path === "-" ? (context.stdin ?? "") : context.files.read(path, context.cwd);
    if (content !== undefined) out += content;
    else
      err += context.files.isDirectory(path, context.cwd)
        ? `cat: read error: Is a directory\n`
        : `cat: can't open '${path}': No such file or directory\n`;
  }
  return { out, err, code: err === "" ? 0 : 1 };
}

function remove(context: CommandContext, args: readonly string[]): CommandOutcome {
  const options = flags(args);
  let err = "";
  for (const path of plain(args)) {
    if (context.files.isDirectory(path, context.cwd)) {
      if (!/[rR]/.test(options)) err += `rm: '${path}' is a directory\n`;
      else for (const name of context.files.list(path, context.cwd) ?? []) remove(context, ["-rf", `${path}/${name}`]);
      context.files.remove(path, context.cwd);
    } else if (!context.files.remove(path, context.cwd) && !options.includes("f")) err += `rm: can't remove '${path}': No such file or directory\n`;
  }
  return { err, code: err === "" ? 0 : 1 };
}

function copy(context: CommandContext, args: readonly string[], move: boolean): CommandOutcome {
  const given = plain(args);
  const target = given[given.length - 1] ?? "";
  for (const source of given.slice(0, -1)) {
    const content = context.files.read(source, context.cwd);
    if (content === undefined) return { err: `${move ? "mv: can't rename" : "cp: can't stat"} '${source}': No such file or directory\n`, code: 1 };
    const into = context.files.isDirectory(target, context.cwd) ? `${target}/${source.slice(source.lastIndexOf("/") + 1)}` : target;
    context.files.write(into, context.cwd, content);
    if (move) context.files.remove(source, context.cwd);
  }
  return {};
}

function lines(context: CommandContext, args: readonly string[], fromEnd: boolean): CommandOutcome {
  const at = args.indexOf("-n");
  const count = Number(at >= 0 ? args[at + 1] : (args.find((word) => /^-[0-9]+$/.test(word))?.slice(1) ?? "10"));
  const path = args.filter((word, i) => !word.startsWith("-") && !(at >= 0 && i === at + 1))[0];
  const content = path === undefined ? context.stdin : path === "/dev/null" ? "" : context.files.read(path, context.cwd);
  if (content === undefined) return { err: `${fromEnd ? "tail" : "head"}: can't open '${path ?? ""}': No such file or directory\n`, code: 1 };
  const all = content.replace(/\n$/, "").split("\n");
  const chosen = content === "" ? [] : fromEnd ? all.slice(Math.max(0, all.length - count)) : all.slice(0, count);
  const out = chosen.map((line) => `${line}\n`).join("");
  return fromEnd && args.some((word) => /^-[a-z]*[fF]/.test(word)) ? { out, sleep: 400 * 24 * 3600 * 1_000_000 } : { out };
}

export const fileCommands: Readonly<Record<string, Command>> = {
  ls,
  cat,
  rm: remove,
  touch: (context, args) => {
    for (const path of plain(args)) if (context.files.read(path, context.cwd) === undefined) context.files.write(path, context.cwd, "");
    return {};
  },
  mkdir: (context, args) => {
    for (const path of plain(args)) context.files.makeDirectory(path, context.cwd);
    return {};
  },
  chmod: () => ({}),
  chown: () => ({}),
  ln: () => ({}),
  cp: (context, args) => copy(context, args, false),
  mv: (context, args) => copy(context, args, true),
  cd: (context, args) => {
    const path = args[0] ?? "/root";
    const target = path.startsWith("/") ? path : `${context.cwd === "/" ? "" : context.cwd}/${path}`;
    const normal = `/${target
      .split("/")
      .reduce<string[]>((parts, part) => (part === ".." ? parts.slice(0, -1) : part === "" || part === "." ? parts : [...parts, part]), [])
      .join("/")}`;
    return context.files.isDirectory(normal, "/") ? { cwd: normal } : { err: `sh: cd: can't cd to ${path}: No such file or directory\n`, code: 1 };
  },
  head: (context, args) => lines(context, args, false),
  tail: (context, args) => lines(context, args, true),
  df: () => ({
    out: "Filesystem           1K-blocks      Used Available Use% Mounted on\noverlay              104857600  20971520  83886080  20% /\n",
  }),
};
