/**
 * A machine when it has just come up: a root file system with the programs that are installed, /proc, /dev and /tmp, and the first process.
 *
 * Not modelled: the boot itself, disks, systemd; the root file system is a tmpfs.
 *
 * @rule linux.machine.boot
 * @source man-pages@6.9 hier(7)
 */
import { invariant } from "../sim/invariant";
import { setCpus } from "./cgroup/cpu-scheduler";
import { cgroupSuperblock } from "./cgroup/cgroupfs";
import { inodeNumber } from "./cgroup/file-owner";
import { enrol } from "./cgroup/lifecycle";
import { newHierarchy, ROOT } from "./cgroup/tables";
import * as names from "./fs/calls";
import * as files from "./fs/file-calls";
import { attach, mountRoot } from "./fs/mount-tree";
import { resolve } from "./fs/namei";
import { newSuperblock, typeOf } from "./fs/superblock";
import { newTmpfs } from "./fs/tmpfs";
import type { Path, TaskView } from "./fs/types";
import { pipefsSuperblock } from "./ipc/pipe";
import { INITIAL, initialNamespaces, namespaceOf, putNamespace } from "./namespace/table";
import { setLink } from "./net/link";
import { devicesIn } from "./net/device";
import { birthOfNetwork } from "./net/network";
import { newProc } from "./proc/procfs";
import { rootCredentials } from "./process/capability";
import { newFiles } from "./process/descriptor";
import { executable } from "./process/exec";
import { putTask, type TaskRow } from "./process/task";
import { putRun, runSoon } from "./process/wake";
import type { Kernel, Result } from "./types";

export interface BootOptions {
  readonly hostname: string;
  /** Programs by the path of their executable. */
  readonly executables: Readonly<Record<string, string>>;
  /** What else is there, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Processors; one when left out. */
  readonly cpus?: number;
  /** What the first process runs. */
  readonly init: string;
}

const DIRECTORIES =
  "/dev /dev/pts /dev/shm /etc /home /mnt /opt /proc /root /run /srv /sys /sys/fs /sys/fs/cgroup /tmp /usr /usr/bin /usr/lib /usr/lib64 /usr/sbin /var /var/lib /var/log /var/tmp".split(
    " ",
  );
const DEVICES: readonly (readonly [path: string, major: number, minor: number])[] = [
  ["/dev/null", 1, 3],
  ["/dev/zero", 1, 5],
  ["/dev/full", 1, 7],
  ["/dev/random", 1, 8],
  ["/dev/urandom", 1, 9],
  ["/dev/tty", 5, 0],
];
const LINKS = {
  "/bin": "usr/bin",
  "/lib": "usr/lib",
  "/lib64": "usr/lib64",
  "/sbin": "usr/sbin",
  "/dev/fd": "/proc/self/fd",
  "/dev/stdin": "/proc/self/fd/0",
  "/dev/stdout": "/proc/self/fd/1",
  "/dev/stderr": "/proc/self/fd/2",
};
const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
user:x:1000:1000:user:/home/user:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;
/** Ranges of ids that a user may give away. */
const SUBORDINATE = "user:100000:65536\n";
const GROUP = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nwww-data:x:33:\nuser:x:1000:\nnogroup:x:65534:\n";

/** Programs that run with the rights of their file's owner. */
const SET_USER_ID = ["newuidmap", "newgidmap"];

const must = <T>(result: Result<T>, what: string): T => {
  invariant(result.ok, `boot: ${what}`);
  return result.value;
};

export function writeFile(kernel: Kernel, view: TaskView, path: string, text: string, mode: number): void {
  const made = must(files.open(kernel, view, path, { write: true, create: true, truncate: true }, mode), path);
  must(files.write(kernel, view, made, 0, text), path);
  typeOf(kernel, made.ref.sb).release(kernel, made.ref);
}

type Prepared = readonly (readonly [path: string, program: string, text: string])[];
const PREPARED = new WeakMap<BootOptions["executables"], Prepared>();

/** What the executables hold: the same texts for every machine. */
function prepared(executables: BootOptions["executables"]): Prepared {
  const known = PREPARED.get(executables);
  if (known !== undefined) return known;
  const made = Object.entries(executables).map(([path, program]) => [path, program, executable(program)] as const);
  PREPARED.set(executables, made);
  return made;
}

/** A file that is there from the beginning, made in one step. */
function lay(kernel: Kernel, view: TaskView, path: string, data: string, mode: number): void {
  const made = names.mknod(kernel, view, path, { kind: "file", mode, data });
  if (!made.ok && made.errno === "EEXIST") writeFile(kernel, view, path, data, mode);
  else must(made, path);
}

function furnish(kernel: Kernel, view: TaskView, options: BootOptions): void {
  for (const path of DIRECTORIES)
    must(
      names.mkdir(kernel, view, path, path === "/tmp" || path === "/var/tmp" || path === "/dev/shm" ? 0o1777 : path === "/root" ? 0o700 : 0o755),
      path,
    );
  for (const [path, major, minor] of DEVICES) must(names.mknod(kernel, view, path, { kind: "char", mode: 0o666, rdev: [major, minor] }), path);
  for (const [path, target] of Object.entries(LINKS)) must(names.symlink(kernel, view, target, path), path);
  const given = {
    "/etc/hostname": `${options.hostname}\n`,
    "/etc/passwd": PASSWD,
    "/etc/group": GROUP,
    "/etc/subuid": SUBORDINATE,
    "/etc/subgid": SUBORDINATE,
    ...options.files,
  };
  for (const [path, text] of Object.entries(given)) lay(kernel, view, path, text, 0o644);
  lay(kernel, view, "/etc/shadow", "root:*:19700:0:99999:7:::\n", 0o640);
  for (const [path, program, text] of prepared(options.executables)) lay(kernel, view, path, text, SET_USER_ID.includes(program) ? 0o4755 : 0o755);
}

/** Brings a machine up; its first process is about to run. */
export function boot(kernel: Kernel, options: BootOptions): void {
  initialNamespaces(kernel, options.hostname);
  birthOfNetwork(kernel, INITIAL.net);
  for (const lo of devicesIn(kernel, INITIAL.net)) setLink(kernel, lo, { up: true }, () => INITIAL.net);
  newHierarchy(kernel);
  setCpus(kernel, options.cpus ?? 1);
  const root = mountRoot(kernel, newTmpfs(kernel), INITIAL.mnt, "rootfs");
  mountRoot(kernel, { sb: pipefsSuperblock(kernel), ino: 0 });
  mountRoot(kernel, { sb: newSuperblock(kernel, "nsfs", false), ino: 0 });
  const credentials = rootCredentials(INITIAL.user);
  const view: TaskView = { credentials, root, cwd: root, umask: 0 };
  furnish(kernel, view, options);
  const proc = must(resolve(kernel, view, "/proc", true), "/proc");
  attach(kernel, proc, newProc(kernel, INITIAL.pid), false, "proc");
  const control = must(resolve(kernel, view, "/sys/fs/cgroup", true), "/sys/fs/cgroup");
  attach(kernel, control, { sb: cgroupSuperblock(kernel), ino: inodeNumber(ROOT, 0) }, false, "cgroup2");
  firstProcess(kernel, root, options.init);
}

function firstProcess(kernel: Kernel, root: Path, init: string): void {
  const { mnt, uts, ipc, net, cgroup, time, pid } = INITIAL;
  const row: TaskRow = {
    machine: kernel.machine,
    id: 1,
    tgid: 1,
    parent: 0,
    numbers: [[pid, 1]],
    group: 1,
    session: 1,
    terminal: 0,
    comm: init,
    exe: `/usr/sbin/${init}`,
    argv: [`/usr/sbin/${init}`],
    env: { HOME: "/", TERM: "linux", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    state: "running",
    credentials: rootCredentials(INITIAL.user),
    fs: { root, cwd: root, umask: 0o022 },
    files: newFiles(kernel),
    namespaces: { mnt, uts, ipc, net, cgroup, time, timeForChildren: time, pid, pidForChildren: pid },
    blocked: [],
    pending: [],
    dispositions: {},
    exitSignal: "CHLD",
    deathSignal: "",
    subreaper: false,
    dumpable: true,
    keepCaps: false,
    executed: true,
    nice: 0,
    oomScoreAdj: 0,
    started: kernel.tx.now,
    userTime: 0,
    systemTime: 0,
    childTime: 0,
  };
  putTask(kernel, row);
  enrol(kernel, 1, false);
  const namespace = namespaceOf(kernel, pid);
  putNamespace(kernel, { ...namespace, pid: { init: 1, dead: false, last: 1 } });
  putRun(kernel, { machine: kernel.machine, id: 1, program: init, answers: [] });
  runSoon(kernel, { machine: kernel.machine, id: 1, program: init, answers: [] }, 0);
}
