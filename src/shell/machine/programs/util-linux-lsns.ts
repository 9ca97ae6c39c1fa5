/**
 * `lsns`: the namespaces of all processes that can be seen, with the one of the lowest number in each.
 *
 * @source util-linux@2.38 sys-utils/lsns.c
 */
import type { Program, System } from "../../../linux/program";
import { type Column, isWide, json, type Line, table } from "./columns";
import { optionsGiven, type Parsed } from "./getopt";
import { namesOf } from "./passwd";
import { look, pidsIn, type Seen, textOf } from "./process-table";
import { because, complain, print } from "./support";

const TYPES = ["mnt", "net", "pid", "uts", "ipc", "user", "cgroup", "time"] as const;
type Type = (typeof TYPES)[number];

const COLUMNS: readonly Column[] = [
  { name: "NS", hint: 10, right: true },
  { name: "TYPE", hint: 5 },
  { name: "PATH" },
  { name: "NPROCS", hint: 5, right: true },
  { name: "PID", hint: 5, right: true },
  { name: "PPID", hint: 5, right: true },
  { name: "COMMAND" },
  { name: "UID", right: true },
  { name: "USER" },
  { name: "NETNSID", right: true },
  { name: "NSFS" },
  { name: "PNS", hint: 10, right: true },
  { name: "ONS", hint: 10, right: true },
];
const NUMBERS = ["NS", "NPROCS", "PID", "PPID", "UID", "PNS", "ONS"];

interface Namespace {
  readonly id: number;
  readonly type: Type;
  readonly parent: number;
  readonly owner: number;
  readonly processes: Seen[];
}

function readAll(system: System): { readonly spaces: Map<number, Namespace>; readonly processes: Map<number, Seen> } {
  const spaces = new Map<number, Namespace>();
  const processes = new Map<number, Seen>();
  for (const pid of pidsIn(system)) {
    const seen = look(system, pid);
    if (seen === undefined) continue;
    processes.set(pid, seen);
    for (const type of TYPES) {
      const fd = system.open(`/proc/${pid}/ns/${type}`, { read: true, cloexec: true }, 0);
      if (!fd.ok) continue;
      const info = system.namespaceInfo(fd.value);
      system.close(fd.value);
      if (!info.ok) continue;
      const { id, owner, parent } = info.value;
      const known = spaces.get(id) ?? { id, type, parent: type === "user" || type === "pid" ? parent : 0, owner, processes: [] };
      known.processes.push(seen);
      spaces.set(id, known);
    }
  }
  return { spaces, processes };
}

const commandOf = ({ cmdline, comm }: Seen): string => (cmdline.length > 0 ? cmdline.join(" ") : comm);

/** Where the files of namespaces are mounted, by number. */
function mountedFiles(system: System): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of (textOf(system, "/proc/self/mountinfo") ?? "").split("\n")) {
    const [, , , root = "", target = "", ...rest] = line.split(" ");
    const id = rest.includes("nsfs") ? /:\[(\d+)\]$/.exec(root)?.[1] : undefined;
    if (id !== undefined) found.set(Number(id), target);
  }
  return found;
}

type Tree = "process" | "parent" | "owner" | undefined;

function treeOf(given: Parsed): Tree | string {
  if (given.has("l") || given.has("r")) return given.has("r") && !given.has("l") ? "process" : undefined;
  const named = given.has("T") ? (given.value("T") ?? "owner") : "process";
  return ["process", "parent", "owner"].includes(named) ? (named as Tree) : `unknown tree type: ${named}`;
}

export const lsns: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, {
    short: "Jlp:o:nruht:T::WV",
    long: {
      json: "J",
      list: "l",
      noheadings: "n",
      "output=": "o",
      "output-all": "all",
      "task=": "p",
      raw: "r",
      notruncate: "u",
      nowrap: "W",
      "type=": "t",
      "tree?": "T",
    },
  });
  if (given === undefined) return 1;
  const fail = (text: string): number => (complain(system, invocation, text), 1);
  for (const type of given.values("t")) if (!(TYPES as readonly string[]).includes(type)) return fail(`unknown namespace type: ${type}`);
  const pid = given.value("p");
  if (pid !== undefined && !/^\d+$/.test(pid)) return fail(`invalid PID argument: '${pid}'`);
  const [id] = given.operands;
  if (given.has("p") && id !== undefined) return fail("--task is mutually exclusive with <namespace>");
  if (id !== undefined && !/^\d+$/.test(id)) return fail(`invalid namespace argument: '${id}'`);
  const tree = treeOf(given);
  if (tree !== undefined && !["process", "parent", "owner"].includes(tree)) return fail(tree);
  const columns = chosen(given, id !== undefined);
  if (typeof columns === "string") return fail(columns);
  const fd = system.open("/proc", { read: true, directory: true, cloexec: true }, 0);
  if (!fd.ok) return fail(`can't open /proc: ${because(fd.errno)}`);
  system.close(fd.value);
  const { spaces, processes } = readAll(system);
  const list = id !== undefined && !spaces.has(Number(id)) ? `not found namespace: ${id}` : [...spaces.values()].toSorted((a, b) => a.id - b.id);
  if (typeof list === "string") return fail(list);
  const types = given.values("t");
  const shown =
    id !== undefined
      ? list.filter((space) => space.id === Number(id))
      : list
          .filter((space) => types.length === 0 || types.includes(space.type))
          .filter((space) => pid === undefined || space.processes.some((seen) => seen.pid === Number(pid)));
  const lines = linesOf(system, shown, processes, tree as Tree, id !== undefined);
  if (given.has("J")) {
    print(system, json(id === undefined ? "namespaces" : "processes", columns, lines, NUMBERS));
    return 0;
  }
  // The tree is drawn in the column of the command; by parent or owner in that of the number.
  const drawn = tree === "parent" || tree === "owner" ? "NS" : "COMMAND";
  const art = columns.map((column) =>
    tree !== undefined && column.name === drawn ? { ...column, tree: true, ...(drawn === "NS" ? { right: false, hint: 0 } : {}) } : column,
  );
  print(system, table(art, lines, { headings: !given.has("n"), raw: given.has("r"), wide: isWide(invocation.env) }));
  return 0;
};

function chosen(given: Parsed, one: boolean): readonly Column[] | string {
  const asked = given.value("o");
  const net = given.values("t").length === 1 && given.value("t") === "net";
  const usual = one ? ["PID", "PPID", "USER", "COMMAND"] : ["NS", "TYPE", "NPROCS", "PID", "USER", ...(net ? ["NETNSID", "NSFS"] : []), "COMMAND"];
  const names = given.has("all")
    ? COLUMNS.map(({ name }) => name)
    : asked === undefined
      ? usual
      : [...(asked.startsWith("+") ? usual : []), ...asked.replace(/^\+/, "").toUpperCase().split(",")];
  const columns: Column[] = [];
  for (const name of names) {
    const column = COLUMNS.find((candidate) => candidate.name === name);
    if (column === undefined)
      return `unknown column: ${name.toLowerCase() === name ? name : (asked ?? "").split(",").find((one) => one.toUpperCase() === name)}`;
    columns.push(column);
  }
  return columns;
}

function linesOf(system: System, shown: readonly Namespace[], processes: ReadonlyMap<number, Seen>, tree: Tree, one: boolean): readonly Line[] {
  const lines: { cells: Record<string, string>; parent?: number | undefined }[] = [];
  const user = namesOf(system, "users");
  const mounted = mountedFiles(system);
  const ofProcess = new Map<number, number>();
  const ofSpace = new Map<number, number>();
  const add = (space: Namespace, lead: Seen): void => {
    const cells = {
      NS: String(space.id),
      TYPE: space.type,
      PATH: `/proc/${lead.pid}/ns/${space.type}`,
      NPROCS: String(space.processes.length),
      PID: String(lead.pid),
      PPID: String(lead.ppid),
      COMMAND: commandOf(lead),
      UID: String(lead.uid),
      USER: user(lead.uid),
      NETNSID: space.type === "net" ? "unassigned" : "",
      NSFS: mounted.get(space.id) ?? "",
      PNS: String(space.parent),
      ONS: space.owner === 0 || (space.type === "user" && space.parent === 0) ? "0" : String(space.owner),
    };
    const parent =
      tree === "process"
        ? ofProcess.get(lead.ppid)
        : tree === "parent"
          ? ofSpace.get(space.parent)
          : tree === "owner"
            ? ofSpace.get(space.owner)
            : undefined;
    lines.push({ cells, parent });
    ofProcess.set(lead.pid, lines.length - 1);
    ofSpace.set(space.id, lines.length - 1);
  };
  void processes;
  // Parents come first, so that a line can hang on them.
  const order =
    tree === "parent" || tree === "owner" ? [...shown.filter(({ type }) => type === "user"), ...shown.filter(({ type }) => type !== "user")] : shown;
  for (const space of order) {
    for (const lead of one ? space.processes : space.processes.slice(0, 1)) add(space, lead);
  }
  return lines;
}
