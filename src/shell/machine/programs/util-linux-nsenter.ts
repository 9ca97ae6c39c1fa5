/**
 * `nsenter`: a program in namespaces that are there already.
 *
 * @source util-linux@2.38 sys-utils/nsenter.c
 */
import type { NamespaceType } from "../../../linux/namespace/table";
import type { Invocation, Program, System } from "../../../linux/program";
import { optionsGiven, type Parsed } from "./getopt";
import { complain } from "./support";
import { executeOr, killedLike, type Refused, refused } from "./util-linux-run";

/** In the order in which they are entered. */
const KINDS: readonly (readonly [long: string, letter: string, type: NamespaceType])[] = [
  ["user", "U", "user"],
  ["cgroup", "C", "cgroup"],
  ["ipc", "i", "ipc"],
  ["uts", "u", "uts"],
  ["net", "n", "net"],
  ["pid", "p", "pid"],
  ["mount", "m", "mnt"],
  ["time", "T", "time"],
];

const SPEC = {
  short: "+ahVt:m::u::i::n::p::C::U::T::S:G:r::w::W:eFZ",
  long: {
    ...Object.fromEntries(KINDS.map(([long, letter]) => [`${long}?`, letter])),
    all: "a",
    "target=": "t",
    "setuid=": "S",
    "setgid=": "G",
    "root?": "r",
    "wd?": "w",
    "wdns=": "W",
    env: "e",
    "no-fork": "F",
    "preserve-credentials": "preserve",
    "follow-context": "Z",
  },
};

type Opened = Map<NamespaceType | "root" | "wd", number>;

/** A file that was named, or that of the target process. */
function openOf(system: System, given: Parsed, file: string, named: string | undefined): number | Refused | string {
  const target = given.value("t");
  if (named === undefined && target === undefined) return `neither filename nor target pid supplied for ${file}`;
  const path = named ?? `/proc/${target}/${file}`;
  const fd = system.open(path, { read: true, cloexec: true }, 0);
  return fd.ok ? fd.value : { text: `cannot open ${path}`, errno: fd.errno };
}

function openAll(system: System, given: Parsed): Opened | Refused | string {
  const opened: Opened = new Map();
  const wanted = KINDS.filter(([, letter]) => given.has(letter) || given.has("a"));
  for (const [, letter, type] of wanted) {
    if (!given.has(letter) && type === "user" && isOwnUser(system, given)) continue;
    const fd = openOf(system, given, `ns/${type}`, given.value(letter));
    if (typeof fd !== "number") return fd;
    opened.set(type, fd);
  }
  for (const [letter, key, file] of [
    ["r", "root", "root"],
    ["w", "wd", "cwd"],
  ] as const) {
    if (!given.has(letter)) continue;
    const fd = openOf(system, given, file, given.value(letter));
    if (typeof fd !== "number") return fd;
    opened.set(key, fd);
  }
  return opened;
}

/** One cannot join the user namespace one is in. */
function isOwnUser(system: System, given: Parsed): boolean {
  const [own, theirs] = [system.stat("/proc/self/ns/user"), system.stat(`/proc/${given.value("t")}/ns/user`)];
  return own.ok && theirs.ok && own.value.ino === theirs.value.ino;
}

/** The user namespace last where that gives rights away, first where it brings them. */
function join(system: System, opened: Opened): Refused | undefined {
  for (const pass of [0, 1]) {
    for (const [, , type] of KINDS.slice(1 - pass)) {
      const fd = opened.get(type);
      if (fd === undefined) continue;
      const done = system.setns(fd, [type]);
      if (!done.ok && pass === 1) return { text: `reassociate to namespace 'ns/${type}' failed`, errno: done.errno };
      if (!done.ok) continue;
      system.close(fd);
      opened.delete(type);
    }
  }
  return undefined;
}

function place(system: System, given: Parsed, opened: Opened): Refused | undefined {
  const root = opened.get("root");
  let wd = opened.get("wd");
  if (root !== undefined) {
    if (wd === undefined && !given.has("W")) {
      const here = system.open(".", { read: true, cloexec: true }, 0);
      if (!here.ok) return { text: "cannot open current working directory", errno: here.errno };
      wd = here.value;
    }
    const moved = system.fchdir(root);
    if (!moved.ok) return { text: "change directory by root file descriptor failed", errno: moved.errno };
    const done = system.chroot(".");
    if (!done.ok) return { text: "chroot failed", errno: done.errno };
    system.close(root);
  }
  const wdns = given.value("W");
  const inside = wdns === undefined ? undefined : system.open(wdns, { read: true, cloexec: true }, 0);
  if (inside?.ok === false) return { text: "cannot open current working directory", errno: inside.errno };
  if (inside?.ok === true) wd = inside.value;
  if (wd === undefined) return undefined;
  const done = system.fchdir(wd);
  if (!done.ok) return { text: "change directory by working directory file descriptor failed", errno: done.errno };
  system.close(wd);
  return undefined;
}

interface Plan {
  readonly command: readonly string[];
  readonly uid: number | null;
  readonly gid: number | null;
  /** The groups could not be dropped before; so they must be now. */
  readonly groupsLeft: boolean;
  readonly env: Readonly<Record<string, string>> | null;
}

export const nsenter: Program = (system, invocation) => {
  if (invocation.state !== undefined && invocation.state !== null) return finish(system, invocation, invocation.state as unknown as Plan);
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  for (const letter of ["S", "G", "t"]) {
    const text = given.value(letter);
    if (text !== undefined && !/^\s*\d+$/.test(text))
      return (complain(system, invocation, `failed to parse ${letter === "S" ? "uid" : letter === "G" ? "gid" : "pid"}: '${text}'`), 1);
  }
  if (given.has("a") && !given.has("t")) return (complain(system, invocation, "no target PID specified for --all"), 1);
  const opened = openAll(system, given);
  if (typeof opened === "string") return (complain(system, invocation, opened), 1);
  if (!(opened instanceof Map)) return refused(system, invocation, opened);
  const env = given.has("e") ? environment(system, given.value("t") ?? "self") : null;
  const becomesRoot = opened.has("user") && !given.has("preserve");
  const forks = opened.has("pid") && !given.has("F");
  const groupsLeft = becomesRoot && !system.setgroups([]).ok;
  const problem = join(system, opened) ?? place(system, given, opened);
  if (problem !== undefined) return refused(system, invocation, problem);
  const id = (letter: string): number | null => (given.has(letter) ? Number(given.value(letter)) : becomesRoot ? 0 : null);
  const plan: Plan = { command: given.operands, uid: id("S"), gid: id("G"), groupsLeft, env };
  if (!forks) return finish(system, invocation, plan);
  const child = system.spawn({ state: plan as never });
  if (!child.ok) return refused(system, invocation, { text: "fork failed", errno: child.errno });
  return killedLike(system, child.value.pid);
};

function environment(system: System, pid: string): Readonly<Record<string, string>> | null {
  const fd = system.open(`/proc/${pid}/environ`, { read: true, cloexec: true }, 0);
  const text = fd.ok ? system.read(fd.value, 131_072) : fd;
  if (!text.ok) return null;
  return Object.fromEntries(
    text.value
      .split("\0")
      .filter((one) => one.includes("="))
      .map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
  );
}

function finish(system: System, invocation: Invocation, { command, uid, gid, groupsLeft, env }: Plan): number {
  const done = become(system, uid, gid, groupsLeft);
  if (done !== undefined) return refused(system, invocation, done);
  return executeOr(system, env === null ? invocation : { ...invocation, env }, command);
}

function become(system: System, uid: number | null, gid: number | null, groupsLeft: boolean): Refused | undefined {
  if (gid !== null) {
    const dropped = system.setgroups([]);
    if (!dropped.ok && groupsLeft) return { text: "setgroups failed", errno: dropped.errno };
    const done = system.setgid(gid);
    if (!done.ok) return { text: "setgid() failed", errno: done.errno };
  }
  const done = uid === null ? undefined : system.setuid(uid);
  return done?.ok === false ? { text: "setuid() failed", errno: done.errno } : undefined;
}
