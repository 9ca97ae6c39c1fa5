/** Many Pods as counts per node: what a field of cells needs, in columns. */
import type { NodeObject, Pod } from "../../kube/apis/objects";
import { storeTable } from "../../kube/apiserver/storage/store";
import { isControlPlane, nodeState } from "./node-view";
import { podState } from "./pod-view";
import type { DensityView, HeldState, ReplicaSetView, WorldReader } from "./types";

const ZONE_LABEL = "topology.kubernetes.io/zone";
const STATE = { ready: 0, notReady: 1, unknown: 2 } as const;
const CORDONED = 4;

export function densityView(reader: WorldReader, pods: readonly Pod[], lost: ReadonlySet<string>, sets: readonly ReplicaSetView[]): DensityView {
  const nodes = reader
    .table(storeTable("nodes"))
    .rows()
    .filter(({ object }) => !isControlPlane(object as NodeObject));
  const place = new Map(nodes.map((row, i) => [row.key, i]));
  const column = (): number[] => nodes.map(() => 0);
  const count = { pods: column(), newest: column(), ready: column(), failed: column() };
  const totals: Record<HeldState, number> = {
    pending: 0,
    creating: 0,
    notReady: 0,
    ready: 0,
    terminating: 0,
    failed: 0,
    unknown: 0,
    finished: 0,
  };
  const newest = new Set<string>();
  for (const [i, set] of sets.entries()) if (sets[i + 1]?.deployment !== set.deployment || set.deployment === undefined) newest.add(set.uid);
  const add = (list: number[], i: number): void => {
    list[i] = (list[i] ?? 0) + 1;
  };
  for (const pod of pods) {
    const node = pod.spec.nodeName;
    const { kind } = podState(reader, pod, node !== undefined && lost.has(node));
    if (kind !== "desired") totals[kind]++;
    const i = node === undefined ? undefined : place.get(node);
    if (i === undefined) continue;
    add(count.pods, i);
    if (pod.metadata.ownerReferences?.some((owner) => newest.has(owner.uid)) === true) add(count.newest, i);
    if (kind === "ready") add(count.ready, i);
    if (kind === "failed") add(count.failed, i);
  }
  return {
    nodes: nodes.map((row) => row.key),
    zones: nodes.map((row) => row.object.metadata.labels?.[ZONE_LABEL] ?? ""),
    ...count,
    state: nodes.map(({ object }) => {
      const node = object as NodeObject;
      return STATE[nodeState(node)] + (node.spec.unschedulable === true ? CORDONED : 0);
    }),
    totals,
  };
}
