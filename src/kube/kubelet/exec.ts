/** Commands run in a container by exec and by probes. */
import type { Micros, Tx } from "../../sim/types";
import type { ContainerRow, PodRow } from "./tables";

export interface CommandResult {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly span: Micros;
}

export function runInContainer(_tx: Tx, _row: PodRow, _container: ContainerRow, _command: readonly string[]): CommandResult {
  return { out: "", err: "", code: 0, span: 0 };
}
