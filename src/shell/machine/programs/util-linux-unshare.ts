/**
 * `unshare`: a program in namespaces of its own.
 *
 * Not modelled: help and version texts; ids of names that only a directory service knows.
 *
 * @source util-linux@2.38 sys-utils/unshare.c
 */
import type { Errno } from "../../../linux/errno";
import type { NamespaceType } from "../../../linux/namespace/table";
import type { Invocation, Program, System } from "../../../linux/program";
import type { Json } from "../../../sim/types";
import { signalNamed } from "../shell-control";
import { optionsGiven, type Parsed } from "./getopt";
import { gidNamed, subordinate, uidNamed, userName } from "./passwd";
import { because, complain } from "./support";
import { executeOr, killedLike, type Refused, refused } from "./util-linux-run";

/** The kernel's order, letters and names of files. */
export const KINDS: readonly (readonly [long: string, letter: string, type: NamespaceType])[] = [
  ["user", "U", "user"],
  ["mount", "m", "mnt"],
  ["uts", "u", "uts"],
  ["ipc", "i", "ipc"],
  ["pid", "p", "pid"],
  ["cgroup", "C", "cgroup"],
  ["net", "n", "net"],
  ["time", "T", "time"],
];

const SPEC = {
  short: "+fhVmuinpCTUrR:w:S:G:c",
  long: {
    ...Object.fromEntries(KINDS.map(([long, letter]) => [`${long}?`, letter])),
    fork: "f",
    "mount-proc?": "mount-proc",
    "map-user=": "map-user",
    "map-users=": "map-users",
    "map-group=": "map-group",
    "map-groups=": "map-groups",
    "map-root-user": "r",
    "map-current-user": "c",
    "map-auto": "map-auto",
    "propagation=": "propagation",
    "setgroups=": "setgroups",
    "keep-caps": "keep-caps",
    "setuid=": "S",
    "setgid=": "G",
    "root=": "R",
    "wd=": "w",
    "monotonic=": "monotonic",
    "boottime=": "boottime",
    "kill-child?": "kill-child",
  },
};

interface Map {
  readonly outer: number;
  readonly inner: number;
  readonly count: number;
}

/** All that was asked for, as data: a child goes on with it. */
interface Plan {
  readonly types: readonly NamespaceType[];
  readonly files: readonly (readonly [file: string, path: string])[];
  readonly fork: boolean;
  readonly killChild?: string;
  readonly mapUser?: number;
  readonly mapGroup?: number;
  readonly users?: Map;
  readonly groups?: Map;
  readonly euid: number;
  readonly egid: number;
  readonly setgroups?: "allow" | "deny";
  readonly propagation?: "private" | "shared" | "slave";
  readonly proc?: string;
  readonly root?: string;
  readonly wd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly keepCaps: boolean;
  readonly monotonic?: number;
  readonly boottime?: number;
  readonly command: readonly string[];
  readonly child?: boolean;
  /** The child that waits with the old rights: for whom it writes. */
  readonly helper?: { readonly pid: number; readonly gate: number };
}

const WHOLE = /^\s*\d+\s*$/;

function map(system: System, text: string, kind: "uid" | "gid", euid: number): Map | string {
  if (text === "auto") return subordinate(system, kind, euid) ?? `no line matching user "${userName(system, euid) ?? euid}" in /etc/sub${kind}`;
  const parts = text.split(",");
  if (parts.length !== 3 || !parts.every((part) => WHOLE.test(part))) return `invalid mapping '${text}'`;
  const [outer = 0, inner = 0, count = 0] = parts.map(Number);
  return { outer, inner, count };
}

/** What the options ask for; a sentence when they make no sense. */
function planned(system: System, given: Parsed): Plan | string {
  const who = system.credentials();
  const { euid, egid } = who.ok ? who.value : { euid: 0, egid: 0 };
  const types = new Set<NamespaceType>();
  const files: (readonly [string, string])[] = [];
  let plan: Partial<Plan> & { mapUser?: number; mapGroup?: number } = {};
  for (const { key, value } of given.options) {
    const kind = KINDS.find(([, letter]) => letter === key);
    if (kind !== undefined) {
      types.add(kind[2]);
      if (value !== undefined) files.push([kind[2] === "pid" ? "pid_for_children" : kind[2] === "time" ? "time_for_children" : kind[2], value]);
    }
    if (["r", "c", "map-user", "map-users", "map-group", "map-groups", "map-auto"].includes(key)) types.add("user");
    if (key === "mount-proc") types.add("mnt");
    if (key === "r") plan = { ...plan, mapUser: 0, mapGroup: 0 };
    if (key === "c") plan = { ...plan, mapUser: euid, mapGroup: egid };
    for (const [option, which] of [
      ["map-users", "uid"],
      ["map-groups", "gid"],
    ] as const) {
      if (key !== option && key !== "map-auto") continue;
      const found = map(system, key === "map-auto" ? "auto" : (value ?? ""), which, euid);
      if (typeof found === "string") return found;
      plan = { ...plan, [which === "uid" ? "users" : "groups"]: found };
    }
  }
  const number = (key: string, named: (name: string) => number | undefined): number | undefined | string => {
    const text = given.value(key);
    if (text === undefined) return undefined;
    return named(text) ?? `failed to parse ${key === "S" || key.endsWith("user") ? "uid" : "gid"}: '${text}'`;
  };
  const uid = (text: string): number | undefined => uidNamed(system, text);
  const gid = (text: string): number | undefined => gidNamed(system, text);
  const [mapUser, mapGroup, setUid, setGid] = [number("map-user", uid), number("map-group", gid), number("S", uid), number("G", gid)];
  for (const one of [mapUser, mapGroup, setUid, setGid]) if (typeof one === "string") return one;
  const propagation = given.value("propagation") ?? "private";
  if (!["slave", "private", "shared", "unchanged"].includes(propagation)) return `unsupported propagation mode: ${propagation}`;
  const setgroups = given.value("setgroups");
  if (setgroups !== undefined && setgroups !== "allow" && setgroups !== "deny") return `unsupported --setgroups argument '${setgroups}'`;
  if ((given.has("monotonic") || given.has("boottime")) && !types.has("time"))
    return "options --monotonic and --boottime require unsharing of a time namespace (-t)";
  const proc = given.has("mount-proc") ? (given.value("mount-proc") ?? "/proc") : undefined;
  const death = given.has("kill-child") ? signalNamed(given.value("kill-child") ?? "KILL") : undefined;
  if (given.has("kill-child") && death === undefined) return `unknown signal: ${given.value("kill-child")}`;
  const optional = <K extends keyof Plan>(key: K, of: Plan[K] | undefined): Partial<Plan> => (of === undefined ? {} : { [key]: of });
  return {
    ...plan,
    types: KINDS.map(([, , type]) => type).filter((type) => types.has(type)),
    files,
    fork: given.has("f") || given.has("kill-child"),
    euid,
    egid,
    keepCaps: given.has("keep-caps"),
    command: given.operands,
    ...optional("mapUser", (mapUser as number | undefined) ?? plan.mapUser),
    ...optional("mapGroup", (mapGroup as number | undefined) ?? plan.mapGroup),
    ...optional("uid", setUid as number | undefined),
    ...optional("gid", setGid as number | undefined),
    ...optional("killChild", death),
    ...optional("setgroups", setgroups),
    ...optional("propagation", propagation === "unchanged" ? undefined : (propagation as Plan["propagation"])),
    ...optional("proc", proc),
    ...optional("root", given.value("R")),
    ...optional("wd", given.value("w")),
    ...optional("monotonic", given.has("monotonic") ? Number(given.value("monotonic")) : undefined),
    ...optional("boottime", given.has("boottime") ? Number(given.value("boottime")) : undefined),
  };
}

export const unshare: Program = (system, invocation) => {
  if (invocation.state !== undefined && invocation.state !== null) {
    const plan = invocation.state as unknown as Plan;
    return plan.helper === undefined ? inside(system, invocation, plan) : help(system, invocation, plan);
  }
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  const plan = planned(system, given);
  if (typeof plan === "string") return (complain(system, invocation, plan), 1);
  // Whoever maps ranges, or keeps files of a new mount namespace, does it from outside: a child that was forked before.
  const fromOutside = plan.users !== undefined || plan.groups !== undefined || (plan.files.length > 0 && plan.types.includes("mnt"));
  const helper = fromOutside ? beginHelp(system, plan) : undefined;
  const done = system.unshare(plan.types);
  if (!done.ok) {
    if (helper !== undefined) system.close(helper.gate);
    complain(system, invocation, `unshare failed: ${because(done.errno)}`);
    return 1;
  }
  if (helper !== undefined && plan.files.length === 0) finishHelp(system, helper);
  for (const clock of ["boottime", "monotonic"] as const) {
    const offset = plan[clock];
    const problem = offset === undefined ? undefined : put(system, "/proc/self/timens_offsets", `${clock === "monotonic" ? 1 : 7} ${offset} 0`);
    if (problem !== undefined) return refused(system, invocation, { text: "failed to write to /proc/self/timens_offsets", errno: problem.errno });
  }
  if (!plan.fork) {
    if (plan.files.length > 0) {
      if (helper === undefined) {
        const problem = bindFiles(system, plan, "self");
        if (problem !== undefined) return refused(system, invocation, problem);
      } else finishHelp(system, helper);
    }
    return inside(system, invocation, plan);
  }
  const blocks = plan.types.includes("pid");
  if (blocks) system.sigprocmask("block", ["INT", "TERM"]);
  const child = system.spawn({ state: { ...plan, child: true } as unknown as Json });
  if (!child.ok) return refused(system, invocation, { text: "fork failed", errno: child.errno });
  if (plan.files.length > 0) {
    if (helper === undefined) {
      const problem = bindFiles(system, plan, "self");
      if (problem !== undefined) return refused(system, invocation, problem);
    } else finishHelp(system, helper);
  }
  return killedLike(system, child.value.pid);
};

/** The child waits at a pipe until it is told that the namespaces are there. */
function beginHelp(system: System, plan: Plan): { readonly pid: number; readonly gate: number } {
  const ends = system.pipe();
  if (!ends.ok) return { pid: 0, gate: -1 };
  const [reader, gate] = ends.value;
  const self = system.identity();
  const helper = { pid: self.ok ? self.value.pid : 0, gate: reader };
  const child = system.spawn({ state: { ...plan, helper, wd: String(gate) } as unknown as Json });
  system.close(reader);
  return { pid: child.ok ? child.value.pid : 0, gate };
}

function finishHelp(system: System, { pid, gate }: { readonly pid: number; readonly gate: number }): void {
  system.write(gate, "x");
  system.close(gate);
  system.wait4(pid, {});
}

/** The child with the old rights: maps ids for the parent, and mounts its namespaces' files. */
function help(system: System, invocation: Invocation, plan: Plan): number {
  const { pid, gate } = plan.helper ?? { pid: 0, gate: 0 };
  system.close(Number(plan.wd));
  const told = system.read(gate, 1);
  if (!told.ok || told.value === "") return 1;
  for (const [program, range, own, inner] of [
    ["newuidmap", plan.users, plan.euid, plan.mapUser],
    ["newgidmap", plan.groups, plan.egid, plan.mapGroup],
  ] as const) {
    if (range === undefined) continue;
    const child = system.spawn({
      state: { ...plan, helper: undefined, child: false, command: mapCommand(program, pid, range, own, inner) } as unknown as Json,
    });
    if (child.ok) system.wait4(child.value.pid, {});
  }
  const problem = plan.files.length > 0 ? bindFiles(system, plan, String(pid)) : undefined;
  return problem === undefined ? 0 : refused(system, invocation, problem);
}

/** One id that is mapped apart is cut out of the range. */
function mapCommand(program: string, pid: number, { outer, inner, count }: Map, own: number, single: number | undefined): readonly string[] {
  if (single === undefined) return [program, ...[pid, inner, outer, count].map(String)];
  const parts: (readonly [number, number, number])[] = [];
  if (single < inner || single >= inner + count) parts.push([inner, outer, count]);
  else {
    const before = single - inner;
    if (before > 0) parts.push([inner, outer, before]);
    if (count - before - 1 >= 0 && count - before > 0) parts.push([single + 1, outer + before, count - before]);
  }
  return [
    program,
    String(pid),
    ...[...parts, [single, own, 1] as const]
      .filter((part) => part[2] > 0)
      .flat()
      .map(String),
  ];
}

function put(system: System, path: string, text: string): { readonly at: "open" | "write"; readonly errno: Errno } | undefined {
  const fd = system.open(path, { write: true }, 0);
  if (!fd.ok) return { at: "open", errno: fd.errno };
  const wrote = system.write(fd.value, text);
  system.close(fd.value);
  return wrote.ok ? undefined : { at: "write", errno: wrote.errno };
}

function bindFiles(system: System, { files }: Plan, of: string): Refused | undefined {
  for (const [file, target] of files) {
    const source = `/proc/${of}/ns/${file}`;
    const done = system.mount({ source, target, type: "", data: "", bind: true });
    if (!done.ok) return { text: `mount ${source} on ${target} failed`, errno: done.errno };
  }
  return undefined;
}

function written(system: System, path: string, text: string): Refused | undefined {
  const problem = put(system, path, text);
  return problem === undefined ? undefined : { text: problem.at === "open" ? `cannot open ${path}` : `write failed ${path}`, errno: problem.errno };
}

/** In the new namespaces: ids, mounts, place; then the command. */
function inside(system: System, invocation: Invocation, plan: Plan): number {
  if (plan.child === false) return executeOr(system, invocation, plan.command);
  const problem = furnish(system, plan);
  if (problem !== undefined) return typeof problem === "string" ? (complain(system, invocation, problem), 1) : refused(system, invocation, problem);
  return executeOr(system, invocation, plan.command);
}

function furnish(system: System, plan: Plan): Refused | string | undefined {
  if (plan.child === true && plan.types.includes("pid")) system.sigprocmask("unblock", ["INT", "TERM"]);
  if (plan.killChild !== undefined) system.prctl({ deathSignal: plan.killChild as "KILL" });
  const { mapUser, mapGroup, users, groups, euid, egid } = plan;
  let problem = mapUser !== undefined && users === undefined ? written(system, "/proc/self/uid_map", `${mapUser} ${euid} 1`) : undefined;
  if (problem !== undefined) return problem;
  if (mapGroup !== undefined && groups === undefined) {
    if (plan.setgroups === "allow") return "options --setgroups=allow and --map-group are mutually exclusive";
    problem = written(system, "/proc/self/setgroups", "deny") ?? written(system, "/proc/self/gid_map", `${mapGroup} ${egid} 1`);
  }
  if (problem === undefined && plan.setgroups !== undefined) problem = written(system, "/proc/self/setgroups", plan.setgroups);
  return problem ?? place(system, plan) ?? become(system, plan);
}

function place(system: System, plan: Plan): Refused | undefined {
  const { types, propagation, root, proc } = plan;
  if (types.includes("mnt") && propagation !== undefined) {
    const done = system.mount({ source: "none", target: "/", type: "", data: "", propagation, recursive: true });
    if (!done.ok) return { text: "cannot change root filesystem propagation", errno: done.errno };
  }
  if (root !== undefined) {
    const done = system.chroot(root);
    if (!done.ok) return { text: `cannot change root directory to '${root}'`, errno: done.errno };
  }
  const wd = plan.wd ?? (root === undefined ? undefined : "/");
  if (wd !== undefined) {
    const done = system.chdir(wd);
    if (!done.ok) return { text: `cannot chdir to '${wd}'`, errno: done.errno };
  }
  if (proc === undefined) return undefined;
  if (root === undefined && propagation !== "private") {
    const done = system.mount({ source: "none", target: proc, type: "", data: "", propagation: "private", recursive: true });
    if (!done.ok && (done.errno !== "EINVAL" || proc === "/proc")) return { text: `cannot change ${proc} filesystem propagation`, errno: done.errno };
  }
  const done = system.mount({ source: "proc", target: proc, type: "proc", data: "", noSuid: true, noExec: true, noDev: true });
  return done.ok ? undefined : { text: `mount ${proc} failed`, errno: done.errno };
}

function become(system: System, { uid, gid, keepCaps, types }: Plan): Refused | undefined {
  if (gid !== undefined) {
    const dropped = system.setgroups([]);
    if (!dropped.ok) return { text: "setgroups failed", errno: dropped.errno };
    const done = system.setgid(gid);
    if (!done.ok) return { text: "setgid failed", errno: done.errno };
  }
  const done = uid === undefined ? undefined : system.setuid(uid);
  if (done?.ok === false) return { text: "setuid failed", errno: done.errno };
  const who = keepCaps && types.includes("user") ? system.credentials() : undefined;
  if (who?.ok === true) {
    const { permitted, effective } = who.value;
    system.capset({ permitted, effective, inheritable: permitted });
    system.prctl({ ambient: permitted });
  }
  return undefined;
}
