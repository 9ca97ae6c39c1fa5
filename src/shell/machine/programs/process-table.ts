/**
 * Processes as /proc shows them to whoever looks: what ps, pgrep, pstree and lsns stand on.
 *
 * @source man-pages@6.9 proc_pid_stat(5) proc_pid_status(5)
 */
import type { System } from "../../../linux/program";

export interface Seen {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly group: number;
  readonly session: number;
  readonly terminal: number;
  readonly foreground: number;
  /** Ticks of a hundredth of a second. */
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly nice: number;
  readonly threads: number;
  /** Ticks since the machine came up. */
  readonly started: number;
  readonly bytes: number;
  readonly pages: number;
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly egid: number;
  readonly cmdline: readonly string[];
}

export function textOf(system: System, path: string): string | undefined {
  const fd = system.open(path, { read: true, cloexec: true }, 0);
  if (!fd.ok) return undefined;
  let text = "";
  for (;;) {
    const got = system.read(fd.value, 65_536);
    if (!got.ok) {
      system.close(fd.value);
      return undefined;
    }
    if (got.value === "") break;
    text += got.value;
  }
  system.close(fd.value);
  return text;
}

export function namesIn(system: System, path: string): readonly string[] {
  const fd = system.open(path, { read: true, directory: true, cloexec: true }, 0);
  if (!fd.ok) return [];
  const names = system.readdir(fd.value);
  system.close(fd.value);
  return names.ok ? names.value.map(({ name }) => name) : [];
}

export const pidsIn = (system: System): readonly number[] =>
  namesIn(system, "/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

export function look(system: System, pid: number): Seen | undefined {
  const stat = textOf(system, `/proc/${pid}/stat`);
  const status = textOf(system, `/proc/${pid}/status`);
  const match = stat === undefined ? null : /^(\d+) \(([\s\S]*)\) (\S) (.*)\n/.exec(stat);
  if (match === null || status === undefined) return undefined;
  const fields = (match[4] ?? "").split(" ").map(Number);
  const field = (number: number): number => fields[number - 4] ?? 0;
  const ids = (name: string): readonly number[] => (new RegExp(`^${name}:\\t(.*)$`, "m").exec(status)?.[1] ?? "").split("\t").map(Number);
  const [uid = 0, euid = 0] = ids("Uid");
  const [gid = 0, egid = 0] = ids("Gid");
  const cmdline = textOf(system, `/proc/${pid}/cmdline`) ?? "";
  return {
    pid,
    comm: match[2] ?? "",
    state: match[3] ?? "?",
    ppid: field(4),
    group: field(5),
    session: field(6),
    terminal: field(7),
    foreground: field(8),
    userTicks: field(14),
    systemTicks: field(15),
    nice: field(19),
    threads: field(20),
    started: field(22),
    bytes: field(23),
    pages: field(24),
    uid,
    euid,
    gid,
    egid,
    cmdline: cmdline === "" ? [] : cmdline.replace(/\0$/, "").split("\0"),
  };
}

export const lookAtAll = (system: System): readonly Seen[] =>
  pidsIn(system)
    .map((pid) => look(system, pid))
    .filter((seen) => seen !== undefined);
