/**
 * A kernel that only looks: it reads the tables of a world that stands still, for pictures and checks.
 *
 * Invariant: what a looking kernel is asked for writes nothing; a rule that would write is a bug of whoever asked.
 */
import { invariant } from "../sim/invariant";
import type { Micros, TableDefinition, TableReader, Tx } from "../sim/types";
import { FILE_SYSTEMS } from "./machine";
import type { Kernel } from "./types";

export interface Looked {
  readonly now: Micros;
  table<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableReader<Row, Index>;
}

function refuse(): never {
  invariant(false, "a kernel that only looks cannot act");
}

export function lookingKernel(world: Looked, machine: string): Kernel {
  const tx: Tx = {
    now: world.now,
    profile: "real",
    self: `machine/${machine}`,
    event: 0,
    read: (table) => world.table(table),
    write: refuse,
    send: refuse,
    cancel: refuse,
    random: refuse,
    nextId: refuse,
    fired: () => undefined,
  };
  return { tx, machine, fileSystems: FILE_SYSTEMS };
}
