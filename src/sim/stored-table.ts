/**
 * One table's rows. A key keeps the slot it was first given, also while it has no row: `Journal` remembers writes by slot, and nothing else
 * of a row has to be found or made for them. Only what came and went within one event leaves its slot to others. Lists and indexes are made when they are first asked for.
 *
 * Writes are unconditional here.
 */
import { ColumnMap } from "./column-map";
import { invariant } from "./invariant";
import { Listing, type Slots } from "./listing";
import { type TableIndex, tableIndex } from "./table-index";
import type { KeyPart, TableDefinition, TableReader } from "./types";

export class StoredTable<Row, Index extends string = string> implements TableReader<Row, Index>, Slots<Row> {
  readonly definition: TableDefinition<Row, Index>;
  /** Position in the journal's list of tables. */
  readonly number: number;
  size = 0;
  private held: (Row | undefined)[] = [];
  /** Keys by slot; of keys that are columns, those that somebody wanted to read. */
  private texts: (string | undefined)[] = [];
  private readonly byText = new Map<KeyPart, number>();
  private byColumns: ColumnMap<Row, number> | undefined;
  /** Slots that no key has. */
  private free: number[] = [];
  private all: Listing<Row> | undefined;
  private readonly indexes = new Map<Index, TableIndex<Row>>();
  private readonly built: TableIndex<Row>[] = [];

  constructor(definition: TableDefinition<Row, Index>, number: number) {
    this.definition = definition;
    this.number = number;
    this.byColumns = definition.columns === undefined ? undefined : new ColumnMap(definition.columns);
  }

  get(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined {
    const slot = this.byColumns === undefined ? this.byText.get(a) : this.byColumns.get(a, b, c, d);
    return slot === undefined ? undefined : this.held[slot];
  }
  has(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): boolean {
    return this.get(a, b, c, d) !== undefined;
  }
  keys(): readonly string[] {
    return this.listing().keys();
  }
  rows(): readonly Row[] {
    return this.listing().rows();
  }
  /** Both, in key order. */
  entries(): readonly (readonly [string, Row])[] {
    const rows = this.rows();
    return this.keys().map((key, i) => [key, rows[i] as Row] as const);
  }
  by(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[] {
    return this.index(index).list(a, b, c, d);
  }
  firstBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined {
    const found = this.index(index).at(a, b, c, d);
    return typeof found === "number" ? this.held[found] : found?.rows()[0];
  }
  countBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): number {
    const found = this.index(index).at(a, b, c, d);
    return typeof found === "number" ? 1 : (found?.size ?? 0);
  }

  rowAt(slot: number): Row | undefined {
    return this.held[slot];
  }
  /** Keys that are columns are told from a row that the slot has or had. */
  keyAt(slot: number, row: Row | undefined = this.held[slot]): string {
    const text = this.texts[slot];
    if (text !== undefined) return text;
    invariant(row !== undefined, `${this.definition.name}: a key without a row`);
    return (this.texts[slot] = this.definition.key(row));
  }

  slotOf(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): number | undefined {
    return this.byColumns === undefined ? this.byText.get(a) : this.byColumns.get(a, b, c, d);
  }
  /** The slot of a row's key, which gets one now if it has none. */
  slotFor(row: Row): number {
    const { byColumns, byText } = this;
    if (byColumns === undefined) {
      const text = this.definition.key(row);
      const known = byText.get(text);
      if (known !== undefined) return known;
      const slot = this.newSlot(text);
      byText.set(text, slot);
      return slot;
    }
    const level = byColumns.levelFor(row);
    const part = byColumns.lastPart(row);
    const known = level.get(part) as number | undefined;
    if (known !== undefined) return known;
    const slot = this.newSlot(undefined);
    level.set(part, slot);
    return slot;
  }

  /** Takes the slot from the key of a row that nobody will ever want back; another key may get it. */
  release(slot: number, row: Row): void {
    if (this.byColumns === undefined) this.byText.delete(this.definition.key(row));
    else this.byColumns.set(row, undefined);
    this.free.push(slot);
  }

  /** Sets or, with undefined, removes; returns what was there. */
  assign(slot: number, after: Row | undefined): Row | undefined {
    const before = this.held[slot];
    if (before === after) return before;
    this.held[slot] = after;
    if (before === undefined) this.size++;
    else if (after === undefined) this.size--;
    if (this.all !== undefined) {
      if (after === undefined) this.all.delete(slot);
      else this.all.set(slot);
    }
    for (const index of this.built) index.changed(slot, before, after);
    return before;
  }

  /** The same rows in the same slots. */
  copy(): StoredTable<Row, Index> {
    const twin = new StoredTable<Row, Index>(this.definition, this.number);
    twin.size = this.size;
    twin.held = this.held.slice();
    twin.texts = this.texts.slice();
    twin.free = this.free.slice();
    for (const [key, slot] of this.byText) twin.byText.set(key, slot);
    twin.byColumns = this.byColumns?.copy();
    return twin;
  }

  private newSlot(text: string | undefined): number {
    const slot = this.free.pop() ?? this.held.push(undefined) - 1;
    this.texts[slot] = text;
    return slot;
  }

  private listing(): Listing<Row> {
    if (this.all !== undefined) return this.all;
    this.all = new Listing(this);
    for (let slot = 0; slot < this.held.length; slot++) if (this.held[slot] !== undefined) this.all.set(slot);
    return this.all;
  }

  private index(name: Index): TableIndex<Row> {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const declared = this.definition.indexes?.[name];
    if (declared === undefined) throw new Error(`table ${this.definition.name} has no index ${name}`);
    const index = tableIndex(declared, this.definition.columns ?? [], this);
    for (const [slot, row] of this.held.entries()) if (row !== undefined) index.changed(slot, undefined, row);
    this.indexes.set(name, index);
    this.built.push(index);
    return index;
  }
}
