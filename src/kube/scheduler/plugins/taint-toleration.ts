/** TaintToleration and NodeUnschedulable: taints keep Pods away unless they tolerate them; a cordoned node is a tainted node. */
import type { Pod, Taint, Toleration } from "../../apis/objects";
import { textOf } from "../verdicts";
import { defaultNormalize, filterRun, type Plugin, scoreRun, type ScoreRun, SKIP, unresolvable } from "../framework";

/**
 * Not modelled: the Gt and Lt operators (alpha).
 * @rule kube.taints.tolerates
 * @source kubernetes@1.35 staging/src/k8s.io/api/core/v1/toleration.go Toleration.ToleratesTaint
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? "") {
    case "":
    case "Equal":
      return (toleration.value ?? "") === (taint.value ?? "");
    case "Exists":
      return true;
    default:
      return false;
  }
}

/**
 * The first taint, of those that `counts`, which no toleration covers.
 * @rule kube.taints.untolerated
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go FindMatchingUntoleratedTaint
 */
export const untoleratedTaint = (
  taints: readonly Taint[] | null | undefined,
  tolerations: readonly Toleration[] | null | undefined,
  counts: (taint: Taint) => boolean = () => true,
): Taint | undefined => (taints ?? []).find((taint) => counts(taint) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)));

/** Taints that keep a Pod from being placed. */
export const blocksScheduling = (taint: Taint): boolean => taint.effect === "NoSchedule" || taint.effect === "NoExecute";

const UNTOLERATED = unresolvable("node(s) had untolerated taint(s)");

/**
 * @rule kube.scheduler.taint-toleration
 * @rule kube.scheduler.taint-toleration-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go
 */
export const taintToleration: Plugin = {
  name: "TaintToleration",
  weight: 3,
  preFilter: (pod) =>
    filterRun(textOf(pod.spec.tolerations), ({ node }) => {
      const taints = node?.spec?.taints;
      if (!taints || taints.length === 0) return undefined;
      return untoleratedTaint(taints, pod.spec.tolerations, blocksScheduling) === undefined ? undefined : UNTOLERATED;
    }),
  preScore(pod) {
    const tolerations = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === "PreferNoSchedule");
    const score: ScoreRun["score"] = ({ node }) => {
      const taints = node?.spec?.taints;
      if (!taints || taints.length === 0) return 0;
      return taints.filter((taint) => taint.effect === "PreferNoSchedule" && !tolerations.some((toleration) => tolerates(toleration, taint))).length;
    };
    return scoreRun(textOf(pod.spec.tolerations), score, (scores) => defaultNormalize(scores, true));
  },
};

const CORDON: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
const UNSCHEDULABLE = unresolvable("node(s) were unschedulable");

/**
 * @rule kube.scheduler.node-unschedulable
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go NodeUnschedulable.Filter
 */
export const nodeUnschedulable: Plugin = {
  name: "NodeUnschedulable",
  weight: 0,
  preFilter: (pod) =>
    filterRun(textOf(pod.spec.tolerations), ({ node }) => {
      if (node?.spec?.unschedulable !== true) return undefined;
      return untoleratedTaint([CORDON], pod.spec.tolerations) === undefined ? undefined : UNSCHEDULABLE;
    }),
};

const OTHER_NODE = unresolvable("node(s) didn't match the requested node name");

/**
 * @rule kube.scheduler.node-name
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodename/node_name.go NodeName.Filter
 */
export const nodeName: Plugin = {
  name: "NodeName",
  weight: 0,
  preFilter: (pod: Pod) => {
    const wanted = pod.spec.nodeName;
    if (wanted === undefined || wanted === "") return SKIP;
    return filterRun(wanted, (info) => (info.name === wanted ? undefined : OTHER_NODE));
  },
};
