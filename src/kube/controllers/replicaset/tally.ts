/**
 * Running counts of a ReplicaSet's Pods, so that one Pod's change costs one Pod's work. A count is taken from the whole list once; from
 * then on each change of a Pod takes away what the Pod was and adds what it is. Whatever cannot be told from a Pod alone (an orphan, a
 * changed template) throws the count away.
 */
import { defineTable } from "../../../sim/table";
import type { Tx } from "../../../sim/types";
import { selectorMatches } from "../../apis/label-selector";
import { isPodReady, isPodTerminal } from "../../apis/pod-availability";
import type { Pod, ReplicaSet } from "../../apis/objects";
import { isPodActive } from "./deletion-order";
import { controllerOf } from "./ownership";
import { selectorOf } from "./selectors";

export interface Counts {
  readonly active: number;
  readonly labelled: number;
  readonly ready: number;
  readonly terminating: number;
  /** Active Pods that no longer match and are to be let go. */
  readonly strays: number;
}
export interface TallyRow extends Counts {
  /** `namespace/name` of the ReplicaSet. */
  readonly key: string;
  readonly uid: string;
}
export const tallyTable = defineTable<TallyRow>({ name: "replicaset.tally", key: (row) => row.key });

const NONE: Counts = { active: 0, labelled: 0, ready: 0, terminating: 0, strays: 0 };
const TERMINATING: Counts = { ...NONE, terminating: 1 };
const STRAY: Counts = { ...NONE, strays: 1 };
/** What an active Pod adds, by having the template's labels and being ready: shared, so that equal contributions are one object. */
const ACTIVE: readonly Counts[] = [0, 1, 2, 3].map((bits) => ({ ...NONE, active: 1, labelled: bits & 1, ready: bits >> 1 }));

function hasTemplateLabels(set: ReplicaSet, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  const wanted = set.spec.template.metadata?.labels ?? {};
  if (labels === wanted) return true;
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  return true;
}

/** What one Pod adds. */
function contribution(set: ReplicaSet, pod: Pod | undefined): Counts {
  if (pod === undefined || controllerOf(pod)?.uid !== set.metadata.uid) return NONE;
  const matches = selectorMatches(selectorOf(set.spec.selector), pod.metadata.labels);
  if (!isPodActive(pod)) return matches && pod.metadata.deletionTimestamp && !isPodTerminal(pod) ? TERMINATING : NONE;
  if (!matches) return STRAY;
  return ACTIVE[(hasTemplateLabels(set, pod) ? 1 : 0) + (isPodReady(pod) ? 2 : 0)] as Counts;
}

const plus = (a: Counts, b: Counts, sign: 1 | -1): Counts => ({
  active: a.active + sign * b.active,
  labelled: a.labelled + sign * b.labelled,
  ready: a.ready + sign * b.ready,
  terminating: a.terminating + sign * b.terminating,
  strays: a.strays + sign * b.strays,
});

/** From the whole list of the set's Pods. */
export function countAll(set: ReplicaSet, pods: readonly Pod[]): Counts {
  return pods.reduce((counts, pod) => plus(counts, contribution(set, pod), 1), NONE);
}

/** A change of one Pod that changes no count. */
export function countsAlike(set: ReplicaSet, before: Pod, after: Pod): boolean {
  return contribution(set, before) === contribution(set, after);
}

/** A count after one Pod changed from `before` to `after`; the same one when the change does not show in it. */
export function counted(counts: Counts, set: ReplicaSet, before: Pod | undefined, after: Pod | undefined): Counts {
  const [was, is] = [contribution(set, before), contribution(set, after)];
  return was === is ? counts : plus(plus(counts, was, -1), is, 1);
}

export function tallyOf(tx: Pick<Tx, "read">, key: string, set: ReplicaSet): TallyRow | undefined {
  const row = tx.read(tallyTable).get(key);
  return row !== undefined && row.uid === set.metadata.uid ? row : undefined;
}
/** Written out, so that all rows have one shape in the engine. */
export const tallyRow = ({ active, labelled, ready, terminating, strays }: Counts, key: string, uid: string): TallyRow => ({
  active,
  labelled,
  ready,
  terminating,
  strays,
  key,
  uid,
});
export const keepTally = (tx: Tx, key: string, set: ReplicaSet, counts: Counts): void =>
  tx.write(tallyTable).put(tallyRow(counts, key, set.metadata.uid));
export const forgetTally = (tx: Tx, key: string): void => tx.write(tallyTable).delete(key);
