/**
 * Rows found by something else than their key. An index is built when it is first asked, and kept up to date from then on.
 *
 * Where one row alone is found under a value, its slot is kept; a list is made for several, or when one is asked for.
 */
import { ColumnMap, partOf } from "./column-map";
import { Listing, NONE, type Slots } from "./listing";
import type { ColumnIndex, Columns, KeyPart, TableDeclaration } from "./types";

type Found<Row> = number | Listing<Row>;

export interface TableIndex<Row> {
  at(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Found<Row> | undefined;
  list(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[];
  changed(slot: number, before: Row | undefined, after: Row | undefined): void;
}

type Declared<Row> = NonNullable<TableDeclaration<Row, string>["indexes"]>[string];

/** `key` are the columns that no row changes in its slot. */
export function tableIndex<Row>(declared: Declared<Row>, key: Columns<Row>, slots: Slots<Row>): TableIndex<Row> {
  if (typeof declared === "function") return new TextIndex(declared, slots);
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

type Values = string | readonly string[] | undefined;

class TextIndex<Row> implements TableIndex<Row> {
  private readonly found = new Map<KeyPart, Found<Row>>();
  private readonly of: (row: Row) => Values;
  private readonly slots: Slots<Row>;

  constructor(of: (row: Row) => Values, slots: Slots<Row>) {
    this.of = of;
    this.slots = slots;
  }

  at(value: KeyPart): Found<Row> | undefined {
    return this.found.get(value);
  }

  list(value: KeyPart): readonly Row[] {
    const found = this.found.get(value);
    if (found === undefined) return NONE;
    const list = listOf(found, this.slots);
    if (list !== found) this.found.set(value, list);
    return list.rows();
  }

  changed(slot: number, before: Row | undefined, after: Row | undefined): void {
    const from = before === undefined ? undefined : this.of(before);
    const to = after === undefined ? undefined : this.of(after);
    if (from === to || (typeof from === "object" && typeof to === "object" && sameList(from, to))) {
      if (typeof to === "string") this.replaced(to, slot);
      else if (to !== undefined) for (const value of to) this.replaced(value, slot);
      return;
    }
    const next = valuesOf(to);
    for (const value of valuesOf(from)) {
      if (next.includes(value)) continue;
      const found = left(this.found.get(value), slot);
      if (found === undefined) this.found.delete(value);
    }
    for (const value of next) this.found.set(value, joined(this.found.get(value), slot, this.slots));
  }

  private replaced(value: string, slot: number): void {
    const found = this.found.get(value);
    if (typeof found === "object") found.set(slot);
  }
}

const valuesOf = (values: Values): readonly string[] => (values === undefined ? NONE : typeof values === "string" ? [values] : values);

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
