/**
 * Rows in key order. Order is made when it is asked for, from the order last asked for and what has changed since.
 *
 * A list that was handed out is never changed: whoever holds it may keep it.
 */

/** A list of rows is copied and patched when fewer than one in so many has been replaced. */
const PATCH_SHARE = 8;
export const NONE: readonly never[] = Object.freeze([]);

/** Where the rows lie. A slot is a number that a key keeps for good. */
export interface Slots<Row> {
  rowAt(slot: number): Row | undefined;
  keyAt(slot: number): string;
}

export class Listing<Row> {
  private readonly slots: Slots<Row>;
  private readonly members = new Set<number>();
  /** Members in key order as last asked for; undefined when there is no use in remembering. */
  private sorted: readonly number[] | undefined;
  /** Members that have come since then; and whether any has gone. */
  private added: number[] = [];
  private removed = false;
  /** Rows in key order as last handed out, and the slots whose rows have been replaced since. */
  private listed: readonly Row[] | undefined;
  private replaced: number[] = [];
  private keyList: readonly string[] | undefined;

  constructor(slots: Slots<Row>) {
    this.slots = slots;
  }

  get size(): number {
    return this.members.size;
  }

  /** Notes a new member, or that a member has another row. */
  set(slot: number): void {
    if (!this.members.has(slot)) {
      this.members.add(slot);
      this.listed = undefined;
      if (this.sorted === undefined) return;
      this.added.push(slot);
      if (this.added.length > this.members.size) this.sorted = undefined;
    } else if (this.listed !== undefined) {
      this.replaced.push(slot);
      if (this.replaced.length * PATCH_SHARE > this.members.size) this.listed = undefined;
    }
  }

  delete(slot: number): void {
    if (!this.members.delete(slot)) return;
    this.removed = true;
    this.listed = undefined;
  }

  keys(): readonly string[] {
    const order = this.order();
    return (this.keyList ??= order.map((slot) => this.slots.keyAt(slot)));
  }

  rows(): readonly Row[] {
    const { slots, listed, replaced } = this;
    if (listed !== undefined && replaced.length === 0) return listed;
    const order = this.order();
    if (listed === undefined) this.listed = order.map((slot) => slots.rowAt(slot) as Row);
    else {
      const patched = listed.slice();
      for (const slot of replaced) patched[this.placeOf(order, slot)] = slots.rowAt(slot) as Row;
      this.listed = patched;
    }
    this.replaced = [];
    return this.listed as readonly Row[];
  }

  private order(): readonly number[] {
    const { members, slots } = this;
    const byKey = (a: number, b: number): number => ascending(slots.keyAt(a), slots.keyAt(b));
    if (this.sorted === undefined) this.sorted = members.size === 1 ? [...members] : [...members].sort(byKey);
    else if (this.removed || this.added.length > 0) {
      // What has gone and come again may have another key.
      const fresh = new Set(this.added);
      const kept = this.removed ? this.sorted.filter((slot) => members.has(slot) && !fresh.has(slot)) : this.sorted;
      const added = [...fresh].filter((slot) => members.has(slot)).sort(byKey);
      this.sorted = added.length === 0 ? kept : this.merged(kept, added);
    } else return this.sorted;
    this.removed = false;
    this.added = [];
    this.keyList = undefined;
    return this.sorted;
  }

  /** Two ascending lists as one. */
  private merged(a: readonly number[], b: readonly number[]): readonly number[] {
    if (a.length === 0) return b;
    const keyAt = (slot: number | undefined): string => this.slots.keyAt(slot as number);
    const out: number[] = keyAt(a.at(-1)) < keyAt(b[0]) ? a.slice() : [];
    let i = out.length;
    for (const slot of b) {
      const key = keyAt(slot);
      while (i < a.length && keyAt(a[i]) < key) out.push(a[i++] as number);
      out.push(slot);
    }
    while (i < a.length) out.push(a[i++] as number);
    return out;
  }

  private placeOf(order: readonly number[], slot: number): number {
    const key = this.slots.keyAt(slot);
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.slots.keyAt(order[middle] as number) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
