/**
 * `rm`.
 *
 * @source coreutils@9.1 src/rm.c src/remove.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { asker } from "./coreutils-asking";
import { kindName } from "./coreutils-stat";
import { complain, joined, namesOf, quoted, shellQuoted, tryHelp, withoutSlashes } from "./coreutils-support";
import { getopt, type Parsed } from "./getopt";
import { baseName, because, print } from "./support";

const WRITE = 2;

const SPEC = {
  short: "dfirRvI",
  long: {
    force: "f",
    recursive: "r",
    dir: "d",
    verbose: "v",
    "interactive?": "interactive",
    "no-preserve-root": "np",
    "preserve-root?": "pr",
    "one-file-system": "x",
  },
} as const;

type Asks = "never" | "once" | "always" | "protected";

/** The last of -f, -i, -I and --interactive counts. */
function asksOf(options: Parsed): Asks {
  const last = options.options.findLast(({ key }) => ["f", "i", "I", "interactive"].includes(key));
  if (last === undefined) return "protected";
  if (last.key === "interactive") return last.value === "never" || last.value === "no" ? "never" : last.value === "once" ? "once" : "always";
  return last.key === "f" ? "never" : last.key === "I" ? "once" : "always";
}

interface Removal {
  readonly system: System;
  readonly invocation: Invocation;
  readonly options: Parsed;
  readonly asks: Asks;
  readonly ask: (question: string) => boolean;
  readonly fail: (text: string) => false;
}

/** Whether it may go, as far as a person is asked. */
function agreed({ system, asks, ask }: Removal, path: string, found: Attributes, what: "remove" | "descend into"): boolean {
  if (asks === "never" || asks === "once") return true;
  const isProtected = found.kind !== "symlink" && !system.access(path, WRITE).ok;
  if (asks !== "always" && !(isProtected && system.terminal(0).ok)) return true;
  return ask(`${what} ${isProtected ? "write-protected " : ""}${kindName(found)} ${shellQuoted(path)}`);
}

/** Removes what a path names. Whether all of it is gone, or was left on purpose: then the directory around it stays too. */
function remove(run: Removal, path: string): "gone" | "kept" | "failed" {
  const { system, options, fail } = run;
  const refused = (text: string): "failed" => (fail(text), "failed");
  const found = system.lstat(path);
  if (!found.ok) {
    if (run.asks === "never" && options.has("f") && (found.errno === "ENOENT" || found.errno === "ENOTDIR")) return "gone";
    return refused(`cannot remove ${shellQuoted(path)}: ${because(found.errno)}`);
  }
  if (found.value.kind !== "dir") {
    if (!agreed(run, path, found.value, "remove")) return "kept";
    const done = system.unlink(path);
    if (!done.ok) return refused(`cannot remove ${shellQuoted(path)}: ${because(done.errno)}`);
    if (options.has("v")) print(system, `removed ${shellQuoted(path)}\n`);
    return "gone";
  }
  const recursive = options.has("r") || options.has("R");
  if (!recursive && !options.has("d")) return refused(`cannot remove ${shellQuoted(path)}: ${because("EISDIR")}`);
  if (recursive) {
    const inside = namesOf(system, path);
    if ("errno" in inside) {
      if (!system.rmdir(path).ok) return refused(`cannot remove ${shellQuoted(path)}: ${because(inside.errno)}`);
      return "gone";
    }
    if (inside.names.length > 0 && !agreed(run, path, found.value, "descend into")) return "kept";
    let all: "gone" | "kept" | "failed" = "gone";
    for (const name of inside.names) {
      const one = remove(run, joined(path, name));
      if (one !== "gone") all = one;
    }
    if (all !== "gone") return all;
  }
  if (!agreed(run, path, found.value, "remove")) return "kept";
  const done = system.rmdir(path);
  if (!done.ok) return refused(`cannot remove ${shellQuoted(path)}: ${because(done.errno)}`);
  if (options.has("v")) print(system, `removed directory ${shellQuoted(path)}\n`);
  return "gone";
}

/** Options; a file whose name looks like one is hinted at. */
function optionsFor(system: System, invocation: Invocation): Parsed | undefined {
  const args = invocation.argv.slice(1);
  const parsed = getopt(args, SPEC);
  if (typeof parsed !== "string") return parsed;
  complain(system, invocation, parsed);
  const file = args.find((arg) => /^-./.test(arg) && system.lstat(arg).ok);
  if (file !== undefined)
    print(system, `Try 'rm ./${/^[\w./-]+$/.test(file) ? file : shellQuoted(file)}' to remove the file ${quoted(invocation, file)}.\n`, 2);
  tryHelp(system, invocation);
  return undefined;
}

export const rm: Program = (system, invocation) => {
  const options = optionsFor(system, invocation);
  if (options === undefined) return 1;
  const { operands } = options;
  const asks = asksOf(options);
  if (operands.length === 0) return options.has("f") ? 0 : tryHelp(system, invocation, "missing operand");
  const recursive = options.has("r") || options.has("R");
  const ask = asker(system, invocation);
  let status = 0;
  const fail = (text: string): false => {
    complain(system, invocation, text);
    status = 1;
    return false;
  };
  if (asks === "once" && (recursive || operands.length > 3)) {
    const count = `${operands.length} argument${operands.length === 1 ? "" : "s"}`;
    if (!ask(`remove ${count}${recursive ? " recursively" : ""}`)) return 0;
  }
  const run: Removal = { system, invocation, options, asks, ask, fail };
  for (const path of operands) {
    const last = baseName(withoutSlashes(path));
    if (recursive && (last === "." || last === "..")) fail(`refusing to remove '.' or '..' directory: skipping ${shellQuoted(path)}`);
    else if (recursive && withoutSlashes(path) === "/" && !options.has("np")) {
      fail("it is dangerous to operate recursively on '/'");
      complain(system, invocation, "use --no-preserve-root to override this failsafe");
    } else remove(run, path);
  }
  return status;
};
