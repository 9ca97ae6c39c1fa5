/** Lines of scripts: which terminal a line is for, and names in it that only the running world knows. */

import type { MachineView } from "../stage/readmodel/machine/types";

/** `2: ps` is typed at the second terminal; a line without a number at the first. */
export function addressed(line: string): { readonly terminal: string; readonly line: string } {
  const parts = /^(\d): (.*)$/s.exec(line);
  return parts === null ? { terminal: "1", line } : { terminal: parts[1] ?? "1", line: parts[2] ?? "" };
}

interface NamedProcess {
  readonly name: string;
  /** From the host inwards. */
  readonly numbers: readonly number[];
}

/** The processes of a machine's view, oldest first. */
export const numbersOf = ({ processes }: MachineView): readonly NamedProcess[] =>
  processes
    .map(({ name, pids }) => ({ name, numbers: pids.filter((pid) => pid !== null) }))
    .sort((a, b) => (a.numbers[0] ?? 0) - (b.numbers[0] ?? 0));

/** `$(pid sleep)` is the newest such process's number on the host, `$(nspid sleep)` all its numbers from the host inwards. */
export function withNumbers(line: string, processes: readonly NamedProcess[]): string {
  return line.replace(/\$\((pid|nspid) ([\w.-]+)\)/g, (whole, what: string, name: string) => {
    const numbers = processes.findLast((process) => process.name === name)?.numbers;
    if (numbers === undefined) return whole;
    return what === "pid" ? String(numbers[0]) : numbers.join(" ");
  });
}
