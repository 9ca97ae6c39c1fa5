/**
 * meta.k8s.io Tables: what server-side printing answers.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/response.go asTable
 */
import type { Json, Micros } from "../../../sim/types";
import type { JsonObject, KubeObject } from "../../apis/objects";
import type { ResourceInfo } from "../../apis/resources";
import { columnsOf, tableOfKind } from "./columns";
import type { Cell, PrintContext } from "./fields";
import { podRowConditions } from "./pod-cells";

export interface Row {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly JsonObject[];
}

/** One object's row; narrow rows are what a printer gives without wide output. */
export function rowOf(kind: string, object: JsonObject, context: PrintContext): Row {
  const { columns, print, narrowCells } = tableOfKind(kind);
  let cells = print(object, context);
  if (!context.wide) {
    const all = cells;
    cells = narrowCells === undefined ? all.filter((_, i) => columns[i]?.startsWith("+") !== true) : all.slice(0, narrowCells);
  }
  const conditions = kind === "Pod" ? podRowConditions(object) : undefined;
  return conditions === undefined ? { cells } : { cells, conditions };
}

/** `includeObject` is a parameter of the Accept header here (None, Metadata, Object); Metadata is what the server sends unasked. */
function included(object: KubeObject, accept: string | undefined): Json | undefined {
  const wanted = /includeObject=(\w+)/.exec(accept ?? "")?.[1] ?? "Metadata";
  if (wanted === "Object") return object as unknown as Json;
  if (wanted === "None") return undefined;
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata } as unknown as Json;
}

/** @rule kube.print.table */
export function tableOf(now: Micros, resource: ResourceInfo, objects: readonly KubeObject[], accept: string | undefined, metadata: Json = {}): Json {
  const context: PrintContext = { now, wide: true };
  const rows = objects.map((object) => ({ ...rowOf(resource.kind, object as unknown as JsonObject, context), object: included(object, accept) }));
  return { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions: columnsOf(resource.kind), rows } as unknown as Json;
}
