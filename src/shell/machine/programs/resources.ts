/**
 * Programs that use the machine, or say what there is of it: dd, nproc, taskset, stress, and the tree of control groups.
 *
 * Not modelled: `dd` conversions other than notrunc, noerror and sync; affinity set by hand.
 *
 * @source coreutils@9.1; util-linux@2.38; systemd@252 systemd-cgls
 */
import type { Program, System } from "../../../linux/program";
import { optionsGiven } from "./getopt";
import { because, complain, print, readFile } from "./support";

const UNITS: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  kB: 1000,
  K: 1024,
  KiB: 1024,
  k: 1024,
  MB: 1_000_000,
  M: 1 << 20,
  MiB: 1 << 20,
  m: 1 << 20,
  GB: 1e9,
  G: 1 << 30,
  g: 1 << 30,
};

/** A number of bytes as these programs take it; undefined when it is none. */
export function sizeOf(text: string): number | undefined {
  const parts = /^(\d+)([A-Za-z]*)$/.exec(text);
  if (parts === null) return undefined;
  const unit = parts[2] === "" ? 1 : UNITS[parts[2] ?? ""];
  return unit === undefined ? undefined : Number(parts[1]) * unit;
}

/** `1048576 bytes (1.0 MB, 1.0 MiB)`. */
function counted(bytes: number): string {
  const scaled = (base: number, names: readonly string[]): string => {
    let [value, at] = [bytes, 0];
    while (value >= base && at < names.length - 1) [value, at] = [value / base, at + 1];
    return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ${names[at]}`;
  };
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  const decimal = scaled(1000, ["B", "kB", "MB", "GB"]);
  return bytes < 1024 ? `${bytes} bytes (${decimal})` : `${bytes} bytes (${decimal}, ${scaled(1024, ["B", "KiB", "MiB", "GiB"])})`;
}

const dd: Program = (system, invocation) => {
  const given = new Map<string, string>();
  for (const operand of invocation.argv.slice(1)) {
    const at = operand.indexOf("=");
    if (at < 0) {
      print(system, `dd: unrecognized operand ‘${operand}’\nTry 'dd --help' for more information.\n`, 2);
      return 1;
    }
    given.set(operand.slice(0, at), operand.slice(at + 1));
  }
  const size = (name: string, otherwise: number): number | undefined => {
    const text = given.get(name);
    const found = text === undefined ? otherwise : sizeOf(text);
    if (found === undefined) complain(system, invocation, `invalid number: ‘${text}’`);
    return found;
  };
  const block = size("bs", 512);
  const count = size("count", Number.POSITIVE_INFINITY);
  const [seek, skip] = [size("seek", 0), size("skip", 0)];
  if (block === undefined || count === undefined || seek === undefined || skip === undefined) return 1;
  const flags = (given.get("conv") ?? "").split(",");
  const [from, to] = [given.get("if"), given.get("of")];
  const input = from === undefined ? undefined : system.open(from, { read: true }, 0);
  if (input?.ok === false) {
    complain(system, invocation, `failed to open '${from}': ${because(input.errno)}`);
    return 1;
  }
  const truncate = !flags.includes("notrunc") && seek === 0;
  const output = to === undefined ? undefined : system.open(to, { write: true, create: true, ...(truncate ? { truncate } : {}) }, 0o666);
  if (output?.ok === false) {
    complain(system, invocation, `failed to open '${to}': ${because(output.errno)}`);
    return 1;
  }
  const [reads, writes] = [input?.value ?? 0, output?.value ?? 1];
  if (seek > 0) system.lseek(writes, seek * block, "set");
  if (skip > 0) system.lseek(reads, skip * block, "set");
  const began = system.clock("monotonic");
  let [whole, part, wholeOut, partOut, bytes, status] = [0, 0, 0, 0, 0, 0];
  for (let done = 0; done < count; done++) {
    const got = system.read(reads, block);
    if (!got.ok || got.value === "") {
      if (!got.ok) {
        complain(system, invocation, `error reading '${from ?? "standard input"}': ${because(got.errno)}`);
        status = 1;
      }
      break;
    }
    if (got.value.length === block) whole++;
    else part++;
    const wrote = system.write(writes, got.value);
    if (!wrote.ok) {
      complain(system, invocation, `error writing '${to ?? "standard output"}': ${because(wrote.errno)}`);
      status = 1;
      break;
    }
    bytes += wrote.value;
    if (wrote.value === block) wholeOut++;
    else partOut++;
  }
  const how = given.get("status");
  if (how === "none") return status;
  const ended = system.clock("monotonic");
  const seconds = began.ok && ended.ok ? (ended.value - began.value) / 1e6 : 0;
  const rate = seconds > 0 ? counted(bytes / seconds).replace(/^.*\((\d[^,)]*).*$/, "$1") : "0 B";
  print(system, `${whole}+${part} records in\n${wholeOut}+${partOut} records out\n`, 2);
  if (how !== "noxfer") print(system, `${counted(bytes)} copied, ${Number(seconds.toPrecision(6))} s, ${rate}/s\n`, 2);
  return status;
};

/** `0-2,5`. */
function listOf(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(",");
}

const nproc: Program = (system, { argv }) => {
  const cpus = system.schedGetaffinity(argv.includes("--all") ? 1 : 0);
  print(system, `${cpus.ok ? cpus.value.length : 1}\n`);
  return 0;
};

const taskset: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "+cpa", long: { "cpu-list": "c", pid: "p", "all-tasks": "a" } });
  const pid = options?.operands.at(-1);
  if (options === undefined || !options.has("p") || pid === undefined) {
    print(system, "Usage: taskset [options] [mask | cpu-list] [pid|cmd [args...]]\n", 2);
    return 1;
  }
  const cpus = system.schedGetaffinity(Number(pid));
  if (!cpus.ok) {
    complain(system, invocation, `failed to get pid ${pid}'s affinity: ${because(cpus.errno)}`);
    return 1;
  }
  const mask = cpus.value.reduce((sum, cpu) => sum + 2 ** cpu, 0);
  if (options.has("c")) print(system, `pid ${pid}'s current affinity list: ${listOf(cpus.value)}\n`);
  else print(system, `pid ${pid}'s current affinity mask: ${mask.toString(16)}\n`);
  return 0;
};

/** Groups as a tree, with the processes in each. */
const cgls: Program = (system, { argv }) => {
  const root = "/sys/fs/cgroup";
  const start = argv.slice(1).find((arg) => !arg.startsWith("-")) ?? "";
  const show = (path: string, indent: string): void => {
    const names = namesIn(system, path);
    const procs = readFile(system, `${path}/cgroup.procs`);
    const pids = "text" in procs ? procs.text.split("\n").filter((pid) => pid !== "" && pid !== "0") : [];
    const items = [...pids.map((pid) => ({ pid })), ...names.map((name) => ({ name }))];
    items.forEach((item, i) => {
      const last = i === items.length - 1;
      const branch = `${indent}${last ? "└─" : "├─"}`;
      if ("pid" in item) {
        const line = readFile(system, `/proc/${item.pid}/cmdline`);
        const comm = readFile(system, `/proc/${item.pid}/comm`);
        const text = "text" in line && line.text !== "" ? line.text.replace(/\0/g, " ").trim() : "text" in comm ? `[${comm.text.trim()}]` : "";
        print(system, `${branch}${item.pid} ${text}\n`);
        return;
      }
      print(system, `${branch}${item.name}\n`);
      show(`${path}/${item.name}`, `${indent}${last ? "  " : "│ "}`);
    });
  };
  print(system, `Control group ${start === "" ? "/" : start}:\n`);
  show(start === "" ? root : start.startsWith(root) ? start : `${root}${start}`, "");
  return 0;
};

function namesIn(system: System, path: string): readonly string[] {
  const fd = system.open(path, { read: true, directory: true }, 0);
  if (!fd.ok) return [];
  const entries = system.readdir(fd.value);
  system.close(fd.value);
  if (!entries.ok) return [];
  return entries.value
    .filter(({ kind, name }) => kind === "dir" && name !== "." && name !== "..")
    .map(({ name }) => name)
    .sort((a, b) => (a < b ? -1 : 1));
}

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 };
/** Memory is touched in pieces of this size. */
const PIECE = 1 << 20;
const TURN = 100_000;

interface Load {
  readonly work: "cpu" | "vm";
  readonly bytes: number;
  readonly until: number;
}

function worked(system: System, { work, bytes, until }: Load): number {
  const over = (): boolean => {
    const now = system.clock("monotonic");
    return now.ok && now.value >= until;
  };
  if (work === "cpu") {
    for (;;) {
      system.mark({ work, bytes, until });
      if (over()) return 0;
      system.cpu(TURN);
    }
  }
  for (let touched = 0; touched < bytes; touched += PIECE) if (!system.mmap(Math.min(PIECE, bytes - touched)).ok) return 1;
  const now = system.clock("monotonic");
  if (now.ok) system.sleep(Math.max(0, Math.min(until - now.value, Number.MAX_SAFE_INTEGER)));
  return 0;
}

const FOR_EVER = 2 ** 50;

const stress: Program = (system, invocation) => {
  const { state } = invocation;
  if (typeof state === "object" && state !== null && "work" in state) return worked(system, state as unknown as Load);
  const options = optionsGiven(system, invocation, {
    short: "c:m:t:vq",
    long: { "cpu=": "c", "vm=": "m", "vm-bytes=": "bytes", "vm-keep": "keep", "vm-hang=": "hang", "timeout=": "t", quiet: "q", verbose: "v" },
  });
  if (options === undefined) return 1;
  const parts = /^(\d+)([smhd]?)$/.exec(options.value("t") ?? "");
  const [cpus, vms] = [Number(options.value("c") ?? 0), Number(options.value("m") ?? 0)];
  const self = system.identity();
  const pid = self.ok ? self.value.pid : 0;
  if (cpus + vms === 0) {
    print(system, "Usage: stress [OPTION [ARG]] ...\n", 2);
    return 0;
  }
  if (!options.has("q")) print(system, `stress: info: [${pid}] dispatching hogs: ${cpus} cpu, 0 io, ${vms} vm, 0 hdd\n`);
  const now = system.clock("monotonic");
  const until = parts === null ? FOR_EVER : (now.ok ? now.value : 0) + Number(parts[1]) * (SECONDS[parts[2] ?? ""] ?? 1) * 1e6;
  const bytes = sizeOf(options.value("bytes") ?? "256M") ?? 256 << 20;
  for (let i = 0; i < cpus + vms; i++) system.spawn({ state: { work: i < cpus ? "cpu" : "vm", bytes, until } });
  let status = 0;
  for (;;) {
    const ended = system.wait4(-1, {});
    if (!ended.ok || ended.value === null) break;
    const { pid: child, status: how } = ended.value;
    if (how.kind === "signaled") {
      print(system, `stress: FAIL: [${pid}] (415) <-- worker ${child} got signal ${how.signal === "KILL" ? 9 : how.signal === "TERM" ? 15 : 2}\n`, 2);
      status = 1;
    } else if (how.kind === "exited" && how.code !== 0) status = 1;
  }
  if (!options.has("q"))
    print(
      system,
      `stress: ${status === 0 ? "info" : "FAIL"}: [${pid}] ${status === 0 ? "successful" : "failed"} run completed\n`,
      status === 0 ? 1 : 2,
    );
  return status;
};

export const resourcePrograms: Readonly<Record<string, Program>> = { dd, nproc, taskset, stress, "systemd-cgls": cgls };
