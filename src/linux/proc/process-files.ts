/**
 * The files of /proc/PID: how each is read, written or followed.
 *
 * @rule linux.proc.pid
 * @source linux@6.12 fs/proc/base.c tgid_base_stuff
 */
import { memberOf, ROOT } from "../cgroup/tables";
import { pathOf } from "../cgroup/tree";
import { mountinfo, mounts } from "../fs/mountinfo";
import { pathOf as pathOfPlace } from "../fs/path-of";
import type { Path } from "../fs/types";
import { showIdMap, writeIdMap, writeSetgroups } from "../namespace/id-map";
import { namespaceIn } from "../namespace/enter";
import { namespaceOf, type NamespaceType } from "../namespace/table";
import { showOffsets, writeOffsets } from "../namespace/time";
import { capableIn, userPart } from "../namespace/user";
import { fileById, type FileRow, slotsOf } from "../process/descriptor";
import { changeTask, findTask, type TaskRow, taskOf } from "../process/task";
import { type Credentials, failure, type Kernel, type Result, value } from "../types";
import { mayLookInto } from "./access";
import { namespaceFile } from "./nsfs";
import { readerNamespace, showStat, showStatus } from "./status-files";

export interface ProcessFile {
  readonly kind: "file" | "dir" | "symlink";
  readonly mode: number;
  readonly read?: (kernel: Kernel, namespace: number, row: TaskRow) => Result<string>;
  readonly write?: (kernel: Kernel, row: TaskRow, offset: number, text: string) => Result<number>;
  readonly readlink?: (kernel: Kernel, namespace: number, row: TaskRow) => Result<string>;
  readonly follow?: (kernel: Kernel, row: TaskRow) => Result<Path>;
}

const text = (show: (kernel: Kernel, namespace: number, row: TaskRow) => string, mode = 0o444): ProcessFile => ({
  kind: "file",
  mode,
  read: (kernel, namespace, row) => value(show(kernel, namespace, row)),
});
const directory = (mode: number): ProcessFile => ({ kind: "dir", mode });

const writer = (kernel: Kernel, row: TaskRow): Credentials =>
  (kernel.task === undefined ? undefined : findTask(kernel, kernel.task))?.credentials ?? row.credentials;

/** Only for whoever may look into the process. */
function guarded(kernel: Kernel, row: TaskRow, show: () => Result<string>): Result<string> {
  return mayLookInto(kernel, row) ? show() : failure("EACCES");
}

function place(of: (row: TaskRow) => Path): ProcessFile {
  return {
    kind: "symlink",
    mode: 0o777,
    readlink: (kernel, _namespace, row) =>
      guarded(kernel, row, () => {
        const root = kernel.task === undefined ? row.fs.root : taskOf(kernel, kernel.task).fs.root;
        return row.state === "zombie" ? failure("ENOENT") : value(pathOfPlace(kernel, of(row), root) ?? "/");
      }),
    follow: (kernel, row) => (mayLookInto(kernel, row) ? value(of(row)) : failure("EACCES")),
  };
}

const exe: ProcessFile = {
  kind: "symlink",
  mode: 0o777,
  readlink: (kernel, _namespace, row) => guarded(kernel, row, () => (row.state === "zombie" ? failure("ENOENT") : value(row.exe))),
};

/**
 * The link to a namespace. That for children is missing while the new pid namespace has no first process.
 *
 * @rule linux.proc.ns
 * @source linux@6.12 fs/proc/namespaces.c proc_ns_get_link
 */
function namespaceLink(name: string, of: (row: TaskRow) => number): ProcessFile {
  const find = (kernel: Kernel, row: TaskRow): Result<number> => {
    if (!mayLookInto(kernel, row)) return failure("EACCES");
    const id = of(row);
    if (row.state === "zombie" && !row.numbers.some(([at]) => at === id) && id !== row.credentials.userNamespace) return failure("ENOENT");
    return name === "pid_for_children" && namespaceOf(kernel, id).pid?.init === 0 ? failure("ENOENT") : value(id);
  };
  return {
    kind: "symlink",
    mode: 0o777,
    readlink: (kernel, _namespace, row) => {
      const id = find(kernel, row);
      return id.ok ? value(`${namespaceOf(kernel, id.value).type}:[${id.value}]`) : id;
    },
    follow: (kernel, row) => {
      const id = find(kernel, row);
      return id.ok ? value(namespaceFile(kernel, id.value)) : id;
    },
  };
}

const ofType = (type: NamespaceType): ProcessFile => namespaceLink(type, (row) => namespaceIn(row, type));

const idMap = (kind: "uids" | "gids"): ProcessFile => ({
  kind: "file",
  mode: 0o644,
  read: (kernel, _namespace, row) => value(showIdMap(kernel, readerNamespace(kernel, row), row.credentials.userNamespace, kind)),
  write: (kernel, row, offset, data) => writeIdMap(kernel, writer(kernel, row), row.credentials.userNamespace, kind, offset, data),
});

const setgroups: ProcessFile = {
  kind: "file",
  mode: 0o644,
  read: (kernel, _namespace, row) => value(userPart(namespaceOf(kernel, row.credentials.userNamespace)).setgroups ? "allow\n" : "deny\n"),
  write: (kernel, row, offset, data) => writeSetgroups(kernel, writer(kernel, row), row.credentials.userNamespace, offset, data),
};

const offsets: ProcessFile = {
  kind: "file",
  mode: 0o644,
  read: (kernel, _namespace, row) => value(showOffsets(kernel, row.namespaces.timeForChildren)),
  write: (kernel, row, _offset, data) => writeOffsets(kernel, writer(kernel, row), row.namespaces.timeForChildren, data),
};

/**
 * @rule linux.proc.oom-score-adj
 * @source linux@6.12 fs/proc/base.c __set_oom_adj
 */
const oomScoreAdj: ProcessFile = {
  kind: "file",
  mode: 0o644,
  read: (_kernel, _namespace, row) => value(`${row.oomScoreAdj}\n`),
  write: (kernel, row, _offset, data) => {
    const number = /^\s*(-?\d+)\s*$/.exec(data)?.[1];
    const adjust = Number(number);
    if (number === undefined || adjust < -1000 || adjust > 1000) return failure("EINVAL");
    const credentials = writer(kernel, row);
    if (adjust < row.oomScoreAdj && !capableIn(kernel, credentials, row.credentials.userNamespace, "SYS_RESOURCE")) return failure("EACCES");
    changeTask(kernel, row.id, { oomScoreAdj: adjust });
    return value(data.length);
  },
};

/** As the reader's cgroup namespace shows it. */
function showCgroup(kernel: Kernel, _namespace: number, row: TaskRow): string {
  const member = memberOf(kernel, row.id);
  const reader = kernel.task === undefined ? row : taskOf(kernel, kernel.task);
  const root = namespaceOf(kernel, reader.namespaces.cgroup).cgroup?.root ?? ROOT;
  return `0::${member === undefined ? "/" : pathOf(kernel, member.cgroup, root)}\n`;
}

/** The rows of /proc/PID, in the order it lists them. */
export const PROCESS_FILES: Readonly<Record<string, ProcessFile>> = {
  task: directory(0o555),
  fd: directory(0o500),
  fdinfo: directory(0o555),
  ns: directory(0o511),
  environ: {
    kind: "file",
    mode: 0o400,
    read: (kernel, _namespace, row) =>
      guarded(kernel, row, () =>
        value(
          Object.entries(row.env)
            .map(([name, of]) => `${name}=${of}\0`)
            .join(""),
        ),
      ),
  },
  status: text(showStatus),
  stat: text(showStat),
  statm: text(() => "1024 512 400 1 0 128 0\n"),
  comm: {
    kind: "file",
    mode: 0o644,
    read: (_kernel, _namespace, row) => value(`${row.comm}\n`),
    write: (kernel, row, _offset, data) => {
      changeTask(kernel, row.id, { comm: data.replace(/\n$/, "").slice(0, 15) });
      return value(data.length);
    },
  },
  cmdline: text((_kernel, _namespace, row) => (row.state === "zombie" ? "" : row.argv.map((word) => `${word}\0`).join(""))),
  cwd: place((row) => row.fs.cwd),
  root: place((row) => row.fs.root),
  exe,
  mounts: text((kernel, _namespace, row) => mounts(kernel, row.namespaces.mnt, row.fs.root)),
  mountinfo: text((kernel, _namespace, row) => mountinfo(kernel, row.namespaces.mnt, row.fs.root)),
  cgroup: text(showCgroup),
  oom_score_adj: oomScoreAdj,
  uid_map: idMap("uids"),
  gid_map: idMap("gids"),
  setgroups,
  timens_offsets: offsets,
};

export const NAMESPACE_FILES: Readonly<Record<string, ProcessFile>> = {
  cgroup: ofType("cgroup"),
  ipc: ofType("ipc"),
  mnt: ofType("mnt"),
  net: ofType("net"),
  pid: ofType("pid"),
  pid_for_children: namespaceLink("pid_for_children", (row) => row.namespaces.pidForChildren),
  time: ofType("time"),
  time_for_children: namespaceLink("time_for_children", (row) => row.namespaces.timeForChildren),
  user: ofType("user"),
  uts: ofType("uts"),
};

function fileName(kernel: Kernel, file: FileRow): string {
  const { ref } = file.path;
  if (file.process !== undefined) return "anon_inode:[pidfd]";
  if (file.socket !== undefined) return `socket:[${file.socket}]`;
  if (file.kind === "fifo" && file.asked === "") return `pipe:[${ref.ino}]`;
  const namespace = file.path.mount === namespaceFile(kernel, 0).mount ? namespaceOf(kernel, ref.ino) : undefined;
  if (namespace !== undefined) return `${namespace.type}:[${namespace.id}]`;
  return file.asked;
}

/** One open file, as a link. */
export function descriptorFile(kernel: Kernel, row: TaskRow, fd: number): ProcessFile | undefined {
  const slot = slotsOf(kernel, row.files).find((candidate) => candidate.fd === fd);
  if (slot === undefined) return undefined;
  const file = fileById(kernel, slot.file);
  return {
    kind: "symlink",
    mode: 0o400 | (file.read ? 0o100 : 0) | (file.write ? 0o200 : 0),
    readlink: (_kernel, _namespace, target) => guarded(kernel, target, () => value(fileName(kernel, file))),
    follow: (_kernel, target) => (mayLookInto(kernel, target) ? value(file.path) : failure("EACCES")),
  };
}

export const descriptorInfo = (kernel: Kernel, row: TaskRow, fd: number): string => {
  const slot = slotsOf(kernel, row.files).find((candidate) => candidate.fd === fd);
  if (slot === undefined) return "";
  const { offset, read, write, append, path } = fileById(kernel, slot.file);
  const flags = (write ? (read ? 2 : 1) : 0) | (append ? 0o2000 : 0) | (slot.cloexec ? 0o2000000 : 0) | 0o100000;
  return `pos:\t${offset}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${path.mount}\nino:\t${path.ref.ino}\n`;
};
