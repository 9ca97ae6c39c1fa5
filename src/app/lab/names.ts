/** Names of what is on the stage, for finding, tapping and completing. */
import { useMemo } from "react";
import type { ClusterView } from "../../stage/readmodel/types";
import { useWorld } from "./lab-context";

export interface NamedObject {
  readonly kind: "pod" | "deployment" | "rs" | "service" | "node";
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
}

export function namesOf(cluster: ClusterView): readonly NamedObject[] {
  const of = (
    kind: NamedObject["kind"],
    items: readonly { readonly name: string; readonly namespace?: string; readonly uid: string }[],
  ): NamedObject[] => items.map(({ name, namespace, uid }) => ({ kind, name, namespace, uid }));
  return [
    ...of("deployment", cluster.deployments),
    ...of("rs", cluster.replicaSets),
    ...of("pod", cluster.pods),
    ...of("service", cluster.services),
    ...of("node", cluster.nodes),
  ];
}

export function useNames(): readonly NamedObject[] {
  const cluster = useWorld((state) => state.cluster);
  return useMemo(() => (cluster === undefined ? [] : namesOf(cluster)), [cluster]);
}
