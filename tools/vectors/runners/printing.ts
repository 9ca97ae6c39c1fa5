/** Vector suites of server-side printing: print-columns, print-rows. */
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../../src/kube/apis/objects";
import { parseTime } from "../../../src/kube/apis/time";
import { columnsOf, DEFAULT_TABLE, tableOfKind } from "../../../src/kube/apiserver/printing/columns";
import { type Row, rowOf } from "../../../src/kube/apiserver/printing/table";
import type { Runners } from "../runner";

/** What upstream's tests call the object, where that is not its kind. */
const KINDS: Readonly<Record<string, string>> = {
  hpa: "HorizontalPodAutoscaler",
  pv: "PersistentVolume",
  pvc: "PersistentVolumeClaim",
  sc: "StorageClass",
  pc: "PriorityClass",
  pdb: "PodDisruptionBudget",
  rc: "ReplicationController",
  history: "ControllerRevision",
  policy: "NetworkPolicy",
  endpoint: "Endpoints",
  cronjob: "CronJob",
  csr: "CertificateSigningRequest",
};
/** Dates as old as upstream's literals are not shifted with the clock: their age is that of the day of recording. */
const RECORDED = "2026-11-25T12:00:00Z";
const UNSHIFTED_BEFORE = parseTime("2020-01-01T00:00:00Z") ?? 0;

type Given = { readonly now?: string; readonly options?: { readonly Wide?: boolean } } & JsonObject;

/** Internal types print with Go's field names. */
function asApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asApi);
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === null) continue;
    if (key === "TypeMeta") Object.assign(out, asApi(member));
    else if (key === "ObjectMeta") out["metadata"] = member;
    else out[key.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (head) => head.toLowerCase())] = asApi(member);
  }
  return out;
}

function rowCase(given: Given, wide: boolean): { rows: Row[] } {
  const [key, value] = Object.entries(given).find(([name]) => name !== "now" && name !== "options") ?? ["", {}];
  const object = ("ObjectMeta" in (value as object) ? asApi(value) : value) as JsonObject;
  const kind = String(object["kind"] ?? KINDS[key] ?? `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`);
  const created = parseTime(String((object["metadata"] as JsonObject | undefined)?.["creationTimestamp"] ?? ""));
  const old = created !== undefined && created < UNSHIFTED_BEFORE;
  const now = parseTime(old ? RECORDED : (given.now ?? RECORDED)) ?? 0;
  return { rows: [rowOf(kind, object, { now, wide })] };
}

export const runners: Runners = {
  "print-rows": {
    run: (given: Given) => rowCase(given, given.options?.Wide === true),
    // Cases without options are of tests that print wide or narrow by themselves.
    same: (got, expected, given: Given) =>
      isDeepStrictEqual(got, expected) || (given.options === undefined && isDeepStrictEqual(rowCase(given, true), expected)),
  },
  "print-columns": {
    run(given: { readonly kind: string }) {
      const columns = columnsOf(given.kind);
      const named = (priority: number): string[] => columns.filter((column) => column.priority === priority).map((column) => column.name);
      if (tableOfKind(given.kind) === DEFAULT_TABLE)
        return { columns: named(0).map((name) => name.toUpperCase()), note: "no server-side printer: default table" };
      return { columns: named(0), wideOnly: named(1) };
    },
  },
};
