/** Names of what is on the stage, for finding, tapping and completing. */
import { useMemo } from "react";
import type { SessionState } from "../../session/types";
import type { ClusterView } from "../../stage/readmodel/types";
import type { MachineView } from "../../stage/readmodel/machine/types";
import { useWorldParts } from "./lab-context";

export interface NamedObject {
  readonly kind: "pod" | "deployment" | "rs" | "service" | "node" | "process";
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

const processesOf = (machines: readonly MachineView[]): readonly NamedObject[] =>
  machines.flatMap(({ processes }) => processes.map(({ uid, name, pids }) => ({ kind: "process", name, namespace: String(pids[0] ?? ""), uid })));

export function useNames(): readonly NamedObject[] {
  const world = useWorldParts(({ cluster, machines }) => ({ cluster, machines }));
  return useMemo(() => (world === undefined ? [] : [...namesOf(world.cluster), ...processesOf(world.machines)]), [world]);
}
