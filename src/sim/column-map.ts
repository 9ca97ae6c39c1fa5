/**
 * A map whose keys are a few values one after another: maps in maps. Numbers stay numbers, so that finding builds no text.
 *
 * Maps that have become empty stay for what comes next under the same values.
 */
import { invariant } from "./invariant";
import type { KeyPart } from "./types";

type Level = Map<KeyPart, unknown>;
type Columned = Readonly<Record<string, KeyPart>>;

export class ColumnMap<Value> {
  private readonly top: Level = new Map();
  private readonly columns: readonly string[];
  private readonly depth: number;

  constructor(columns: readonly string[]) {
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
    if (given !== this.depth) invariant(false, `${given} values for the key ${this.columns.join("/")}`);
  }

  /** What is kept under the values of a row's columns. */
  of(row: unknown): Value | undefined {
    let found: unknown = this.top;
    for (let i = 0; i < this.depth && found !== undefined; i++) found = (found as Level).get((row as Columned)[this.columns[i] as string] as KeyPart);
    return found as Value | undefined;
  }

  /** Undefined removes. */
  set(row: unknown, value: Value | undefined): void {
    const last = this.depth - 1;
    let level = this.top;
    for (let i = 0; i < last; i++) {
      const part = partOf(row, this.columns[i] as string);
      let next = level.get(part) as Level | undefined;
      if (next === undefined) level.set(part, (next = new Map()));
      level = next;
    }
    const part = partOf(row, this.columns[last] as string);
    if (value === undefined) level.delete(part);
    else level.set(part, value);
  }

  copy(): ColumnMap<Value> {
    const twin = new ColumnMap<Value>(this.columns);
    copyLevel(this.top, twin.top, this.depth);
    return twin;
  }
}

function partOf(row: unknown, column: string): KeyPart {
  const part = (row as Columned)[column];
  invariant(typeof part === "number" || typeof part === "string", `${column}: ${String(part)} cannot be part of a key`);
  return part;
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
