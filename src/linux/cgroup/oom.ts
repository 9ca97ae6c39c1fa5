/**
 * The OOM killer inside a group: the process with the most pages goes, or the whole group when it is to be treated as one.
 *
 * Not modelled: page tables in the badness; swap (there is none).
 *
 * @rule linux.cgroup.memory.oom
 * @source linux@6.12 mm/oom_kill.c oom_badness, select_bad_process, oom_kill_process; mm/memcontrol.c mem_cgroup_get_oom_group
 */
import type { Kernel } from "../types";
import { memoryEvent } from "./memory-counter";
import { heldBy, processPages, releasePages } from "./memory-pages";
import { PAGE } from "./numbers";
import { ancestorsOf, type CgroupRow, memberOf, subtreeOf, threadsIn } from "./tables";
import { effectiveGroup } from "./tree";

const NEVER = -1000;
/** Of every process: its program and its stack, which are charged to nobody here. */
const OWN_PAGES = 256;

/** Pages held, moved by the adjustment in thousandths of the limit; undefined for what may not be killed. */
export function badness(pages: number, adjustment: number, limitPages: number): number | undefined {
  return adjustment === NEVER ? undefined : pages + Math.trunc((adjustment * limitPages) / 1000);
}

const processesIn = (kernel: Kernel, cgroup: number): readonly number[] => [
  ...new Set(
    subtreeOf(kernel, cgroup)
      .flatMap((row) => threadsIn(kernel, row.id))
      .filter((member) => !member.kernel)
      .map((member) => member.tgid),
  ),
];

const adjustmentOf = (kernel: Kernel, process: number): number => kernel.processes?.oomScoreAdj(kernel, process) ?? 0;

function victimIn(kernel: Kernel, cgroup: number, limitPages: number): number | undefined {
  let victim: number | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const process of processesIn(kernel, cgroup)) {
    const pages = Math.max(OWN_PAGES, heldBy(kernel, processPages(process)) / PAGE);
    const points = badness(pages, adjustmentOf(kernel, process), limitPages);
    if (points === undefined || points < most) continue;
    victim = process;
    most = points;
  }
  return victim;
}

/** The topmost group, at or below the one at its limit, that the victim is in and that dies as one. */
function groupOfVictim(kernel: Kernel, victimGroup: number, limited: number): CgroupRow | undefined {
  const path = ancestorsOf(kernel, victimGroup);
  const within = path.slice(0, path.findIndex((row) => row.id === limited) + 1);
  return within.findLast((row) => row.parent !== 0 && row.settings["memory.oom.group"] === "1");
}

function killOne(kernel: Kernel, process: number): void {
  const member = memberOf(kernel, process);
  if (member !== undefined) memoryEvent(kernel, effectiveGroup(kernel, member.cgroup, "memory").id, "oom_kill");
  releasePages(kernel, processPages(process));
  kernel.processes?.kill(kernel, process);
}

/** Kills in a group that is at its limit; answers with the victims, none when nothing may be killed. */
export function killForMemory(kernel: Kernel, limited: number, limit: number): readonly number[] {
  memoryEvent(kernel, limited, "oom");
  const victim = victimIn(kernel, limited, limit / PAGE);
  const member = victim === undefined ? undefined : memberOf(kernel, victim);
  if (victim === undefined || member === undefined) return [];
  kernel.tx.fired("linux.cgroup.memory.oom", `${kernel.machine}/${victim}`);
  const group = groupOfVictim(kernel, effectiveGroup(kernel, member.cgroup, "memory").id, limited);
  killOne(kernel, victim);
  if (group === undefined) return [victim];
  memoryEvent(kernel, group.id, "oom_group_kill");
  // The victim is still there when all of its group are killed, so it is counted twice.
  const others = processesIn(kernel, group.id).filter((process) => adjustmentOf(kernel, process) !== NEVER);
  for (const process of new Set([...others, victim])) killOne(kernel, process);
  return [...new Set([victim, ...others])];
}
