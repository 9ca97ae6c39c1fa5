/**
 * Who gets how much of the processors at one moment: level by level in proportion to weight, never more than one processor a task,
 * and what some cannot use goes to the others.
 *
 * The scheduler is a fluid: shares hold exactly at every moment instead of on average over slices. Not modelled: which processor a task
 * is on, wake-up latency, real-time classes.
 *
 * @rule linux.cgroup.cpu.weight
 * @source linux@6.12 kernel/sched/fair.c calc_group_shares, Documentation/admin-guide/cgroup-v2.rst "Weights"
 */

/** A task that wants to run, or a group of such. */
export interface Entity {
  readonly weight: number;
  /** At most so many processors. */
  readonly cap: number;
  /** The task's number, or undefined for a group. */
  readonly task?: number;
  /** The group's number, or undefined for a task. */
  readonly group?: number;
  readonly children: readonly Entity[];
}

/** Shares of an amount among weights with caps: those that reach their cap leave the rest to the others. */
export function divide(amount: number, entities: readonly Entity[]): readonly number[] {
  const shares = entities.map(() => 0);
  let open = entities.map((_, i) => i);
  let left = amount;
  while (open.length > 0 && left > 1e-12) {
    const weights = open.reduce((sum, i) => sum + (entities[i] as Entity).weight, 0);
    const capped = open.filter((i) => (left * (entities[i] as Entity).weight) / weights >= (entities[i] as Entity).cap);
    if (capped.length === 0) {
      for (const i of open) shares[i] = (left * (entities[i] as Entity).weight) / weights;
      return shares;
    }
    for (const i of capped) {
      shares[i] = (entities[i] as Entity).cap;
      left -= (entities[i] as Entity).cap;
    }
    open = open.filter((i) => !capped.includes(i));
  }
  return shares;
}

/** Rates of every task and group below an entity that is given so many processors. */
export function rates(entity: Entity, amount: number, tasks: Map<number, number>, groups: Map<number, number>): void {
  const given = Math.min(amount, entity.cap);
  if (entity.task !== undefined) tasks.set(entity.task, given);
  if (entity.group !== undefined) groups.set(entity.group, given);
  const shares = divide(given, entity.children);
  for (const [i, child] of entity.children.entries()) rates(child, shares[i] ?? 0, tasks, groups);
}

/**
 * Weights of the nice values −20 … 19.
 *
 * @rule linux.cgroup.cpu.nice
 * @source linux@6.12 kernel/sched/core.c sched_prio_to_weight
 */
const NICE_WEIGHTS: readonly number[] = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277, 1024, 820, 655,
  526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];

export const niceWeight = (nice: number): number => NICE_WEIGHTS[nice + 20] ?? 1024;

/** The nice value whose weight is nearest, as `cpu.weight.nice` shows it. */
export function nearestNice(weight: number): number {
  let last = Number.POSITIVE_INFINITY;
  for (const [i, each] of NICE_WEIGHTS.entries()) {
    const delta = Math.abs(each - weight);
    if (delta >= last) return i - 1 - 20;
    last = delta;
  }
  return 19;
}
