/** Appends to what a terminal shows; texts of one event to one stream become one row. */
import type { Address, Tx } from "../sim/types";
import { outputTable, type TerminalRow, terminalTable } from "./tables";

export function terminalRow(tx: Tx, terminal: Address): TerminalRow {
  return (
    tx.read(terminalTable).get(terminal) ?? {
      terminal,
      namespace: "default",
      cwd: "",
      variables: {},
      history: [],
      exitCode: 0,
      typedAhead: [],
      partial: "",
      written: 0,
      shownFrom: 0,
    }
  );
}

export function changeTerminal(tx: Tx, terminal: Address, change: Partial<TerminalRow>): TerminalRow {
  const row = { ...terminalRow(tx, terminal), ...change };
  tx.write(terminalTable).put(row);
  return row;
}

export function print(tx: Tx, terminal: Address, job: number, stream: "in" | "out" | "err", text: string, prompt?: string): void {
  if (text === "" && prompt === undefined) return;
  const row = terminalRow(tx, terminal);
  const table = tx.write(outputTable);
  const last = row.written > row.shownFrom ? table.get(outputTable.key({ terminal, index: row.written - 1, at: 0, job, stream, text })) : undefined;
  if (last !== undefined && last.job === job && last.stream === stream && last.at === tx.now && stream !== "in") {
    table.put({ ...last, text: last.text + text });
    return;
  }
  table.put({ terminal, index: row.written, at: tx.now, job, stream, text, ...(prompt === undefined ? {} : { prompt }) });
  changeTerminal(tx, terminal, { written: row.written + 1 });
}
