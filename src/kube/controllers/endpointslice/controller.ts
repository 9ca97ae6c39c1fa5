/**
 * `endpointslice-controller/main`: the addresses behind each Service.
 * @source kubernetes@1.35 pkg/controller/endpointslice/endpointslice_controller.go; staging/src/k8s.io/endpointslice/reconciler.go
 * Not modelled: topology hints, the annotation with the time of the last change, traffic distribution.
 */
import type { Json } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import { isPodReady, isPodTerminal } from "../../apis/pod-availability";
import type { Endpoint, EndpointSlice, KubeObject, NodeObject, Pod, Service, StringMap } from "../../apis/objects";
import type { CacheReader, WatchChange } from "../../client/types";
import { controllerOf } from "../replicaset/ownership";
import { controllerActor } from "../runtime/actor";
import { controllerRef, createRequest, deleteRequest, updateRequest } from "../runtime/requests";
import { type Context, NOTHING, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import { type AddressType, type EndpointPort, addressTypesOf, endpointPorts, hintsEnabled, podToEndpoint, shouldPodBeInEndpoints } from "./endpoint";
import { type Packing, packChanges, packEndpoints } from "./packing";
import {
  forgetService,
  isAsWritten,
  isOwnWrite,
  isStale,
  needsAll,
  pendingTable,
  podChanged,
  sawDeleted,
  sliceCount,
  takePending,
  trackerTable,
  wrote,
} from "./tracker";

const NAME = "endpointslice-controller";
const SERVICE_NAME = "kubernetes.io/service-name";
const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslice-controller.k8s.io";
const HEADLESS = "service.kubernetes.io/headless";
const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS]);
/** A sync looks at every endpoint, so its time grows with the slices; what happens meanwhile is one sync. */
const MICROS_PER_SLICE = 300;

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const split = (key: string): [namespace: string, name: string] => key.split("/", 2) as [string, string];

const matches = (selector: StringMap, labels: StringMap | undefined): boolean =>
  Object.entries(selector).every(([key, value]) => labels?.[key] === value);

function podsOf(service: Service, cache: CacheReader): readonly Pod[] {
  const namespace = service.metadata.namespace ?? "";
  const selector = service.spec.selector ?? {};
  const [pair] = Object.entries(selector);
  const pods = pair === undefined ? cache.list<Pod>("pods", namespace) : cache.labelled<Pod>("pods", namespace, pair[0], pair[1]);
  return Object.keys(selector).length <= 1 ? pods : pods.filter((pod) => matches(selector, pod.metadata.labels));
}

/** @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go setEndpointSliceLabels */
function labelsFor(service: Service): StringMap {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key));
  return {
    ...Object.fromEntries(own),
    ...(service.spec.clusterIP === "None" ? { [HEADLESS]: "" } : {}),
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: MANAGER,
  };
}

interface Memo {
  readonly service: string;
  readonly type: AddressType;
  readonly publish: boolean;
  readonly zone: string | undefined;
  readonly endpoint: Endpoint;
}
const endpoints = new WeakMap<Pod, Memo>();
function endpointOf(pod: Pod, node: NodeObject | undefined, service: Service, type: AddressType): Endpoint {
  const zone = node?.metadata.labels?.["topology.kubernetes.io/zone"];
  const publish = service.spec.publishNotReadyAddresses === true;
  const known = endpoints.get(pod);
  if (known?.service === service.metadata.name && known.type === type && known.publish === publish && known.zone === zone) return known.endpoint;
  const endpoint = Object.freeze(podToEndpoint(pod, node, service, type));
  endpoints.set(pod, { service: service.metadata.name, type, publish, zone, endpoint });
  return endpoint;
}

/** What acts in every sync that writes. */
const RULES: readonly string[] = ["reconcile", "packing", "endpoint", "should-be-in", "ports", "find-port", "address-types"].map(
  (rule) => `kube.endpointslice.${rule}`,
);

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}
interface Changes {
  readonly create: EndpointSlice[];
  readonly update: EndpointSlice[];
  readonly remove: EndpointSlice[];
}

const portsKey = (ports: EndpointSlice["ports"]): string =>
  (ports ?? [])
    .map(({ name, port, protocol, appProtocol }) => `${name ?? ""} ${port ?? ""} ${protocol ?? ""} ${appProtocol ?? ""}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join("\n");

/** Endpoints by the ports their Pods have. A Pod on a node that is not there is left out, unless not ready addresses are published. */
function groupsOf(service: Service, type: AddressType, cache: CacheReader): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const bySpec = new Map<Pod["spec"]["containers"], Group>();
  for (const pod of podsOf(service, cache)) {
    if (!shouldPodBeInEndpoints(pod)) continue;
    const node = pod.spec.nodeName ? cache.get<NodeObject>("nodes", "", pod.spec.nodeName) : undefined;
    let group = bySpec.get(pod.spec.containers);
    if (group === undefined) {
      const ports = endpointPorts(service, pod);
      const key = portsKey(ports);
      group = groups.get(key) ?? { ports, endpoints: [] };
      groups.set(key, group);
      bySpec.set(pod.spec.containers, group);
    }
    if (pod.spec.nodeName && node === undefined && service.spec.publishNotReadyAddresses !== true) continue;
    const endpoint = endpointOf(pod, node, service, type);
    if (endpoint.addresses.length > 0) group.endpoints.push(endpoint);
  }
  return groups;
}

/**
 * The few Pods that changed, when they and all slices have the same ports; undefined when everything must be looked at.
 */
function packPending(
  service: Service,
  type: AddressType,
  existing: readonly EndpointSlice[],
  names: readonly string[],
  cache: CacheReader,
): Packing | undefined {
  const [first] = existing;
  if (first === undefined) return undefined;
  const key = portsKey(first.ports);
  if (existing.some((slice) => slice.ports !== first.ports && portsKey(slice.ports) !== key)) return undefined;
  const changes = new Map<string, Endpoint | undefined>();
  for (const name of names) {
    const pod = cache.get<Pod>("pods", service.metadata.namespace ?? "", name);
    const belongs = pod !== undefined && matches(service.spec.selector ?? {}, pod.metadata.labels) && shouldPodBeInEndpoints(pod);
    if (!belongs) {
      changes.set(name, undefined);
      continue;
    }
    const node = pod.spec.nodeName ? cache.get<NodeObject>("nodes", "", pod.spec.nodeName) : undefined;
    const endpoint = endpointOf(pod, node, service, type);
    if (endpoint.addresses.length === 0) {
      changes.set(name, undefined);
      continue;
    }
    if ((pod.spec.nodeName && node === undefined) || portsKey(endpointPorts(service, pod)) !== key) return undefined;
    changes.set(name, endpoint);
  }
  const packing = packChanges(existing, changes);
  return packing.remove.length > 0 ? undefined : packing;
}

function newSlice(service: Service, type: AddressType, ports: readonly EndpointPort[], list: readonly Endpoint[]): EndpointSlice {
  const metadata = {
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace,
    labels: labelsFor(service),
    ownerReferences: [controllerRef(service)],
  };
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: metadata as unknown as EndpointSlice["metadata"],
    addressType: type,
    endpoints: list,
    ports,
  };
}

/**
 * Changes of the slices of one address type. A Service always has a slice, if only an empty one.
 * @rule kube.endpointslice.reconcile
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/reconciler.go reconcileByAddressType, finalize
 */
function reconcileType(
  service: Service,
  type: AddressType,
  existing: readonly EndpointSlice[],
  names: readonly string[] | undefined,
  cache: CacheReader,
): Changes {
  const few = names === undefined ? undefined : packPending(service, type, existing, names, cache);
  if (few !== undefined)
    return { create: few.create.map((list) => newSlice(service, type, existing[0]?.ports ?? [], list)), update: [...few.update], remove: [] };
  const groups = groupsOf(service, type, cache);
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) byPorts.set(portsKey(slice.ports), [...(byPorts.get(portsKey(slice.ports)) ?? []), slice]);
  const changes: Changes = { create: [], update: [], remove: [] };
  for (const [key, group] of groups) {
    const packing = packEndpoints(byPorts.get(key) ?? [], group.endpoints);
    changes.create.push(...packing.create.map((list) => newSlice(service, type, group.ports, list)));
    changes.update.push(...packing.update);
    changes.remove.push(...packing.remove);
  }
  for (const [key, slices] of byPorts) if (!groups.has(key)) changes.remove.push(...slices);
  relabel(service, existing, changes);
  if (existing.length === changes.remove.length && changes.create.length === 0) {
    const [only] = changes.remove;
    const empty = only !== undefined && changes.remove.length === 1 && (only.endpoints ?? []).length === 0 && (only.ports ?? []).length === 0;
    if (empty && sameJson(only.metadata.labels as never, labelsFor(service) as never)) changes.remove.pop();
    else changes.create.push(newSlice(service, type, [], []));
  }
  reuse(changes);
  return changes;
}

function relabel(service: Service, existing: readonly EndpointSlice[], changes: Changes): void {
  const labels = labelsFor(service);
  const removed = new Set(changes.remove.map((slice) => slice.metadata.name));
  for (const slice of existing) {
    if (removed.has(slice.metadata.name) || sameJson(slice.metadata.labels as unknown as Json, labels as unknown as Json)) continue;
    const at = changes.update.findIndex((other) => other.metadata.name === slice.metadata.name);
    const next = { ...(changes.update[at] ?? slice), metadata: { ...slice.metadata, labels } };
    if (at < 0) changes.update.push(next);
    else changes.update[at] = next;
  }
}

/** A slice that would go takes the contents of one that would come. */
function reuse({ create, update, remove }: Changes): void {
  while (create.length > 0 && remove.length > 0) {
    const [fresh, old] = [create.pop(), remove.shift()];
    if (fresh === undefined || old === undefined) return;
    update.push({ ...old, endpoints: fresh.endpoints, ports: fresh.ports, metadata: { ...old.metadata, labels: fresh.metadata.labels } });
  }
}

function reconcile(key: string, { tx, cache }: Context): Plan {
  const service = cache.get<Service>("services", ...split(key));
  if (service === undefined) {
    forgetService(tx, key);
    needsAll(tx, key);
    return NOTHING;
  }
  if (service.spec.type === "ExternalName" || service.spec.selector === undefined || service.metadata.deletionTimestamp) return NOTHING;
  const slices = cache
    .labelled<EndpointSlice>("endpointslices", service.metadata.namespace ?? "", SERVICE_NAME, service.metadata.name)
    .filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER && !slice.metadata.deletionTimestamp);
  if (isStale(tx, key, slices)) {
    tx.fired("kube.endpointslice.stale", `services/${key}`);
    return { calls: [], error: "EndpointSlice informer cache is out of date" };
  }
  const pending = takePending(tx, key);
  const names = isAsWritten(tx, key, slices) ? pending : undefined;
  const types = addressTypesOf(service);
  const calls: PlannedCall[] = [];
  const failure = {
    regarding: service,
    type: "Warning",
    reason: "FailedToUpdateEndpointSlices",
    message: `Error updating Endpoint Slices for Service ${key}: {error}`,
  } as const;
  for (const slice of slices)
    if (!(types as readonly string[]).includes(slice.addressType))
      calls.push({ request: deleteRequest(NAME, "endpointslices", slice), tolerate: [404], tag: slice.metadata.name });
  for (const type of types) {
    const existing = slices.filter((slice) => slice.addressType === type);
    const { create, update, remove } = reconcileType(service, type, existing, names, cache);
    for (const slice of create)
      calls.push({ request: createRequest(NAME, "endpointslices", service.metadata.namespace, slice as unknown as Json), failure });
    for (const slice of update) calls.push({ request: updateRequest(NAME, "endpointslices", slice), failure, quiet: [409] });
    for (const slice of remove)
      calls.push({ request: deleteRequest(NAME, "endpointslices", slice), tolerate: [404], failure, tag: slice.metadata.name });
  }
  if (calls.length > 0) for (const rule of RULES) tx.fired(rule, `services/${key}`);
  if (calls.length > 0 && hintsEnabled(service.metadata.annotations)) tx.fired("kube.endpointslice.hints-enabled", `services/${key}`);
  return { calls };
}

/** What of a Pod a slice shows. @source kubernetes@1.35 staging/src/k8s.io/endpointslice/util/controller_utils.go podEndpointsChanged */
function endpointChanged(pod: Pod, old: Pod): boolean {
  return (
    pod.metadata.labels !== old.metadata.labels ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    pod.status?.podIP !== old.status?.podIP ||
    pod.spec.nodeName !== old.spec.nodeName ||
    isPodReady(pod) !== isPodReady(old) ||
    isPodTerminal(pod) !== isPodTerminal(old)
  );
}

function servicesOf(pod: Pod, old: Pod | undefined, cache: CacheReader): readonly string[] {
  const keys: string[] = [];
  for (const service of cache.list<Service>("services", pod.metadata.namespace)) {
    const { selector } = service.spec;
    if (selector === undefined) continue;
    if (
      matches(selector, pod.metadata.labels) ||
      (old !== undefined && old.metadata.labels !== pod.metadata.labels && matches(selector, old.metadata.labels))
    )
      keys.push(keyOf(service));
  }
  return keys;
}

/** A slice that somebody else changed is put right; the controller's own writes are not answered. */
function sliceChanged({ type, object }: WatchChange, { tx }: Context): readonly string[] {
  const slice = object as EndpointSlice;
  const name = slice.metadata.labels?.[SERVICE_NAME];
  const owner = controllerOf(slice);
  if (name === undefined || owner?.kind !== "Service" || slice.metadata.labels?.[MANAGED_BY] !== MANAGER) return [];
  const key = `${slice.metadata.namespace}/${name}`;
  if (type === "DELETED") return sawDeleted(tx, key, slice.metadata.name) ? [] : [key];
  return isOwnWrite(tx, key, slice) ? [] : [key];
}

function keysFor(change: WatchChange, context: Context): readonly string[] {
  const { resource, type, object, old } = change;
  if (resource === "endpointslices") return sliceChanged(change, context);
  if (resource === "services") {
    needsAll(context.tx, keyOf(object));
    return [keyOf(object)];
  }
  if (resource === "nodes") return [];
  const pod = object as Pod;
  if (type === "MODIFIED" && old !== undefined && !endpointChanged(pod, old as Pod)) return [];
  // A Pod without address is in no slice, before as after.
  if (!pod.status?.podIP && !(old as Pod | undefined)?.status?.podIP) return [];
  const keys = servicesOf(pod, old as Pod | undefined, context.cache);
  for (const key of keys) podChanged(context.tx, key, pod.metadata.name);
  return keys;
}

export const endpointSliceReconciler: Reconciler = {
  name: NAME,
  component: "endpoint-slice-controller",
  watches: [{ resource: "services" }, { resource: "pods" }, { resource: "endpointslices" }, { resource: "nodes" }],
  keysFor,
  reconcile,
  answered(key, call, response, good, { tx }) {
    if (!good) return needsAll(tx, key);
    if (call.request.method === "DELETE") return wrote(tx, key, call.tag ?? "", undefined);
    const { metadata } = response.body as unknown as EndpointSlice;
    wrote(tx, key, metadata.name, Number(metadata.resourceVersion));
  },
  pace: (key, { tx }) => sliceCount(tx, key) * MICROS_PER_SLICE,
  restarted(tx) {
    for (const { service } of tx.read(trackerTable).rows()) forgetService(tx, service);
    for (const { service } of tx.read(pendingTable).rows()) needsAll(tx, service);
  },
};

export const endpointSliceController = controllerActor(endpointSliceReconciler);
