/**
 * System V objects by hand: `ipcmk` makes, `ipcs` lists, `ipcrm` removes.
 *
 * Not modelled: limits of semaphores that nobody can reach here, `--human` sizes.
 *
 * @source util-linux@2.38 sys-utils/ipcmk.c sys-utils/ipcs.c sys-utils/ipcutils.c sys-utils/ipcrm.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { optionsGiven, type Parsed } from "./getopt";
import { namesOf } from "./passwd";
import { because, complain, linesOf, print, readFile } from "./support";

type Kind = "msg" | "shm" | "sem";

interface Listed {
  readonly key: number;
  readonly id: number;
  readonly mode: string;
  readonly size: string;
  readonly count: string;
  readonly pids: readonly string[];
  readonly attached: string;
  readonly owners: readonly number[];
}

const NAMES = { msg: "Message Queues", shm: "Shared Memory Segments", sem: "Semaphore Arrays" } as const;
const ID = { msg: "msqid", shm: "shmid", sem: "semid" } as const;

/** As /proc/sysvipc lists them. */
function objects(system: System, kind: Kind): readonly Listed[] {
  const all = readFile(system, `/proc/sysvipc/${kind}`);
  if ("errno" in all) return [];
  return linesOf(all.text)
    .slice(1)
    .map((line) => {
      const cells = line.trim().split(/\s+/);
      const [key = "0", id = "0", mode = "0"] = cells;
      const [size = "0", second = "0", third = "0", fourth = "0"] = cells.slice(3);
      const owners = cells.slice(kind === "sem" ? 4 : kind === "msg" ? 7 : 7).map(Number);
      return {
        key: Number(key),
        id: Number(id),
        mode,
        size,
        count: second,
        pids: kind === "shm" ? [second, third] : [third, fourth],
        attached: fourth,
        owners,
      };
    });
}

const hex = (key: number): string => `0x${(key >>> 0).toString(16).padStart(8, "0")}`;
const columns = (...cells: readonly string[]): string => `${cells.map((cell) => cell.padEnd(10)).join(" ")}\n`;

function creators(system: System, kind: Kind, name: (uid: number) => string, group: (gid: number) => string): string {
  const title = { msg: "Message Queues Creators/Owners", shm: "Shared Memory Segment Creators/Owners", sem: "Semaphore Arrays Creators/Owners" }[
    kind
  ];
  const rows = objects(system, kind).map(({ id, mode, owners: [uid = 0, gid = 0, cuid = 0, cgid = 0] }) =>
    columns(String(id), mode, name(cuid), group(cgid), name(uid), group(gid)),
  );
  return `\n------ ${title} --------\n${columns(ID[kind], "perms", "cuid", "cgid", "uid", "gid")}${rows.join("")}`;
}

function processes(system: System, kind: Kind, name: (uid: number) => string): string {
  if (kind === "sem") return "";
  const title = kind === "msg" ? "Message Queues PIDs" : "Shared Memory Creator/Last-op PIDs";
  const heads = kind === "msg" ? ["lspid", "lrpid"] : ["cpid", "lpid"];
  const rows = objects(system, kind).map(({ id, owners: [uid = 0], pids }) => columns(String(id), name(uid), pids[0] ?? "", pids[1] ?? ""));
  return `\n------ ${title} --------\n${columns(ID[kind], "owner", ...heads)}${rows.join("")}`;
}

function plain(system: System, kind: Kind, name: (uid: number) => string): string {
  const rows = objects(system, kind).map((row) => {
    const head = [hex(row.key), String(row.id), name(row.owners[0] ?? 0), row.mode];
    if (kind === "shm") return columns(...head, row.size, row.attached, " ".repeat(13));
    if (kind === "msg") return columns(...head, row.size.padEnd(12), row.count.padEnd(12));
    return columns(...head, row.size);
  });
  const wide =
    kind === "msg" ? ["used-bytes".padEnd(12), "messages".padEnd(12)] : kind === "shm" ? ["bytes", "nattch", "status".padEnd(12)] : ["nsems"];
  return `\n------ ${NAMES[kind]} --------\n${columns("key", ID[kind], "owner", "perms", ...wide)}${rows.join("")}`;
}

function limits(system: System, kind: Kind): string {
  const number = (name: string): number => {
    const text = readFile(system, `/proc/sys/kernel/${name}`);
    return "text" in text ? Number(text.text) : 0;
  };
  if (kind === "msg")
    return `\n------ Messages Limits --------\nmax queues system wide = ${number("msgmni")}\nmax size of message (bytes) = ${number("msgmax")}\ndefault max size of queue (bytes) = ${number("msgmnb")}\n`;
  if (kind === "shm")
    return `\n------ Shared Memory Limits --------\nmax number of segments = ${number("shmmni")}\nmax seg size (kbytes) = 18014398509465599\nmax total shared memory (kbytes) = 18446744073709551612\nmin seg size (bytes) = 1\n`;
  return "\n------ Semaphore Limits --------\nmax number of arrays = 32000\nmax semaphores per array = 32000\nmax semaphores system wide = 1024000000\nmax ops per semop call = 500\nsemaphore max value = 32767\n";
}

function status(system: System, kind: Kind): string {
  const all = objects(system, kind);
  const sum = (of: (row: Listed) => number): number => all.reduce((total, row) => total + of(row), 0);
  if (kind === "msg")
    return `\n------ Messages Status --------\nallocated queues = ${all.length}\nused headers = ${sum(({ count }) => Number(count))}\nused space = ${sum(({ size }) => Number(size))} bytes\n`;
  if (kind === "shm")
    return `\n------ Shared Memory Status --------\nsegments allocated ${all.length}\npages allocated ${sum(({ size }) => Math.ceil(Number(size) / 4096))}\npages resident  0\npages swapped   0\nSwap performance: 0 attempts\t 0 successes\n`;
  return `\n------ Semaphore Status --------\nused arrays = ${all.length}\nallocated semaphores = ${sum(({ size }) => Number(size))}\n`;
}

const LIST = {
  short: "i:qmsabcthlpuV",
  long: {
    "id=": "i",
    queues: "q",
    shmems: "m",
    semaphores: "s",
    all: "a",
    time: "t",
    pid: "p",
    creator: "c",
    limits: "l",
    summary: "u",
    bytes: "b",
    human: "h",
  },
};

const ipcs: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, LIST);
  if (given === undefined) return 1;
  const asked = (["msg", "shm", "sem"] as const).filter((kind) => given.has({ msg: "q", shm: "m", sem: "s" }[kind]));
  const kinds: readonly Kind[] = asked.length === 0 || given.has("a") ? ["msg", "shm", "sem"] : asked;
  const [name, group] = [namesOf(system, "users"), namesOf(system, "groups")];
  const ways = {
    l: (kind: Kind) => limits(system, kind),
    u: (kind: Kind) => status(system, kind),
    c: (kind: Kind) => creators(system, kind, name, group),
    p: (kind: Kind) => processes(system, kind, name),
  };
  const way = (["l", "u", "c", "p"] as const).findLast((letter) => given.has(letter));
  const text = kinds.map((kind) => (way === undefined ? plain(system, kind, name) : ways[way](kind))).join("");
  print(system, `${text}\n`);
  return 0;
};

const UNITS = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

function sizeOf(text: string): number | undefined {
  const match = /^(\d+)\s*([KMGT]?)(?:iB)?$/i.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[(match[2] ?? "").toUpperCase() as keyof typeof UNITS];
}

/** A key that nobody else has, from the kernel's random numbers. */
function randomKey(system: System): number {
  const fd = system.open("/dev/urandom", { read: true }, 0);
  if (!fd.ok) return 1;
  const bytes = system.read(fd.value, 4);
  system.close(fd.value);
  const text = bytes.ok ? bytes.value : "";
  return [...text].reduce((key, byte) => (key << 8) | byte.charCodeAt(0), 0) || 1;
}

const MAKE = { short: "M:QS:p:hV", long: { "shmem=": "M", queue: "Q", "semaphore=": "S", "mode=": "p" } };

function make(system: System, invocation: Invocation, given: Parsed): number {
  const mode = Number.parseInt(given.value("p") ?? "0644", 8);
  for (const { key: letter, value = "" } of given.options) {
    if (letter === "p") continue;
    const kind = letter === "M" ? "shm" : letter === "Q" ? "msg" : "sem";
    const size = letter === "Q" ? 0 : letter === "M" ? sizeOf(value) : /^\d+$/.test(value) ? Number(value) : undefined;
    if (size === undefined) {
      complain(system, invocation, `failed to parse ${letter === "M" ? "size" : "elements"}: '${value}': Invalid argument`);
      return 1;
    }
    const done = system.ipcGet(kind, randomKey(system), size, { create: true, exclusive: true, mode });
    const what = { shm: "share memory", msg: "message queue", sem: "semaphore" }[kind];
    if (!done.ok) {
      complain(system, invocation, `create ${what} failed: ${because(done.errno)}`);
      return 1;
    }
    print(system, `${{ shm: "Shared memory", msg: "Message queue", sem: "Semaphore" }[kind]} id: ${done.value}\n`);
  }
  return 0;
}

const ipcmk: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, MAKE);
  if (given === undefined) return 1;
  if (given.options.some(({ key }) => key !== "p")) return make(system, invocation, given);
  complain(system, invocation, "bad usage");
  print(system, "Try 'ipcmk --help' for more information.\n", 2);
  return 1;
};

const REMOVE = {
  short: "q:m:s:Q:M:S:a::vhV",
  long: {
    "queue-id=": "q",
    "shmem-id=": "m",
    "semaphore-id=": "s",
    "queue-key=": "Q",
    "shmem-key=": "M",
    "semaphore-key=": "S",
    "all?": "a",
    verbose: "v",
  },
};

const ipcrm: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, REMOVE);
  if (given === undefined) return 1;
  let failed = 0;
  const remove = (kind: Kind, id: number, asked: string, byKey: boolean): void => {
    const done = system.ipcRemove(kind, id);
    if (done.ok) return;
    failed = 1;
    complain(system, invocation, done.errno === "EPERM" ? `permission denied for ${byKey ? "key" : "id"} (${asked})` : `invalid id (${asked})`);
  };
  for (const { key: letter, value = "" } of given.options) {
    if (letter === "v") continue;
    const kinds = { q: "msg", m: "shm", s: "sem" } as const;
    if (letter === "a") {
      const all = (["shm", "sem", "msg"] as const).filter((kind) => value === "" || value === kind);
      for (const kind of all) for (const { id } of objects(system, kind)) remove(kind, id, String(id), false);
      continue;
    }
    const kind = kinds[letter.toLowerCase() as keyof typeof kinds];
    const byKey = letter !== letter.toLowerCase();
    const found = byKey ? objects(system, kind).find(({ key }) => key >>> 0 === Number(value)) : undefined;
    if (byKey && found === undefined) {
      failed = 1;
      complain(system, invocation, `invalid key (${value})`);
    } else remove(kind, found?.id ?? Number(value), value, byKey);
  }
  return failed;
};

export const ipcPrograms: Readonly<Record<string, Program>> = { ipcmk, ipcrm, ipcs };
