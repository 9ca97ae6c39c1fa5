/**
 * What happened, event by event: writes (before and after), sent and cancelled events, rules fired. Stepping back undoes an event's
 * entries, stepping forward again redoes them without running a handler.
 *
 * Columns instead of objects: a world of 10,000 Pods writes a million rows. A row that an event writes several times is one entry.
 */
import { Column, IntegerColumn } from "./column";
import type { SimEvent } from "./types";

export interface Firing {
  readonly rule: string;
  readonly subject: string;
}

export class Journal {
  events = new Column<SimEvent>();
  /** The next sequence number before each event. */
  seqStart = new IntegerColumn();
  /** Where each event's entries begin in the columns below. */
  private writeStart = new IntegerColumn();
  private sentStart = new IntegerColumn();
  private cancelledStart = new IntegerColumn();
  private firedStart = new IntegerColumn();
  private tables = new IntegerColumn();
  private keys = new Column<string>();
  private befores = new Column<unknown>();
  private afters = new Column<unknown>();
  private sent = new Column<SimEvent>();
  private cancelled = new Column<SimEvent>();
  private rules = new Column<string>();
  private subjects = new Column<string>();
  /** Where the entries of the last event begin. */
  private lastStart = 0;

  open(event: SimEvent, nextSeq: number): void {
    this.lastStart = this.keys.length;
    this.seqStart.push(nextSeq);
    this.writeStart.push(this.lastStart);
    this.sentStart.push(this.sent.length);
    this.cancelledStart.push(this.cancelled.length);
    this.firedStart.push(this.rules.length);
    this.events.push(event);
  }

  wrote(table: number, key: string, before: unknown, after: unknown): void {
    for (let i = this.keys.length - 1; i >= this.lastStart; i--) {
      if (this.tables.at(i) !== table || this.keys.at(i) !== key) continue;
      this.afters.set(i, after);
      return;
    }
    this.tables.push(table);
    this.keys.push(key);
    this.befores.push(before);
    this.afters.push(after);
  }
  queued(event: SimEvent): void {
    this.sent.push(event);
  }
  dropped(event: SimEvent): void {
    this.cancelled.push(event);
  }
  fired(rule: string, subject: string): void {
    this.rules.push(rule);
    this.subjects.push(subject);
  }

  /** Calls back for each entry of an event, in the order of writing. */
  eachWrite(position: number, visit: (table: number, key: string, before: unknown, after: unknown) => void): void {
    const to = this.writeStart.at(position + 1) ?? this.keys.length;
    for (let i = this.writeStart.at(position) ?? 0; i < to; i++)
      visit(this.tables.at(i) as number, this.keys.at(i) as string, this.befores.at(i), this.afters.at(i));
  }
  sentBy(position: number): readonly SimEvent[] {
    return this.sent.slice(this.sentStart.at(position) ?? 0, this.sentStart.at(position + 1) ?? this.sent.length);
  }
  cancelledBy(position: number): readonly SimEvent[] {
    return this.cancelled.slice(this.cancelledStart.at(position) ?? 0, this.cancelledStart.at(position + 1) ?? this.cancelled.length);
  }
  firings(position: number): readonly Firing[] {
    const out: Firing[] = [];
    const to = this.firedStart.at(position + 1) ?? this.rules.length;
    for (let i = this.firedStart.at(position) ?? to; i < to; i++)
      out.push({ rule: this.rules.at(i) as string, subject: this.subjects.at(i) as string });
    return out;
  }

  /**
   * What the tables hold differently at `to` than at `from`, the last word on each key: its row before the first event in between
   * (going back) or after the last (going on).
   */
  difference(from: number, to: number, visit: (table: number, key: string, row: unknown) => void): void {
    const back = to < from;
    const start = this.writeStart.at(Math.min(from, to)) ?? this.keys.length;
    const end = this.writeStart.at(Math.max(from, to)) ?? this.keys.length;
    const done: Set<string>[] = [];
    const rows = back ? this.befores : this.afters;
    for (let n = 0; n < end - start; n++) {
      const i = back ? start + n : end - 1 - n;
      const table = this.tables.at(i) as number;
      const key = this.keys.at(i) as string;
      const keys = (done[table] ??= new Set());
      const known = keys.size;
      keys.add(key);
      if (keys.size > known) visit(table, key, rows.at(i));
    }
  }
  /** Events sent, and events cancelled, by the events of [from, to). */
  sentBetween(from: number, to: number): readonly SimEvent[] {
    return this.sent.slice(this.sentStart.at(from) ?? this.sent.length, this.sentStart.at(to) ?? this.sent.length);
  }
  cancelledBetween(from: number, to: number): readonly SimEvent[] {
    return this.cancelled.slice(this.cancelledStart.at(from) ?? this.cancelled.length, this.cancelledStart.at(to) ?? this.cancelled.length);
  }

  /** A journal of its own with the first `length` events. */
  prefix(length: number): Journal {
    const twin = new Journal();
    const writes = this.writeStart.at(length) ?? this.keys.length;
    const fired = this.firedStart.at(length) ?? this.rules.length;
    twin.events = this.events.prefix(length);
    twin.seqStart = this.seqStart.prefix(length);
    twin.writeStart = this.writeStart.prefix(length);
    twin.sentStart = this.sentStart.prefix(length);
    twin.cancelledStart = this.cancelledStart.prefix(length);
    twin.firedStart = this.firedStart.prefix(length);
    twin.tables = this.tables.prefix(writes);
    twin.keys = this.keys.prefix(writes);
    twin.befores = this.befores.prefix(writes);
    twin.afters = this.afters.prefix(writes);
    twin.sent = this.sent.prefix(this.sentStart.at(length) ?? this.sent.length);
    twin.cancelled = this.cancelled.prefix(this.cancelledStart.at(length) ?? this.cancelled.length);
    twin.rules = this.rules.prefix(fired);
    twin.subjects = this.subjects.prefix(fired);
    return twin;
  }
}
