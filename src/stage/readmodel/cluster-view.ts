/** The whole cluster as it is drawn. Above `DENSE` Pods: counts per node, and only the exceptions one by one. */
import type { NodeObject, Pod, Service } from "../../kube/apis/objects";
import { keyOf, storeTable } from "../../kube/apiserver/storage/store";
import { revisionOf } from "../../kube/controllers/deployment/revisions";
import { nodeTable } from "../../kube/kubelet/tables";
import { controlPlane } from "./components";
import { densityView } from "./density-view";
import { deploymentViews } from "./deployment-view";
import { changesOf, historyOf, lastStroke } from "./history";
import { intern } from "./intern";
import { replicaSetViews } from "./loops";
import { nodeState, nodeView } from "./node-view";
import { podBase, podState } from "./pod-view";
import { selects, serviceView, serviceViews } from "./service-view";
import { trafficViews } from "./traffic-view";
import { type ClusterOptions, type ClusterView, DENSE, type PodView, type ReplicaSetView, type ServiceView, type WorldReader } from "./types";

const SYSTEM: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];
/** Exceptions drawn one by one in a dense field. */
const MOST_EXCEPTIONS = 200;

/** Nodes whose Pods nobody hears of. */
export function lostNodes(reader: WorldReader): ReadonlySet<string> {
  const lost = new Set<string>();
  for (const { object } of reader.table(storeTable("nodes")).rows())
    if (nodeState(object as NodeObject) === "unknown") lost.add(object.metadata.name);
  return lost;
}

interface PodContext {
  readonly reader: WorldReader;
  readonly lost: ReadonlySet<string>;
  readonly sets: ReadonlyMap<string, ReplicaSetView>;
  readonly services: readonly Service[];
  readonly endpoints: ReadonlyMap<string, readonly string[]>;
}

/** When the Pod was bound to its node, as history knows. */
export function boundAt(reader: WorldReader, uid: string): number | undefined {
  for (const { at, before, after } of changesOf(historyOf(reader), uid, reader.position)) {
    if ((after as Pod | undefined)?.spec.nodeName && !(before as Pod | undefined)?.spec.nodeName) return at;
  }
  return undefined;
}

function podViewOf(context: PodContext, pod: Pod): PodView {
  const base = podBase(pod);
  const { reader } = context;
  return {
    ...base,
    revision: base.owner === undefined ? undefined : context.sets.get(base.owner.uid)?.revision,
    state: intern(podState(reader, pod, base.node !== undefined && context.lost.has(base.node))),
    endpointOf: intern(context.endpoints.get(base.uid) ?? []),
    selectedBy: intern(context.services.filter((service) => selects(service, pod)).map((service) => service.metadata.uid)),
    boundAt: base.node === undefined ? undefined : boundAt(reader, base.uid),
  };
}

/** One Pod, wherever it is, without looking at the whole cluster. */
export function podView(reader: WorldReader, pod: Pod): PodView {
  const base = podBase(pod);
  const { namespace = "" } = pod.metadata;
  const services = reader
    .table(storeTable("services"))
    .by("namespace", namespace)
    .map((row) => row.object as Service)
    .filter((service) => selects(service, pod));
  const owner =
    base.owner?.kind === "ReplicaSet" ? reader.table(storeTable("replicasets")).get(keyOf(namespace, base.owner.name))?.object : undefined;
  const sends = (service: Service): boolean => serviceView(reader, service).endpoints.some((one) => one.pod === base.uid && one.ready);
  return {
    ...base,
    revision: owner === undefined ? undefined : revisionOf(owner) || undefined,
    state: podState(reader, pod, base.node !== undefined && lostNodes(reader).has(base.node)),
    endpointOf: services.filter(sends).map((service) => service.metadata.uid),
    selectedBy: services.map((service) => service.metadata.uid),
    boundAt: base.node === undefined ? undefined : boundAt(reader, base.uid),
  };
}

function endpointsByPod(services: readonly ServiceView[]): ReadonlyMap<string, readonly string[]> {
  const byPod = new Map<string, string[]>();
  for (const service of services) {
    for (const endpoint of service.endpoints) {
      if (endpoint.ready) byPod.set(endpoint.pod, [...(byPod.get(endpoint.pod) ?? []), service.uid]);
    }
  }
  return byPod;
}

function exceptional(reader: WorldReader, lost: ReadonlySet<string>, selected: string | undefined): (pod: Pod) => boolean {
  return (pod) => {
    if (pod.metadata.uid === selected) return true;
    const { kind } = podState(reader, pod, pod.spec.nodeName !== undefined && lost.has(pod.spec.nodeName));
    return kind === "failed" || kind === "unknown";
  };
}

const FRESH = 600_000;
const MOST_TOUCHED = 12;

function touchedBy(reader: WorldReader): readonly string[] {
  const stroke = lastStroke(historyOf(reader), reader.position);
  if (stroke === undefined || stroke.at < reader.now - FRESH) return [];
  return [...new Set(stroke.changes.map((change) => change.uid))].slice(-MOST_TOUCHED);
}

export function clusterView(reader: WorldReader, options: ClusterOptions = {}): ClusterView {
  const hide = new Set(options.hide ?? SYSTEM);
  const shown = (namespace: string): boolean => !hide.has(namespace);
  const all = reader.table(storeTable("pods")).rows();
  const pods = all.map((row) => row.object as Pod).filter((pod) => shown(pod.metadata.namespace ?? "") || pod.metadata.uid === options.selected);
  const lost = lostNodes(reader);
  const sets = replicaSetViews(reader, shown);
  const isShown = (service: Service): boolean =>
    shown(service.metadata.namespace ?? "") && !(service.metadata.namespace === "default" && service.metadata.name === "kubernetes");
  const services = serviceViews(reader, isShown);
  const dense = pods.length > DENSE;
  const context: PodContext = {
    reader,
    lost,
    sets: new Map(sets.map((set) => [set.uid, set])),
    services: reader
      .table(storeTable("services"))
      .rows()
      .map((row) => row.object as Service)
      .filter(isShown),
    endpoints: endpointsByPod(services),
  };
  const drawn = (dense ? pods.filter(exceptional(reader, lost, options.selected)).slice(0, MOST_EXCEPTIONS) : pods).map((pod) =>
    podViewOf(context, pod),
  );
  const nodes = reader
    .table(storeTable("nodes"))
    .rows()
    .map((row) => nodeView(reader, row.object as NodeObject));
  const namespaces = reader.table(storeTable("namespaces")).rows();
  return {
    now: reader.now,
    position: reader.position,
    head: reader.headTime,
    nodes,
    pods: drawn,
    replicaSets: sets,
    deployments: deploymentViews(reader, shown, sets, new Map(drawn.map((pod) => [pod.uid, pod]))),
    services,
    ...trafficViews(reader),
    components: nodes.some((node) => node.controlPlane) || reader.table(nodeTable).size === 0 ? [] : controlPlane(reader, undefined),
    hidden: all.length - pods.length,
    namespaces: namespaces.map((row) => row.key).filter(shown),
    touched: touchedBy(reader),
    ...(dense ? { density: densityView(reader, pods, lost, sets) } : {}),
  };
}
