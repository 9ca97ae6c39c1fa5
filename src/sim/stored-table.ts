/**
 * One table's rows: a `Map` with key-ordered views and indexes that are built when first asked for and kept up to date from then on.
 * Writes are unconditional here; `Journal` remembers them.
 */
import type { TableDefinition, TableReader } from "./types";

/** Key-ordered keys of a map; inserting in the middle of a larger list than this drops the list and sorts anew on demand. */
const INSERT_LIMIT = 20_000;
const NONE: readonly never[] = Object.freeze([]);

export class OrderedMap<Row> {
  readonly map = new Map<string, Row>();
  private sorted: string[] | undefined = [];
  private listed: readonly Row[] | undefined;
  private shared = false;

  set(key: string, row: Row): void {
    if (!this.map.has(key)) this.insertKey(key);
    this.map.set(key, row);
    this.listed = undefined;
  }

  delete(key: string): void {
    if (!this.map.delete(key)) return;
    this.listed = undefined;
    if (this.sorted === undefined) return;
    const keys = this.ownKeys();
    const at = lowerBound(keys, key);
    if (at === keys.length - 1) keys.pop();
    else if (keys.length > INSERT_LIMIT) this.sorted = undefined;
    else keys.splice(at, 1);
  }

  keys(): readonly string[] {
    if (this.sorted === undefined) {
      this.sorted = [...this.map.keys()].sort((a, b) => (a < b ? -1 : 1));
    }
    this.shared = true;
    return this.sorted;
  }

  rows(): readonly Row[] {
    if (this.listed === undefined) {
      const map = this.map;
      const shared = this.shared;
      this.listed = this.keys().map((key) => map.get(key) as Row);
      this.shared = shared;
    }
    return this.listed;
  }

  private insertKey(key: string): void {
    if (this.sorted === undefined) return;
    const keys = this.ownKeys();
    const last = keys.at(-1);
    if (last === undefined || last < key) keys.push(key);
    else if (keys.length > INSERT_LIMIT) this.sorted = undefined;
    else keys.splice(lowerBound(keys, key), 0, key);
  }

  /** The sorted keys, copied first when a reader may still hold them. */
  private ownKeys(): string[] {
    if (this.shared) {
      this.sorted = this.sorted?.slice();
      this.shared = false;
    }
    return this.sorted as string[];
  }
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Buckets<Row> = Map<string, OrderedMap<Row>>;

export class StoredTable<Row, Index extends string = string> implements TableReader<Row, Index> {
  private readonly all = new OrderedMap<Row>();
  private readonly indexes: readonly { readonly of: (row: Row) => string | readonly string[] | undefined; readonly buckets: Buckets<Row> }[];
  private readonly indexAt: ReadonlyMap<string, number>;
  readonly definition: TableDefinition<Row, Index>;
  /** Position in the journal's list of tables. */
  readonly number: number;

  constructor(definition: TableDefinition<Row, Index>, number: number) {
    this.definition = definition;
    this.number = number;
    const declared = Object.entries(definition.indexes ?? {}) as [string, (row: Row) => string | readonly string[] | undefined][];
    this.indexes = declared.map(([, of]) => ({ of, buckets: new Map() }));
    this.indexAt = new Map(declared.map(([name], i) => [name, i]));
  }

  get size(): number {
    return this.all.map.size;
  }
  get(key: string): Row | undefined {
    return this.all.map.get(key);
  }
  has(key: string): boolean {
    return this.all.map.has(key);
  }
  keys(): readonly string[] {
    return this.all.keys();
  }
  rows(): readonly Row[] {
    return this.all.rows();
  }
  by(index: Index, value: string): readonly Row[] {
    return this.bucketsOf(index).get(value)?.rows() ?? NONE;
  }
  countBy(index: Index, value: string): number {
    return this.bucketsOf(index).get(value)?.map.size ?? 0;
  }

  /** Sets or, with undefined, removes; returns what was there. */
  assign(key: string, after: Row | undefined): Row | undefined {
    const before = this.all.map.get(key);
    if (after === undefined) this.all.delete(key);
    else this.all.set(key, after);
    for (const index of this.indexes)
      reindex(index.buckets, key, before === undefined ? undefined : index.of(before), after, after === undefined ? undefined : index.of(after));
    return before;
  }

  copy(): StoredTable<Row, Index> {
    const twin = new StoredTable<Row, Index>(this.definition, this.number);
    for (const [key, row] of this.all.map) twin.assign(key, row);
    return twin;
  }

  private bucketsOf(index: Index): Buckets<Row> {
    const at = this.indexAt.get(index);
    if (at === undefined) throw new Error(`table ${this.definition.name} has no index ${index}`);
    return (this.indexes[at] as { buckets: Buckets<Row> }).buckets;
  }
}

type Values = string | readonly string[] | undefined;
const listOf = (values: Values): readonly string[] => (values === undefined ? NONE : typeof values === "string" ? [values] : values);

function reindex<Row>(buckets: Buckets<Row>, key: string, from: Values, row: Row | undefined, to: Values): void {
  if (from === to || (typeof from === "object" && typeof to === "object" && sameList(from, to))) {
    if (row !== undefined) for (const value of listOf(to)) buckets.get(value)?.set(key, row);
    return;
  }
  const next = listOf(to);
  for (const value of listOf(from)) {
    if (next.includes(value)) continue;
    const bucket = buckets.get(value);
    bucket?.delete(key);
    if (bucket?.map.size === 0) buckets.delete(value);
  }
  if (row === undefined) return;
  for (const value of next) {
    let bucket = buckets.get(value);
    if (bucket === undefined) buckets.set(value, (bucket = new OrderedMap()));
    bucket.set(key, row);
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
