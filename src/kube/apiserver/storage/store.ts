/**
 * The store as etcd keeps it: one revision counter for everything, the head of each resource, and a log of changes that watches read.
 *
 * A log row knows the revision of the change before it in its own streams (all objects of the resource; Pods of one node), so a watcher
 * walks back over exactly the changes that concern it.
 *
 * @source etcd@3.6 server/storage/mvcc (one revision per transaction, watch from a revision)
 * Not modelled: leases of etcd, transactions over several keys, quorum.
 */
import { defineTable } from "../../../sim/table";
import type { Micros, TableDefinition, TableReader, Tx } from "../../../sim/types";
import type { KubeObject, ObjectMeta, StringMap } from "../../apis/objects";
import { RESOURCES } from "../../apis/resources";

export interface StoredRow {
  /** `namespace/name`, or `name` where the resource has no namespace. */
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
}
export type StoreIndex = "owner" | "label" | "node" | "namespace";
export type StoreTable = TableDefinition<StoredRow, StoreIndex>;

export interface LogRow {
  readonly revision: number;
  readonly resource: string;
  readonly key: string;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
  /** Revision of the change before this one of the same resource; 0 when there is none. */
  readonly previous: number;
  /** The same among Pods of one node. */
  readonly previousOnNode?: number;
}
export interface StreamRow {
  /** `pods`, or `pods@node-a` for the Pods bound to a node; `nodes@node-a` for that node. */
  readonly stream: string;
  readonly revision: number;
  readonly at: Micros;
}
export interface EtcdRow {
  readonly id: "etcd";
  readonly revision: number;
  /** Watches and lists from before this revision are refused. */
  readonly compacted: number;
  /** The revision that the next compaction will compact to, and when it was noted. */
  readonly markedRevision: number;
  readonly markedAt: Micros;
  /** Log rows up to here are gone. */
  readonly trimmed: number;
}

export const keyOf = (namespace: string | undefined, name: string): string => (namespace ? `${namespace}/${name}` : name);
export const labelIndexValue = (namespace: string, key: string, value: string): string => `${namespace} ${key}=${value}`;
/** Of equal length, so that text order is number order. */
const logKey = (revision: number): string => String(10_000_000_000 + revision);

const labelLists = new WeakMap<StringMap, { readonly namespace: string; readonly values: readonly string[] }>();
function labelValues(row: StoredRow): readonly string[] | undefined {
  const { labels, namespace = "" } = row.object.metadata;
  if (labels === undefined) return undefined;
  const known = labelLists.get(labels);
  if (known !== undefined && known.namespace === namespace) return known.values;
  const values = Object.entries(labels).map(([key, value]) => labelIndexValue(namespace, key, value));
  labelLists.set(labels, { namespace, values });
  return values;
}

function ownerUids(row: StoredRow): readonly string[] | string | undefined {
  const owners = row.object.metadata.ownerReferences;
  if (owners === undefined || owners.length === 0) return undefined;
  return owners.length === 1 ? owners[0]?.uid : owners.map((owner) => owner.uid);
}

/** The node a Pod is bound to, "" for none; a Node itself; undefined for other kinds. */
export function nodeOf(resource: string, object: KubeObject | undefined): string | undefined {
  if (object === undefined) return undefined;
  if (resource === "nodes") return object.metadata.name;
  if (resource !== "pods") return undefined;
  return (object as { readonly spec?: { readonly nodeName?: string } }).spec?.nodeName ?? "";
}

const define = (resource: string): StoreTable =>
  defineTable<StoredRow, StoreIndex>({
    name: `etcd.${resource}`,
    key: (row) => row.key,
    indexes: {
      owner: ownerUids,
      label: labelValues,
      node: (row) => nodeOf(resource, row.object),
      namespace: (row) => row.object.metadata.namespace,
    },
  });

const storeTables: ReadonlyMap<string, StoreTable> = new Map(RESOURCES.map(({ name }) => [name, define(name)]));

/** The head of a resource by its plural name. Only the API server writes it. */
export function storeTable(resource: string): StoreTable {
  const table = storeTables.get(resource);
  if (table === undefined) throw new Error(`no store for ${resource}`);
  return table;
}

export const logTable = defineTable<LogRow>({ name: "etcd.log", key: (row) => logKey(row.revision) });
export const streamTable = defineTable<StreamRow>({ name: "etcd.stream", key: (row) => row.stream });
export const etcdTable = defineTable<EtcdRow>({ name: "etcd.meta", key: (row) => row.id });

const FIRST: EtcdRow = { id: "etcd", revision: 1, compacted: 0, markedRevision: 0, markedAt: 0, trimmed: 0 };
type Reader = Pick<Tx, "read">;

export const etcdOf = (tx: Reader): EtcdRow => tx.read(etcdTable).get("etcd") ?? FIRST;
export const revisionOf = (tx: Reader): number => etcdOf(tx).revision;
export const logRow = (log: TableReader<LogRow>, revision: number): LogRow | undefined => log.get(logKey(revision));
export const streamOf = (resource: string, node: string | undefined): string => (node === undefined ? resource : `${resource}@${node}`);
export const stored = (tx: Reader, resource: string, key: string): StoredRow | undefined => tx.read(storeTable(resource)).get(key);

function moveStream(tx: Tx, stream: string, revision: number): number {
  const streams = tx.write(streamTable);
  const previous = streams.get(stream)?.revision ?? 0;
  streams.put({ stream, revision, at: tx.now });
  return previous;
}

/**
 * One change: the next revision becomes the object's resourceVersion. `after` undefined deletes; the last state then carries the
 * revision of its deletion, as watchers see it. `more` joins its metadata. Returns the object as stored.
 * @rule kube.storage.commit
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go Create, GuaranteedUpdate, Delete
 */
export function commit(tx: Tx, resource: string, key: string, after: KubeObject | undefined, more?: Partial<ObjectMeta>): KubeObject {
  const etcd = etcdOf(tx);
  const revision = etcd.revision + 1;
  const table = tx.write(storeTable(resource));
  const before = table.get(key)?.object;
  const source = after ?? before;
  if (source === undefined) throw new Error(`${resource} ${key} cannot be deleted: it is not there`);
  const object: KubeObject = { ...source, metadata: { ...source.metadata, ...more, resourceVersion: String(revision) } };
  if (after === undefined) table.delete(key);
  else table.put({ key, object, revision });
  const { compacted, markedRevision, markedAt, trimmed } = etcd;
  tx.write(etcdTable).put({ id: "etcd", revision, compacted, markedRevision, markedAt, trimmed });
  const previous = moveStream(tx, resource, revision);
  const node = nodeOf(resource, object);
  const previousOnNode = node ? moveStream(tx, streamOf(resource, node), revision) : undefined;
  tx.write(logTable).put({ revision, resource, key, before, after: after === undefined ? undefined : object, previous, previousOnNode });
  return object;
}

/** Changes of a stream in (from, to], newest first, without copying the log. */
export function walkBack(tx: Reader, stream: string, from: number, to: number, visit: (row: LogRow) => void): void {
  const log = tx.read(logTable);
  const onNode = stream.includes("@");
  let revision = tx.read(streamTable).get(stream)?.revision ?? 0;
  while (revision > from) {
    const row = logRow(log, revision);
    if (row === undefined) return;
    if (revision <= to) visit(row);
    revision = (onNode ? row.previousOnNode : row.previous) ?? 0;
  }
}
