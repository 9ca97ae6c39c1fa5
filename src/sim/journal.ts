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
  /** Where in its table the row lies, for good. */
  private slots = new IntegerColumn();
  private befores = new Column<unknown>();
  private afters = new Column<unknown>();
  /** The entry before this one of the same row; -1 when there is none. With it a jump finds the last word on each row by looking at numbers. */
  private earlier = new IntegerColumn();
  /** By table and slot: the row's latest entry, -1 when there is none. */
  private latest: number[][] = [];
  private sent = new Column<SimEvent>();
  private cancelled = new Column<SimEvent>();
  private rules = new Column<string>();
  private subjects = new Column<string>();
  /** Where the entries of the last event begin. */
  private lastStart = 0;

  open(event: SimEvent, nextSeq: number): void {
    this.lastStart = this.slots.length;
    this.seqStart.push(nextSeq);
    this.writeStart.push(this.lastStart);
    this.sentStart.push(this.sent.length);
    this.cancelledStart.push(this.cancelled.length);
    this.firedStart.push(this.rules.length);
    this.events.push(event);
  }

  /** Whether the slot has never had a row, but for some that came and went within one event: another key may have it. */
  wrote(table: number, slot: number, before: unknown, after: unknown): boolean {
    const latest = this.latestOf(table, slot);
    const known = latest[slot] as number;
    if (known >= this.lastStart) {
      this.afters.set(known, after);
      return after === undefined && this.isNothing(known);
    }
    latest[slot] = this.slots.length;
    this.earlier.push(known >= 0 && this.isNothing(known) ? -1 : known);
    this.tables.push(table);
    this.slots.push(slot);
    this.befores.push(before);
    this.afters.push(after);
    return false;
  }
  /** A row that came and went within an event, where none had been before. */
  private isNothing(entry: number): boolean {
    return this.earlier.at(entry) === -1 && this.befores.at(entry) === undefined && this.afters.at(entry) === undefined;
  }
  /** The latest entries of a table, with room for a slot. */
  private latestOf(table: number, slot: number): number[] {
    const latest = (this.latest[table] ??= []);
    while (latest.length <= slot) latest.push(-1);
    return latest;
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
  eachWrite(position: number, visit: (table: number, slot: number, before: unknown, after: unknown) => void): void {
    const to = this.writeStart.at(position + 1) ?? this.slots.length;
    for (let i = this.writeStart.at(position) ?? 0; i < to; i++)
      visit(this.tables.at(i) as number, this.slots.at(i) as number, this.befores.at(i), this.afters.at(i));
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
  difference(from: number, to: number, visit: (table: number, slot: number, row: unknown) => void): void {
    const start = this.writeStart.at(Math.min(from, to)) ?? this.slots.length;
    const end = this.writeStart.at(Math.max(from, to)) ?? this.slots.length;
    const told = (i: number, row: unknown): void => visit(this.tables.at(i) as number, this.slots.at(i) as number, row);
    if (to < from) {
      for (let i = start; i < end; i++) if ((this.earlier.at(i) as number) < start) told(i, this.befores.at(i));
      return;
    }
    const overwritten = new Uint8Array(end - start);
    for (let i = end - 1; i >= start; i--) {
      const earlier = this.earlier.at(i) as number;
      if (earlier >= start) overwritten[earlier - start] = 1;
      if (overwritten[i - start] === 0 && !this.isNothing(i)) told(i, this.afters.at(i));
    }
  }
  /** Calls back for each event handled, cancelled or sent by the events of [from, to). */
  eachMove(from: number, to: number, ended: (event: SimEvent) => void, sent: (event: SimEvent) => void): void {
    for (let i = from; i < to; i++) ended(this.events.at(i) as SimEvent);
    const cancelled = this.cancelledStart.at(to) ?? this.cancelled.length;
    for (let i = this.cancelledStart.at(from) ?? cancelled; i < cancelled; i++) ended(this.cancelled.at(i) as SimEvent);
    const queued = this.sentStart.at(to) ?? this.sent.length;
    for (let i = this.sentStart.at(from) ?? queued; i < queued; i++) sent(this.sent.at(i) as SimEvent);
  }

  /** A journal of its own with the first `length` events. */
  prefix(length: number): Journal {
    const twin = new Journal();
    const writes = this.writeStart.at(length) ?? this.slots.length;
    const fired = this.firedStart.at(length) ?? this.rules.length;
    twin.events = this.events.prefix(length);
    twin.seqStart = this.seqStart.prefix(length);
    twin.writeStart = this.writeStart.prefix(length);
    twin.sentStart = this.sentStart.prefix(length);
    twin.cancelledStart = this.cancelledStart.prefix(length);
    twin.firedStart = this.firedStart.prefix(length);
    twin.tables = this.tables.prefix(writes);
    twin.slots = this.slots.prefix(writes);
    twin.befores = this.befores.prefix(writes);
    twin.afters = this.afters.prefix(writes);
    twin.earlier = this.earlier.prefix(writes);
    for (let i = 0; i < writes; i++) {
      const slot = this.slots.at(i) as number;
      twin.latestOf(this.tables.at(i) as number, slot)[slot] = i;
    }
    twin.sent = this.sent.prefix(this.sentStart.at(length) ?? this.sent.length);
    twin.cancelled = this.cancelled.prefix(this.cancelledStart.at(length) ?? this.cancelled.length);
    twin.rules = this.rules.prefix(fired);
    twin.subjects = this.subjects.prefix(fired);
    return twin;
  }
}
