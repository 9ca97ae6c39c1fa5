/**
 * Tables that the server printed, as kubectl shows them.
 * @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go
 */
import type { JsonObject, StringMap } from "../../../kube/apis/objects";
import type { Json } from "../../../sim/types";

export const TABLE_ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

export interface TableRow {
  readonly cells: readonly Json[];
  readonly object?: JsonObject;
}
export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority?: number; readonly format?: string }[];
  readonly rows: readonly TableRow[];
}

export interface TableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** `pod` makes the name `pod/web`. */
  readonly kind?: string;
  readonly showLabels: boolean;
  readonly labelColumns: readonly string[];
}

export const isTable = (body: Json): body is Json & Table & JsonObject =>
  typeof body === "object" && body !== null && !Array.isArray(body) && (body as JsonObject)["kind"] === "Table";

interface RowMeta {
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: StringMap;
}
export const metaOf = (row: TableRow): RowMeta => (row.object?.["metadata"] ?? {}) as RowMeta;

export function headerLine(table: Table, options: TableOptions): string {
  const names = shownColumns(table, options).map((i) => (table.columnDefinitions[i]?.name ?? "").toUpperCase());
  return [
    ...(options.withNamespace ? ["NAMESPACE"] : []),
    ...names,
    ...options.labelColumns.map((label) => (label.split("/").at(-1) ?? "").toUpperCase()),
    ...(options.showLabels ? ["LABELS"] : []),
  ].join("\t");
}

const shownColumns = (table: Table, options: TableOptions): number[] =>
  table.columnDefinitions.map((_, i) => i).filter((i) => options.wide || (table.columnDefinitions[i]?.priority ?? 0) === 0);

export function rowLine(table: Table, row: TableRow, options: TableOptions): string {
  const meta = metaOf(row);
  const labels = meta.labels ?? {};
  const cells = shownColumns(table, options).map((i) => {
    const text = cellText(row.cells[i]);
    return options.kind !== undefined && table.columnDefinitions[i]?.format === "name" ? `${options.kind}/${text}` : text;
  });
  return [
    ...(options.withNamespace ? [meta.namespace ?? ""] : []),
    ...cells,
    ...options.labelColumns.map((label) => labels[label] ?? ""),
    ...(options.showLabels ? [labelsText(labels)] : []),
  ].join("\t");
}

export const labelsText = (labels: StringMap | undefined): string => {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? "<none>" : pairs.map(([key, value]) => `${key}=${value}`).join(",");
};

function cellText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return Array.isArray(cell) ? `[${(cell as Json[]).join(" ")}]` : String(cell);
  const end = cell.search(/[\f\n\r]/);
  return end < 0 ? cell : `${cell.slice(0, end)}...`;
}
