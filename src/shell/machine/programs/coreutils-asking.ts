/**
 * Questions before something is lost, and the answers typed: what begins with y is yes.
 *
 * @source coreutils@9.1 lib/yesno.c src/copy.c overwrite_ok
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, System } from "../../../linux/program";
import { modeString, shellQuoted } from "./coreutils-support";
import { baseName, print } from "./support";
import { linesFrom } from "./text-input";

const WRITE = 2;

/** Asks, and tells whether the answer was yes. */
export function asker(system: System, invocation: Invocation): (question: string) => boolean {
  let answers: ReturnType<typeof linesFrom> | undefined;
  return (question) => {
    print(system, `${baseName(invocation.argv[0] ?? "")}: ${question}? `, 2);
    answers ??= linesFrom(system, invocation, []);
    return /^[yY]/.test(answers.next() ?? "");
  };
}

const isWritable = (system: System, path: string, { kind }: Attributes): boolean => kind === "symlink" || system.access(path, WRITE).ok;

/** Whether there is something to ask: it was wanted, or a person overwrites what may not be written. */
export const mayAsk = (system: System, path: string, found: Attributes, how: string | undefined): boolean =>
  how === "i" || (how !== "f" && system.terminal(0).ok && !isWritable(system, path, found));

export function overwriting(system: System, path: string, found: Attributes): string {
  if (isWritable(system, path, found)) return `overwrite ${shellQuoted(path)}`;
  return `replace ${shellQuoted(path)}, overriding mode ${found.mode.toString(8).padStart(4, "0")} (${modeString(found).slice(1)})`;
}
