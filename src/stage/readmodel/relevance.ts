/**
 * Which of the changes a watch tells a component matter to it. Components are told much that they drop at once (their own status
 * writes, Pods of others); those would be strokes that lead nowhere.
 */
import type { NodeObject, Pod } from "../../kube/apis/objects";
import { conditionOf, isPodReady } from "../../kube/apis/pod-availability";
import type { Change } from "./history";

const generationChanged = ({ before, after }: Change): boolean =>
  before === undefined || after === undefined || before.metadata.generation !== after.metadata.generation;
const beganDeletion = ({ before, after }: Change): boolean =>
  after === undefined || (after.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined);

function podMoved({ before, after }: Change): boolean {
  const [was, is] = [before as Pod | undefined, after as Pod | undefined];
  if (was === undefined || is === undefined) return true;
  return isPodReady(was) !== isPodReady(is) || was.status?.podIP !== is.status?.podIP || was.status?.phase !== is.status?.phase;
}

const RULES: Readonly<Record<string, Readonly<Record<string, (change: Change) => boolean>>>> = {
  scheduler: { pods: ({ before, after }) => before === undefined && !(after as Pod | undefined)?.spec.nodeName },
  "deployment-controller": { deployments: generationChanged, replicasets: () => true },
  "replicaset-controller": { replicasets: generationChanged, pods: (change) => podMoved(change) || beganDeletion(change) },
  "endpointslice-controller": { services: () => true, pods: (change) => podMoved(change) || beganDeletion(change) },
  kubelet: { pods: (change) => change.before === undefined || !(change.before as Pod).spec.nodeName || beganDeletion(change) },
};

/** Whether a component does something about a change that it is told of. */
export function matters(who: string, change: Change): boolean {
  return RULES[who.slice(0, who.indexOf("/"))]?.[change.resource]?.(change) === true;
}

/** A node's report that says nothing new: only its heartbeat. */
export function isHeartbeat({ resource, before, after }: Change): boolean {
  if (resource !== "nodes" || before === undefined || after === undefined) return false;
  const [was, is] = [before as NodeObject, after as NodeObject];
  const ready = (node: NodeObject): string | undefined => conditionOf(node.status, "Ready")?.status;
  return was.spec === is.spec && ready(was) === ready(is);
}
