/**
 * Rows found by something else than their key. An index is built when it is first asked, and kept up to date from then on.
 *
 * Where one row alone is found under a value, its slot is kept; a list is made for several, or when one is asked for.
 */
import { ColumnMap, partOf } from "./column-map";
import { Listing, NONE, type Slots } from "./listing";
import type { ColumnIndex, Columns, IndexValues, KeyPart, TableDeclaration } from "./types";

type Found<Row> = number | Listing<Row>;

export interface TableIndex<Row> {
  at(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Found<Row> | undefined;
  list(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[];
  changed(slot: number, before: Row | undefined, after: Row | undefined): void;
}

type Declared<Row> = NonNullable<TableDeclaration<Row, string>["indexes"]>[string];

/** `key` are the columns that no row changes in its slot. */
export function tableIndex<Row>(declared: Declared<Row>, key: Columns<Row>, slots: Slots<Row>): TableIndex<Row> {
  if (typeof declared === "function") return new TextsIndex(declared, undefined, slots);
  if ("of" in declared) return new TextsIndex(declared.of, declared.from, slots);
  const { columns = declared as Columns<Row>, when } = declared as Partial<ColumnIndex<Row>>;
  return new ColumnsIndex(columns, key, when, slots);
}

/** One slot more under a value. */
function joined<Row>(found: Found<Row> | undefined, slot: number, slots: Slots<Row>): Found<Row> {
  if (found === undefined || found === slot) return slot;
  const list = typeof found === "number" ? new Listing(slots) : found;
  if (typeof found === "number") list.set(found);
  list.set(slot);
  return list;
}

/** One slot less; undefined when none is left. */
function left<Row>(found: Found<Row> | undefined, slot: number): Found<Row> | undefined {
  if (typeof found !== "object") return found === slot ? undefined : found;
  found.delete(slot);
  return found.size === 0 ? undefined : found;
}

function listOf<Row>(found: Found<Row>, slots: Slots<Row>): Listing<Row> {
  if (typeof found === "object") return found;
  const list = new Listing(slots);
  list.set(found);
  return list;
}

class ColumnsIndex<Row> implements TableIndex<Row> {
  private readonly found: ColumnMap<Row, Found<Row>>;
  /** Those that may differ between two rows of one slot. */
  private readonly loose: Columns<Row>;
  private readonly when: ((row: Row) => boolean) | undefined;
  private readonly slots: Slots<Row>;
  /** Whether a list was ever made: only lists are to be told of rows that were replaced. */
  private lists = false;

  constructor(columns: Columns<Row>, key: Columns<Row>, when: ((row: Row) => boolean) | undefined, slots: Slots<Row>) {
    this.loose = columns.filter((column) => !key.includes(column));
    this.when = when;
    this.slots = slots;
    this.found = new ColumnMap(columns);
  }

  at(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Found<Row> | undefined {
    return this.found.get(a, b, c, d);
  }

  list(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[] {
    const found = this.found.get(a, b, c, d);
    if (found === undefined) return NONE;
    if (typeof found === "object") return found.rows();
    const list = listOf(found, this.slots);
    this.lists = true;
    this.found.set(this.slots.rowAt(found) as Row, list);
    return list.rows();
  }

  changed(slot: number, before: Row | undefined, after: Row | undefined): void {
    const { when } = this;
    const was = before !== undefined && (when === undefined || when(before));
    const is = after !== undefined && (when === undefined || when(after));
    if (was && is && this.alike(before, after)) {
      if (!this.lists) return;
      const found = this.found.of(after);
      if (typeof found === "object") found.set(slot);
      return;
    }
    if (was) {
      const level = this.found.levelFor(before);
      const part = this.found.lastPart(before);
      level.set(part, left(level.get(part) as Found<Row> | undefined, slot));
    }
    if (!is) return;
    const level = this.found.levelFor(after);
    const part = this.found.lastPart(after);
    const found = joined(level.get(part) as Found<Row> | undefined, slot, this.slots);
    if (typeof found === "object") this.lists = true;
    level.set(part, found);
  }

  private alike(before: Row, after: Row): boolean {
    for (const column of this.loose) if (partOf(before, column) !== partOf(after, column)) return false;
    return true;
  }
}

class TextsIndex<Row> implements TableIndex<Row> {
  private readonly found = new Map<KeyPart, Found<Row>>();
  /** What each slot's row is found under. */
  private readonly held: IndexValues[] = [];
  private readonly of: (row: Row) => IndexValues;
  private readonly from: readonly (keyof Row & string)[] | undefined;
  private readonly slots: Slots<Row>;
  /** Whether a list was ever made: only lists are to be told of rows that were replaced. */
  private lists = false;

  constructor(of: (row: Row) => IndexValues, from: readonly (keyof Row & string)[] | undefined, slots: Slots<Row>) {
    this.of = of;
    this.from = from;
    this.slots = slots;
  }

  at(value: KeyPart): Found<Row> | undefined {
    return this.found.get(value);
  }

  list(value: KeyPart): readonly Row[] {
    const found = this.found.get(value);
    if (found === undefined) return NONE;
    const list = listOf(found, this.slots);
    if (list !== found) {
      this.found.set(value, list);
      this.lists = true;
    }
    return list.rows();
  }

  changed(slot: number, before: Row | undefined, after: Row | undefined): void {
    const was = before === undefined ? undefined : this.held[slot];
    const is = after === undefined ? undefined : before !== undefined && this.alike(before, after) ? was : this.of(after);
    if (was === is || (typeof was === "object" && typeof is === "object" && sameList(was, is))) {
      if (this.lists && is !== undefined) this.replaced(is, slot);
      return;
    }
    while (this.held.length < slot) this.held.push(undefined);
    this.held[slot] = is;
    const next = valuesOf(is);
    for (const value of valuesOf(was)) {
      if (next.includes(value)) continue;
      const found = left(this.found.get(value), slot);
      if (found === undefined) this.found.delete(value);
      else this.found.set(value, found);
    }
    for (const value of next) {
      const found = joined(this.found.get(value), slot, this.slots);
      if (typeof found === "object") this.lists = true;
      this.found.set(value, found);
    }
  }

  private alike(before: Row, after: Row): boolean {
    if (this.from === undefined) return false;
    for (const member of this.from) if (before[member] !== after[member]) return false;
    return true;
  }

  private replaced(values: string | readonly string[], slot: number): void {
    for (const value of valuesOf(values)) {
      const found = this.found.get(value);
      if (typeof found === "object") found.set(slot);
    }
  }
}

const valuesOf = (values: IndexValues): readonly string[] => (values === undefined ? NONE : typeof values === "string" ? [values] : values);

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
