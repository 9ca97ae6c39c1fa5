/** What admission writes into new Pods: priority and tolerations for nodes that fall silent. */
import type { Json } from "../../../sim/types";
import type { ResourceInfo } from "../../apis/resources";
import { intOf, items, type Obj, text, textOf, withFields } from "../../apis/schema/typed-json";
import type { ApiResponse } from "../door";
import { forbidden } from "../status";
import type { StrategyContext } from "../strategy-context";

const SECONDS = 300;
const SILENCE = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
const ADDED = Object.freeze(
  SILENCE.map((key) => Object.freeze({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: SECONDS })),
) as readonly Obj[];
const SYSTEM: Readonly<Record<string, number>> = { "system-node-critical": 2000001000, "system-cluster-critical": 2000000000 };

/**
 * @rule kube.admission.default-toleration-seconds
 * @source kubernetes@1.35 plugin/pkg/admission/defaulttolerationseconds/admission.go Admit
 */
export function addTolerations(spec: Obj): Obj {
  const have = items(spec, "tolerations");
  const missing = ADDED.filter(
    (added) =>
      !have.some((one) => {
        const [key, effect] = [text(one, "key"), text(one, "effect")];
        return (key === text(added, "key") || key === "") && (effect === "NoExecute" || effect === "");
      }),
  );
  return missing.length === 0 ? spec : withFields(spec, { tolerations: [...have, ...missing] as Json });
}

/**
 * @rule kube.admission.priority
 * @source kubernetes@1.35 plugin/pkg/admission/priority/admission.go admitPod
 */
export function resolvePriority(spec: Obj, pods: ResourceInfo, name: string, context: StrategyContext): Obj | ApiResponse {
  let wanted = text(spec, "priorityClassName");
  let found: Obj | undefined;
  if (wanted === "") {
    found = context.defaultPriorityClass();
    wanted = text(found?.["metadata"] as Obj | undefined, "name");
  } else found = context.priorityClass(wanted) ?? (SYSTEM[wanted] === undefined ? undefined : { value: SYSTEM[wanted] });
  if (wanted !== "" && found === undefined) return forbidden(pods, name, `no PriorityClass with name ${wanted} was found`);
  const value = intOf(found, "value") ?? 0;
  const policy = textOf(found, "preemptionPolicy") ?? "PreemptLowerPriority";
  const given = intOf(spec, "priority");
  if (given !== undefined && given !== value) {
    const why = `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    return forbidden(pods, name, why);
  }
  const own = textOf(spec, "preemptionPolicy");
  if (own !== undefined && own !== policy) {
    const why = `the string value of PreemptionPolicy (${own}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    return forbidden(pods, name, why);
  }
  return withFields(spec, { ...(wanted === "" ? {} : { priorityClassName: wanted }), priority: value, preemptionPolicy: policy });
}
