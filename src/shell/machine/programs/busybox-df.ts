/**
 * busybox's `df`: every mount that has blocks, in columns of fixed widths, rounded to the nearest.
 *
 * Not modelled: rootfs left out; block sizes by `-B`.
 *
 * @source busybox@1.35 coreutils/df.c libbb/human_readable.c make_human_readable_str
 */
import type { Program, System } from "../../../linux/program";
import { mountFor } from "./disk-free";
import { optionsGiven } from "./getopt";
import { complain, print } from "./support";
import { type Mounted, mountTable } from "./util-linux-mount-table";

const rounded = (amount: number, unit: number): number => Math.floor((amount + unit / 2) / unit);

/** For people: one place behind the point as soon as there is a letter. */
export function readable(amount: number): string {
  let [value, power] = [amount, 0];
  while (value >= 1024 && power < 6) [value, power] = [value / 1024, power + 1];
  if (power === 0) return String(amount);
  const tenths = Math.floor(value * 10 + 0.5);
  return `${Math.floor(tenths / 10)}.${tenths % 10}${"KMGTPE"[power - 1] ?? ""}`;
}

const cell = (text: string): string => ` ${text.padStart(9)}`;
const named = (text: string): string => (text.length > 20 ? `${text}\n${" ".repeat(20)}` : text.padEnd(20));

export const df: Program = (system: System, invocation) => {
  const given = optionsGiven(system, invocation, { short: "kmhTPaiB:" });
  if (given === undefined) return 1;
  const [human, inodes, posix] = [given.has("h"), given.has("i"), given.has("P")];
  const unit = given.has("m") ? 1024 ** 2 : 1024;
  const heading = inodes ? "   Inodes" : human ? "     Size" : posix ? "1024-blocks" : given.has("m") ? "1M-blocks" : "1K-blocks";
  const typed = given.has("T");
  print(system, `Filesystem           ${typed ? "Type       " : ""}${heading.padEnd(15)}Used Available ${posix ? "Capacity" : "Use%"} Mounted on\n`);
  const mounts = mountTable(system);
  const tell = (mount: Mounted, always: boolean): void => {
    const found = system.statfs(mount.target);
    if (!found.ok || (found.value.blocks === 0 && !always)) return;
    const { blockSize, blocks, free, inodes: files, freeInodes } = found.value;
    const [all, left] = inodes ? [files, freeInodes] : [blocks, free];
    const shown = (count: number): string => {
      if (inodes) return human ? readable(count) : String(count);
      return human ? readable(count * blockSize) : String(rounded(count * blockSize, unit));
    };
    const part = all === 0 ? 0 : rounded((all - left) * 100, all);
    const columns = [all, all - left, left].map((count) => cell(shown(count))).join("");
    print(system, `${named(mount.source)}${typed ? ` ${mount.type.padEnd(10)}` : ""}${columns} ${String(part).padStart(3)}% ${mount.target}\n`);
  };
  if (given.operands.length === 0) for (const mount of mounts) tell(mount, given.has("a"));
  let status = 0;
  for (const path of given.operands) {
    const mount = system.stat(path).ok ? mountFor(system, mounts, path) : undefined;
    if (mount !== undefined) {
      tell(mount, true);
      continue;
    }
    complain(system, invocation, `${path}: can't find mount point`);
    status = 1;
  }
  return status;
};
