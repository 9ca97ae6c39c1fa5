/** How long a Pod may stay on a node whose taints say NoExecute. */
import { seconds } from "../../../sim/time";
import type { Micros } from "../../../sim/types";
import type { Condition, Taint, Toleration } from "../../apis/objects";
import { rfc3339 } from "../../apis/time";

/**
 * @rule kube.taint.tolerates
 * @source kubernetes@1.35 staging/src/k8s.io/api/core/v1/toleration.go ToleratesTaint
 */
export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator ?? "";
  if (operator === "Exists") return true;
  return (operator === "" || operator === "Equal") && (toleration.value ?? "") === (taint.value ?? "");
}

export const noExecuteTaints = (taints: readonly Taint[] | undefined | null): readonly Taint[] =>
  (taints ?? []).filter(({ effect }) => effect === "NoExecute");

/**
 * Per taint the first toleration that matches; undefined when a taint is not tolerated.
 * @source kubernetes@1.35 pkg/apis/core/v1/helper/helpers.go GetMatchingTolerations
 */
export function matchingTolerations(taints: readonly Taint[], tolerations: readonly Toleration[]): readonly Toleration[] | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const found = tolerations.find((toleration) => toleratesTaint(toleration, taint));
    if (found === undefined) return undefined;
    used.push(found);
  }
  return used;
}

/**
 * The shortest stay in seconds; -1 for ever, 0 at once.
 * @rule kube.taint-eviction.min-toleration
 * @source kubernetes@1.35 pkg/controller/tainteviction/taint_eviction.go getMinTolerationTime
 */
export function minTolerationSeconds(tolerations: readonly Toleration[]): number {
  if (tolerations.length === 0) return 0;
  let least = -1;
  for (const { tolerationSeconds } of tolerations) {
    if (tolerationSeconds === undefined || tolerationSeconds === null) continue;
    if (tolerationSeconds <= 0) return 0;
    if (least < 0 || tolerationSeconds < least) least = tolerationSeconds;
  }
  return least;
}

/**
 * Seconds from now until a Pod must leave: 0 at once, undefined never.
 * @rule kube.taint-eviction.stay
 * @source kubernetes@1.35 pkg/controller/tainteviction/taint_eviction.go processPodOnNode
 */
export function staySeconds(taints: readonly Taint[] | undefined | null, tolerations: readonly Toleration[] | undefined | null): number | undefined {
  const evicting = noExecuteTaints(taints);
  if (evicting.length === 0) return undefined;
  const used = matchingTolerations(evicting, tolerations ?? []);
  if (used === undefined) return 0;
  const least = minTolerationSeconds(used);
  return least < 0 ? undefined : least;
}

/**
 * What is written on a Pod before it is deleted for a taint.
 * @rule kube.taint-eviction.condition
 * @source kubernetes@1.35 pkg/controller/tainteviction/taint_eviction.go addConditionAndDeletePod
 */
export const disruptionCondition = (now: Micros): Condition => ({
  type: "DisruptionTarget",
  status: "True",
  reason: "DeletionByTaintManager",
  message: "Taint manager: deleting due to NoExecute taint",
  lastTransitionTime: rfc3339(now),
});

/**
 * The moment a Pod is to be evicted, now that its node's taints or its own tolerations are these; undefined for never. A moment that was
 * set before is not put off by a longer toleration.
 * @rule kube.taint-eviction.schedule
 * @source kubernetes@1.35 pkg/controller/tainteviction/taint_eviction.go processPodOnNode
 */
export function evictionAt(
  now: Micros,
  taints: readonly Taint[] | undefined | null,
  tolerations: readonly Toleration[] | undefined | null,
  scheduled: Micros | undefined,
): Micros | undefined {
  const stay = staySeconds(taints, tolerations);
  if (stay === undefined || stay === 0) return stay === undefined ? undefined : now;
  const trigger = now + seconds(stay);
  return scheduled === undefined ? trigger : Math.min(scheduled, trigger);
}
