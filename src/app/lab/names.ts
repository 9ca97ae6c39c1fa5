/** Names of what is on the stage, for finding, tapping and completing. */
import { useMemo } from "react";
import type { SessionState } from "../../session/types";
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

/** The name of what is selected on a machine. */
export function nameOnMachine({ machines, selected }: SessionState): string | undefined {
  if (selected === undefined) return undefined;
  const path = /^path:(.*)$/.exec(selected)?.[1];
  return path === undefined ? machines.flatMap(({ processes }) => processes).find(({ uid }) => uid === selected)?.name : `/${path}`;
}

export function useNames(): readonly NamedObject[] {
  const cluster = useWorld((state) => state.cluster);
  return useMemo(() => (cluster === undefined ? [] : namesOf(cluster)), [cluster]);
}
