/**
 * Matching Pods per topology domain over all nodes. Remembered from one attempt to the next: only nodes whose NodeInfo has changed are
 * counted anew. A memo of a pure function: an entry holds for exactly the frozen NodeInfos it was made of.
 */
import type { Pod } from "../../apis/objects";
import type { Snapshot } from "../framework";
import type { NodeInfo } from "../node-info";
import { podNamespace } from "../pod-info";
import { textOf } from "../verdicts";
import { nodeAffinityOf } from "./node-selector";
import { hasAllKeys, matchingPods, nodeCounts, type SpreadConstraint } from "./topology-constraints";

interface Counted {
  readonly infos: (NodeInfo | undefined)[];
  /** Domain and number of each node; undefined for nodes that do not count. */
  readonly domains: (string | undefined)[];
  readonly counts: number[];
  /** Domain to the sum, and to the number of nodes in it. */
  readonly sums: Map<string, number>;
  readonly sizes: Map<string, number>;
}

const MOST = 200;
const memo = new Map<string, Counted>();

function keyOf(pod: Pod, constraint: SpreadConstraint, keys: readonly SpreadConstraint[]): string {
  const { topologyKey, selectorText, honorAffinity, honorTaints } = constraint;
  const affinity = honorAffinity
    ? `${textOf(pod.spec.nodeSelector)} ${textOf(nodeAffinityOf(pod.spec)?.requiredDuringSchedulingIgnoredDuringExecution)}`
    : "";
  const taints = honorTaints ? textOf(pod.spec.tolerations) : "-";
  return [podNamespace(pod), topologyKey, selectorText, affinity, taints, keys.map((one) => one.topologyKey).join(" ")].join("\n");
}

function recount(
  counted: Counted,
  i: number,
  info: NodeInfo | undefined,
  pod: Pod,
  constraint: SpreadConstraint,
  keys: readonly SpreadConstraint[],
): void {
  const { infos, domains, counts, sums, sizes } = counted;
  const before = domains[i];
  if (before !== undefined) {
    const size = (sizes.get(before) ?? 0) - 1;
    if (size === 0) {
      sizes.delete(before);
      sums.delete(before);
    } else {
      sizes.set(before, size);
      sums.set(before, (sums.get(before) ?? 0) - (counts[i] ?? 0));
    }
  }
  infos[i] = info;
  const node = info?.node;
  const eligible = info !== undefined && node !== undefined && hasAllKeys(node, keys) && nodeCounts(constraint, pod, node);
  domains[i] = eligible ? (node.metadata.labels?.[constraint.topologyKey] ?? "") : undefined;
  counts[i] = eligible ? matchingPods(info, constraint, podNamespace(pod)) : 0;
  const after = domains[i];
  if (after === undefined) return;
  sizes.set(after, (sizes.get(after) ?? 0) + 1);
  sums.set(after, (sums.get(after) ?? 0) + (counts[i] ?? 0));
}

/**
 * Domain to number of matching Pods, of all nodes that count for the constraint and have the labels of `keys`.
 * @rule kube.scheduler.domain-counts
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/filtering.go calPreFilterState
 */
export function domainCounts(
  pod: Pod,
  constraint: SpreadConstraint,
  keys: readonly SpreadConstraint[],
  snapshot: Snapshot,
): ReadonlyMap<string, number> {
  const key = keyOf(pod, constraint, keys);
  let counted = memo.get(key);
  if (counted === undefined) {
    if (memo.size >= MOST) memo.clear();
    counted = { infos: [], domains: [], counts: [], sums: new Map(), sizes: new Map() };
    memo.set(key, counted);
  }
  const all = snapshot.all();
  const length = Math.max(all.length, counted.infos.length);
  for (let i = 0; i < length; i++) if (counted.infos[i] !== all[i]) recount(counted, i, all[i], pod, constraint, keys);
  if (length > all.length) counted.infos.length = counted.domains.length = counted.counts.length = all.length;
  return counted.sums;
}
