/**
 * What happened, event by event: writes (before and after), sent and cancelled events, rules fired. Stepping back undoes an event's
 * entries, stepping forward again redoes them without running a handler.
 *
 * Columns instead of objects: a world of 10,000 Pods writes a million rows.
 */
import type { SimEvent } from "./types";

export interface Firing {
  readonly rule: string;
  readonly subject: string;
}

export class Journal {
  readonly events: SimEvent[] = [];
  /** The next sequence number before each event. */
  readonly seqStart: number[] = [];
  /** Where each event's entries begin in the columns below. */
  readonly writeStart: number[] = [];
  readonly sentStart: number[] = [];
  readonly cancelledStart: number[] = [];
  readonly tables: number[] = [];
  readonly keys: string[] = [];
  readonly befores: unknown[] = [];
  readonly afters: unknown[] = [];
  readonly sent: SimEvent[] = [];
  readonly cancelled: SimEvent[] = [];
  readonly firings = new Map<number, Firing[]>();

  open(event: SimEvent, nextSeq: number): void {
    this.seqStart.push(nextSeq);
    this.writeStart.push(this.keys.length);
    this.sentStart.push(this.sent.length);
    this.cancelledStart.push(this.cancelled.length);
    this.events.push(event);
  }

  wrote(table: number, key: string, before: unknown, after: unknown): void {
    this.tables.push(table);
    this.keys.push(key);
    this.befores.push(before);
    this.afters.push(after);
  }

  fired(rule: string, subject: string): void {
    const at = this.events.length - 1;
    const list = this.firings.get(at);
    if (list === undefined) this.firings.set(at, [{ rule, subject }]);
    else list.push({ rule, subject });
  }

  writesOf(position: number): readonly [from: number, to: number] {
    return [this.writeStart[position] ?? 0, this.writeStart[position + 1] ?? this.keys.length];
  }
  sentBy(position: number): readonly SimEvent[] {
    return this.sent.slice(this.sentStart[position], this.sentStart[position + 1] ?? this.sent.length);
  }
  cancelledBy(position: number): readonly SimEvent[] {
    return this.cancelled.slice(this.cancelledStart[position], this.cancelledStart[position + 1] ?? this.cancelled.length);
  }

  /** A journal of its own with the first `length` events. */
  prefix(length: number): Journal {
    const twin = new Journal();
    const [writes] = length < this.events.length ? this.writesOf(length) : [this.keys.length];
    append(twin.events, this.events, length);
    append(twin.seqStart, this.seqStart, length);
    append(twin.writeStart, this.writeStart, length);
    append(twin.sentStart, this.sentStart, length);
    append(twin.cancelledStart, this.cancelledStart, length);
    append(twin.tables, this.tables, writes);
    append(twin.keys, this.keys, writes);
    append(twin.befores, this.befores, writes);
    append(twin.afters, this.afters, writes);
    append(twin.sent, this.sent, this.sentStart[length] ?? this.sent.length);
    append(twin.cancelled, this.cancelled, this.cancelledStart[length] ?? this.cancelled.length);
    for (const [position, list] of this.firings) if (position < length) twin.firings.set(position, list);
    return twin;
  }
}

function append<T>(target: T[], source: readonly T[], length: number): void {
  for (let i = 0; i < length; i++) target.push(source[i] as T);
}
