/** What the machine's programs have in common: printing, complaining, reading whole files, and options as getopt takes them. */
import { type Errno, strerror } from "../../../linux/errno";
import type { Invocation, System } from "../../../linux/program";

const CHUNK = 65_536;

export function print(system: System, text: string, fd = 1): void {
  for (let rest = text; rest !== ""; ) {
    const wrote = system.write(fd, rest);
    if (!wrote.ok) return;
    rest = rest.slice(wrote.value);
  }
}

/** A complaint as the program's name and a sentence. */
export const complain = (system: System, { argv }: Invocation, text: string): void => print(system, `${baseName(argv[0] ?? "")}: ${text}\n`, 2);
export const because = (errno: Errno): string => strerror(errno);
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** All that a descriptor gives. */
export function slurp(system: System, fd: number): { readonly text: string } | { readonly errno: Errno } {
  let text = "";
  for (;;) {
    const got = system.read(fd, CHUNK);
    if (!got.ok) return { errno: got.errno };
    if (got.value === "") return { text };
    text += got.value;
  }
}

export function readFile(system: System, path: string): { readonly text: string } | { readonly errno: Errno } {
  if (path === "-") return slurp(system, 0);
  const fd = system.open(path, { read: true }, 0);
  if (!fd.ok) return { errno: fd.errno };
  const all = slurp(system, fd.value);
  system.close(fd.value);
  return all;
}

/** Lines without their ends; a last one that has none counts too. */
export const linesOf = (text: string): readonly string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
