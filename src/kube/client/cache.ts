/**
 * The store as a watcher knows it: the head, with the rows it has not seen yet put back to what they were at its cursor. The price is
 * the number of changes in flight, never the size of the store.
 */
import type { TableReader, Tx } from "../../sim/types";
import type { KubeObject } from "../apis/objects";
import { type StoreIndex, type StoredRow, keyOf, labelIndexValue, nodeOf, storeTable, streamTable, walkBack } from "../apiserver/storage/store";
import { type WatchRow, watchTable } from "./tables";
import type { CacheReader } from "./types";

type Overlay = ReadonlyMap<string, KubeObject | undefined>;
type Reader = Pick<Tx, "read">;

const NOTHING: Overlay = new Map();

/** Keys changed after the cursor, with what they were at it (undefined: not there). */
function overlayOf(tx: Reader, row: WatchRow): Overlay {
  const head = tx.read(streamTable).get(row.stream)?.revision ?? 0;
  if (head <= row.revision) return NOTHING;
  const overlay = new Map<string, KubeObject | undefined>();
  walkBack(tx, row.stream, row.revision, head, (entry) => {
    overlay.set(entry.key, entry.before);
  });
  return overlay;
}

/** One resource through one watch. */
class ResourceView {
  private overlay: Overlay | undefined;
  private readonly tx: Reader;
  readonly row: WatchRow;
  private readonly table: TableReader<StoredRow, StoreIndex>;

  constructor(tx: Reader, row: WatchRow) {
    this.tx = tx;
    this.row = row;
    this.table = tx.read(storeTable(row.resource));
  }

  private changed(): Overlay {
    this.overlay ??= overlayOf(this.tx, this.row);
    return this.overlay;
  }

  private sees(object: KubeObject): boolean {
    const { namespace, node, resource } = this.row;
    return (namespace === undefined || object.metadata.namespace === namespace) && (node === undefined || nodeOf(resource, object) === node);
  }

  get(key: string): KubeObject | undefined {
    if (!this.row.synced) return undefined;
    const head = this.table.get(key);
    const object = head !== undefined && head.revision <= this.row.revision ? head.object : this.changed().get(key);
    return object !== undefined && this.sees(object) ? object : undefined;
  }

  /** Rows of the head that `rows` found, and old states that `matches` would have found, in key order. */
  select(rows: readonly StoredRow[], matches: (object: KubeObject) => boolean): readonly KubeObject[] {
    if (!this.row.synced) return [];
    const overlay = this.changed();
    const all = this.row.namespace === undefined && this.row.node === undefined;
    if (overlay.size === 0 && all) return rows.map((row) => row.object);
    const out: { readonly key: string; readonly object: KubeObject }[] = [];
    for (const row of rows) if (!overlay.has(row.key) && (all || this.sees(row.object))) out.push(row);
    let added = false;
    for (const [key, object] of overlay) {
      if (object === undefined || !this.sees(object) || !matches(object)) continue;
      out.push({ key, object });
      added = true;
    }
    if (added) out.sort((a, b) => (a.key < b.key ? -1 : 1));
    return out.map((entry) => entry.object);
  }

  rows(): readonly StoredRow[] {
    return this.row.node === undefined ? this.table.rows() : this.table.by("node", this.row.node);
  }
  by(index: StoreIndex, value: string, matches: (object: KubeObject) => boolean): readonly KubeObject[] {
    return this.select(this.table.by(index, value), matches);
  }
}

/** Everything a watch shows at its cursor. */
export function listAt(tx: Reader, row: WatchRow): readonly KubeObject[] {
  const view = new ResourceView(tx, row);
  return view.select(view.rows(), () => true);
}

class Cache implements CacheReader {
  private readonly tx: Reader;
  private readonly address: string;
  private readonly views = new Map<string, ResourceView>();

  constructor(tx: Reader, address: string) {
    this.tx = tx;
    this.address = address;
  }

  /** The view of a resource at its cursor of now: `advance` in the same event makes a new one. */
  private view(resource: string): ResourceView {
    const row = this.tx.read(watchTable).get(`${this.address} ${resource}`);
    if (row === undefined) throw new Error(`${this.address} does not watch ${resource}`);
    const known = this.views.get(resource);
    if (known?.row === row) return known;
    const view = new ResourceView(this.tx, row);
    this.views.set(resource, view);
    return view;
  }

  get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined {
    return this.view(resource).get(keyOf(namespace, name)) as T | undefined;
  }
  list<T extends KubeObject>(resource: string, namespace?: string): readonly T[] {
    const view = this.view(resource);
    if (namespace === undefined) return view.select(view.rows(), () => true) as readonly T[];
    return view.by("namespace", namespace, (object) => object.metadata.namespace === namespace) as readonly T[];
  }
  ownedBy<T extends KubeObject>(resource: string, uid: string): readonly T[] {
    return this.view(resource).by(
      "owner",
      uid,
      (object) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
    ) as readonly T[];
  }
  labelled<T extends KubeObject>(resource: string, namespace: string, key: string, value: string): readonly T[] {
    const matches = (object: KubeObject): boolean => object.metadata.namespace === namespace && object.metadata.labels?.[key] === value;
    return this.view(resource).by("label", labelIndexValue(namespace, key, value), matches) as readonly T[];
  }
  podsOn<T extends KubeObject>(node: string): readonly T[] {
    return this.view("pods").by("node", node, (object) => nodeOf("pods", object) === node) as readonly T[];
  }
}

/** The running actor's own view. Take it anew in each event. */
export const cacheOf = (tx: Tx): CacheReader => new Cache(tx, tx.self);
/** What a component knows, seen from outside (pictures, tests). */
export const cacheOfActor = (tx: Reader, address: string): CacheReader => new Cache(tx, address);
