/**
 * The annotation in which apply remembers what it was given.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/util/apply.go GetModifiedConfiguration
 */
import type { JsonObject } from "../../kube/apis/objects";
import { jsonText } from "./printers/json";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The object with itself (without that annotation) written into the annotation. */
export function withLastApplied(object: JsonObject): JsonObject {
  const metadata = (object["metadata"] ?? {}) as JsonObject;
  const { [LAST_APPLIED]: _, ...annotations } = (metadata["annotations"] ?? {}) as JsonObject;
  const plain = { ...object, metadata: { ...metadata, annotations } };
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: `${jsonText(plain)}\n` } } };
}

export function lastAppliedOf(object: JsonObject): string | undefined {
  const annotations = ((object["metadata"] ?? {}) as JsonObject)["annotations"] as JsonObject | undefined;
  const text = annotations?.[LAST_APPLIED];
  return typeof text === "string" && text !== "" ? text : undefined;
}
