/** The columns of a field of cells from a view that holds its Pods one by one: many nodes with few Pods. */
import type { ClusterView, DensityView, HeldState } from "./types";

const STATE = { ready: 0, notReady: 1, unknown: 2 } as const;
const CORDONED = 4;

export function densityOf(view: ClusterView): DensityView {
  const nodes = view.nodes.filter((node) => !node.controlPlane);
  const newest = new Set(view.replicaSets.filter((set, i) => view.replicaSets[i + 1]?.deployment !== set.deployment).map((set) => set.uid));
  const count = (fits: (pod: ClusterView["pods"][number]) => boolean): readonly number[] => {
    const byNode = new Map<string, number>();
    for (const pod of view.pods) if (pod.node !== undefined && fits(pod)) byNode.set(pod.node, (byNode.get(pod.node) ?? 0) + 1);
    return nodes.map((node) => byNode.get(node.name) ?? 0);
  };
  const totals: Record<HeldState, number> = { pending: 0, creating: 0, notReady: 0, ready: 0, terminating: 0, failed: 0, unknown: 0, finished: 0 };
  for (const pod of view.pods) if (pod.state.kind !== "desired") totals[pod.state.kind]++;
  return {
    nodes: nodes.map((node) => node.name),
    zones: nodes.map((node) => node.zone ?? ""),
    pods: count(() => true),
    newest: count((pod) => newest.has(pod.owner?.uid ?? "")),
    ready: count((pod) => pod.state.kind === "ready"),
    failed: count((pod) => pod.state.kind === "failed"),
    state: nodes.map((node) => STATE[node.state] + (node.cordoned ? CORDONED : 0)),
    totals,
  };
}
