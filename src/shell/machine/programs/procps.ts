/**
 * `ps`: processes listed.
 *
 * Not modelled: sorting of `ps` by every key, columns of threads, memory columns beyond those listed, colours.
 *
 * @source procps-ng@4.0.2 src/ps
 */
import type { Program } from "../../../linux/program";
import { getopt } from "./getopt";
import { namesOf, uidNamed } from "./passwd";
import { lookAtAll, type Seen } from "./process-table";
import { print } from "./support";

const TICKS = 100;
const two = (value: number): string => String(value).padStart(2, "0");

/** `00:00:01` or `1-02:03:04`. */
function longTime(seconds: number): string {
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  return `${days > 0 ? `${days}-` : ""}${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`;
}
const shortTime = (seconds: number): string => `${Math.floor(seconds / 60)}:${two(Math.floor(seconds) % 60)}`;
/** `05`, `01:05`, `1-00:00:05`. */
function elapsed(seconds: number): string {
  const long = longTime(seconds);
  return long.startsWith("00:") ? long.slice(3) : long;
}
const terminalName = ({ terminal }: Seen): string => (terminal === 0 ? "?" : `pts/${(terminal & 0xff) === 0 ? 0 : terminal & 0xff}`);
/** The command line, or the name in brackets of what has none. */
export const command = (seen: Seen): string => (seen.cmdline.length > 0 ? seen.cmdline.join(" ") : `[${seen.comm}]`);

interface World {
  readonly user: (uid: number) => string;
  readonly uptime: number;
}

interface Kind {
  readonly head: string;
  readonly width: number;
  readonly right?: true;
  readonly of: (seen: Seen, world: World) => string;
}

const ticksUsed = ({ userTicks, systemTicks }: Seen): number => userTicks + systemTicks;
const age = ({ started }: Seen, { uptime }: World): number => Math.max(0, uptime - started / TICKS);
function statLetters(seen: Seen): string {
  const own = seen.session === seen.pid ? "s" : "";
  const front = seen.foreground === seen.group && seen.terminal !== 0 ? "+" : "";
  return `${seen.state}${seen.nice > 0 ? "N" : seen.nice < 0 ? "<" : ""}${own}${seen.threads > 1 ? "l" : ""}${front}`;
}
function startTime(seen: Seen, world: World): string {
  const at = Math.floor(world.uptime - age(seen, world));
  return `${two(Math.floor(at / 3600) % 24)}:${two(Math.floor(at / 60) % 60)}`;
}

const KINDS: Readonly<Record<string, Kind>> = {
  pid: { head: "PID", width: 7, right: true, of: ({ pid }) => String(pid) },
  ppid: { head: "PPID", width: 7, right: true, of: ({ ppid }) => String(ppid) },
  pgid: { head: "PGID", width: 7, right: true, of: ({ group }) => String(group) },
  pgrp: { head: "PGRP", width: 7, right: true, of: ({ group }) => String(group) },
  sid: { head: "SID", width: 7, right: true, of: ({ session }) => String(session) },
  sess: { head: "SESS", width: 7, right: true, of: ({ session }) => String(session) },
  tpgid: { head: "TPGID", width: 7, right: true, of: ({ foreground }) => String(foreground) },
  uid: { head: "UID", width: 5, right: true, of: ({ euid }) => String(euid) },
  euid: { head: "EUID", width: 5, right: true, of: ({ euid }) => String(euid) },
  ruid: { head: "RUID", width: 5, right: true, of: ({ uid }) => String(uid) },
  gid: { head: "GID", width: 5, right: true, of: ({ egid }) => String(egid) },
  user: { head: "USER", width: 8, of: ({ euid }, { user }) => user(euid) },
  euser: { head: "EUSER", width: 8, of: ({ euid }, { user }) => user(euid) },
  ruser: { head: "RUSER", width: 8, of: ({ uid }, { user }) => user(uid) },
  comm: { head: "COMMAND", width: 15, of: ({ comm, state }) => (state === "Z" ? `${comm} <defunct>` : comm) },
  ucmd: { head: "CMD", width: 15, of: ({ comm, state }) => (state === "Z" ? `${comm} <defunct>` : comm) },
  args: { head: "COMMAND", width: 27, of: (seen) => (seen.state === "Z" ? `[${seen.comm}] <defunct>` : command(seen)) },
  stat: { head: "STAT", width: 4, of: statLetters },
  s: { head: "S", width: 1, of: ({ state }) => state },
  tty: { head: "TT", width: 8, of: terminalName },
  tname: { head: "TTY", width: 8, of: terminalName },
  time: { head: "TIME", width: 8, right: true, of: (seen) => longTime(ticksUsed(seen) / TICKS) },
  bsdtime: { head: "TIME", width: 6, right: true, of: (seen) => shortTime(ticksUsed(seen) / TICKS) },
  etime: { head: "ELAPSED", width: 11, right: true, of: (seen, world) => elapsed(age(seen, world)) },
  etimes: { head: "ELAPSED", width: 7, right: true, of: (seen, world) => String(Math.floor(age(seen, world))) },
  ni: { head: "NI", width: 3, right: true, of: ({ nice }) => String(nice) },
  pri: { head: "PRI", width: 3, right: true, of: ({ nice }) => String(19 - nice) },
  nlwp: { head: "NLWP", width: 4, right: true, of: ({ threads }) => String(threads) },
  vsz: { head: "VSZ", width: 6, right: true, of: ({ bytes }) => String(Math.floor(bytes / 1024)) },
  rss: { head: "RSS", width: 5, right: true, of: ({ pages }) => String(pages * 4) },
  pcpu: { head: "%CPU", width: 4, right: true, of: (seen, world) => (age(seen, world) > 0 ? ticksUsed(seen) / age(seen, world) : 0).toFixed(1) },
  pmem: { head: "%MEM", width: 4, right: true, of: () => "0.0" },
  c: { head: "C", width: 2, right: true, of: (seen, world) => String(Math.floor(age(seen, world) > 0 ? ticksUsed(seen) / age(seen, world) : 0)) },
  stime: { head: "STIME", width: 5, of: startTime },
  start: { head: "START", width: 5, of: startTime },
};
const ALIASES: Readonly<Record<string, string>> = {
  command: "args",
  cmd: "args",
  state: "s",
  tt: "tty",
  "%cpu": "pcpu",
  "%mem": "pmem",
  vsize: "vsz",
  rsz: "rss",
  nice: "ni",
  ucomm: "comm",
  lwp: "pid",
  tid: "pid",
  session: "sess",
  cputime: "time",
};
const HEADS: Readonly<Record<string, string>> = { cmd: "CMD", command: "COMMAND", ucomm: "COMMAND", state: "S", lwp: "LWP", tid: "TID" };

interface Shown extends Kind {
  readonly title: string;
}

/** Columns such as `pid,comm=NAME`; undefined for one that there is not. */
function columnsOf(lists: readonly string[]): readonly Shown[] | undefined {
  const out: Shown[] = [];
  for (const list of lists) {
    const equals = list.indexOf("=");
    const [names, title] = equals < 0 ? [list, undefined] : [list.slice(0, equals), list.slice(equals + 1)];
    const parts = names.split(/[ ,]+/).filter((name) => name !== "");
    for (const [i, name] of parts.entries()) {
      const kind = KINDS[ALIASES[name] ?? name];
      if (kind === undefined) return undefined;
      out.push({ ...kind, title: title !== undefined && i === parts.length - 1 ? title : (HEADS[name] ?? kind.head) });
    }
  }
  return out;
}

const SETS = {
  plain: ["pid,tname,time,ucmd"],
  full: ["user=UID,pid,ppid,c,stime,tname,time,cmd"],
  u: ["user,pid,pcpu,pmem,vsz,rss,tname,stat,start,bsdtime,command"],
  bsd: ["pid,tname,stat,bsdtime,command"],
  j: ["pid,pgid,sid,tname,time,ucmd"],
  l: ["s,uid,pid,ppid,c,pri,ni,tname,time,ucmd"],
} as const;
/** `user=UID` ends a list, so the full set is two. */
const FULL = ["user=UID", "pid,ppid,c,stime,tname,time,cmd"];

interface Row {
  readonly seen: Seen;
  readonly art: string;
}

/** Processes as a forest, each under its parent. */
function forest(all: readonly Seen[]): readonly Row[] {
  const known = new Set(all.map(({ pid }) => pid));
  const rows: Row[] = [];
  const visit = (seen: Seen, art: string, below: string): void => {
    rows.push({ seen, art });
    const children = all.filter(({ ppid }) => ppid === seen.pid);
    children.forEach((child, i) => visit(child, `${below} \\_ `, `${below}${i === children.length - 1 ? "    " : " |  "}`));
  };
  for (const seen of all) if (!known.has(seen.ppid)) visit(seen, "", "");
  return rows;
}

function printed(rows: readonly Row[], columns: readonly Shown[], headings: boolean, world: World): string {
  const cells = rows.map(({ seen, art }) => columns.map((column) => (["COMMAND", "CMD"].includes(column.head) ? art : "") + column.of(seen, world)));
  const titles = columns.map(({ title }) => title);
  const shows = headings && titles.some((title) => title !== "");
  const widths = columns.map(({ width }, i) => Math.max(width, shows ? (titles[i] ?? "").length : 0));
  const line = (parts: readonly string[]): string =>
    `${parts
      .map((part, i) => (columns[i]?.right === true ? part.padStart(widths[i] ?? 0) : i === parts.length - 1 ? part : part.padEnd(widths[i] ?? 0)))
      .join(" ")}\n`;
  return (shows ? line(titles) : "") + cells.map(line).join("");
}

/** `aux`, `ax`, `-ef`: letters without a dash are the BSD way. */
function bsdLetters(argv: readonly string[]): string {
  return argv
    .slice(1)
    .filter((arg) => /^[axuwefjl]+$/.test(arg))
    .join("");
}

export const ps: Program = (system, invocation) => {
  const bsd = bsdLetters(invocation.argv);
  const argv = invocation.argv.filter((arg, i) => i === 0 || !/^[axuwefjl]+$/.test(arg));
  const options = getopt(argv.slice(1), {
    short: "Aaedfjlo:p:C:u:U:t:s:g:Hwy",
    long: {
      "no-headers": "h",
      "no-heading": "h",
      forest: "H",
      "format=": "o",
      "pid=": "p",
      "ppid=": "ppid",
      "user=": "u",
      headers: "headers",
      "sort=": "sort",
      "sid=": "s",
    },
  });
  if (typeof options === "string") {
    print(system, `error: ${options.startsWith("unrecognized") ? "unknown gnu long option" : "unsupported option (BSD syntax)"}\n`, 2);
    return 1;
  }
  const all = lookAtAll(system).toSorted((a, b) => a.pid - b.pid);
  const uptime = system.clock("boottime");
  const world: World = { user: namesOf(system, "users"), uptime: uptime.ok ? uptime.value / 1e6 : 0 };
  const self = system.identity();
  const own = all.find(({ pid }) => self.ok && pid === self.value.pid);
  const numbers = (key: string): readonly number[] | undefined =>
    options.has(key) ? options.values(key).flatMap((list) => list.split(/[ ,]+/).map(Number)) : undefined;
  const [pids, parents, sessions] = [
    numbers("p") ?? (options.operands.length > 0 ? options.operands.map(Number) : undefined),
    numbers("ppid"),
    numbers("s"),
  ];
  const commands = options.has("C") ? options.values("C").flatMap((list) => list.split(",")) : undefined;
  const users =
    options.has("u") || options.has("U")
      ? [...options.values("u"), ...options.values("U")].flatMap((list) => list.split(",").map((name) => uidNamed(system, name)))
      : undefined;
  const picks = [pids, parents, sessions, commands, users].some((one) => one !== undefined);
  const chosen = all.filter((seen) => {
    if (picks)
      return (
        pids?.includes(seen.pid) === true ||
        parents?.includes(seen.ppid) === true ||
        sessions?.includes(seen.session) === true ||
        commands?.includes(seen.comm) === true ||
        users?.includes(seen.euid) === true
      );
    if (options.has("A") || options.has("e") || (bsd.includes("a") && bsd.includes("x"))) return true;
    if (options.has("d")) return seen.session !== seen.pid;
    if (options.has("a")) return seen.terminal !== 0 && seen.session !== seen.pid;
    if (bsd.includes("a")) return seen.terminal !== 0;
    if (bsd.includes("x")) return seen.euid === own?.euid;
    return seen.terminal === own?.terminal && seen.euid === own?.euid;
  });
  const asked = options.has("o") ? options.values("o") : undefined;
  const lists =
    asked ??
    (options.has("f")
      ? FULL
      : bsd.includes("u")
        ? SETS.u
        : options.has("j")
          ? SETS.j
          : options.has("l")
            ? SETS.l
            : bsd === ""
              ? SETS.plain
              : SETS.bsd);
  const columns = columnsOf(lists);
  if (columns === undefined) {
    print(system, `error: unknown user-defined format specifier "${asked?.join(",") ?? ""}"\n`, 2);
    return 1;
  }
  const tree = options.has("H") || bsd.includes("f");
  const key = options.value("sort");
  const sorted = key === undefined ? chosen : sortedBy(chosen, key);
  print(system, printed(tree ? forest(sorted) : sorted.map((seen) => ({ seen, art: "" })), columns, !options.has("h") && !bsd.includes("h"), world));
  return chosen.length > 0 ? 0 : 1;
};

function sortedBy(all: readonly Seen[], keys: string): readonly Seen[] {
  const [key = "pid"] = keys.split(",");
  const sign = key.startsWith("-") ? -1 : 1;
  const name = key.replace(/^[-+]/, "");
  const of = (seen: Seen): number =>
    name === "ppid"
      ? seen.ppid
      : name === "rss"
        ? seen.pages
        : /cpu|time/.test(name)
          ? ticksUsed(seen)
          : name === "start_time" || name === "start"
            ? seen.started
            : seen.pid;
  return all.toSorted((a, b) => (name === "comm" ? (a.comm < b.comm ? -1 : 1) : of(a) - of(b)) * sign || a.pid - b.pid);
}
