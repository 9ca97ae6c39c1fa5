/** One object: its life so far, why it exists, its conditions, what it is wanted to be and what it is, the events about it. */
import type { Condition, Deployment, KubeObject, NodeObject, Pod, ReplicaSet, Service } from "../../kube/apis/objects";
import { parseTime } from "../../kube/apis/time";
import { storeTable } from "../../kube/apiserver/storage/store";
import { RESOURCES } from "../../kube/apis/resources";
import type { Json } from "../../sim/types";
import { podView } from "./cluster-view";
import { changesOf, historyOf, kindOf } from "./history";
import { counts, podsOf } from "./loops";
import { stateKind } from "./pod-view";
import { stateWords } from "./table-view";
import type { ConditionView, DifferenceView, InspectorView, LifeSegment, Words, WorldReader } from "./types";
import { whyChain } from "./why";

const RESTLESS: ReadonlySet<string> = new Set(["leases", "events"]);

/** The object with a uid: in the store, or as it last was. */
function find(reader: WorldReader, uid: string): { readonly resource: string; readonly object: KubeObject; readonly gone: boolean } | undefined {
  const last = changesOf(historyOf(reader), uid, reader.position).at(-1);
  if (last !== undefined) {
    const object = last.after ?? last.before;
    return object === undefined ? undefined : { resource: last.resource, object, gone: last.after === undefined };
  }
  for (const { name: resource } of RESOURCES) {
    if (RESTLESS.has(resource)) continue;
    const row = reader
      .table(storeTable(resource))
      .rows()
      .find((one) => one.object.metadata.uid === uid);
    if (row !== undefined) return { resource, object: row.object, gone: false };
  }
  return undefined;
}

function lifeOf(reader: WorldReader, uid: string): readonly LifeSegment[] {
  const segments: LifeSegment[] = [];
  for (const { at, after } of changesOf(historyOf(reader), uid, reader.position)) {
    const last = segments.at(-1);
    const kind = after === undefined ? undefined : stateKind(after as Pod);
    if (last !== undefined && kind === last.state.kind) continue;
    if (last !== undefined) segments[segments.length - 1] = { ...last, to: at };
    if (kind !== undefined) segments.push({ from: at, to: reader.now, state: { kind } });
  }
  return segments.map((segment, i) => (i === segments.length - 1 && segment.to < segment.from ? { ...segment, to: segment.from } : segment));
}

function conditionsOf(object: KubeObject): readonly ConditionView[] {
  const list = (object as { readonly status?: { readonly conditions?: readonly Condition[] } }).status?.conditions ?? [];
  return list.map(({ type, status, reason, message, lastTransitionTime }) => ({
    type,
    status,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    ...(typeof lastTransitionTime === "string" ? { since: parseTime(lastTransitionTime) } : {}),
  }));
}

function differencesOf(reader: WorldReader, resource: string, object: KubeObject): readonly DifferenceView[] {
  if (resource === "replicasets") {
    const want = (object as ReplicaSet).spec.replicas ?? 1;
    const have = podsOf(reader, object.metadata.uid).filter(counts).length;
    return [
      { path: "replicas", want: String(want), have: String(have) },
      { path: "readyReplicas", want: String(want), have: String((object as ReplicaSet).status?.readyReplicas ?? 0) },
    ];
  }
  if (resource === "deployments") {
    const { spec, status } = object as Deployment;
    const want = String(spec.replicas ?? 1);
    return [
      { path: "updatedReplicas", want, have: String(status?.updatedReplicas ?? 0) },
      { path: "availableReplicas", want, have: String(status?.availableReplicas ?? 0) },
      { path: "observedGeneration", want: String(object.metadata.generation ?? 0), have: String(status?.observedGeneration ?? 0) },
    ];
  }
  if (resource !== "pods") return [];
  const { spec, status } = object as Pod;
  return spec.containers
    .map(({ name, image }) => {
      const found = status?.containerStatuses?.find((one) => one.name === name);
      const state = found?.state;
      const have = state?.running !== undefined ? found?.image : (state?.waiting?.reason ?? state?.terminated?.reason);
      return { path: name, want: image, have: have ?? "" };
    })
    .filter(({ want, have }) => want !== have && !have.endsWith(`/${want}`) && !have.endsWith(`/${want}:latest`));
}

function factsOf(resource: string, object: KubeObject): InspectorView["facts"] {
  const fact = (name: string, value: string | number | undefined): { readonly name: Words; readonly value: string }[] =>
    value === undefined || value === "" ? [] : [{ name: { key: `stage.fact.${name}` }, value: String(value) }];
  if (resource === "pods") {
    const { spec, status } = object as Pod;
    return [
      ...fact("node", spec.nodeName),
      ...fact("ip", status?.podIP),
      ...fact("image", spec.containers.map((one) => one.image).join(", ")),
      ...fact("qos", status?.qosClass),
    ];
  }
  if (resource === "services") {
    const { spec } = object as Service;
    return [
      ...fact("type", spec.type),
      ...fact("address", spec.clusterIP),
      ...fact(
        "selector",
        Object.entries(spec.selector ?? {})
          .map((pair) => pair.join("="))
          .join(","),
      ),
    ];
  }
  if (resource === "nodes") {
    const { spec } = object as NodeObject;
    return [...fact("podCIDR", spec.podCIDR), ...fact("taints", (spec.taints ?? []).map((one) => `${one.key}:${one.effect}`).join(", "))];
  }
  if (resource === "deployments") {
    const { spec } = object as Deployment;
    const { type, rollingUpdate } = spec.strategy ?? {};
    return [
      ...fact("strategy", type),
      ...fact("maxSurge", rollingUpdate?.maxSurge),
      ...fact("maxUnavailable", rollingUpdate?.maxUnavailable),
      ...fact("image", spec.template.spec.containers.map((one) => one.image).join(", ")),
    ];
  }
  return resource === "replicasets" ? fact("image", (object as ReplicaSet).spec.template.spec.containers.map((one) => one.image).join(", ")) : [];
}

interface EventObject extends KubeObject {
  readonly involvedObject?: { readonly uid?: string };
  readonly regarding?: { readonly uid?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
}

function eventsOf(reader: WorldReader, uid: string, namespace: string | undefined): InspectorView["events"] {
  const events: InspectorView["events"][number][] = [];
  for (const row of reader.table(storeTable("events")).by("namespace", namespace ?? "default")) {
    const event = row.object as EventObject;
    if ((event.involvedObject ?? event.regarding)?.uid !== uid) continue;
    const at = parseTime(event.lastTimestamp ?? event.metadata.creationTimestamp) ?? 0;
    events.push({
      at,
      type: event.type ?? "Normal",
      reason: event.reason ?? "",
      message: event.message ?? event.note ?? "",
      count: event.count ?? 1,
    });
  }
  return events.sort((a, b) => a.at - b.at).slice(-8);
}

function saysOf(
  reader: WorldReader,
  resource: string,
  object: KubeObject,
  gone: boolean,
): { readonly says: Words; readonly pod?: InspectorView["pod"] } {
  if (gone) return { says: { key: "stage.inspector.gone", params: { kind: kindOf(resource) } } };
  if (resource !== "pods") return { says: { key: "stage.inspector.plain", params: { kind: kindOf(resource) } } };
  const pod = podView(reader, object as Pod);
  const state = stateWords(pod);
  const key = pod.node === undefined ? "stage.inspector.podUnplaced" : "stage.inspector.podPlaced";
  return { says: { key, params: { state: state.key, node: pod.node ?? "", ...state.params } }, pod };
}

export function inspectorView(reader: WorldReader, uid: string): InspectorView | undefined {
  const found = find(reader, uid);
  if (found === undefined) return undefined;
  const { resource, object, gone } = found;
  return {
    uid,
    resource,
    kind: kindOf(resource),
    name: object.metadata.name,
    namespace: object.metadata.namespace,
    ...saysOf(reader, resource, object, gone),
    life: resource === "pods" ? lifeOf(reader, uid) : [],
    why: whyChain(reader, uid),
    conditions: conditionsOf(object),
    differences: gone ? [] : differencesOf(reader, resource, object),
    facts: factsOf(resource, object),
    events: eventsOf(reader, uid, object.metadata.namespace),
    object: object as unknown as Json,
  };
}
