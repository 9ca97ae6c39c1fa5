/**
 * The machine's part of `npm run bench -- kernel`: a machine with 1,000 processes in 100 containers stepped and sought, a union mount of
 * 100 layers with 100,000 files, and the heap of a machine with nothing in it.
 */
import { performance } from "node:perf_hooks";
import { mkdir, mknod } from "../../src/linux/fs/calls";
import { stat } from "../../src/linux/fs/file-calls";
import { mountRoot } from "../../src/linux/fs/mount-tree";
import { mount, UNLIMITED } from "../../src/linux/fs/mount-calls";
import { newTmpfs } from "../../src/linux/fs/tmpfs";
import { taskTable } from "../../src/linux/process/task";
import { commandWorld } from "../linux/command-world";
import { inKernel, superuser } from "../linux/in-kernel";

const CONTAINERS = 100;
const SLEEPERS = 8;
const SEEKS = 200;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const round = (value: number): number => Math.round(value * 1000) / 1000;
const timed = (act: () => void): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

/** Positions of a machine's history in an order that is the same every time. */
function places(length: number): readonly number[] {
  const out: number[] = [];
  let at = 1;
  for (let i = 0; i < SEEKS; i++) {
    at = (at * 48_271) % 2_147_483_647;
    out.push(at % length);
  }
  return out;
}

export function processesBench(): object {
  const { timeline, run } = commandWorld(2);
  const sleepers = Array.from({ length: SLEEPERS }, () => "sleep 99999 &").join(" ");
  const bringUp = timed(() => void run(`for i in $(seq ${CONTAINERS}); do unshare -pmuni -f sh -c '${sleepers} wait' & done; sleep 2`));
  const end = timeline.position;
  const steps = Array.from({ length: SEEKS }, () => timed(() => void timeline.stepBack()));
  steps.push(...Array.from({ length: SEEKS }, () => timed(() => void timeline.stepForward())));
  const seeks = places(end).map((position) => timed(() => timeline.seekPosition(position)));
  timeline.seekPosition(end);
  return {
    case: "machine-1000",
    processes: timeline.table(taskTable).rows().length,
    events: end,
    bringUpMs: Math.round(bringUp),
    stepMs: { median: round(median(steps)), worst: round(Math.max(...steps)) },
    seekMs: { median: round(median(seeks)), worst: round(Math.max(...seeks)) },
    aimMs: 16,
  };
}

const LAYERS = 100;
const FILES = 1000;
const LOOKUPS = 2000;

/** Mean time of a look-up of a name in the topmost, the middle and the lowest layer, in microseconds; every name is asked for once. */
export function layersBench(): object {
  return inKernel((kernel) => {
    const root = mountRoot(kernel, newTmpfs(kernel));
    const task = { credentials: superuser, root, cwd: root, umask: 0 };
    const fill = (path: string, layer: number, files: number): void => {
      mkdir(kernel, task, path, 0o755);
      for (let i = 0; i < files; i++) {
        if (i % 100 === 0) mkdir(kernel, task, `${path}/d${i / 100}`, 0o755);
        mknod(kernel, task, `${path}/d${Math.floor(i / 100)}/l${layer}-${i}`, { kind: "file", mode: 0o644 });
      }
    };
    const measured = (name: string, layers: number, files: number): { readonly mountMs: number; readonly lookupMicros: number } => {
      const lowers = Array.from({ length: layers }, (_, i) => `/${name}${i}`);
      for (const [i, path] of lowers.entries()) fill(path, i, files);
      for (const path of [`/${name}u`, `/${name}w`, `/${name}m`]) mkdir(kernel, task, path, 0o755);
      const request = { source: "overlay", target: `/${name}m`, type: "overlay" };
      const data = `lowerdir=${lowers.join(":")},upperdir=/${name}u,workdir=/${name}w`;
      const mountMs = timed(() => {
        const done = mount(kernel, { task: 1, view: task, mayMount: true, ...UNLIMITED, inUse: () => false }, { ...request, data });
        if (!done.ok) throw new Error(done.errno);
      });
      const asked = Array.from({ length: LOOKUPS }, (_, n) => {
        const [layer, i] = [n % layers, Math.floor(n / layers) % files];
        return `/${name}m/d${Math.floor(i / 100)}/l${layer}-${i}`;
      });
      const ms = timed(() => {
        for (const path of asked) if (!stat(kernel, task, path, true).ok) throw new Error(path);
      });
      return { mountMs: round(mountMs), lookupMicros: round((ms * 1000) / LOOKUPS) };
    };
    const small = measured("s", LAYERS, FILES / 10);
    const large = measured("l", LAYERS, FILES);
    return {
      case: "overlay-100-layers",
      files: LAYERS * FILES,
      mountMs: large.mountMs,
      lookupMicros: large.lookupMicros,
      lookupMicrosATenth: small.lookupMicros,
      ratio: round(large.lookupMicros / small.lookupMicros),
    };
  });
}

const MACHINES = 50;

/** Heap that a booted machine with nothing running but its first process takes, in kilobytes. Needs `node --expose-gc`. */
export function heapBench(): object {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return { case: "empty-machine", skipped: "needs node --expose-gc" };
  const kept: unknown[] = [commandWorld(1)];
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < MACHINES; i++) kept.push(bootedWorld(i));
  gc();
  const kilobytes = (process.memoryUsage().heapUsed - before) / 1000 / MACHINES;
  return { case: "empty-machine", machines: kept.length - 1, heapKilobytes: Math.round(kilobytes), aim: 200 };
}

/** A world of one machine, booted. */
function bootedWorld(seed: number): unknown {
  const world = commandWorld(1, seed);
  world.pass(1e6);
  return world;
}
