/**
 * A kubelet's own patch of a Pod's status, merged without the general machinery of strategic merge: whole fields are replaced, and only
 * `conditions` merge by their type. It is the patch the API server sees most; the test beside it holds it to the general merge.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go mergeMap, normalizeElementOrder
 */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../../apis/objects";
import { withoutNulls } from "../../apis/patch/strategic-merge";

/** Fields of a Pod's status that a strategic merge replaces: texts, numbers, and lists without a merge key. */
const REPLACED: ReadonlySet<string> = new Set([
  "observedGeneration",
  "phase",
  "reason",
  "message",
  "hostIP",
  "podIP",
  "startTime",
  "qosClass",
  "containerStatuses",
  "initContainerStatuses",
]);

interface Item {
  readonly type: string;
  readonly [key: string]: Json | undefined;
}

function indexOf(list: readonly Item[], type: string): number {
  for (let i = 0; i < list.length; i++) if ((list[i] as Item).type === type) return i;
  return -1;
}

/** The patch's fields over the old ones; a null takes its field away. */
function mergedItem(before: Item, patch: Item): Item {
  const out: Record<string, Json | undefined> = {};
  for (const key in before) if (patch[key] !== null) out[key] = before[key];
  for (const key in patch) if (patch[key] !== null) out[key] = patch[key];
  return out as Item;
}

/** The patch's items in its order, and among them the others by the order the server had. */
function mergedItems(before: readonly Item[], patch: readonly Item[]): readonly Item[] {
  const others = before.filter((item) => indexOf(patch, item.type) < 0);
  const out: Item[] = [];
  let next = 0;
  for (const item of patch) {
    const at = indexOf(before, item.type);
    while (at >= 0 && next < others.length && indexOf(before, (others[next] as Item).type) < at) out.push(others[next++] as Item);
    out.push(at < 0 ? item : mergedItem(before[at] as Item, item));
  }
  while (next < others.length) out.push(others[next++] as Item);
  return out;
}

/** The status after the patch; undefined when the patch says something that needs the general merge. */
export function mergedOwnStatus(before: JsonObject, patch: JsonObject): JsonObject | undefined {
  const out: Record<string, Json | undefined> = {};
  for (const key in before) if (patch[key] !== null) out[key] = before[key];
  for (const key in patch) {
    const value = patch[key];
    if (value === null) continue;
    const old = before[key];
    if (REPLACED.has(key)) out[key] = value;
    else if (Array.isArray(value) && value.some((item) => (item as JsonObject)["$patch"] !== undefined)) return undefined;
    else if (old === undefined) out[key] = withoutNulls(value as Json);
    else if (key === "conditions") out[key] = mergedItems(old as unknown as readonly Item[], value as unknown as readonly Item[]) as unknown as Json;
    else return undefined;
  }
  return out;
}
