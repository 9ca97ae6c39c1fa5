/**
 * Programs about paths as text and as places: readlink, realpath, basename, dirname, pwd.
 *
 * @source coreutils@9.1 src/readlink.c src/realpath.c src/basename.c src/dirname.c src/pwd.c
 */
import type { Program } from "../../../linux/program";
import { canonical, type Demand } from "./coreutils-canonical";
import { complain, directoryOf, fileName, given, quoted, tryHelp, withoutSlashes } from "./coreutils-support";
import { baseName, because, print } from "./support";

export const readlink: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "efmnqsvz",
    long: {
      canonicalize: "f",
      "canonicalize-existing": "e",
      "canonicalize-missing": "m",
      "no-newline": "n",
      quiet: "q",
      silent: "q",
      verbose: "v",
      zero: "z",
    },
  });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const letter = options.options.findLast(({ key }) => "efm".includes(key))?.key;
  const demand: Demand = letter === "e" ? "all" : letter === "m" ? "nothing" : "all-but-last";
  const end = options.has("z") ? "\0" : options.has("n") && options.operands.length === 1 ? "" : "\n";
  if (options.has("n") && options.operands.length > 1) complain(system, invocation, "ignoring --no-newline with multiple arguments");
  let status = 0;
  for (const path of options.operands) {
    const link = letter === undefined ? system.readlink(path) : undefined;
    const found = link === undefined ? canonical(system, path, demand) : link.ok ? { path: link.value } : link;
    if ("path" in found) print(system, found.path + end);
    else {
      if (options.has("v")) complain(system, invocation, `${fileName(path)}: ${because(found.errno)}`);
      status = 1;
    }
  }
  return status;
};

/** A path seen from a directory. */
function relative(path: string, from: string): string {
  const [to, base] = [path, from].map((one) => one.split("/").filter((name) => name !== "")) as [string[], string[]];
  let common = 0;
  while (common < to.length && common < base.length && to[common] === base[common]) common++;
  return [...base.slice(common).map(() => ".."), ...to.slice(common)].join("/") || ".";
}

const isBelow = (path: string, base: string): boolean => base === "/" || path === base || path.startsWith(`${base}/`);

export const realpath: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "eLmPqsz",
    long: {
      "canonicalize-existing": "e",
      "canonicalize-missing": "m",
      logical: "L",
      physical: "P",
      quiet: "q",
      strip: "s",
      "no-symlinks": "s",
      zero: "z",
      "relative-to=": "to",
      "relative-base=": "base",
    },
  });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const demand: Demand = options.has("e") ? "all" : options.has("m") ? "nothing" : "all-but-last";
  const links = !options.has("s");
  const places = [options.value("to"), options.value("base")].map((path) =>
    path === undefined ? undefined : { asked: path, found: canonical(system, path, demand, links) },
  );
  for (const place of places) {
    if (place === undefined || "path" in place.found) continue;
    complain(system, invocation, `${fileName(place.asked)}: ${because(place.found.errno)}`);
    return 1;
  }
  const [to, base] = places.map((place) => (place !== undefined && "path" in place.found ? place.found.path : undefined));
  let status = 0;
  for (const path of options.operands) {
    // By -L the dots are taken away before links are followed.
    const plain = options.has("L") && links ? canonical(system, path, "nothing", false) : { path };
    const found = "path" in plain ? canonical(system, plain.path, demand, links) : plain;
    if ("errno" in found) {
      if (!options.has("q")) complain(system, invocation, `${fileName(path)}: ${because(found.errno)}`);
      status = 1;
      continue;
    }
    const from = to ?? base;
    const stays = from === undefined || (base !== undefined && (!isBelow(found.path, base) || !isBelow(from, base)));
    print(system, (stays ? found.path : relative(found.path, from)) + (options.has("z") ? "\0" : "\n"));
  }
  return status;
};

export const basename: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+as:z", long: { multiple: "a", "suffix=": "s", zero: "z" } });
  if (options === undefined) return 1;
  const { operands } = options;
  const many = options.has("a") || options.has("s");
  if (operands.length === 0) return tryHelp(system, invocation, "missing operand");
  if (!many && operands.length > 2) return tryHelp(system, invocation, `extra operand ${quoted(invocation, operands[2] ?? "")}`);
  const suffix = options.value("s") ?? (many ? "" : (operands[1] ?? ""));
  for (const path of many ? operands : operands.slice(0, 1)) {
    const plain = withoutSlashes(path);
    const name = plain === "/" ? "/" : baseName(plain);
    const cut = suffix !== "" && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
    print(system, cut + (options.has("z") ? "\0" : "\n"));
  }
  return 0;
};

export const dirname: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+z", long: { zero: "z" } });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  for (const path of options.operands) print(system, directoryOf(path) + (options.has("z") ? "\0" : "\n"));
  return 0;
};

export const pwd: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "LP", long: { logical: "L", physical: "P" } });
  if (options === undefined) return 1;
  if (options.operands.length > 0) complain(system, invocation, "ignoring non-option arguments");
  const cwd = system.getcwd();
  if (!cwd.ok) return (complain(system, invocation, `couldn't find directory entry in '..' with matching i-node`), 1);
  const named = invocation.env["PWD"];
  const [here, there] = named?.startsWith("/") === true && options.has("L") ? [system.stat("."), system.stat(named)] : [];
  const logical = here?.ok === true && there?.ok === true && here.value.ino === there.value.ino && here.value.dev === there.value.dev;
  print(system, `${logical ? named : cwd.value}\n`);
  return 0;
};
