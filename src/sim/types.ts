/**
 * The discrete-event kernel's vocabulary: virtual time, tables, events with causes, actors.
 *
 * An actor is a synchronous function of (transaction, message). It reads tables, writes its own tables and sends messages with a
 * delay; it never keeps state of its own. Everything that must travel in time is a row of a table.
 *
 * Not modelled: real time. `Micros` is virtual time since the world's epoch.
 */

/** Virtual time or a span of it, an integer number of microseconds. */
export type Micros = number;

/** JSON, the only shape state, messages and inputs may have. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A key may be made of several values; readers give them apart, which spares building the text. */
export type KeyPart = string | number;
/** A member of a row, or how to reach one deeper inside. */
export type Column<Row> = (keyof Row & string) | ((row: Row) => KeyPart);
/** The columns whose values, in this order, rows are known by; at most four. */
export type Columns<Row> = readonly Column<Row>[];

/** What a table is declared with, beside the rules that write it. */
export interface TableDeclaration<Row, Index extends string = never> {
  /** Unique, `owner.subject`, for example `etcd.head`. */
  readonly name: string;
  /** Columns are joined by slashes. */
  readonly key: ((row: Row) => string) | Columns<Row>;
  /** Each index maps a row to the value (or values) it is found under; undefined leaves it out. */
  readonly indexes?: { readonly [K in Index]: ((row: Row) => IndexValues) | TextIndex<Row> | Columns<Row> | ColumnIndex<Row> };
}

export type IndexValues = string | readonly string[] | undefined;

/** As the function alone; but while the members that it looks at stay the same, it is not asked again. */
export interface TextIndex<Row> {
  readonly of: (row: Row) => IndexValues;
  readonly from: readonly (keyof Row & string)[];
}

/** Rows found by the values of some columns, those alone for which `when` is true. */
export interface ColumnIndex<Row> {
  readonly columns: Columns<Row>;
  readonly when: (row: Row) => boolean;
}

/** Frozen rows with one owner, kept in key order. */
export interface TableDefinition<Row, Index extends string = never> {
  readonly name: string;
  /** Its place among all tables declared: where a timeline keeps what it has of it. */
  readonly ordinal: number;
  readonly key: (row: Row) => string;
  /** Undefined when the key is a text that the row alone can tell. */
  readonly columns: Columns<Row> | undefined;
  readonly indexes: TableDeclaration<Row, Index>["indexes"];
}

/** Where a key or an index is made of several columns, their values are given one after another. */
export interface TableReader<Row, Index extends string = never> {
  readonly size: number;
  get(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined;
  has(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): boolean;
  /** All keys, ascending by code unit. */
  keys(): readonly string[];
  /** All rows, in key order. */
  rows(): readonly Row[];
  /** Rows found under an index value, in key order. */
  by(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): readonly Row[];
  /** The first of them; cheaper where there is one at most. */
  firstBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): Row | undefined;
  /** Number of rows under an index value, without listing them. */
  countBy(index: Index, a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): number;
}

export interface TableWriter<Row, Index extends string = never> extends TableReader<Row, Index> {
  /** Inserts or replaces. The row is frozen (shallowly) and must be JSON. */
  put(row: Row): void;
  /** Removes; a missing key is not an error. */
  delete(a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart): void;
}

/** `kind/name`, for example `kubelet/node-a`. */
export type Address = string;

export interface Message {
  readonly type: string;
}

/** One row of the event queue. `cause` is the seq of the event whose handler sent it; null for an input. */
export interface SimEvent {
  readonly at: Micros;
  readonly seq: number;
  readonly to: Address;
  /** Who sent it; null for an input. */
  readonly from: Address | null;
  readonly message: Message;
  readonly cause: number | null;
}

export type Profile = "real" | "teaching";

/** The one thing a handler holds. */
export interface Tx {
  readonly now: Micros;
  readonly profile: Profile;
  /** The address of the actor that is running. */
  readonly self: Address;
  /** Seq of the event being handled; the cause of whatever is sent. */
  readonly event: number;
  read<Row, Index extends string>(table: TableDefinition<Row, Index>): TableReader<Row, Index>;
  write<Row, Index extends string>(table: TableDefinition<Row, Index>): TableWriter<Row, Index>;
  /** Queues a message; returns its seq, which `cancel` takes. Faults on the link may drop or delay it (not messages to oneself). */
  send(to: Address, message: Message, delay: Micros): number;
  cancel(seq: number): void;
  /** A number in [0, 1) from a named stream: a pure function of seed, name and how often it was asked. */
  random(stream: string): number;
  /** 1, 2, 3 … per counter. */
  nextId(counter: string): number;
  /** Notes that a rule acted on a subject; "Why?" and the coverage test read it. */
  fired(rule: string, subject: string): void;
}

export interface Actor {
  readonly kind: string;
  receive(tx: Tx, name: string, message: Message): void;
}
