/**
 * Strokes in words: who tells whom what, and because of what. The words are keys; numbers are those the component acted on, that is
 * what it had been told by then, not what was true.
 */
import type { Deployment, EndpointSlice, KubeObject, NodeObject, Pod, ReplicaSet } from "../../kube/apis/objects";
import { conditionOf, isPodReady } from "../../kube/apis/pod-availability";
import { maxSurge, maxUnavailable, replicasOf } from "../../kube/controllers/deployment/fenceposts";
import { revisionOf } from "../../kube/controllers/deployment/revisions";
import type { Message } from "../../sim/types";
import { type Change, type History, historyOf, kindOf, strokeIndex, type Stroke } from "./history";
import { counts } from "./loops";
import { refOf, whoIs } from "./names";
import { stateKind } from "./pod-view";
import type { ObjectRef, Words, WorldReader } from "./types";

/** Somebody else wrote first; components read again and retry. */
const CONFLICT = 409;
const API: Words = { key: "stage.who.apiserver" };
const kindOfWho = (who: string): string => who.slice(0, who.indexOf("/"));

export interface Sentence {
  readonly from: Words;
  readonly to: Words;
  readonly says: Words;
  readonly object?: ObjectRef;
  readonly because?: Words;
  readonly alarm: boolean;
}

/** The object a stroke is about, as it was then. */
export function objectOf(stroke: Stroke): { readonly resource: string; readonly object: KubeObject } | undefined {
  const change = stroke.changes.findLast((one) => one.resource === stroke.resource) ?? stroke.changes.at(-1);
  const object = change?.after ?? change?.before;
  return change === undefined || object === undefined ? undefined : { resource: change.resource, object };
}

function refOfStroke(stroke: Stroke): ObjectRef | undefined {
  const found = objectOf(stroke);
  if (found !== undefined) return refOf(found.resource, found.object);
  if (stroke.name === undefined) return undefined;
  return { resource: stroke.resource, kind: kindOf(stroke.resource), namespace: stroke.namespace, name: stroke.name, shortId: stroke.name };
}

const WRITE_KEYS: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete", GET: "read" };

function saysOf(stroke: Stroke, ref: ObjectRef | undefined): Words {
  const params = { kind: ref?.kind ?? kindOf(stroke.resource), name: ref?.shortId ?? "" };
  if (stroke.kind === "watch") {
    const more = stroke.changes.length - 1;
    const key = { ADDED: "toldAdded", DELETED: "toldDeleted", MODIFIED: "toldChanged" }[stroke.verb] ?? "toldChanged";
    return { key: `stage.says.${more > 0 ? "toldMany" : key}`, params: { ...params, count: more + 1 } };
  }
  if (stroke.kind === "read" && stroke.name === undefined) return { key: "stage.says.list", params };
  if (stroke.subresource === "binding") {
    const node = (objectOf(stroke)?.object as Pod | undefined)?.spec.nodeName ?? "";
    return { key: "stage.says.bind", params: { ...params, node } };
  }
  if (stroke.subresource === "status") return { key: "stage.says.status", params };
  if (stroke.subresource === "scale") return { key: "stage.says.scale", params };
  if (stroke.subresource === "eviction") return { key: "stage.says.evict", params };
  return { key: `stage.says.${WRITE_KEYS[stroke.verb] ?? "update"}`, params };
}

/** The newest revision a component had been told of a resource before a position. */
export function toldRevision(history: History, who: string, resource: string, position: number): number {
  for (let i = strokeIndex(history, position) - 1; i >= 0; i--) {
    const stroke = history.strokes[i] as Stroke;
    if (stroke.kind === "watch" && stroke.who === who && stroke.resource === resource) return stroke.changes.at(-1)?.revision ?? 0;
  }
  return 0;
}

/** What a ReplicaSet's controller wanted and counted when it wrote at a position. */
export function wantAndHave(history: History, setUid: string, position: number): { readonly want: number; readonly have: number } {
  const who = "replicaset-controller/main";
  const told = toldRevision(history, who, "pods", position);
  const active = new Set<string>();
  for (const revision of history.streams.get("pods") ?? []) {
    if (revision > told) break;
    const change = history.byRevision[revision];
    const pod = change?.after as Pod | undefined;
    if (change === undefined || (pod ?? change.before)?.metadata.ownerReferences?.some((one) => one.uid === setUid) !== true) continue;
    if (pod !== undefined && counts(pod)) active.add(change.uid);
    else active.delete(change.uid);
  }
  const toldSets = toldRevision(history, who, "replicasets", position);
  const versions = (history.byUid.get(setUid) ?? []).filter((change) => change.revision <= toldSets && change.after !== undefined);
  const set = (versions.at(-1) ?? history.byUid.get(setUid)?.[0])?.after as ReplicaSet | undefined;
  return { want: set?.spec.replicas ?? 0, have: active.size };
}

function becauseOfSetController(history: History, stroke: Stroke, object: KubeObject): Words | undefined {
  if (stroke.resource === "pods") {
    const owner = object.metadata.ownerReferences?.find((one) => one.controller === true);
    if (owner === undefined) return undefined;
    const params = wantAndHave(history, owner.uid, stroke.position);
    return { key: stroke.verb === "DELETE" ? "stage.because.tooMany" : "stage.because.tooFew", params };
  }
  const status = (object as ReplicaSet).status;
  return { key: "stage.because.counted", params: { have: status?.replicas ?? 0, ready: status?.readyReplicas ?? 0 } };
}

function becauseOfDeploymentController(history: History, stroke: Stroke, object: KubeObject): Words | undefined {
  if (stroke.resource !== "replicasets") return { key: "stage.because.rollup" };
  const before = stroke.changes.find((change) => change.resource === "replicasets")?.before as ReplicaSet | undefined;
  if (before === undefined) return { key: "stage.because.newTemplate", params: { revision: revisionOf(object) ?? 1 } };
  const owner = object.metadata.ownerReferences?.find((one) => one.kind === "Deployment");
  const deployment = (history.byUid.get(owner?.uid ?? "") ?? []).findLast((change) => change.position < stroke.position)?.after as
    | Deployment
    | undefined;
  if (deployment === undefined) return undefined;
  const replicas = replicasOf(deployment);
  const want = (object as ReplicaSet).spec.replicas ?? 0;
  const had = before.spec.replicas ?? 0;
  if (want === had) return { key: "stage.because.annotation" };
  return want > had
    ? { key: "stage.because.room", params: { ceiling: replicas + maxSurge(deployment) } }
    : { key: "stage.because.spare", params: { floor: replicas - maxUnavailable(deployment) } };
}

function becauseOfKubelet(stroke: Stroke, object: KubeObject): Words | undefined {
  if (stroke.resource === "nodes") return { key: "stage.because.nodeReports" };
  if (stroke.resource !== "pods") return undefined;
  if (stroke.verb === "DELETE") return { key: "stage.because.stopped" };
  const pod = object as Pod;
  const before = stroke.changes.find((change) => change.resource === "pods")?.before as Pod | undefined;
  const kind = stateKind(pod);
  if (kind === "failed") {
    const reason = pod.status?.containerStatuses?.find((one) => one.state?.waiting?.reason !== undefined)?.state?.waiting?.reason;
    return { key: "stage.because.failed", params: { reason: reason ?? pod.status?.reason ?? "Error" } };
  }
  if (kind === "terminating") return { key: "stage.because.stopping" };
  if (isPodReady(pod)) return { key: "stage.because.ready" };
  if (before !== undefined && isPodReady(before)) return { key: "stage.because.notReady" };
  return { key: kind === "notReady" ? "stage.because.started" : "stage.because.accepted" };
}

function becauseOf(history: History, stroke: Stroke): Words | undefined {
  if (stroke.refused === CONFLICT && stroke.kind === "write") return { key: "stage.because.conflict" };
  if (stroke.refused !== undefined && stroke.kind === "write") return { key: "stage.because.refused", params: { code: stroke.refused } };
  if (stroke.kind === "watch") return { key: "stage.because.watches", params: { kind: kindOf(stroke.resource) } };
  const object = objectOf(stroke)?.object;
  const kind = kindOfWho(stroke.who);
  if (kind === "terminal") return { key: "stage.because.you" };
  if (object === undefined) return undefined;
  if (kind === "replicaset-controller") return becauseOfSetController(history, stroke, object);
  if (kind === "deployment-controller") return becauseOfDeploymentController(history, stroke, object);
  if (kind === "kubelet") return becauseOfKubelet(stroke, object);
  if (kind === "scheduler") {
    if (stroke.subresource === "binding") return { key: "stage.because.bestNode", params: { node: (object as Pod).spec.nodeName ?? "" } };
    return { key: "stage.because.unschedulable" };
  }
  if (kind === "endpointslice-controller") {
    const endpoints = (object as EndpointSlice).endpoints ?? [];
    return { key: "stage.because.endpoints", params: { ready: endpoints.filter((one) => one.conditions?.ready !== false).length } };
  }
  if (kind === "node-lifecycle-controller") {
    const silent = conditionOf((object as NodeObject).status, "Ready")?.status === "Unknown";
    return { key: silent ? "stage.because.silent" : "stage.because.nodeTaints" };
  }
  if (kind === "taint-eviction-controller") return { key: "stage.because.notTolerated" };
  if (kind === "garbage-collector") return { key: "stage.because.ownerGone" };
  if (kind === "pod-gc-controller") return { key: "stage.because.orphan" };
  return undefined;
}

/** A stroke as a sentence. */
export function sentenceOf(reader: WorldReader, stroke: Stroke): Sentence {
  const who = whoIs(stroke.who);
  const ref = refOfStroke(stroke);
  const watch = stroke.kind === "watch";
  return {
    from: watch ? API : who,
    to: watch ? who : API,
    says: saysOf(stroke, ref),
    object: ref,
    because: becauseOf(historyOf(reader), stroke),
    alarm: stroke.refused !== undefined && stroke.refused !== CONFLICT && stroke.kind === "write",
  };
}

/** An input in words: the line that was typed, or the fault. */
export function inputWords(message: Message): { readonly who: Words; readonly what: Words; readonly fault: boolean } {
  const input = message as Message & { readonly line?: string; readonly [key: string]: unknown };
  if (typeof input.line === "string") {
    return { who: { key: "stage.who.you" }, what: { key: "stage.why.command", params: { command: input.line } }, fault: false };
  }
  // An edit goes on with a command that was typed before.
  if (message.type === "terminal.edited") return { who: { key: "stage.who.you" }, what: { key: "stage.why.edited" }, fault: false };
  const subject = ["actor", "node", "component", "pod", "image", "watcher", "from"].map((name) => input[name]).find((one) => typeof one === "string");
  const fault = message.type.startsWith("fault.") || message.type.startsWith("sim.");
  const verb = message.type.slice(message.type.indexOf(".") + 1);
  const ends = input["mode"] === "none" || input["delay"] === 0 || input["off"] === true || input["disk"] === false;
  const what = {
    key: !FAULTS.has(verb) ? "stage.fault.other" : ends && ENDING.has(verb) ? `stage.fault.${verb}-ends` : `stage.fault.${verb}`,
    params: { subject: String(subject ?? ""), type: message.type },
  };
  return { who: { key: "stage.who.fault" }, what, fault };
}

const FAULTS: ReadonlySet<string> = new Set([
  "stop",
  "start",
  "link",
  "watch",
  "crash",
  "restore",
  "partition",
  "heal",
  "drain",
  "slow",
  "fail-pull",
  "pressure",
  "kill",
  "delete-pod",
]);

/** Faults whose end is the same input with another parameter. */
const ENDING: ReadonlySet<string> = new Set(["watch", "slow", "fail-pull", "pressure"]);

/** What a change did, for the cause chain. */
export function changeWords(history: History, change: Change): Words {
  const { resource, before, after } = change;
  const object = (after ?? before) as KubeObject;
  const params = { kind: kindOf(resource), name: refOf(resource, object).shortId ?? object.metadata.name };
  if (resource === "pods") {
    const [was, is] = [before as Pod | undefined, after as Pod | undefined];
    const owner = object.metadata.ownerReferences?.find((one) => one.controller === true);
    if (was === undefined && owner?.kind === "ReplicaSet")
      return { key: "stage.why.wants", params: wantAndHave(history, owner.uid, change.position) };
    if (is?.spec.nodeName && !was?.spec.nodeName && was !== undefined) return { key: "stage.why.placed", params: { node: is.spec.nodeName } };
    if (is?.metadata.deletionTimestamp !== undefined && was?.metadata.deletionTimestamp === undefined) return { key: "stage.why.deletes", params };
  }
  if (resource === "replicasets") {
    const [was, is] = [before as ReplicaSet | undefined, after as ReplicaSet | undefined];
    const revision = revisionOf(object) ?? 1;
    if (was === undefined) return { key: "stage.why.createSet", params: { revision, replicas: is?.spec.replicas ?? 0 } };
    if (is !== undefined && is.spec.replicas !== was.spec.replicas)
      return { key: "stage.why.scaleSet", params: { revision, from: was.spec.replicas ?? 0, to: is.spec.replicas ?? 0 } };
  }
  if (resource === "nodes") {
    const is = after as NodeObject | undefined;
    if (is !== undefined && conditionOf(is.status, "Ready")?.status === "Unknown") return { key: "stage.why.silent", params };
    const taints = is?.spec.taints?.length ?? 0;
    if (before !== undefined && taints > ((before as NodeObject).spec.taints?.length ?? 0)) return { key: "stage.why.taints", params };
  }
  if (before === undefined) return { key: "stage.why.creates", params };
  return { key: after === undefined ? "stage.why.removes" : "stage.why.changes", params };
}
