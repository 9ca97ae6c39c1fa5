/**
 * Events that were sent and not yet handled. `pending` is the truth; the heap is an order over it that may hold entries which are no
 * longer pending, and is rebuilt after travel through history.
 *
 * Order: time, then (ties shuffled on request) a keyed permutation of seq, then seq.
 */
import { mix } from "./random";
import type { SimEvent } from "./types";

export class EventQueue {
  readonly pending = new Map<number, SimEvent>();
  private heap: SimEvent[] = [];
  private stale = false;
  private readonly tieSeed: number | undefined;

  constructor(tieSeed: number | undefined) {
    this.tieSeed = tieSeed;
  }

  add(event: SimEvent): void {
    this.pending.set(event.seq, event);
    if (!this.stale) this.push(event);
  }

  /** Removes without handling; false when it was not pending. */
  remove(seq: number): SimEvent | undefined {
    const event = this.pending.get(seq);
    this.pending.delete(seq);
    return event;
  }

  /** For travel through history: like `add`, leaving the order to be rebuilt. */
  restore(event: SimEvent): void {
    this.pending.set(event.seq, event);
    this.stale = true;
  }

  /** The next event, still pending; undefined when there is none. */
  peek(): SimEvent | undefined {
    if (this.stale) this.rebuild();
    for (;;) {
      const top = this.heap[0];
      if (top === undefined || this.pending.get(top.seq) === top) return top;
      this.pop();
    }
  }

  copy(): EventQueue {
    const twin = new EventQueue(this.tieSeed);
    for (const [seq, event] of this.pending) twin.pending.set(seq, event);
    twin.stale = true;
    return twin;
  }

  private rebuild(): void {
    this.heap = [];
    for (const event of this.pending.values()) this.push(event);
    this.stale = false;
  }

  private before(a: SimEvent, b: SimEvent): boolean {
    if (a.at !== b.at) return a.at < b.at;
    if (this.tieSeed !== undefined) {
      const x = mix(a.seq ^ this.tieSeed);
      const y = mix(b.seq ^ this.tieSeed);
      if (x !== y) return x < y;
    }
    return a.seq < b.seq;
  }

  private push(event: SimEvent): void {
    const heap = this.heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const up = (at - 1) >>> 1;
      const parent = heap[up] as SimEvent;
      if (!this.before(event, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = event;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1] as SimEvent, heap[child] as SimEvent)) child++;
      if (!this.before(heap[child] as SimEvent, last)) break;
      heap[at] = heap[child] as SimEvent;
      at = child;
    }
    heap[at] = last;
  }
}
