/**
 * GET of an object or a collection.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go
 * Not modelled: consistent reads from the watch cache; every list is of now (or, with `continue`, of now too).
 */
import type { Tx } from "../../sim/types";
import type { KubeObject } from "../apis/objects";
import { apiVersionOf, type ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";
import { wantsTable } from "./printing/accept";
import { tableOf } from "./printing/table";
import type { ResourceTarget } from "./request";
import { parseSelection, type Selection, selects } from "./selection";
import { answer, badRequest, gone, notFound } from "./status";
import { etcdOf, keyOf, stored, type StoredRow, storeTable } from "./storage/store";

type Query = Readonly<Record<string, string>>;

export function getObject(tx: Tx, target: ResourceTarget, accept: string | undefined): ApiResponse {
  const row = stored(tx, target.resource.name, keyOf(target.namespace, target.name ?? ""));
  if (row === undefined) return notFound(target.resource, target.name ?? "");
  return answer(200, wantsTable(accept) ? tableOf(tx.now, target.resource, [row.object], accept) : (row.object as never));
}

/** Rows of a collection by the cheapest index that serves the selection. */
export function candidates(tx: Pick<Tx, "read">, resource: ResourceInfo, namespace: string | undefined, selection: Selection): readonly StoredRow[] {
  const table = tx.read(storeTable(resource.name));
  const name = selection.fields?.find((term) => term.field === "metadata.name" && term.equal)?.value;
  if (name !== undefined && (namespace !== undefined || !resource.namespaced)) {
    const row = table.get(keyOf(namespace, name));
    return row === undefined ? [] : [row];
  }
  const node = selection.fields?.find((term) => term.field === "spec.nodeName" && term.equal)?.value;
  if (node !== undefined && resource.name === "pods") {
    const rows = table.by("node", node);
    return namespace === undefined ? rows : rows.filter((row) => row.object.metadata.namespace === namespace);
  }
  return namespace === undefined ? table.rows() : table.by("namespace", namespace);
}

/**
 * Pages are cut by key: `continue` carries the revision of the first page and the last key seen.
 * @rule kube.api.list
 */
export function listObjects(tx: Tx, target: ResourceTarget, query: Query, accept: string | undefined): ApiResponse {
  const { resource, namespace } = target;
  const wrong = checkResourceVersion(query);
  if (wrong !== undefined) return wrong;
  const selection = parseSelection(resource, query);
  if ("code" in selection) return selection;
  const etcd = etcdOf(tx);
  let rows = candidates(tx, resource, namespace, selection).filter((row) => selects(selection, resource, row.object));
  let revision = etcd.revision;
  if (query["continue"]) {
    const token = readContinue(query["continue"]);
    if (token === undefined) return badRequest("continue key is not valid");
    if (token.revision <= etcd.compacted)
      return gone(
        "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
      );
    revision = token.revision;
    rows = rows.filter((row) => row.key > token.after);
  }
  const limit = Number(query["limit"] ?? 0);
  const page = limit > 0 && rows.length > limit ? rows.slice(0, limit) : rows;
  const last = page.at(-1);
  const more = page.length < rows.length && last !== undefined;
  const metadata = {
    resourceVersion: String(revision),
    ...(more ? { continue: `${revision}.${last.key}`, ...(selectsAll(selection) ? { remainingItemCount: rows.length - page.length } : {}) } : {}),
  };
  const objects = page.map((row) => row.object);
  if (wantsTable(accept)) return answer(200, tableOf(tx.now, resource, objects, accept, metadata));
  return answer(200, listBody(resource, objects, metadata));
}

const selectsAll = (selection: Selection): boolean => (selection.labels?.length ?? 0) === 0 && (selection.fields?.length ?? 0) === 0;

export function listBody(resource: ResourceInfo, objects: readonly KubeObject[], metadata: { readonly resourceVersion: string }): never {
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items: objects } as never;
}

function readContinue(token: string): { readonly revision: number; readonly after: string } | undefined {
  const match = /^(\d+)\.(.+)$/s.exec(token);
  return match === null ? undefined : { revision: Number(match[1]), after: match[2] ?? "" };
}

/** @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/interfaces.go APIObjectVersioner.ParseResourceVersion */
export function checkResourceVersion(query: Query): ApiResponse | undefined {
  const version = query["resourceVersion"];
  if (!version || /^\d+$/.test(version)) return undefined;
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
  );
}
