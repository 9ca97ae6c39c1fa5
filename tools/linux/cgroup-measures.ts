/**
 * Shares of the processor, measured: the groups that a case's words describe, a busy loop in each, some virtual seconds, and what `cpu.stat`
 * says then. What is to be built stands in the case's title and in the names of what was measured.
 */
import { type CommandWorld, commandWorld } from "./command-world";

interface Measured {
  readonly title?: string;
  readonly measure?: readonly string[];
  readonly steps: readonly { readonly cmd: string }[];
}

const ROOT = "/sys/fs/cgroup";
const SECOND = 1e6;
const SPAN = 10;
/** What a command and the pause after it take. */
const PAUSED = 251_000;

interface Group {
  readonly path: string;
  readonly weight?: number;
  readonly loops: number;
}

interface Reading {
  readonly at: number;
  /** By group, then by counter. */
  readonly counters: ReadonlyMap<string, (name: string) => number>;
}

/** All counters at one moment: one command reads them. */
function read(world: CommandWorld, paths: readonly string[]): Reading {
  const { stdout } = world.run(paths.map((path) => `echo "== ${path}"; cat ${ROOT}/${path}/cpu.stat`).join("; "));
  const parts = stdout.split("== ").slice(1);
  const counters = paths.map((path, i) => {
    const part = parts[i] ?? "";
    return [path, (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(part)?.[1] ?? 0)] as const;
  });
  return { at: world.timeline.now, counters: new Map(counters) };
}

const grown = (before: Reading, after: Reading, path: string, name: string): number =>
  (after.counters.get(path)?.(name) ?? 0) - (before.counters.get(path)?.(name) ?? 0);

const loop = (world: CommandWorld, path: string): void => void world.run(`sh -c 'echo 0 > ${ROOT}/${path}/cgroup.procs; exec hog' > /dev/null &`);

function build(world: CommandWorld, groups: readonly Group[]): void {
  world.run(`echo +cpu > ${ROOT}/cgroup.subtree_control`);
  for (const { path, weight } of groups) {
    const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    world.run(`mkdir ${ROOT}/${path}${weight === undefined ? "" : `; echo ${weight} > ${ROOT}/${path}/cpu.weight`}`);
    if (parent !== "") world.run(`echo +cpu > ${ROOT}/${parent}/cgroup.subtree_control`);
  }
  // Parents hand the controller on before anybody runs below them.
  for (const { path, weight } of groups) if (path.includes("/") && weight !== undefined) world.run(`echo ${weight} > ${ROOT}/${path}/cpu.weight`);
  for (const { path, loops } of groups) for (let i = 0; i < loops; i++) loop(world, path);
}

/** The part of all time used that each group had. */
function shares(groups: readonly Group[]): readonly number[] {
  const world = commandWorld(1);
  build(world, groups);
  const running = groups.filter(({ loops }) => loops > 0);
  const paths = running.map(({ path }) => path);
  const before = read(world, paths);
  world.pass(SPAN * SECOND);
  const after = read(world, paths);
  const used = paths.map((path) => grown(before, after, path, "usage_usec"));
  const all = used.reduce((sum, one) => sum + one, 0);
  return used.map((one) => Math.round((one / all) * 1000) / 1000);
}

function shareOf(name: string, title: string): readonly number[] | undefined {
  const weights = /^weights ([\d:]+)$/.exec(name)?.[1]?.split(":").map(Number);
  if (weights !== undefined) return shares(weights.map((weight, i) => ({ path: `w${i}`, weight, loops: 1 })));
  const counts = /^(\d+) vs (\d+) processes, weight (\d+):(\d+)$/.exec(name)?.slice(1).map(Number);
  if (counts !== undefined) return shares([0, 1].map((i) => ({ path: `w${i}`, weight: counts[2 + i] ?? 100, loops: counts[i] ?? 1 })));
  const nested = [...title.matchAll(/(\w+)\((\d+)\)(?:=\{([^}]*)\})?/g)];
  if (nested.length === 0 || !name.includes(",")) return undefined;
  const groups = nested.flatMap(([, path = "", weight, inside]): readonly Group[] => {
    const below = [...(inside ?? "").matchAll(/(\w+)\((\d+)\)/g)];
    const own = { path, weight: Number(weight), loops: below.length === 0 ? 1 : 0 };
    return [own, ...below.map(([, child = "", part]) => ({ path: `${path}/${child}`, weight: Number(part), loops: 1 }))];
  });
  const wanted = name.split(",");
  return shares(groups.filter(({ loops }, i) => loops === 0 || wanted.includes(groups[i]?.path.split("/").at(-1) ?? "")));
}

/** A busy loop under a quota. */
function throttled(quota: string): Readonly<Record<string, number>> {
  const world = commandWorld(1);
  world.run(`echo +cpu > ${ROOT}/cgroup.subtree_control; mkdir ${ROOT}/q; echo "${quota}" > ${ROOT}/q/cpu.max`);
  loop(world, "q");
  const period = Number(quota.split(" ")[1] ?? 100_000);
  // The first period was begun before the loop.
  world.pass(2 * period);
  const before = read(world, ["q"]);
  // Whole periods, so that none is cut.
  world.pass(Math.ceil((SPAN * SECOND) / period) * period - PAUSED);
  const after = read(world, ["q"]);
  const span = (after.at - before.at) / SECOND;
  const [usage, periods, count, time] = ["usage_usec", "nr_periods", "nr_throttled", "throttled_usec"].map((name) =>
    grown(before, after, "q", name),
  ) as [number, number, number, number];
  return {
    measured: usage / (span * SECOND),
    periods_per_s: periods / span,
    throttled_per_period: count / periods,
    throttled_ms_per_throttle: time / 1000 / count,
  };
}

/** A busy loop in the deepest group that the steps made. */
function used(steps: Measured["steps"]): number {
  const world = commandWorld(1);
  for (const { cmd } of steps) world.run(`cd ${ROOT}\n${cmd}`);
  const made = world.run(`cd ${ROOT}; find . -type d`).stdout.trim().split("\n");
  const deepest = made.toSorted((a, b) => b.split("/").length - a.split("/").length)[0] ?? ".";
  loop(world, deepest);
  const before = read(world, [deepest]);
  world.pass(SPAN * SECOND);
  const after = read(world, [deepest]);
  return grown(before, after, deepest, "usage_usec") / (after.at - before.at);
}

/** Undefined when nothing was measured. */
export function measure({ title = "", measure: names = [], steps }: Measured): unknown {
  const quota = /cpu\.max "(\d+ \d+)"/.exec(title)?.[1];
  if (names.length === 0) return undefined;
  if (quota !== undefined && names.includes("periods_per_s")) return throttled(quota);
  return Object.fromEntries(
    names.map((name) => {
      if (name === "cpus used") return [name, used(steps)];
      const found = shareOf(name, title);
      return [name, found === undefined ? undefined : { measured: found }];
    }),
  );
}
