/** What lies two steps below a mark: the Pods of a node, a record or a Service with their containers; the containers of a Pod. */
import type { ClusterView, PodView } from "./types";

export interface LensView {
  readonly name: string;
  /** A single Pod shows its containers one by one. */
  readonly kind: "pod" | "pods";
  readonly pods: readonly PodView[];
}

export function lensView(view: ClusterView, uid: string): LensView | undefined {
  const pod = view.pods.find((one) => one.uid === uid);
  if (pod !== undefined) return { name: pod.name, kind: "pod", pods: [pod] };
  const within = (name: string, holds: (one: PodView) => boolean): LensView => ({ name, kind: "pods", pods: view.pods.filter(holds) });
  const node = view.nodes.find((one) => one.uid === uid);
  if (node !== undefined) return within(node.name, (one) => one.node === node.name);
  const set = view.replicaSets.find((one) => one.uid === uid);
  if (set !== undefined) return within(set.name, (one) => one.owner?.uid === uid);
  const deployment = view.deployments.find((one) => one.uid === uid);
  if (deployment !== undefined) {
    const sets = new Set(view.replicaSets.filter((one) => one.deployment === uid).map((one) => one.uid));
    return within(deployment.name, (one) => one.owner !== undefined && sets.has(one.owner.uid));
  }
  const service = view.services.find((one) => one.uid === uid);
  return service === undefined ? undefined : within(service.name, (one) => one.selectedBy.includes(uid));
}
