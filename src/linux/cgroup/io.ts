/**
 * Limits of a group on a block device, as a delay before a transfer is let through; every limit on the way up holds.
 *
 * Not modelled: io.weight has a file but no device queue to divide; io.latency, io.cost.
 *
 * @rule linux.cgroup.io.max
 * @source linux@6.12 block/blk-throttle.c tg_set_limit, tg_within_limit
 */
import { defineTable } from "../../sim/table";
import { DONE, failure, type Kernel, type Result } from "../types";
import { stalled } from "./pressure";
import { ancestorsOf, type CgroupRow, memberOf, putCgroup, ROOT } from "./tables";

const KEYS = ["rbps", "wbps", "riops", "wiops"] as const;
type Key = (typeof KEYS)[number];
export type Direction = "r" | "w";

interface IoRow {
  readonly machine: string;
  readonly cgroup: number;
  readonly device: string;
  readonly bytes: Readonly<Record<Direction, number>>;
  readonly operations: Readonly<Record<Direction, number>>;
  /** When the next transfer may begin. */
  readonly free: Readonly<Record<Direction, number>>;
}
const ioTable = defineTable<IoRow, "cgroup">({
  name: "linux.cgroup-io",
  key: (row) => `${row.machine}/${row.cgroup}/${row.device}`,
  indexes: { cgroup: (row) => `${row.machine}/${row.cgroup}` },
});

type Limits = Readonly<Partial<Record<Key, number>>>;

function limitsOf({ settings }: CgroupRow): Readonly<Record<string, Limits>> {
  return Object.fromEntries(
    (settings["io.max"] ?? "").split("\n").flatMap((line) => {
      const [device, ...words] = line.split(" ");
      if (device === undefined || device === "") return [];
      const pairs = words.map((word) => word.split("=")).filter(([, limit]) => limit !== "max");
      return [[device, Object.fromEntries(pairs.map(([key, limit]) => [key, Number(limit)]))] as const];
    }),
  );
}

const showLimits = (device: string, limits: Limits): string => `${device} ${KEYS.map((key) => `${key}=${limits[key] ?? "max"}`).join(" ")}`;

export const showIoMax = (row: CgroupRow): string => (row.settings["io.max"] === undefined ? "" : `${row.settings["io.max"]}\n`);

export function writeIoMax(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const [device = "", ...words] = text.split(/\s+/);
  if (!/^[0-9]+:[0-9]+$/.test(device)) return failure("EINVAL");
  const all = limitsOf(row);
  const limits: Partial<Record<Key, number>> = { ...all[device] };
  for (const word of words) {
    const [name, text_] = word.split("=");
    const key = KEYS.find((each) => each === name);
    if (key === undefined || text_ === undefined) return failure("EINVAL");
    if (text_ === "max") delete limits[key];
    else if (!/^[0-9]+$/.test(text_)) return failure("EINVAL");
    else if (Number(text_) === 0) return failure("ERANGE");
    else limits[key] = Number(text_);
  }
  const next = Object.entries({ ...all, [device]: limits }).filter(([, each]) => Object.keys(each).length > 0);
  const { "io.max": _before, ...settings } = row.settings;
  const shown = next.map(([each, of]) => showLimits(each, of)).join("\n");
  putCgroup(kernel, { ...row, settings: shown === "" ? settings : { ...settings, "io.max": shown } });
  return DONE;
}

function passed(kernel: Kernel, row: CgroupRow, device: string, direction: Direction, bytes: number): number {
  const limits = limitsOf(row)[device] ?? {};
  const byBytes = limits[`${direction}bps`];
  const byCount = limits[`${direction}iops`];
  const time = Math.max(byBytes === undefined ? 0 : (bytes * 1_000_000) / byBytes, byCount === undefined ? 0 : 1_000_000 / byCount);
  const table = kernel.tx.write(ioTable);
  const none = { r: 0, w: 0 };
  const before = table.get(`${kernel.machine}/${row.id}/${device}`) ?? {
    machine: kernel.machine,
    cgroup: row.id,
    device,
    bytes: none,
    operations: none,
    free: none,
  };
  const free = Math.max(kernel.tx.now, before.free[direction]) + Math.ceil(time);
  table.put({
    ...before,
    bytes: { ...before.bytes, [direction]: before.bytes[direction] + bytes },
    operations: { ...before.operations, [direction]: before.operations[direction] + 1 },
    free: { ...before.free, [direction]: free },
  });
  return free - kernel.tx.now;
}

/** Counts a transfer and says for how long it is held back. */
export function transfer(kernel: Kernel, tid: number, device: string, direction: Direction, bytes: number): number {
  const cgroup = memberOf(kernel, tid)?.cgroup ?? ROOT;
  const delay = ancestorsOf(kernel, cgroup).reduce((longest, row) => Math.max(longest, passed(kernel, row, device, direction, bytes)), 0);
  if (delay > 0) {
    kernel.tx.fired("linux.cgroup.io.max", `${kernel.machine}/${cgroup}`);
    stalled(kernel, cgroup, "io", delay, true);
  }
  return delay;
}

export function showIoStat(kernel: Kernel, cgroup: number): string {
  return kernel.tx
    .read(ioTable)
    .by("cgroup", `${kernel.machine}/${cgroup}`)
    .map(
      ({ device, bytes, operations }) => `${device} rbytes=${bytes.r} wbytes=${bytes.w} rios=${operations.r} wios=${operations.w} dbytes=0 dios=0\n`,
    )
    .join("");
}

/** `default N`, `N`, or a weight for one device. */
export function writeIoWeight(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const match = /^(?:default\s+)?([0-9]+)$/.exec(text);
  if (match === null) return failure("EINVAL");
  const weight = Number(match[1]);
  if (weight < 1 || weight > 10_000) return failure("EINVAL");
  putCgroup(kernel, { ...row, settings: { ...row.settings, "io.weight": String(weight) } });
  return DONE;
}
