/** Faults a person can cause from the page. Each is an input of the session: it replays, rewinds and travels with a link. */
import type { Json } from "../../sim/types";
import type { Session } from "../../session/types";
import type { ClusterView } from "../../stage/readmodel/types";

type Message = { readonly type: string } & { readonly [key: string]: Json };

export interface Fault {
  readonly id: string;
  /** Key of its text and what stands in it. */
  readonly text: string;
  readonly params: Readonly<Record<string, string>>;
  readonly group: "pod" | "node" | "component" | "network";
  readonly message: Message;
}

const COMPONENTS = [
  "apiserver",
  "scheduler",
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
  "node-lifecycle-controller",
  "garbage-collector",
] as const;
const SLOW_MICROS = 5_000_000;
const MOST_NODES = 12;
const MOST_PODS = 12;

function ofComponent(name: string): readonly Fault[] {
  const fault = (text: string, group: Fault["group"], message: Message): Fault => ({ id: `${text}-${name}`, text, params: { name }, group, message });
  return [
    fault("stop", "component", { type: "fault.stop", component: name }),
    fault("start", "component", { type: "fault.start", component: name }),
    fault("slow", "network", { type: "fault.slow", component: name, delay: SLOW_MICROS }),
    fault("fast", "network", { type: "fault.slow", component: name, delay: 0 }),
    ...(name === "apiserver"
      ? []
      : [
          fault("freeze", "network", { type: "fault.watch", watcher: `${name}/main`, mode: "freeze" }),
          fault("late", "network", { type: "fault.watch", watcher: `${name}/main`, mode: "delay", delay: SLOW_MICROS }),
          fault("thaw", "network", { type: "fault.watch", watcher: `${name}/main`, mode: "none" }),
        ]),
  ];
}

function ofNode(name: string): readonly Fault[] {
  const fault = (text: string, message: Message): Fault => ({ id: `${text}-${name}`, text, params: { name }, group: "node", message });
  return [
    fault("crash", { type: "fault.crash", node: name }),
    fault("restore", { type: "fault.restore", node: name }),
    fault("partition", { type: "fault.partition", node: name }),
    fault("heal", { type: "fault.heal", node: name }),
    fault("drain", { type: "fault.drain", node: name }),
    fault("fill", { type: "fault.pressure", node: name, disk: true }),
    fault("empty", { type: "fault.pressure", node: name, disk: false }),
  ];
}

function ofImage(image: string): readonly Fault[] {
  const fault = (text: string, off: boolean): Fault => ({
    id: `${text}-${image}`,
    text,
    params: { name: image },
    group: "network",
    message: { type: "fault.fail-pull", image, ...(off ? { off: true } : {}) },
  });
  return [fault("failPull", false), fault("pull", true)];
}

export function faultsOf(cluster: ClusterView | undefined): readonly Fault[] {
  if (cluster === undefined) return [];
  const nodes = cluster.nodes.filter((node) => !node.controlPlane).slice(0, MOST_NODES);
  const pods = cluster.pods.filter((pod) => pod.deletedAt === undefined && pod.node !== undefined).slice(0, MOST_PODS);
  const images = [...new Set(cluster.pods.flatMap((pod) => pod.containers.map((container) => container.image)))].slice(0, 6);
  return [
    ...pods.map(
      ({ name, namespace }): Fault => ({
        id: `kill-${namespace}-${name}`,
        text: "kill",
        params: { name },
        group: "pod",
        message: { type: "fault.kill", namespace, pod: name, signal: "SIGKILL" },
      }),
    ),
    ...nodes.flatMap((node) => ofNode(node.name)),
    ...COMPONENTS.flatMap(ofComponent),
    ...images.flatMap(ofImage),
  ];
}

export function cause(session: Session, message: Message): void {
  session.submit("fault/main", message);
}

/** A fault as scripts write it: `crash node-a`, `stop scheduler`, `kill web-abc`. */
export function faultOfLine(line: string): Message | undefined {
  const [verb = "", first] = line.trim().split(/\s+/);
  if (first === undefined) return undefined;
  if (["crash", "restore", "partition", "heal", "drain"].includes(verb)) return { type: `fault.${verb}`, node: first };
  if (verb === "stop" || verb === "start") return { type: `fault.${verb}`, component: first };
  if (verb === "kill") return { type: "fault.kill", namespace: "default", pod: first };
  return verb === "fail-pull" ? { type: "fault.fail-pull", image: first } : undefined;
}
