/** Faults a person can cause from the page. Each is an input of the session: it replays, rewinds and travels with a link. */
import type { ClusterView } from "../../stage/readmodel/types";
import type { Session, SessionInput } from "../../session/types";

export interface Fault {
  readonly id: string;
  /** Key of its text and what stands in it. */
  readonly text: string;
  readonly params: Readonly<Record<string, string>>;
  readonly group: "component" | "node" | "network";
  readonly inputs: readonly { readonly to: string; readonly message: SessionInput["message"] }[];
}

const COMPONENTS = [
  "deployment-controller",
  "replicaset-controller",
  "scheduler",
  "endpointslice-controller",
  "node-lifecycle-controller",
  "garbage-collector",
  "apiserver",
] as const;
const SLOW_MICROS = 5_000_000;

const stop = (actor: string): Fault["inputs"][number] => ({ to: "sim/faults", message: { type: "sim.stop", actor } });
const start = (actor: string): Fault["inputs"][number] => ({ to: "sim/faults", message: { type: "sim.start", actor } });
const link = (from: string, to: string, change: { readonly drop?: boolean; readonly delay?: number }): Fault["inputs"][number] => ({
  to: "sim/faults",
  message: { type: "sim.link", from, to, ...change },
});
const both = (a: string, b: string, change: { readonly drop?: boolean; readonly delay?: number }): Fault["inputs"] => [
  link(a, b, change),
  link(b, a, change),
];

function ofComponent(name: string): readonly Fault[] {
  const address = `${name}/main`;
  const params = { name };
  const other = name === "apiserver" ? "kubelet/*" : "apiserver/main";
  return [
    { id: `stop-${name}`, text: "stop", params, group: "component", inputs: [stop(address)] },
    { id: `start-${name}`, text: "start", params, group: "component", inputs: [start(address)] },
    { id: `slow-${name}`, text: "slow", params, group: "network", inputs: [link(address, other, { delay: SLOW_MICROS })] },
    { id: `stale-${name}`, text: "stale", params, group: "network", inputs: [link(other, address, { delay: SLOW_MICROS })] },
    { id: `cut-${name}`, text: "cut", params, group: "network", inputs: both(address, other, { drop: true }) },
    { id: `heal-${name}`, text: "heal", params, group: "network", inputs: both(address, other, {}) },
  ];
}

function ofNode(name: string): readonly Fault[] {
  const params = { name };
  const crew = [`kubelet/${name}`, `kube-proxy/${name}`];
  return [
    { id: `crash-${name}`, text: "crash", params, group: "node", inputs: crew.map(stop) },
    { id: `boot-${name}`, text: "boot", params, group: "node", inputs: crew.map(start) },
    { id: `part-${name}`, text: "cut", params, group: "node", inputs: crew.flatMap((address) => both(address, "apiserver/main", { drop: true })) },
    { id: `join-${name}`, text: "heal", params, group: "node", inputs: crew.flatMap((address) => both(address, "apiserver/main", {})) },
  ];
}

export function faultsOf(cluster: ClusterView | undefined): readonly Fault[] {
  const nodes = (cluster?.nodes ?? []).filter((node) => !node.controlPlane).slice(0, 40);
  return [...nodes.flatMap((node) => ofNode(node.name)), ...COMPONENTS.flatMap(ofComponent)];
}

export function cause(session: Session, fault: Fault): void {
  for (const input of fault.inputs) session.submit(input.to, input.message);
}
