/**
 * `npm run bench -- kernel`: calls of the mixed random trace (the suite `overlay`, cases without a remount) on one simulated machine. An
 * operation such as "write" is several system calls: open, write, close; all are counted.
 */
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { heapBench, layersBench, processesBench } from "./kernel-machine";
import { type OverlayInput, timedCalls } from "../linux/overlay-case";

const TRACE = "fixtures/vectors/linux/overlay/random.public.jsonl.gz";
const RUNS = 5;
/** System calls that an operation makes. */
const CALLS: Readonly<Record<string, number>> = { write: 3, append: 3, creat: 3, read: 3, open: 2, readdir: 3 };

/** The same calls on the kernel this machine runs, from Python; or why that cannot be told here. */
function realKernel(cases: readonly OverlayInput[], calls: number): Readonly<Record<string, number | string>> {
  const run = spawnSync("python3", ["tools/bench/real-trace.py"], { input: cases.map((one) => JSON.stringify(one)).join("\n"), encoding: "utf8" });
  const ms = Number.parseFloat(run.stdout ?? "");
  if (run.status !== 0 || Number.isNaN(ms))
    return { kernelSkipped: run.stderr?.trim().split("\n").at(-1) || "needs Linux, root, python3 and overlayfs" };
  return { kernelMs: Math.round(ms), kernelCallsPerSecond: Math.round((calls / ms) * 1000) };
}

export function kernelBench(): void {
  const cases = gunzipSync(readFileSync(TRACE))
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as OverlayInput)
    .filter(({ ops }) => ops.every(({ op }) => op !== "remount" && op !== "rotate"));
  const calls = cases.flatMap(({ ops }) => ops).reduce((sum, { op }) => sum + (CALLS[op] ?? 1), 0);
  const runs = Array.from({ length: RUNS }, () => timedCalls(cases).ms);
  const ms = Math.min(...runs);
  const real = realKernel(cases, calls);
  const ofKernel = typeof real["kernelMs"] === "number" ? { ofKernel: Math.round((real["kernelMs"] / ms) * 1000) / 1000 } : {};
  console.log(
    JSON.stringify({
      case: "overlay-trace",
      operations: cases.flatMap(({ ops }) => ops).length,
      calls,
      ms: Math.round(ms),
      callsPerSecond: Math.round((calls / ms) * 1000),
      aim: 200_000,
      ratio: Math.round((calls / ms / 200) * 100) / 100,
      ...real,
      ...ofKernel,
    }),
  );
  for (const bench of [processesBench, layersBench, heapBench]) console.log(JSON.stringify(bench()));
}
