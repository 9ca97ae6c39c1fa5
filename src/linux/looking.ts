/**
 * A kernel that only looks: it reads the tables of a world that stands still, for pictures and checks. What a path walk notes on its way
 * (an overlay's names) is written on a scratch sheet over the tables and forgotten with it.
 *
 * Invariant: the world itself is never written.
 */
import { invariant } from "../sim/invariant";
import { partOf } from "../sim/column-map";
import type { KeyPart, Micros, TableDefinition, TableReader, TableWriter, Tx } from "../sim/types";
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

type Parts = readonly [a: KeyPart, b?: KeyPart, c?: KeyPart, d?: KeyPart];
const textOf = (parts: Parts): string => parts.filter((part) => part !== undefined).join("/");

/** A table with changes of its own on top. */
function scratch<Row, Index extends string>(definition: TableDefinition<Row, Index>, below: TableReader<Row, Index>): TableWriter<Row, Index> {
  const own = new Map<string, Row | undefined>();
  const get = (...parts: Parts): Row | undefined => {
    const key = textOf(parts);
    return own.has(key) ? own.get(key) : below.get(...parts);
  };
  const isUnder = (index: Index, row: Row, parts: Parts): boolean => {
    const declared = definition.indexes?.[index];
    if (declared === undefined) return false;
    if (typeof declared === "function") return [declared(row)].flat().includes(textOf(parts));
    if ("of" in declared) return [declared.of(row)].flat().includes(textOf(parts));
    const { columns, when } = "columns" in declared ? declared : { columns: declared, when: () => true };
    return when(row) && columns.every((column, i) => partOf(row, column) === parts[i]);
  };
  const merged = (rows: readonly Row[], fits: (row: Row) => boolean): readonly Row[] => {
    if (own.size === 0) return rows;
    const mine = [...own.values()].filter((row): row is Row => row !== undefined && fits(row));
    return [...rows.filter((row) => !own.has(definition.key(row))), ...mine].sort((a, b) => byKey(definition.key(a), definition.key(b)));
  };
  const by = (index: Index, ...parts: Parts): readonly Row[] => merged(below.by(index, ...parts), (row) => isUnder(index, row, parts));
  const rows = (): readonly Row[] => merged(below.rows(), () => true);
  return {
    get size() {
      return rows().length;
    },
    get,
    has: (...parts: Parts) => get(...parts) !== undefined,
    keys: () => rows().map(definition.key),
    rows,
    by,
    firstBy: (index: Index, ...parts: Parts) => by(index, ...parts)[0],
    countBy: (index: Index, ...parts: Parts) => by(index, ...parts).length,
    put: (row: Row) => void own.set(definition.key(row), row),
    delete: (...parts: Parts) => void own.set(textOf(parts), undefined),
  };
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
