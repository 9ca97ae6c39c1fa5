/** RFC 7386 JSON merge patch, sharing what it does not touch. */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../objects";

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** @rule kube.patch.merge @source kubernetes@1.35 vendor/gopkg.in/evanphx/json-patch.v4/merge.go MergePatch */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const out: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete out[key];
    else out[key] = mergePatch(out[key], value);
  }
  return out;
}
