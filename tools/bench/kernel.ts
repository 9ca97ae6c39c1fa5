/**
 * `npm run bench -- kernel`: calls of the mixed random trace (the suite `overlay`, cases without a remount) on one simulated machine. An
 * operation such as "write" is several system calls: open, write, close; all are counted.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { heapBench, layersBench, processesBench } from "./kernel-machine";
import { type OverlayInput, timedCalls } from "../linux/overlay-case";

const TRACE = "fixtures/vectors/linux/overlay/random.public.jsonl.gz";
const RUNS = 5;
/** System calls that an operation makes. */
const CALLS: Readonly<Record<string, number>> = { write: 3, append: 3, creat: 3, read: 3, open: 2, readdir: 3 };

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
  console.log(
    JSON.stringify({
      case: "overlay-trace",
      operations: cases.flatMap(({ ops }) => ops).length,
      calls,
      ms: Math.round(ms),
      callsPerSecond: Math.round((calls / ms) * 1000),
      aim: 200_000,
      ratio: Math.round((calls / ms / 200) * 100) / 100,
    }),
  );
  for (const bench of [processesBench, layersBench, heapBench]) console.log(JSON.stringify(bench()));
}
