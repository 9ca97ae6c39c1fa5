/**
 * A kernel that only looks: it reads the tables of a world that stands still, for pictures and checks. What a path walk notes on its way
 * (an overlay's names) is written on a scratch sheet over the tables and forgotten with it.
 *
 * Invariant: the world itself is never written.
 */
import { invariant } from "../sim/invariant";
import type { Micros, TableDefinition, TableReader, TableWriter, Tx } from "../sim/types";
import { FILE_SYSTEMS } from "./machine";
import type { Kernel } from "./types";

export interface Looked {
  readonly now: Micros;
  table<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableReader<Row, Index>;
}

function refuse(): never {
  invariant(false, "a kernel that only looks cannot act");
}

/** Above every number that a world gives. */
const FIRST_SCRATCH = 2 ** 40;
const byKey = (a: string, b: string): number => (a < b ? -1 : 1);

/** A table with changes of its own on top. */
function scratch<Row, Index extends string>(definition: TableDefinition<Row, Index>, below: TableReader<Row, Index>): TableWriter<Row, Index> {
  const own = new Map<string, Row | undefined>();
  const get = (key: string): Row | undefined => (own.has(key) ? own.get(key) : below.get(key));
  const valuesOf = (index: Index, row: Row): readonly string[] => {
    const of = definition.indexes?.[index] as ((row: Row) => string | readonly string[] | undefined) | undefined;
    const found = of?.(row);
    return found === undefined ? [] : typeof found === "string" ? [found] : found;
  };
  const merged = (rows: readonly Row[], fits: (row: Row) => boolean): readonly Row[] => {
    if (own.size === 0) return rows;
    const mine = [...own.values()].filter((row): row is Row => row !== undefined && fits(row));
    return [...rows.filter((row) => !own.has(definition.key(row))), ...mine].sort((a, b) => byKey(definition.key(a), definition.key(b)));
  };
  const by = (index: Index, value: string): readonly Row[] => merged(below.by(index, value), (row) => valuesOf(index, row).includes(value));
  const rows = (): readonly Row[] => merged(below.rows(), () => true);
  const sheet = {
    get size() {
      return rows().length;
    },
    get,
    has: (key: string) => get(key) !== undefined,
    keys: () => rows().map(definition.key),
    rows,
    by,
    firstBy: (index: Index, value: string) => by(index, value)[0],
    countBy: (index: Index, value: string) => by(index, value).length,
    put: (row: Row) => void own.set(definition.key(row), row),
    delete: (key: string) => void own.set(key, undefined),
  };
  return sheet;
}

export function lookingKernel(world: Looked, machine: string): Kernel {
  const sheets = new Map<string, unknown>();
  const sheet = <Row, Index extends string>(definition: TableDefinition<Row, Index>): TableWriter<Row, Index> => {
    const known = sheets.get(definition.name);
    if (known !== undefined) return known as TableWriter<Row, Index>;
    const made = scratch(definition, world.table(definition));
    sheets.set(definition.name, made);
    return made;
  };
  let ids = FIRST_SCRATCH;
  const tx: Tx = {
    now: world.now,
    profile: "real",
    self: `machine/${machine}`,
    event: 0,
    read: sheet,
    write: sheet,
    send: refuse,
    cancel: refuse,
    random: refuse,
    nextId: () => ids++,
    fired: () => undefined,
  };
  return { tx, machine, fileSystems: FILE_SYSTEMS };
}
