/**
 * "Why does it exist?": the chain from a person's command or a fault to an object, cause first.
 *
 * Causes are found by what each controller reacts to, not by which message happened to wake it: one notice may carry many changes. Where
 * no rule is known, the chain follows the engine's own causes.
 */
import type { Deployment, NodeObject, Pod, ReplicaSet } from "../../kube/apis/objects";
import type { SimEvent } from "../../sim/types";
import { type Change, changesOf, type History, historyOf, strokeIndex } from "./history";
import { counts } from "./loops";
import { whoIs } from "./names";
import { changeWords, inputWords } from "./says";
import type { WhyEntry, WorldReader } from "./types";

const DEEPEST = 12;
const LONGEST_CHAIN = 4096;

type Cause = { readonly change: Change } | { readonly input: number } | undefined;

const generation = (change: Change): number | undefined => change.after?.metadata.generation;
const ownerUid = (change: Change, kind: string): string | undefined =>
  (change.after ?? change.before)?.metadata.ownerReferences?.find((one) => one.kind === kind)?.uid;
const latest = (...changes: readonly (Change | undefined)[]): Change | undefined =>
  changes.reduce((best, one) => (one !== undefined && (best === undefined || one.revision > best.revision) ? one : best), undefined);

/** The last change of an object before a position that fits. */
function lastChange(history: History, uid: string | undefined, position: number, fits: (change: Change) => boolean): Change | undefined {
  return (history.byUid.get(uid ?? "") ?? []).findLast((change) => change.position < position && fits(change));
}

/** The last Pod of a set that stopped counting before a position. */
function lastLoss(history: History, setUid: string, position: number): Change | undefined {
  const revisions = history.streams.get("pods") ?? [];
  for (let i = revisions.length - 1; i >= 0; i--) {
    const change = history.byRevision[revisions[i] as number];
    if (change === undefined || change.position >= position || ownerUid(change, "ReplicaSet") !== setUid) continue;
    const counted = change.before !== undefined && counts(change.before as Pod);
    if (counted && (change.after === undefined || !counts(change.after as Pod))) return change;
  }
  return undefined;
}

const replicasRose = ({ before, after }: Change): boolean =>
  after !== undefined && ((after as ReplicaSet).spec.replicas ?? 1) > ((before as ReplicaSet | undefined)?.spec.replicas ?? 0);
const replicasFell = ({ before, after }: Change): boolean =>
  before !== undefined && after !== undefined && ((after as ReplicaSet).spec.replicas ?? 1) < ((before as ReplicaSet).spec.replicas ?? 1);
const specChanged = (change: Change): boolean => change.before === undefined || generation(change) !== change.before.metadata.generation;
const gainedTaint = ({ before, after }: Change): boolean =>
  ((after as NodeObject | undefined)?.spec.taints?.length ?? 0) > ((before as NodeObject | undefined)?.spec.taints?.length ?? 0);

function ruled(history: History, change: Change, who: string): Change | undefined {
  const { resource, position, before } = change;
  if (who.startsWith("replicaset-controller/") && resource === "pods") {
    const set = ownerUid(change, "ReplicaSet");
    if (set === undefined) return undefined;
    if (before !== undefined) return lastChange(history, set, position, replicasFell);
    return latest(lastChange(history, set, position, replicasRose), lastLoss(history, set, position));
  }
  if (who.startsWith("deployment-controller/") && resource === "replicasets") {
    const deployment = ownerUid(change, "Deployment");
    return lastChange(history, deployment, position, (one) => specChanged(one) && newWish(one));
  }
  if (who.startsWith("scheduler/") && resource === "pods") return lastChange(history, change.uid, position, (one) => one.before === undefined);
  if (who.startsWith("taint-eviction") || who.startsWith("node-lifecycle")) {
    const node = (before as Pod | undefined)?.spec.nodeName;
    if (node === undefined) return undefined;
    const found = history.streams.get("nodes")?.findLast((revision) => {
      const one = history.byRevision[revision];
      return one !== undefined && one.position < position && one.key === node && gainedTaint(one);
    });
    return found === undefined ? undefined : history.byRevision[found];
  }
  return undefined;
}

/** A Deployment's own controller changes only annotations and status: those are no wishes. */
function newWish(change: Change): boolean {
  const [was, is] = [change.before as Deployment | undefined, change.after as Deployment | undefined];
  return was === undefined || is === undefined || was.spec !== is.spec;
}

/** Follows the engine's causes from an event to an input, or to a notice, whose last change is then the cause. */
function followed(reader: WorldReader, history: History, from: number): Cause {
  let position: number | undefined = from;
  for (let i = 0; i < LONGEST_CHAIN && position !== undefined; i++) {
    const event: SimEvent | undefined = reader.event(position);
    if (event === undefined) return undefined;
    if (event.from === null) return { input: position };
    const stroke = history.strokeByPosition.get(position);
    const told = position !== from && stroke?.kind === "watch" ? stroke.changes.at(-1) : undefined;
    if (told !== undefined) return { change: told };
    position = event.cause === null ? undefined : history.positions[event.cause];
  }
  return undefined;
}

function causeOf(reader: WorldReader, history: History, change: Change): Cause {
  const who = history.strokeByPosition.get(change.position)?.who;
  if (who === undefined) return undefined;
  const known = ruled(history, change, who);
  if (known !== undefined) return { change: known };
  if (change.resource === "nodes" && who.startsWith("node-lifecycle")) {
    const fault = lastFault(reader, history, change);
    if (fault !== undefined) return { input: fault };
  }
  return followed(reader, history, change.position);
}

/** The last input that stopped or cut off a node's kubelet. */
function lastFault(reader: WorldReader, history: History, change: Change): number | undefined {
  return history.inputs.findLast((position) => {
    if (position >= change.position) return false;
    const message = reader.event(position)?.message as { readonly type: string; readonly line?: string } | undefined;
    return message !== undefined && message.line === undefined && JSON.stringify(message).includes(change.key);
  });
}

/** Position of the event whose handler sent the one at a position: there the component's rules fired. */
function sender(reader: WorldReader, history: History, position: number): number | undefined {
  const cause = reader.event(position)?.cause;
  return cause === undefined || cause === null ? undefined : history.positions[cause];
}

function entryOf(reader: WorldReader, history: History, change: Change): WhyEntry {
  const stroke = history.strokeByPosition.get(change.position);
  const count = strokeIndex(history, change.position) + 1;
  const rules = [
    ...new Set(
      [change.position, sender(reader, history, change.position)].flatMap((at) =>
        at === undefined ? [] : reader.firings(at).map((one) => one.rule),
      ),
    ),
  ];
  const base = { position: change.position, count, at: change.at, rules };
  if (stroke?.who === "" || stroke?.who.startsWith("terminal/") === true) {
    const cause = followed(reader, history, change.position);
    const input = cause !== undefined && "input" in cause ? reader.event(cause.input) : undefined;
    if (input !== undefined) {
      const { who, what } = inputWords(input.message);
      return { ...base, who, what };
    }
  }
  return { ...base, who: stroke === undefined ? { key: "stage.who.apiserver" } : whoIs(stroke.who), what: changeWords(history, change) };
}

/** The chain that ends with a change, cause first. */
export function chainTo(reader: WorldReader, change: Change): readonly WhyEntry[] {
  const history = historyOf(reader);
  const entries: WhyEntry[] = [];
  const seen = new Set<number>();
  let at: Change | undefined = change;
  for (let depth = 0; at !== undefined && depth < DEEPEST && !seen.has(at.revision); depth++) {
    seen.add(at.revision);
    entries.push(entryOf(reader, history, at));
    if (history.strokeByPosition.get(at.position)?.who.startsWith("terminal/") === true) break;
    const cause: Cause = causeOf(reader, history, at);
    if (cause !== undefined && "input" in cause) {
      const event = reader.event(cause.input);
      if (event !== undefined) {
        const { who, what, fault } = inputWords(event.message);
        const count = strokeIndex(history, cause.input) + 1;
        if (fault || what.key === "stage.why.command") entries.push({ position: cause.input, count, at: event.at, who, what, rules: [] });
      }
      break;
    }
    at = cause?.change;
  }
  return entries.reverse();
}

/** Position of the input at the root of an object's chain: without it the object would not be. */
export function rootInput(reader: WorldReader, uid: string): number | undefined {
  const history = historyOf(reader);
  const first = chainTo(reader, changesOf(history, uid, reader.position)[0] as Change)[0];
  if (first === undefined) return undefined;
  const cause = followed(reader, history, first.position);
  return cause !== undefined && "input" in cause ? cause.input : undefined;
}

/** Chains by object and number of its changes: the past of an object does not change. */
const chains = new WeakMap<WorldReader, Map<string, readonly WhyEntry[]>>();
const MOST_CHAINS = 200;

/** Why an object exists; for a Pod also why it is where it is, and why it leaves. Cause first. */
export function whyChain(reader: WorldReader, uid: string): readonly WhyEntry[] {
  const history = historyOf(reader);
  const changes = changesOf(history, uid, reader.position);
  let known = chains.get(reader);
  if (known === undefined) {
    known = new Map();
    chains.set(reader, known);
  }
  const key = `${uid} ${changes.length}`;
  const chain = known.get(key) ?? chainOf(reader, history, changes);
  if (known.size >= MOST_CHAINS) known.clear();
  known.set(key, chain);
  return chain;
}

function chainOf(reader: WorldReader, history: History, changes: readonly Change[]): readonly WhyEntry[] {
  const created = changes[0];
  if (created === undefined) return [];
  const entries = [...chainTo(reader, created)];
  const placed = changes.find(
    ({ before, after }) => before !== undefined && !(before as Pod).spec?.nodeName && (after as Pod | undefined)?.spec?.nodeName,
  );
  if (created.resource === "pods" && placed !== undefined) entries.push(entryOf(reader, history, placed));
  const leaves = changes.find(
    ({ before, after }) => after?.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined,
  );
  if (leaves !== undefined) {
    const known = new Set(entries.map((entry) => entry.position));
    entries.push(...chainTo(reader, leaves).filter((entry) => !known.has(entry.position)));
  }
  return entries;
}
