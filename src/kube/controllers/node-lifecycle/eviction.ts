/** What a lost or unready node means for its Pods: a NoExecute taint, and Pods that no longer count as ready. */
import type { Micros } from "../../../sim/types";
import { conditionOf } from "../../apis/pod-availability";
import type { NodeObject, Pod } from "../../apis/objects";
import { rfc3339 } from "../../apis/time";
import { NOT_READY, UNREACHABLE } from "./taints";

/**
 * The NoExecute taint a node's Ready condition calls for, and those it rules out. A ready node has neither.
 * @rule kube.node.execute-taint
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go processTaintBaseEviction
 */
export function executeTaintFor(node: NodeObject): { readonly add?: string; readonly remove: readonly string[] } {
  const status = conditionOf(node.status, "Ready")?.status;
  if (status === "False") return { add: NOT_READY, remove: [UNREACHABLE] };
  if (status === "Unknown") return { add: UNREACHABLE, remove: [NOT_READY] };
  return { remove: [NOT_READY, UNREACHABLE] };
}

/**
 * The Pod with Ready set to False, because its node's kubelet can no longer say so; undefined when it is not Ready anyway.
 * @rule kube.node.mark-pods-not-ready
 * @source kubernetes@1.35 pkg/controller/util/node/controller_utils.go MarkPodsNotReady
 */
export function withPodNotReady(pod: Pod, now: Micros): Pod | undefined {
  const ready = conditionOf(pod.status, "Ready");
  if (ready === undefined || ready.status === "False") return undefined;
  const conditions = (pod.status?.conditions ?? []).map((condition) =>
    condition === ready ? { ...condition, status: "False" as const, lastTransitionTime: rfc3339(now) } : condition,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}
