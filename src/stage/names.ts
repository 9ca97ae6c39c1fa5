/** The spoken name of each mark: everything the picture says about it, as one phrase. */
import { stateWords } from "./readmodel/table-view";
import type { ClusterView, DeploymentView, NodeView, PodView, ReplicaSetView, ServiceView, Words } from "./readmodel/types";

export type NameOf = (words: Words) => string;

export function podName(say: NameOf, view: ClusterView, pod: PodView): string {
  const parts = [say({ key: "stage.name.pod", params: { name: pod.name } })];
  if (pod.revision !== undefined) parts.push(say({ key: "stage.name.revision", params: { revision: pod.revision } }));
  parts.push(say(stateWords(pod)));
  parts.push(pod.node === undefined ? say({ key: "stage.head.unplaced" }) : say({ key: "stage.name.onNode", params: { node: pod.node } }));
  for (const uid of pod.endpointOf) {
    const service = view.services.find((one) => one.uid === uid);
    if (service !== undefined) parts.push(say({ key: "stage.name.endpointOf", params: { service: service.name } }));
  }
  if (pod.restarts > 0) parts.push(say({ key: "stage.name.restarts", params: { count: pod.restarts } }));
  return parts.join(", ");
}

export const setName = (say: NameOf, set: ReplicaSetView): string =>
  say({
    key: set.gap === 0 ? "stage.name.setSettled" : set.gap > 0 ? "stage.name.setMissing" : "stage.name.setSurplus",
    params: { name: set.name, revision: set.revision ?? 0, want: set.observed.want, have: set.observed.have, gap: Math.abs(set.gap) },
  });

export const deploymentName = (say: NameOf, one: DeploymentView): string =>
  say({ key: "stage.name.deployment", params: { name: one.name, replicas: one.replicas, ready: one.ready } });

export const serviceName = (say: NameOf, one: ServiceView): string =>
  say({ key: "stage.name.service", params: { name: one.name, address: one.clusterIP ?? "", ready: one.readyCount } });

export function nodeName(say: NameOf, node: NodeView): string {
  const parts = [say({ key: "stage.name.node", params: { name: node.name, pods: node.pods } }), say({ key: `stage.node.${node.state}` })];
  if (node.troubles.length > 0) parts.push(say({ key: "stage.name.troubles", params: { conditions: node.troubles.join(", ") } }));
  if (node.cordoned) parts.push(say({ key: "stage.node.cordoned" }));
  return parts.join(", ");
}
