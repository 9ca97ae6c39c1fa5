/**
 * Which processors a group may use: what it asks for, as far as its parent has them; all of the parent's when it has none of those.
 *
 * Not modelled: partitions, memory nodes beyond node 0.
 *
 * @rule linux.cgroup.cpuset
 * @source linux@6.12 kernel/cgroup/cpuset.c update_cpumask, update_cpumasks_hier
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { cpusOf } from "./cpu-table";
import { type CgroupRow, cgroupOf, putCgroup, ROOT } from "./tables";

/** A list such as `0-2,5`; EINVAL when it is none, ERANGE beyond the machine. */
function parseList(text: string, count: number): Result<readonly number[]> {
  const found = new Set<number>();
  for (const part of text.split(",").filter((each) => each !== "")) {
    const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(part.trim());
    if (match === null) return failure("EINVAL");
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (last < first) return failure("EINVAL");
    if (last >= count) return failure("ERANGE");
    for (let cpu = first; cpu <= last; cpu++) found.add(cpu);
  }
  return value([...found].sort((a, b) => a - b));
}

export function showList(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let j = i;
    while (numbers[j + 1] === (numbers[j] ?? 0) + 1) j++;
    parts.push(i === j ? `${numbers[i]}` : `${numbers[i]}-${numbers[j]}`);
    i = j + 1;
  }
  return parts.join(",");
}

export function cpusAllowed(kernel: Kernel, row: CgroupRow): readonly number[] {
  if (row.id === ROOT) return Array.from({ length: cpusOf(kernel) }, (_, i) => i);
  const above = cpusAllowed(kernel, cgroupOf(kernel, row.parent));
  const asked = parseList(row.settings["cpuset.cpus"] ?? "", cpusOf(kernel));
  const own = asked.ok ? above.filter((cpu) => asked.value.includes(cpu)) : [];
  return own.length > 0 ? own : above;
}

export function writeCpus(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const list = parseList(text, cpusOf(kernel));
  if (!list.ok) return list;
  putCgroup(kernel, { ...row, settings: { ...row.settings, "cpuset.cpus": showList(list.value) } });
  kernel.tx.fired("linux.cgroup.cpuset", `${kernel.machine}/${row.id}`);
  return DONE;
}

export function writeMems(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const list = parseList(text, 1);
  if (!list.ok) return list;
  putCgroup(kernel, { ...row, settings: { ...row.settings, "cpuset.mems": showList(list.value) } });
  return DONE;
}
