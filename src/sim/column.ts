/**
 * Lists that only grow, in blocks: no copying while they grow, and a branch shares the full blocks of its past. Numbers lie outside
 * the heap, where nothing has to look at them again.
 */
const BITS = 11;
const SIZE = 1 << BITS;
const MASK = SIZE - 1;

/** A new block is a copy of this one. */
const EMPTY: readonly undefined[] = Array.from({ length: SIZE });

export class Column<T> {
  private blocks: T[][] = [];
  private last: T[] = [];
  length = 0;

  push(value: T): void {
    const at = this.length & MASK;
    if (at === 0) this.blocks.push((this.last = EMPTY.slice() as T[]));
    this.last[at] = value;
    this.length++;
  }
  at(index: number): T | undefined {
    return index < this.length ? this.blocks[index >>> BITS]?.[index & MASK] : undefined;
  }
  set(index: number, value: T): void {
    (this.blocks[index >>> BITS] as T[])[index & MASK] = value;
  }
  slice(from: number, to: number): readonly T[] {
    const out: T[] = [];
    for (let i = from; i < to; i++) out.push(this.at(i) as T);
    return out;
  }
  /** A column of its own with the first `length` values. */
  prefix(length: number): Column<T> {
    const twin = new Column<T>();
    const full = length >>> BITS;
    twin.blocks = this.blocks.slice(0, full);
    twin.length = full << BITS;
    for (let i = twin.length; i < length; i++) twin.push(this.at(i) as T);
    return twin;
  }
}

/** The same for integers of 32 bits. */
export class IntegerColumn {
  private blocks: Int32Array[] = [];
  private last = new Int32Array(0);
  length = 0;

  push(value: number): void {
    const at = this.length & MASK;
    if (at === 0) this.blocks.push((this.last = new Int32Array(SIZE)));
    this.last[at] = value;
    this.length++;
  }
  /** Undefined beyond the end. */
  at(index: number): number | undefined {
    return index < this.length ? this.blocks[index >>> BITS]?.[index & MASK] : undefined;
  }
  prefix(length: number): IntegerColumn {
    const twin = new IntegerColumn();
    const full = length >>> BITS;
    twin.blocks = this.blocks.slice(0, full);
    twin.length = full << BITS;
    for (let i = twin.length; i < length; i++) twin.push(this.at(i) as number);
    return twin;
  }
}
