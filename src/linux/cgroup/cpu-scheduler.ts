/**
 * Processor time in virtual time: bursts of tasks are served at the rates of the moment, and time is settled from one change to the next:
 * a burst ends, a quota is used up, a period ends, a pressure sample is due.
 *
 * The machine asks `nextChange` for when to look again and `settle` to bring the tables up to now.
 *
 * @rule linux.cgroup.cpu.scheduler
 * @source linux@6.12 kernel/sched/fair.c
 */
import type { Kernel } from "../types";
import { bandwidthOf, endPeriod, isThrottled, startPeriod } from "./cpu-max";
import { type Entity, niceWeight, rates } from "./cpu-shares";
import { type BurstRow, burstTable, clockTable, cpuOf, cpusOf, cpuTable, usedTable } from "./cpu-table";
import { cpusAllowed } from "./cpuset";
import { isFrozen } from "./freezer";
import { noteStall, SAMPLE } from "./pressure";
import { ancestorsOf, cgroupOf, memberOf, ROOT } from "./tables";
import { effectiveGroup } from "./tree";

/** Less than this is finished: times are fractions inside the scheduler. */
const NOTHING = 1e-6;

const runnable = (kernel: Kernel): readonly BurstRow[] => kernel.tx.read(burstTable).by("machine", kernel.machine);
const cgroupOfTask = (kernel: Kernel, tid: number): number => memberOf(kernel, tid)?.cgroup ?? ROOT;

interface Moment {
  readonly tasks: ReadonlyMap<number, number>;
  readonly groups: ReadonlyMap<number, number>;
  readonly waiting: readonly { readonly tid: number; readonly cgroup: number }[];
}

/** The weight of a group among its siblings, on the scale of tasks. */
function weightOf(settings: Readonly<Record<string, string>>): number {
  if (settings["cpu.idle"] === "1") return 3;
  return Math.round((Number(settings["cpu.weight"] ?? 100) * 1024) / 100);
}

function entityOf(
  kernel: Kernel,
  group: number,
  tasks: ReadonlyMap<number, readonly Entity[]>,
  below: ReadonlyMap<number, readonly number[]>,
): Entity {
  const row = cgroupOf(kernel, group);
  const children = [...(tasks.get(group) ?? []), ...(below.get(group) ?? []).map((child) => entityOf(kernel, child, tasks, below))];
  const wanted = children.reduce((sum, child) => sum + child.cap, 0);
  const throttled = group !== ROOT && isThrottled(cpuOf(kernel, group));
  const cap = throttled ? 0 : Math.min(wanted, cpusAllowed(kernel, row).length);
  return { weight: weightOf(row.settings), cap, group, children };
}

/** Rates at this moment: the tree of groups that have something to run. */
function moment(kernel: Kernel): Moment {
  const bursts = runnable(kernel);
  const tasks = new Map<number, Entity[]>();
  const below = new Map<number, number[]>();
  const waiting: { tid: number; cgroup: number }[] = [];
  for (const burst of bursts) {
    const cgroup = cgroupOfTask(kernel, burst.tid);
    if (isFrozen(kernel, cgroup)) continue;
    waiting.push({ tid: burst.tid, cgroup });
    let group = effectiveGroup(kernel, cgroup, "cpu").id;
    const own = tasks.get(group) ?? [];
    tasks.set(group, [...own, { weight: niceWeight(burst.nice), cap: 1, task: burst.tid, children: [] }]);
    while (group !== ROOT) {
      const parent = effectiveGroup(kernel, cgroupOf(kernel, group).parent, "cpu").id;
      const siblings = below.get(parent) ?? [];
      if (!siblings.includes(group)) below.set(parent, [...siblings, group]);
      group = parent;
    }
  }
  const taskRates = new Map<number, number>();
  const groupRates = new Map<number, number>();
  rates(entityOf(kernel, ROOT, tasks, below), cpusOf(kernel), taskRates, groupRates);
  return { tasks: taskRates, groups: groupRates, waiting };
}

/** Groups with a running period timer, or with a quota and something to run. */
function limited(kernel: Kernel, { groups }: Moment, at: number): readonly number[] {
  for (const [group, rate] of groups) if (rate > 0 && bandwidthOf(cgroupOf(kernel, group)).quota !== undefined) startPeriod(kernel, group, at);
  return kernel.tx
    .read(cpuTable)
    .rows()
    .filter((row) => row.machine === kernel.machine && row.periodEnd !== undefined)
    .map((row) => row.cgroup);
}

function nextAt(kernel: Kernel, now: Moment, at: number, timers: readonly number[]): number {
  let next = Number.POSITIVE_INFINITY;
  for (const burst of runnable(kernel)) {
    const rate = now.tasks.get(burst.tid) ?? 0;
    if (rate > 0) next = Math.min(next, at + burst.remaining / rate);
  }
  for (const group of timers) {
    const row = cpuOf(kernel, group);
    next = Math.min(next, row.periodEnd ?? next);
    const rate = now.groups.get(group) ?? 0;
    if (rate > 0 && bandwidthOf(cgroupOf(kernel, group)).quota !== undefined) next = Math.min(next, at + row.left / rate);
  }
  if (now.waiting.length > 0) next = Math.min(next, (Math.floor(at / SAMPLE) + 1) * SAMPLE);
  return next;
}

function serve(kernel: Kernel, now: Moment, span: number): readonly number[] {
  const done: number[] = [];
  for (const burst of runnable(kernel)) {
    const used = (now.tasks.get(burst.tid) ?? 0) * span;
    if (used <= 0 && burst.remaining > NOTHING) continue;
    const remaining = burst.remaining - used;
    if (remaining <= NOTHING) {
      kernel.tx.write(burstTable).delete(`${kernel.machine}/${burst.tid}`);
      done.push(burst.tid);
    } else kernel.tx.write(burstTable).put({ ...burst, remaining });
    const before = kernel.tx.read(usedTable).get(`${kernel.machine}/${burst.tid}`)?.used ?? 0;
    kernel.tx.write(usedTable).put({ machine: kernel.machine, tid: burst.tid, used: before + used });
    for (const row of ancestorsOf(kernel, cgroupOfTask(kernel, burst.tid))) {
      const cpu = cpuOf(kernel, row.id);
      kernel.tx.write(cpuTable).put({ ...cpu, usage: cpu.usage + used });
    }
  }
  return done;
}

/** Takes what ran from the quotas; a group whose quota is used up stands still. */
function spend(kernel: Kernel, now: Moment, span: number, at: number, timers: readonly number[]): void {
  for (const group of timers) {
    const row = cpuOf(kernel, group);
    const used = (now.groups.get(group) ?? 0) * span;
    if (used <= 0 || bandwidthOf(cgroupOf(kernel, group)).quota === undefined) continue;
    const left = row.left - used;
    const out = left <= NOTHING;
    kernel.tx.write(cpuTable).put({ ...row, left: out ? 0 : left, idle: false, ...(out && wantsMore(kernel, group) ? { since: at } : {}) });
  }
}

const wantsMore = (kernel: Kernel, group: number): boolean =>
  runnable(kernel).some((burst) => ancestorsOf(kernel, cgroupOfTask(kernel, burst.tid)).some((row) => row.id === group));

/** Waiting for a processor: some when one task has less than a whole one, full when none of the group runs. */
function notePressure(kernel: Kernel, now: Moment, span: number, at: number): void {
  const seen = new Map<number, { some: boolean; runs: boolean }>();
  for (const { tid, cgroup } of now.waiting) {
    const rate = now.tasks.get(tid) ?? 0;
    for (const row of ancestorsOf(kernel, cgroup)) {
      const before = seen.get(row.id) ?? { some: false, runs: false };
      seen.set(row.id, { some: before.some || rate < 1 - NOTHING, runs: before.runs || rate > 0 });
    }
  }
  for (const [group, { some, runs }] of seen) {
    if (some) noteStall(kernel, group, "cpu", span, group === ROOT || runs ? 0 : span, at);
  }
}

/** A group that has quota left at zero and wants to run is throttled at once. */
function throttle(kernel: Kernel, now: Moment, at: number, timers: readonly number[]): boolean {
  let changed = false;
  for (const group of timers) {
    const row = cpuOf(kernel, group);
    const rate = now.groups.get(group) ?? 0;
    if (rate <= 0 || row.left > NOTHING || bandwidthOf(cgroupOf(kernel, group)).quota === undefined) continue;
    kernel.tx.write(cpuTable).put({ ...row, left: 0, since: at });
    changed = true;
  }
  return changed;
}

/** Brings everything up to a moment; answers with the tasks whose bursts ended, which are woken too. */
export function settle(kernel: Kernel, upTo: number = kernel.tx.now): readonly number[] {
  const clock = kernel.tx.read(clockTable).get(kernel.machine) ?? { machine: kernel.machine, at: upTo, cpus: 1 };
  const done: number[] = [];
  let at = clock.at;
  while (at < upTo) {
    const now = moment(kernel);
    const timers = limited(kernel, now, at);
    if (throttle(kernel, now, at, timers)) continue;
    const next = Math.min(upTo, nextAt(kernel, now, at, timers));
    done.push(...serve(kernel, now, next - at));
    spend(kernel, now, next - at, next, timers);
    notePressure(kernel, now, next - at, next);
    at = next;
    for (const group of timers) if ((cpuOf(kernel, group).periodEnd ?? Number.POSITIVE_INFINITY) <= at) endPeriod(kernel, group, at);
  }
  kernel.tx.write(clockTable).put({ ...clock, at });
  for (const tid of done) kernel.processes?.wake(kernel, `cpu/${tid}`);
  return done;
}

/** When to settle again, later than now; undefined while nothing can change by itself. */
export function nextChange(kernel: Kernel): number | undefined {
  const at = kernel.tx.read(clockTable).get(kernel.machine)?.at ?? kernel.tx.now;
  const now = moment(kernel);
  const next = nextAt(kernel, now, at, limited(kernel, now, at));
  return next === Number.POSITIVE_INFINITY ? undefined : Math.max(kernel.tx.now + 1, Math.ceil(next));
}

/** The machine's processors; at boot. */
export function setCpus(kernel: Kernel, cpus: number): void {
  kernel.tx.write(clockTable).put({ machine: kernel.machine, at: kernel.tx.now, cpus });
}

/** A task wants the processor for so long; it is woken on `cpu/<tid>` when it had it. */
export function startBurst(kernel: Kernel, tid: number, micros: number, nice = 0): void {
  settle(kernel);
  kernel.tx.write(burstTable).put({ machine: kernel.machine, tid, remaining: micros, nice });
}

export function endBurst(kernel: Kernel, tid: number): void {
  if (!kernel.tx.read(burstTable).has(`${kernel.machine}/${tid}`)) return;
  settle(kernel);
  kernel.tx.write(burstTable).delete(`${kernel.machine}/${tid}`);
}
