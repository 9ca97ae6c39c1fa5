/** Changing an object: compute the new one, send what differs. */
import type { ApiResponse } from "../../kube/apiserver/door";
import type { JsonObject } from "../../kube/apis/objects";
import { patchTypeOf } from "../../kube/apis/patch/kind-schema";
import { FREE_FORM } from "../../kube/apis/patch/patch-schema";
import { createTwoWayStrategicPatch } from "../../kube/apis/patch/strategic";
import { apiVersionOf, pathOf } from "../../kube/apis/resources";
import type { Run } from "../program";
import { send } from "./context";
import { fatal } from "./failure";
import type { Info } from "./targets";

export const STRATEGIC = "application/strategic-merge-patch+json";

/** The strategic patch from an object to its changed form; empty when nothing changed. */
export function patchBetween(info: Info, changed: JsonObject): JsonObject {
  const made = createTwoWayStrategicPatch(info.object, changed, patchTypeOf(apiVersionOf(info.resource), info.resource.kind) ?? FREE_FORM);
  if ("error" in made) throw fatal(made.error);
  return made.value;
}

export function* sendPatch(info: Info, patch: JsonObject, query: Readonly<Record<string, string>>): Run<ApiResponse> {
  return yield* send({ method: "PATCH", path: pathOf(info.resource, info.namespace, info.name), contentType: STRATEGIC, query, body: patch });
}

/** The Pod template's spec of a workload, or a Pod's own spec; undefined for other kinds. */
export function podSpecOf(object: JsonObject): JsonObject | undefined {
  const spec = object["spec"] as JsonObject | undefined;
  if (object["kind"] === "Pod") return spec;
  return (spec?.["template"] as JsonObject | undefined)?.["spec"] as JsonObject | undefined;
}

export function withPodSpec(object: JsonObject, podSpec: JsonObject): JsonObject {
  if (object["kind"] === "Pod") return { ...object, spec: podSpec };
  const spec = object["spec"] as JsonObject;
  return { ...object, spec: { ...spec, template: { ...(spec["template"] as JsonObject), spec: podSpec } } };
}
