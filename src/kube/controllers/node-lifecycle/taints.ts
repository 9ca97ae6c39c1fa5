/** Which taints a node's conditions call for. */
import type { NodeObject, StringMap, Taint } from "../../apis/objects";

export const NOT_READY = "node.kubernetes.io/not-ready";
export const UNREACHABLE = "node.kubernetes.io/unreachable";
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

const TAINT_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: "node.kubernetes.io/memory-pressure" },
  DiskPressure: { True: "node.kubernetes.io/disk-pressure" },
  NetworkUnavailable: { True: "node.kubernetes.io/network-unavailable" },
  PIDPressure: { True: "node.kubernetes.io/pid-pressure" },
};
/** Keys this controller may add and remove with effect NoSchedule. */
const OWNED: ReadonlySet<string> = new Set([...Object.values(TAINT_OF).flatMap((byStatus) => Object.values(byStatus)), UNSCHEDULABLE]);

/**
 * NoSchedule taints from conditions and from `unschedulable`, as they should be.
 * @rule kube.node.condition-taints
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go doNoScheduleTaintingPass
 */
export function conditionTaints(node: NodeObject): readonly Taint[] {
  const taints: Taint[] = [];
  for (const { type, status } of node.status?.conditions ?? []) {
    const key = TAINT_OF[type]?.[status];
    if (key !== undefined) taints.push({ key, effect: "NoSchedule" });
  }
  if (node.spec?.unschedulable === true) taints.push({ key: UNSCHEDULABLE, effect: "NoSchedule" });
  return taints;
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

/** The node's taints with the NoSchedule ones put right; undefined when they are. Taints of other people stay. */
export function withConditionTaints(node: NodeObject, timeAdded: string): readonly Taint[] | undefined {
  const wanted = conditionTaints(node);
  const before = node.spec.taints ?? [];
  const kept = before.filter((taint) => taint.effect !== "NoSchedule" || !OWNED.has(taint.key) || wanted.some((other) => same(other, taint)));
  const added = wanted.filter((taint) => !before.some((other) => same(other, taint)));
  if (added.length === 0 && kept.length === before.length) return undefined;
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded }))];
}

/** Taints with these NoExecute keys taken away and this one put on; undefined when nothing changes. */
export function swapExecuteTaint(
  taints: readonly Taint[],
  add: string | undefined,
  remove: readonly string[],
  timeAdded: string,
): readonly Taint[] | undefined {
  const kept = taints.filter((taint) => taint.effect !== "NoExecute" || !remove.includes(taint.key));
  const missing = add !== undefined && !kept.some((taint) => same(taint, { key: add, effect: "NoExecute" }));
  if (!missing && kept.length === taints.length) return undefined;
  return missing && add !== undefined ? [...kept, { key: add, effect: "NoExecute", timeAdded }] : kept;
}

const MIRRORED: readonly (readonly [primary: string, secondary: string, createMissing: boolean])[] = [
  ["kubernetes.io/os", "beta.kubernetes.io/os", true],
  ["kubernetes.io/arch", "beta.kubernetes.io/arch", true],
];

/**
 * Labels under their old names follow those under the new.
 * @rule kube.node.labels
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go reconcileNodeLabels
 */
export function reconcileNodeLabels(labels: StringMap | undefined | null): StringMap | undefined {
  if (labels === undefined || labels === null) return undefined;
  const next: Record<string, string> = { ...labels };
  for (const [primary, secondary, createMissing] of MIRRORED) {
    const value = labels[primary];
    if (value === undefined) continue;
    if (labels[secondary] !== undefined ? labels[secondary] !== value : createMissing) next[secondary] = value;
  }
  return next;
}
