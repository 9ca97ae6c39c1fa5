/** meta.k8s.io Tables: what server-side printing answers. */
import type { Json, Micros } from "../../../sim/types";
import type { KubeObject } from "../../apis/objects";
import type { ResourceInfo } from "../../apis/resources";

export function tableOf(
  _now: Micros,
  _resource: ResourceInfo,
  objects: readonly KubeObject[],
  _accept: string | undefined,
  metadata: Json = {},
): Json {
  const columnDefinitions = [{ name: "Name", type: "string", format: "name", description: "", priority: 0 }];
  const rows = objects.map((object) => ({ cells: [object.metadata.name], object: object as unknown as Json }));
  return { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions, rows };
}
