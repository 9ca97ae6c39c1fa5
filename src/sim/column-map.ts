/**
 * A map whose keys are a few values one after another: maps in maps. Numbers stay numbers, so that finding builds no text.
 *
 * Maps that have become empty stay for what comes next under the same values.
 */
import { InvariantError } from "./invariant";
import type { Column, Columns, KeyPart } from "./types";

type Level = Map<KeyPart, unknown>;

export class ColumnMap<Row, Value> {
  private readonly top: Level = new Map();
  private readonly columns: Columns<Row>;
  private readonly depth: number;

  constructor(columns: Columns<Row>) {
    this.columns = columns;
    this.depth = columns.length;
  }

  get(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Value | undefined {
    const { depth } = this;
    let found = this.top.get(a);
    if (depth > 1 && found !== undefined) found = (found as Level).get(b as KeyPart);
    if (depth > 2 && found !== undefined) found = (found as Level).get(c as KeyPart);
    if (depth > 3 && found !== undefined) found = (found as Level).get(d as KeyPart);
    if (found === undefined) this.complete(b, c, d);
    return found as Value | undefined;
  }

  /** Whoever finds nothing has at least asked for something. */
  private complete(b: KeyPart | undefined, c: KeyPart | undefined, d: KeyPart | undefined): void {
    const given = b === undefined ? 1 : c === undefined ? 2 : d === undefined ? 3 : 4;
    if (given !== this.depth) throw new InvariantError(`${given} values for a key of ${this.depth}: ${this.columns.map(String).join("/")}`);
  }

  /** What is kept under the values of a row's columns. */
  of(row: Row): Value | undefined {
    let found: unknown = this.top;
    for (let i = 0; i < this.depth && found !== undefined; i++) found = (found as Level).get(partOf(row, this.columns[i] as Column<Row>));
    return found as Value | undefined;
  }

  /** Undefined removes. */
  set(row: Row, value: Value | undefined): void {
    const last = this.depth - 1;
    let level = this.top;
    for (let i = 0; i < last; i++) {
      const part = partOf(row, this.columns[i] as Column<Row>);
      let next = level.get(part) as Level | undefined;
      if (next === undefined) level.set(part, (next = new Map()));
      level = next;
    }
    const part = partOf(row, this.columns[last] as Column<Row>);
    if (value === undefined) level.delete(part);
    else level.set(part, value);
  }

  copy(): ColumnMap<Row, Value> {
    const twin = new ColumnMap<Row, Value>(this.columns);
    copyLevel(this.top, twin.top, this.depth);
    return twin;
  }
}

export function partOf<Row>(row: Row, column: Column<Row>): KeyPart {
  const part = typeof column === "function" ? column(row) : row[column];
  if (typeof part === "number" || typeof part === "string") return part;
  throw new InvariantError(`${String(column)}: ${String(part)} cannot be part of a key`);
}

function copyLevel(from: Level, to: Level, depth: number): void {
  for (const [part, value] of from) {
    if (depth === 1) to.set(part, value);
    else {
      const level: Level = new Map();
      to.set(part, level);
      copyLevel(value as Level, level, depth - 1);
    }
  }
}
