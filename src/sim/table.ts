/** Declares a table; the definition is its identity, so declare each once, beside the rules that write it. */
import type { TableDefinition } from "./types";

export function defineTable<Row, Index extends string = never>(definition: TableDefinition<Row, Index>): TableDefinition<Row, Index> {
  return definition;
}
