/**
 * One table's rows: a `Map` with key-ordered views and indexes that are built when first asked for and kept up to date from then on.
 * Writes are unconditional here; `Journal` remembers them.
 */
import type { TableDefinition, TableReader } from "./types";

/** A list of rows is copied and patched when fewer than one in so many has been replaced. */
const PATCH_SHARE = 8;
const NONE: readonly never[] = Object.freeze([]);
const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A map that can be listed in key order. Order is made when it is asked for, from the order last asked for and what changed since. */
export class OrderedMap<Row> {
  readonly map = new Map<string, Row>();
  private sorted: readonly string[] = NONE;
  /** Keys set since `sorted` was made that were not in the map; and whether any was removed. */
  private added: string[] = [];
  private removed = false;
  /** Rows in key order as last handed out, and the keys whose rows have been replaced since. */
  private listed: readonly Row[] | undefined = NONE;
  private replaced: string[] = [];

  set(key: string, row: Row): void {
    if (!this.map.has(key)) {
      this.added.push(key);
      this.listed = undefined;
    } else if (this.listed !== undefined) {
      this.replaced.push(key);
      if (this.replaced.length * PATCH_SHARE > this.map.size) this.listed = undefined;
    }
    this.map.set(key, row);
  }

  delete(key: string): void {
    if (!this.map.delete(key)) return;
    this.removed = true;
    this.listed = undefined;
  }

  keys(): readonly string[] {
    if (this.removed) this.sorted = this.sorted.filter((key) => this.map.has(key));
    if (this.added.length > 0) this.sorted = merged(this.sorted, this.added.filter((key) => this.map.has(key)).sort(ascending));
    this.removed = false;
    this.added = [];
    return this.sorted;
  }

  rows(): readonly Row[] {
    const { map, listed, replaced } = this;
    if (listed !== undefined && replaced.length === 0) return listed;
    const keys = this.keys();
    if (listed === undefined) this.listed = keys.map((key) => map.get(key) as Row);
    else {
      const patched = listed.slice();
      for (const key of replaced) patched[lowerBound(keys, key)] = map.get(key) as Row;
      this.listed = patched;
    }
    this.replaced = [];
    return this.listed as readonly Row[];
  }
}

/** Two ascending lists as one, without repeats. */
function merged(a: readonly string[], b: readonly string[]): readonly string[] {
  const last = a.at(-1);
  const out: string[] = last === undefined || (b[0] !== undefined && last < b[0]) ? a.slice() : [];
  let i = out.length;
  for (const key of b) {
    while (i < a.length && (a[i] as string) < key) out.push(a[i++] as string);
    if (a[i] === key) i++;
    if (out.at(-1) !== key) out.push(key);
  }
  while (i < a.length) out.push(a[i++] as string);
  return out;
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
    if (before === after) return before;
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
