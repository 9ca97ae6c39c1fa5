/** Declares a table; the definition is its identity, so declare each once, beside the rules that write it. */
import { partOf } from "./column-map";
import { invariant } from "./invariant";
import type { TableDeclaration, TableDefinition } from "./types";

/** Names in the order of declaration: a definition's ordinal is its place here. */
const declared: string[] = [];
const MOST_COLUMNS = 4;

export function defineTable<Row, Index extends string = never>({ name, key, indexes }: TableDeclaration<Row, Index>): TableDefinition<Row, Index> {
  const columns = typeof key === "function" ? undefined : key;
  invariant(columns === undefined || columns.length <= MOST_COLUMNS, `${name}: a key of too many columns`);
  return {
    name,
    ordinal: declared.push(name) - 1,
    key: typeof key === "function" ? key : (row) => key.map((column) => partOf(row, column)).join("/"),
    columns,
    indexes,
  };
}
