/** What a handler holds while one event is handled. One object serves a timeline; `begin` points it at the next event. */
import { linkDelay, linkTable } from "./faults";
import { invariant, InvariantError } from "./invariant";
import { randomAt } from "./random";
import type { StoredTable } from "./stored-table";
import { defineTable } from "./table";
import type { Address, KeyPart, Message, Micros, Profile, SimEvent, TableDefinition, TableReader, TableWriter, Tx } from "./types";

interface CountRow {
  readonly name: string;
  readonly count: number;
}
export const counterTable = defineTable<CountRow>({ name: "sim.counter", key: (row) => row.name });
export const randomTable = defineTable<CountRow>({ name: "sim.random", key: (row) => row.name });

interface Host {
  tableOf<Row, Index extends string>(definition: TableDefinition<Row, Index>): StoredTable<Row, Index>;
  wrote(table: number, slot: number, before: unknown, after: unknown): boolean;
  fired(rule: string, subject: string): void;
  queued(event: SimEvent): void;
  cancelled(seq: number): void;
  takeSeq(): number;
}

class Writer<Row, Index extends string> implements TableWriter<Row, Index> {
  private readonly table: StoredTable<Row, Index>;
  private readonly host: Host;
  private readonly checks: boolean;

  constructor(table: StoredTable<Row, Index>, host: Host, checks: boolean) {
    this.table = table;
    this.host = host;
    this.checks = checks;
  }

  get size(): number {
    return this.table.size;
  }
  get(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined {
    return this.table.get(a, b, c, d);
  }
  has(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): boolean {
    return this.table.has(a, b, c, d);
  }
  keys(): readonly string[] {
    return this.table.keys();
  }
  rows(): readonly Row[] {
    return this.table.rows();
  }
  by(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[] {
    return this.table.by(index, a, b, c, d);
  }
  firstBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined {
    return this.table.firstBy(index, a, b, c, d);
  }
  countBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): number {
    return this.table.countBy(index, a, b, c, d);
  }
  put(row: Row): void {
    const { table } = this;
    if (this.checks) checkRow(table.definition.name, table.definition.key(row), row);
    const slot = table.slotFor(row);
    this.host.wrote(table.number, slot, table.assign(slot, row), row);
  }
  delete(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): void {
    const { table } = this;
    const slot = table.slotOf(a, b, c, d);
    const row = slot === undefined ? undefined : table.rowAt(slot);
    if (slot === undefined || row === undefined) return;
    table.assign(slot, undefined);
    if (this.host.wrote(table.number, slot, row, undefined)) table.release(slot, row);
  }
}

/** Rows are JSON: `Infinity`, `NaN`, functions and class instances would not survive saving. Freezes as deep as it looks. */
function checkRow(table: string, key: string, value: unknown): void {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return invariant(Number.isFinite(value), `${table} ${key}: ${value} is not JSON`);
  invariant(typeof value === "object", `${table} ${key}: a ${typeof value} is not JSON`);
  if (Object.isFrozen(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  invariant(prototype === Object.prototype || prototype === Array.prototype || prototype === null, `${table} ${key}: a class instance is not JSON`);
  for (const member of Object.values(value)) checkRow(table, key, member);
  Object.freeze(value);
}

export class Transaction implements Tx {
  now: Micros = 0;
  self: Address = "";
  event = 0;
  readonly profile: Profile;
  private readonly seed: number;
  private readonly checks: boolean;
  private readonly host: Host;
  /** By ordinal of the definition. */
  private readonly readers: (TableReader<unknown, string> | undefined)[] = [];
  private readonly writers: (Writer<unknown, string> | undefined)[] = [];

  constructor(options: { readonly seed: number; readonly profile: Profile; readonly checks?: boolean }, host: Host) {
    this.seed = options.seed;
    this.profile = options.profile;
    this.checks = options.checks === true;
    this.host = host;
  }

  begin(event: SimEvent): void {
    this.now = event.at;
    this.self = event.to;
    this.event = event.seq;
  }

  read<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableReader<Row, Index> {
    const known = this.readers[definition.ordinal] as TableReader<Row, Index> | undefined;
    if (known !== undefined) return known;
    const table = this.host.tableOf(definition);
    this.readers[definition.ordinal] = table as unknown as TableReader<unknown, string>;
    return table;
  }

  write<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableWriter<Row, Index> {
    const known = this.writers[definition.ordinal] as Writer<Row, Index> | undefined;
    if (known !== undefined) return known;
    const writer = new Writer(this.host.tableOf(definition), this.host, this.checks);
    this.writers[definition.ordinal] = writer as unknown as Writer<unknown, string>;
    return writer;
  }

  send(to: Address, message: Message, delay: Micros): number {
    const seq = this.host.takeSeq();
    let span = Math.round(delay);
    if (!(span >= 0)) throw new InvariantError(`a message to ${to} cannot arrive before it is sent`);
    if (to !== this.self) {
      const links = this.host.tableOf(linkTable);
      if (links.size > 0) {
        const added = linkDelay(links.rows(), this.self, to);
        if (added === undefined) return seq;
        span += added;
      }
    }
    this.host.queued({ at: this.now + span, seq, to, from: this.self, message, cause: this.event });
    return seq;
  }

  cancel(seq: number): void {
    this.host.cancelled(seq);
  }

  random(stream: string): number {
    return randomAt(this.seed, stream, this.count(randomTable, stream));
  }

  nextId(counter: string): number {
    return this.count(counterTable, counter);
  }

  fired(rule: string, subject: string): void {
    this.host.fired(rule, subject);
  }

  private count(definition: TableDefinition<CountRow>, name: string): number {
    const table = this.host.tableOf(definition);
    const known = table.slotOf(name);
    const count = (known === undefined ? 0 : (table.rowAt(known)?.count ?? 0)) + 1;
    const row: CountRow = { name, count };
    const slot = known ?? table.slotFor(row);
    this.host.wrote(table.number, slot, table.assign(slot, row), row);
    return count;
  }
}
