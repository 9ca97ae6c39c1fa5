/**
 * A map whose keys are a few values one after another: maps in maps. Numbers stay numbers, so that finding builds no text.
 *
 * Maps that have become empty stay for what comes next under the same values; so the one used last can be remembered.
 */
import { InvariantError } from "./invariant";
import type { Column, Columns, KeyPart } from "./types";

/** What is kept under the values of the last column. Numbers that were given one after another lie side by side, the rest in a map. */
export class Level {
  private readonly near: unknown[] = [];
  private far: Map<KeyPart, unknown> | undefined;

  get(part: KeyPart): unknown {
    if (typeof part === "number" && part < this.near.length) {
      const found = this.near[part];
      if (found !== undefined) return found;
    }
    return this.far?.get(part);
  }

  /** Undefined removes. */
  set(part: KeyPart, value: unknown): void {
    if (typeof part === "number" && part >>> 0 === part && part < 2 * this.near.length + ROOM && this.far?.has(part) !== true) {
      while (this.near.length <= part) this.near.push(undefined);
      this.near[part] = value;
    } else if (value === undefined) this.far?.delete(part);
    else (this.far ??= new Map()).set(part, value);
  }

  copy(each: (value: unknown) => unknown): Level {
    const twin = new Level();
    for (const value of this.near) twin.near.push(value === undefined ? undefined : each(value));
    for (const [part, value] of this.far ?? []) twin.set(part, each(value));
    return twin;
  }
}
/** How far numbers may be apart at the beginning. */
const ROOM = 32;

export class ColumnMap<Row, Value> {
  private top = new Level();
  private readonly columns: Columns<Row>;
  private readonly depth: number;
  /** The map used last that holds values, and what leads to it. */
  private lastA: KeyPart | undefined;
  private lastB: KeyPart | undefined;
  private lastC: KeyPart | undefined;
  private last: Level = this.top;

  constructor(columns: Columns<Row>) {
    this.columns = columns;
    this.depth = columns.length;
  }

  get(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Value | undefined {
    const { depth } = this;
    let level: Level | undefined = this.last;
    let part: KeyPart | undefined = a;
    // Most keys have three parts.
    if (depth === 3) {
      part = c;
      if (a !== this.lastA || b !== this.lastB) level = this.level(a, b, undefined, false);
    } else if (depth === 4) {
      part = d;
      if (a !== this.lastA || b !== this.lastB || c !== this.lastC) level = this.level(a, b, c, false);
    } else if (depth === 2) {
      part = b;
      if (a !== this.lastA) level = this.level(a, undefined, undefined, false);
    }
    const found = level?.get(part as KeyPart);
    if (found === undefined) this.complete(b, c, d);
    return found as Value | undefined;
  }

  /** What is kept under the values of a row's columns. */
  of(row: Row): Value | undefined {
    return this.levelFor(row).get(this.lastPart(row)) as Value | undefined;
  }

  /** Undefined removes. */
  set(row: Row, value: Value | undefined): void {
    this.levelFor(row).set(this.lastPart(row), value);
  }

  copy(): ColumnMap<Row, Value> {
    const twin = new ColumnMap<Row, Value>(this.columns);
    twin.top = twin.last = copied(this.top, this.depth);
    return twin;
  }

  /** A row's value in the last column, and the level it is kept on: for whoever looks and then sets. */
  lastPart(row: Row): KeyPart {
    return partOf(row, this.columns[this.depth - 1] as Column<Row>);
  }
  levelFor(row: Row): Level {
    const { columns, depth } = this;
    if (depth === 1) return this.top;
    const a = partOf(row, columns[0] as Column<Row>);
    const b = depth > 2 ? partOf(row, columns[1] as Column<Row>) : undefined;
    const c = depth > 3 ? partOf(row, columns[2] as Column<Row>) : undefined;
    return this.level(a, b, c, true) as Level;
  }

  /** The map that holds the values; made on request. */
  private level(a: KeyPart, b: KeyPart | undefined, c: KeyPart | undefined, making: boolean): Level | undefined {
    const { depth } = this;
    if (depth === 1) return this.top;
    if (this.lastA === a && (depth < 3 || this.lastB === b) && (depth < 4 || this.lastC === c)) return this.last;
    let level = next(this.top, a, making);
    if (depth > 2 && level !== undefined) level = next(level, b as KeyPart, making);
    if (depth > 3 && level !== undefined) level = next(level, c as KeyPart, making);
    if (level === undefined) return undefined;
    this.lastA = a;
    this.lastB = b;
    this.lastC = c;
    this.last = level;
    return level;
  }

  /** Whoever finds nothing has at least asked for something. */
  private complete(b: KeyPart | undefined, c: KeyPart | undefined, d: KeyPart | undefined): void {
    const given = b === undefined ? 1 : c === undefined ? 2 : d === undefined ? 3 : 4;
    if (given !== this.depth) throw new InvariantError(`${given} values for a key of ${this.depth}: ${this.columns.map(String).join("/")}`);
  }
}

function next(level: Level, part: KeyPart, making: boolean): Level | undefined {
  let found = level.get(part) as Level | undefined;
  if (found === undefined && making) level.set(part, (found = new Level()));
  return found;
}

export function partOf<Row>(row: Row, column: Column<Row>): KeyPart {
  const part = typeof column === "function" ? column(row) : row[column];
  if (typeof part === "number" || typeof part === "string") return part;
  throw new InvariantError(`${String(column)}: ${String(part)} cannot be part of a key`);
}

const copied = (level: Level, depth: number): Level => level.copy((value) => (depth === 1 ? value : copied(value as Level, depth - 1)));
