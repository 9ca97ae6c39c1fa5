/** What can be done to a mark with the hand. Each is a command of the real tool, or a fault: the application submits it and shows its text. */
import type { ClusterView } from "./readmodel/types";

export type StageAction =
  | { readonly command: string }
  | { readonly fault: { readonly to: string; readonly message: { readonly type: string; readonly [key: string]: string | number | boolean } } };

export interface ActionChoice {
  /** Key of its label. */
  readonly label: string;
  readonly action: StageAction;
  readonly danger?: boolean;
}

const inNamespace = (namespace: string): string => (namespace === "default" || namespace === "" ? "" : ` -n ${namespace}`);
const fault = (type: string, rest: Readonly<Record<string, string>>): StageAction => ({ fault: { to: "fault/main", message: { type, ...rest } } });

function scaling(resource: string, name: string, namespace: string, replicas: number): readonly ActionChoice[] {
  const command = (to: number): StageAction => ({ command: `kubectl scale ${resource}/${name} --replicas=${to}${inNamespace(namespace)}` });
  return [
    { label: "stage.action.scaleUp", action: command(replicas + 1) },
    ...(replicas > 0 ? [{ label: "stage.action.scaleDown", action: command(replicas - 1) }] : []),
  ];
}

export function actionsFor(view: ClusterView, uid: string): readonly ActionChoice[] {
  const pod = view.pods.find((one) => one.uid === uid);
  if (pod !== undefined) {
    const command = `kubectl delete pod ${pod.name} --wait=false${inNamespace(pod.namespace)}`;
    if (pod.deletedAt !== undefined) return [];
    const running = pod.containers.some((one) => one.state === "running");
    return [
      { label: "stage.action.deletePod", action: { command }, danger: true },
      ...(running ? [{ label: "stage.action.kill", action: fault("fault.kill", { namespace: pod.namespace, pod: pod.name }), danger: true }] : []),
    ];
  }
  const deployment = view.deployments.find((one) => one.uid === uid);
  if (deployment !== undefined) {
    const ns = inNamespace(deployment.namespace);
    return [
      ...scaling("deployment", deployment.name, deployment.namespace, deployment.replicas),
      { label: "stage.action.restart", action: { command: `kubectl rollout restart deployment/${deployment.name}${ns}` } },
      { label: "stage.action.undo", action: { command: `kubectl rollout undo deployment/${deployment.name}${ns}` } },
    ];
  }
  const set = view.replicaSets.find((one) => one.uid === uid);
  if (set !== undefined) return scaling("replicaset", set.name, set.namespace, set.desired);
  const node = view.nodes.find((one) => one.uid === uid);
  if (node !== undefined && !node.controlPlane) {
    const { name } = node;
    return [
      {
        label: node.cordoned ? "stage.action.uncordon" : "stage.action.cordon",
        action: { command: `kubectl ${node.cordoned ? "uncordon" : "cordon"} ${name}` },
      },
      { label: "stage.action.drain", action: { command: `kubectl drain ${name} --ignore-daemonsets` } },
      ...(node.stopped
        ? [{ label: "stage.action.restore", action: fault("fault.restore", { node: name }) }]
        : [
            { label: "stage.action.partition", action: fault("fault.partition", { node: name }), danger: true },
            { label: "stage.action.crash", action: fault("fault.crash", { node: name }), danger: true },
          ]),
      ...(node.cutOff ? [{ label: "stage.action.heal", action: fault("fault.heal", { node: name }) }] : []),
    ];
  }
  return [];
}

/** What can be broken with a token in the hand. Every one is also among a mark's actions or in the list of faults. */
export const BREAKS = ["kill", "crash", "partition", "stop"] as const;
export type Break = (typeof BREAKS)[number];

export interface BreakTarget {
  /** Of a Pod or a node. */
  readonly uid?: string;
  /** Address of a component, for example `scheduler/main`. */
  readonly component?: string;
}

/** The fault that a token causes where it was let go; undefined where it does not fit. A Pod's node is meant by a node's token. */
export function breakOn(view: ClusterView, tool: Break, { uid, component }: BreakTarget): StageAction | undefined {
  if (tool === "stop") return component === undefined ? undefined : fault("fault.stop", { component: component.replace(/\/main$/, "") });
  const pod = view.pods.find((one) => one.uid === uid);
  if (tool === "kill") {
    const runs = pod?.containers.some((one) => one.state === "running") === true;
    return pod === undefined || !runs ? undefined : fault("fault.kill", { namespace: pod.namespace, pod: pod.name });
  }
  const node = view.nodes.find((one) => one.uid === uid || (pod?.node !== undefined && one.name === pod.node));
  if (node === undefined || node.controlPlane || node.stopped || (tool === "partition" && node.cutOff)) return undefined;
  return fault(tool === "crash" ? "fault.crash" : "fault.partition", { node: node.name });
}
