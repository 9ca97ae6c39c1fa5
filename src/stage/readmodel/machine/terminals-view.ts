/** A machine's terminals: what was printed on each, whether somebody reads it, and where whoever reads it stands. */
import { terminalTable } from "../../../linux/process/device";
import { outsideTable } from "../../../linux/process/outside";
import { taskTable } from "../../../linux/process/task";
import { runTable } from "../../../linux/process/wake";
import type { WorldReader } from "../types";
import { letters } from "./history";

export interface MachineTerminalView {
  readonly machine: string;
  readonly name: string;
  /** Bytes. */
  readonly printed: string;
  readonly columns: number;
  readonly rows: number;
  /** Nobody in front waits for keys. */
  readonly busy: boolean;
  /** Letter of the PID namespace that whoever stands in front is in; the host's has none. */
  readonly standing?: string;
}

export function machineTerminals(world: WorldReader): readonly MachineTerminalView[] {
  const tasks = world.table(taskTable);
  return world
    .table(outsideTable)
    .rows()
    .flatMap(({ machine, name, terminal, task }): readonly MachineTerminalView[] => {
      const row = world.table(terminalTable).get(`${machine}/${terminal}`);
      if (row === undefined) return [];
      const front = tasks.by("group", `${machine}/${row.foreground}`);
      const waits = (id: number): boolean => world.table(runTable).get(`${machine}/${id}`)?.waits?.queues.includes(`terminal/${terminal}`) === true;
      const reader = front.find(({ id }) => waits(id)) ?? front[0] ?? tasks.get(`${machine}/${task}`);
      const standing = letters(world, machine).get(reader?.numbers.at(-1)?.[0] ?? 0);
      const { printed, columns, rows } = row;
      return [{ machine, name, printed, columns, rows, busy: !front.some(({ id }) => waits(id)), ...(standing === undefined ? {} : { standing }) }];
    });
}
