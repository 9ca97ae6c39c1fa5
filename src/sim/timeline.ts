/**
 * A timeline is seed + inputs. It plays events in order, remembers what each did, and can stand anywhere in what it has played:
 * step one event forward and back, seek to a time, branch, save and restore.
 *
 * Time never waits for a picture. An input takes effect strictly after `now`, before other events of its instant, and gets its
 * sequence number when the clock reaches it; so the same inputs at the same times are the same world, however it was visited.
 *
 * Not modelled: forgetting. A timeline keeps its whole history.
 */
import { faultsActor, stoppedTable } from "./faults";
import { interner } from "./intern";
import { invariant, InvariantError } from "./invariant";
import { type Firing, Journal } from "./journal";
import { EventQueue } from "./queue";
import { StateHash } from "./state-hash";
import { StoredTable } from "./stored-table";
import { Transaction, counterTable, randomTable } from "./transaction";
import type { Actor, Address, Json, Message, Micros, Profile, SimEvent, TableDefinition, TableReader } from "./types";

export interface TimelineOptions {
  readonly seed: number;
  readonly profile: Profile;
  readonly actors: readonly Actor[];
  /** Shuffles the order of events of one instant; for tests of confluence. */
  readonly tieSeed?: number;
  /** Checks every row written (JSON only, finite numbers) and freezes it; for tests. */
  readonly checks?: boolean;
}

export interface TimelineInput {
  readonly at: Micros;
  readonly to: Address;
  readonly message: Message;
}

/** A world at rest between two events, as JSON. It has no history before it. */
export interface Snapshot {
  readonly now: Micros;
  readonly nextSeq: number;
  readonly tables: Readonly<Record<string, Entries>>;
  readonly pending: readonly SimEvent[];
  readonly inputs: readonly TimelineInput[];
}

type Entries = readonly (readonly [key: string, row: Json])[];
type AnyTable = StoredTable<unknown, string>;

/** As many events are undone or redone one by one; farther away it is cheaper to look for the last word on each row. */
const NEAR = 8;

export class Timeline {
  readonly options: TimelineOptions;
  private readonly actors: Map<string, Actor>;
  private readonly destinations = new Map<Address, { readonly actor: Actor; readonly name: string }>();
  private tables: AnyTable[] = [];
  private readonly byName = new Map<string, AnyTable>();
  /** The same tables, found without a text. */
  private readonly byOrdinal: (AnyTable | undefined)[] = [];
  private readonly unread = new Map<string, Entries>();
  private journal = new Journal();
  private queue: EventQueue;
  private inputList: TimelineInput[] = [];
  /** Number of events applied; `journal.events.length` when standing at the head. */
  private applied = 0;
  /** Number of inputs applied. */
  private inputsApplied = 0;
  private clock: Micros = 0;
  private nextSeq = 1;
  private readonly tx: Transaction;

  constructor(options: TimelineOptions) {
    this.options = options;
    this.actors = new Map([faultsActor, ...options.actors].map((actor) => [actor.kind, actor]));
    this.queue = new EventQueue(options.tieSeed);
    this.tx = new Transaction(options, {
      tableOf: (definition) => this.stored(definition),
      wrote: (table, slot, before, after) => this.journal.wrote(table, slot, before, after),
      fired: (rule, subject) => this.journal.fired(rule, subject),
      queued: (event) => {
        this.queue.add(event);
        this.journal.queued(event);
      },
      cancelled: (seq) => {
        const event = this.queue.remove(seq);
        if (event !== undefined) this.journal.dropped(event);
      },
      takeSeq: () => this.nextSeq++,
    });
  }

  /** Virtual time of this position. */
  get now(): Micros {
    return this.clock;
  }
  /** Number of events played up to this position. */
  get position(): number {
    return this.applied;
  }
  /** Number of events ever played here. */
  get length(): number {
    return this.journal.events.length;
  }
  /** Time of the last event ever played here. */
  get headTime(): Micros {
    return this.journal.events.at(this.length - 1)?.at ?? this.clock;
  }
  get inputs(): readonly TimelineInput[] {
    return this.inputList;
  }

  table<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableReader<Row, Index> {
    return this.stored(definition);
  }

  /** The event at a position (0 is the first), played here. */
  event(position: number): SimEvent | undefined {
    return position < this.length ? this.journal.events.at(position) : undefined;
  }
  events(from: number, to: number): readonly SimEvent[] {
    return this.journal.events.slice(Math.max(0, from), Math.min(to, this.journal.events.length));
  }
  firings(position: number): readonly Firing[] {
    return this.journal.firings(position);
  }
  /** Keys an event wrote, as `table` and `key`. */
  writes(position: number): readonly { readonly table: string; readonly key: string; readonly before: unknown; readonly after: unknown }[] {
    const out: { readonly table: string; readonly key: string; readonly before: unknown; readonly after: unknown }[] = [];
    this.journal.eachWrite(position, (number, slot, before, after) => {
      // What came and went within the event was never there.
      if (before === undefined && after === undefined) return;
      const table = this.tableAt(number);
      out.push({ table: table.definition.name, key: table.keyAt(slot, after ?? before), before, after });
    });
    return out;
  }
  /** Position of the first event later than a time, among those played. */
  positionAt(at: Micros): number {
    const events = this.journal.events;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((events.at(middle) as SimEvent).at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Queues an input; it takes effect at `at`, or as soon as possible. Only at the head: elsewhere, branch first. Returns its time. */
  submit(input: { readonly to: Address; readonly message: Message }, at: Micros = 0): Micros {
    invariant(this.applied === this.length, "an input in the past needs a branch");
    const time = Math.max(Math.round(at), this.clock + 1);
    let index = this.inputList.length;
    while (index > this.inputsApplied && (this.inputList[index - 1] as TimelineInput).at > time) index--;
    this.inputList.splice(index, 0, { at: time, to: input.to, message: input.message });
    return time;
  }

  /** Plays or replays one event. Undefined when nothing is left to happen. */
  stepForward(): SimEvent | undefined {
    if (this.applied < this.length) return this.redo();
    const event = this.takeNext();
    if (event === undefined) return undefined;
    this.play(event);
    return event;
  }

  /** Undoes one event exactly. Undefined at the beginning. */
  stepBack(): SimEvent | undefined {
    if (this.applied === 0) return undefined;
    const event = this.undo();
    this.clock = this.journal.events.at(this.applied - 1)?.at ?? 0;
    return event;
  }

  /** Time of the next event; undefined when nothing is left to happen. */
  nextAt(): Micros | undefined {
    if (this.applied < this.length) return (this.journal.events.at(this.applied) as SimEvent).at;
    const input = this.inputList[this.inputsApplied];
    const event = this.queue.peek();
    if (input === undefined) return event?.at;
    return event === undefined ? input.at : Math.min(input.at, event.at);
  }

  /** Stands at a time: everything up to and including it has happened. At most `limit` events; false when there is more to do. */
  seek(at: Micros, limit = Number.MAX_SAFE_INTEGER): boolean {
    const known = this.positionAt(at);
    const reached = Math.max(this.applied - limit, Math.min(this.applied + limit, known));
    let left = limit - Math.abs(reached - this.applied);
    this.travel(reached);
    if (reached !== known) return this.standAtLast();
    for (;;) {
      const next = this.nextAt();
      if (next === undefined || next > at) break;
      if (left-- <= 0) return this.standAtLast();
      this.stepForward();
    }
    this.clock = at;
    return true;
  }

  private standAtLast(): false {
    this.clock = this.journal.events.at(this.applied - 1)?.at ?? 0;
    return false;
  }

  /** Stands after a number of events. */
  seekPosition(position: number): void {
    this.travel(Math.min(position, this.length));
    this.clock = this.journal.events.at(this.applied - 1)?.at ?? 0;
    while (this.applied < position && this.stepForward() !== undefined);
  }

  /** Plays until nothing happens any more or `limit` is passed; returns the time reached. */
  runToIdle(limit: Micros): Micros {
    const end = this.clock + limit;
    for (let next = this.nextAt(); next !== undefined && next <= end; next = this.nextAt()) this.stepForward();
    return this.clock;
  }

  /** A timeline of its own that stands at this position, with the same past and no future. Pending inputs are left behind. */
  branch(): Timeline {
    const twin = new Timeline(this.options);
    twin.tables = this.tables.map((table) => table.copy());
    for (const table of twin.tables) twin.byName.set(table.definition.name, table);
    for (const [name, rows] of this.unread) twin.unread.set(name, rows);
    twin.journal = this.journal.prefix(this.applied);
    twin.queue = this.queue.copy();
    twin.inputList = this.inputList.slice(0, this.inputsApplied);
    twin.applied = this.applied;
    twin.inputsApplied = this.inputsApplied;
    twin.clock = this.clock;
    twin.nextSeq = this.seqAt(this.applied);
    return twin;
  }

  /** Hash of the world at this position: tables, pending events, counters. Not of the clock, nor of what is remembered. */
  hash(): string {
    const hash = new StateHash();
    const names = [...new Set([...this.byName.keys(), ...this.unread.keys()])].sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      const table = this.byName.get(name);
      const rows = table === undefined ? (this.unread.get(name) ?? []) : (table.entries() as Entries);
      for (const [key, row] of rows) hash.add(`${name} ${key}`, row);
    }
    const pending = [...this.queue.pending.values()].sort((a, b) => a.seq - b.seq);
    for (const event of pending) hash.add("pending", event as unknown as Json);
    hash.add("seq", this.seqAt(this.applied));
    return hash.text();
  }

  snapshot(): Snapshot {
    const tables: Record<string, Entries> = {};
    for (const [name, rows] of this.unread) tables[name] = rows;
    for (const table of this.tables) if (table.size > 0) tables[table.definition.name] = table.entries() as Entries;
    const pending = [...this.queue.pending.values()].sort((a, b) => a.seq - b.seq);
    const inputs = this.inputList.slice(this.inputsApplied);
    return JSON.parse(JSON.stringify({ now: this.clock, nextSeq: this.seqAt(this.applied), tables, pending, inputs })) as Snapshot;
  }

  static restore(options: TimelineOptions, snapshot: Snapshot): Timeline {
    const timeline = new Timeline(options);
    const one = interner();
    for (const [name, rows] of Object.entries(snapshot.tables)) timeline.unread.set(name, one(rows));
    for (const event of snapshot.pending) timeline.queue.add(one(event));
    timeline.inputList = [...snapshot.inputs];
    timeline.clock = snapshot.now;
    timeline.nextSeq = snapshot.nextSeq;
    timeline.stored(counterTable);
    timeline.stored(randomTable);
    return timeline;
  }

  /** The next sequence number as it stood at a position. */
  private seqAt(position: number): number {
    return this.journal.seqStart.at(position) ?? this.nextSeq;
  }

  private takeNext(): SimEvent | undefined {
    const input = this.inputList[this.inputsApplied];
    const event = this.queue.peek();
    if (input !== undefined && (event === undefined || input.at <= event.at)) {
      this.inputsApplied++;
      return { at: input.at, seq: this.nextSeq++, to: input.to, from: null, message: input.message, cause: null };
    }
    if (event !== undefined) this.queue.remove(event.seq);
    return event;
  }

  private play(event: SimEvent): void {
    this.clock = event.at;
    this.journal.open(event, event.from === null ? event.seq : this.nextSeq);
    this.applied++;
    if (this.stored(stoppedTable).size > 0 && this.stored(stoppedTable).has(event.to)) return;
    const { actor, name } = this.destination(event.to);
    this.tx.begin(event);
    actor.receive(this.tx, name, event.message);
  }

  private redo(): SimEvent {
    const position = this.applied;
    const event = this.journal.events.at(position) as SimEvent;
    if (event.from === null) this.inputsApplied++;
    else this.queue.remove(event.seq);
    this.journal.eachWrite(position, (table, slot, _, after) => this.tableAt(table).assign(slot, after));
    for (const sent of this.journal.sentBy(position)) this.queue.restore(sent);
    for (const gone of this.journal.cancelledBy(position)) this.queue.remove(gone.seq);
    this.applied++;
    this.clock = event.at;
    return event;
  }

  private undo(): SimEvent {
    const position = this.applied - 1;
    const event = this.journal.events.at(position) as SimEvent;
    this.journal.eachWrite(position, (table, slot, before) => this.tableAt(table).assign(slot, before));
    for (const gone of this.journal.cancelledBy(position)) this.queue.restore(gone);
    for (const sent of this.journal.sentBy(position)) this.queue.remove(sent.seq);
    if (event.from === null) this.inputsApplied--;
    else this.queue.restore(event);
    this.applied--;
    return event;
  }

  /** Goes to a position in what has been played, event by event or, farther, by the last word on each row. */
  private travel(to: number): void {
    if (Math.abs(to - this.applied) <= NEAR) {
      while (this.applied > to) this.undo();
      while (this.applied < to) this.redo();
      return;
    }
    const low = Math.min(to, this.applied);
    const high = Math.max(to, this.applied);
    const back = to < this.applied;
    this.journal.difference(this.applied, to, (table, slot, row) => this.tableAt(table).assign(slot, row));
    // Of the events waiting at the lower end, those handled or cancelled in between; of those sent in between, the ones left at the upper.
    const first = this.seqAt(low);
    const ended = new Uint8Array(this.nextSeq - first);
    let inputs = 0;
    this.journal.eachMove(
      low,
      high,
      (event) => {
        if (event.from === null) inputs++;
        else if (event.seq >= first) ended[event.seq - first] = 1;
        else if (back) this.queue.restore(event);
        else this.queue.remove(event.seq);
      },
      (event) => {
        if (ended[event.seq - first] === 1) return;
        if (back) this.queue.remove(event.seq);
        else this.queue.restore(event);
      },
    );
    this.inputsApplied += back ? -inputs : inputs;
    this.applied = to;
    this.clock = this.journal.events.at(to - 1)?.at ?? 0;
  }

  private tableAt(number: number): AnyTable {
    return this.tables[number] as AnyTable;
  }

  private destination(address: Address): { readonly actor: Actor; readonly name: string } {
    const known = this.destinations.get(address);
    if (known !== undefined) return known;
    const slash = address.indexOf("/");
    const actor = this.actors.get(address.slice(0, slash));
    if (slash <= 0 || actor === undefined) throw new InvariantError(`no actor for ${address}`);
    const found = { actor, name: address.slice(slash + 1) };
    this.destinations.set(address, found);
    return found;
  }

  private stored<Row, Index extends string>(definition: TableDefinition<Row, Index>): StoredTable<Row, Index> {
    return (this.byOrdinal[definition.ordinal] as StoredTable<Row, Index> | undefined) ?? this.opened(definition);
  }

  private opened<Row, Index extends string>(definition: TableDefinition<Row, Index>): StoredTable<Row, Index> {
    const known = this.byName.get(definition.name);
    if (known !== undefined) {
      this.byOrdinal[definition.ordinal] = known;
      return known as unknown as StoredTable<Row, Index>;
    }
    const table = new StoredTable<Row, Index>(definition, this.tables.length);
    for (const [, row] of this.unread.get(definition.name) ?? []) table.assign(table.slotFor(row as Row), row as Row);
    this.unread.delete(definition.name);
    const any = table as unknown as AnyTable;
    this.tables.push(any);
    this.byName.set(definition.name, any);
    this.byOrdinal[definition.ordinal] = any;
    return table;
  }
}

export const createTimeline = (options: TimelineOptions): Timeline => new Timeline(options);
