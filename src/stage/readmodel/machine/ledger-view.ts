/**
 * The processes of a machine as a ledger: one row each, depth first, with its number from every PID namespace that somebody is in.
 *
 * A viewpoint is a PID namespace; its letter is given in order of appearance, so that it stays when others end.
 */
import { INITIAL, namespaceTable } from "../../../linux/namespace/table";
import { type TaskRow, taskTable } from "../../../linux/process/task";
import type { WorldReader } from "../types";
import { letters } from "./history";
import type { MachineView, NamespaceKind, ProcessView, ViewpointView } from "./types";

const KINDS: readonly NamespaceKind[] = ["pid", "net", "mnt", "uts", "ipc", "cgroup", "user", "time"];

function viewpointsOf(world: WorldReader, machine: string, processes: readonly TaskRow[]): readonly ViewpointView[] {
  const used = new Set(processes.flatMap(({ numbers }) => numbers.map(([id]) => id)));
  const ids = [INITIAL.pid, ...[...used].filter((id) => id !== INITIAL.pid).sort((a, b) => a - b)];
  const names = letters(world, machine);
  return ids.map((id, i): ViewpointView => {
    const parent = world.table(namespaceTable).get(`${machine}/${id}`)?.parent;
    const at = parent === undefined ? -1 : ids.indexOf(parent);
    return { id, ...(i === 0 ? {} : { letter: names.get(id) ?? "?" }), ...(i === 0 || at < 0 ? {} : { parent: at }) };
  });
}

const namespaceOf = (row: TaskRow, kind: NamespaceKind): number => (kind === "user" ? row.credentials.userNamespace : row.namespaces[kind]);

/** The letter of `ps`: waiting, stopped or a zombie. */
const stateOf = ({ state }: TaskRow): string => (state === "zombie" ? "Z" : state === "stopped" ? "T" : "S");

export function ledgerView(
  world: WorldReader,
  machine: string,
  groupOf: (task: number) => string,
  rootOf: (row: TaskRow) => ProcessView["root"],
): Pick<MachineView, "viewpoints" | "processes"> {
  const leaders = world
    .table(taskTable)
    .rows()
    .filter((row) => row.machine === machine && row.id === row.tgid);
  const viewpoints = viewpointsOf(world, machine, leaders);
  const known = new Set(leaders.map(({ id }) => id));
  const children = new Map<number, TaskRow[]>();
  for (const row of [...leaders].sort((a, b) => a.id - b.id)) {
    const parent = known.has(row.parent) ? row.parent : 0;
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const first = leaders.find(({ id }) => id === 1);
  const processes: ProcessView[] = [];
  const visit = (row: TaskRow, depth: number, parent: number | undefined): void => {
    const at = processes.length;
    const own = row.numbers.at(-1)?.[0];
    processes.push({
      uid: `${machine}/${row.id}`,
      name: row.comm,
      state: stateOf(row),
      depth,
      ...(parent === undefined ? {} : { parent }),
      pids: viewpoints.map(({ id }) => row.numbers.find(([namespace]) => namespace === id)?.[1] ?? null),
      own: Math.max(
        0,
        viewpoints.findIndex(({ id }) => id === own),
      ),
      namespaces: KINDS.map((kind) => {
        const id = namespaceOf(row, kind);
        return { kind, id, shared: first === undefined || namespaceOf(first, kind) === id };
      }),
      cgroup: groupOf(row.id),
      user: String(row.credentials.euid),
      root: rootOf(row),
    });
    for (const child of children.get(row.id) ?? []) visit(child, depth + 1, at);
  };
  for (const row of children.get(0) ?? []) visit(row, 0, undefined);
  return { viewpoints, processes };
}
