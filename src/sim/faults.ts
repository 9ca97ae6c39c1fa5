/**
 * Faults every domain shares: an actor that is stopped loses its messages; a link may drop or delay them. They are inputs to
 * `sim/faults`, so they replay, rewind and share like anything else.
 *
 * Not modelled: reordering on a link; a delay is the same for every message.
 */
import { defineTable } from "./table";
import type { Actor, Address, Message, Micros, Tx } from "./types";

export interface StopActor extends Message {
  readonly type: "sim.stop";
  readonly actor: Address;
}
export interface StartActor extends Message {
  readonly type: "sim.start";
  readonly actor: Address;
}
/** `from` and `to` are addresses or prefixes ending in `*`. Neither drop nor delay removes the fault. */
export interface LinkFault extends Message {
  readonly type: "sim.link";
  readonly from: string;
  readonly to: string;
  readonly drop?: boolean;
  readonly delay?: Micros;
}

export interface StoppedRow {
  readonly actor: Address;
  readonly since: Micros;
}
export interface LinkRow {
  readonly from: string;
  readonly to: string;
  readonly drop: boolean;
  readonly delay: Micros;
}

export const stoppedTable = defineTable<StoppedRow>({ name: "sim.stopped", key: (row) => row.actor });
export const linkTable = defineTable<LinkRow>({ name: "sim.link", key: (row) => `${row.from} ${row.to}` });

/** A started actor hears of it after this span, so that nothing reacts in zero time. */
const RESTART: Micros = 1000;

const matches = (pattern: string, address: Address): boolean =>
  pattern.endsWith("*") ? address.startsWith(pattern.slice(0, -1)) : pattern === address;

/** What a link does to a message: undefined when it is dropped, otherwise the added delay. */
export function linkDelay(rows: readonly LinkRow[], from: Address, to: Address): Micros | undefined {
  let delay = 0;
  for (const row of rows) {
    if (!matches(row.from, from) || !matches(row.to, to)) continue;
    if (row.drop) return undefined;
    delay += row.delay;
  }
  return delay;
}

export const faultsActor: Actor = {
  kind: "sim",
  receive(tx: Tx, _name, message): void {
    const fault = message as StopActor | StartActor | LinkFault;
    if (fault.type === "sim.stop") tx.write(stoppedTable).put({ actor: fault.actor, since: tx.now });
    else if (fault.type === "sim.start") {
      tx.write(stoppedTable).delete(fault.actor);
      tx.send(fault.actor, { type: "actor.start" }, RESTART);
    } else if (fault.type === "sim.link") {
      const row = { from: fault.from, to: fault.to, drop: fault.drop === true, delay: fault.delay ?? 0 };
      if (row.drop || row.delay > 0) tx.write(linkTable).put(row);
      else tx.write(linkTable).delete(linkTable.key(row));
    }
  },
};
