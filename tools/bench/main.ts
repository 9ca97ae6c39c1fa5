/**
 * `npm run bench -- cluster` (or `kernel`, see there): one JSON line per case, medians of fresh processes, history kept on. The interval is apply → all Ready,
 * as in the peer's script. `ONLY=up100,roll50` picks, `RUNS=n` repeats.
 */
import { spawnSync } from "node:child_process";
import { build } from "vite";
import { CASES } from "./cases";
import { kernelBench } from "./kernel";

const RUNS = Number(process.env["RUNS"] ?? 3);
const only = process.env["ONLY"]?.split(",");
const wanted = process.argv[2] ?? "cluster";
if (wanted === "kernel") {
  kernelBench();
  process.exit(0);
}
if (wanted !== "cluster") {
  console.error(`unknown benchmark "${wanted}"; there are: cluster, kernel`);
  process.exit(2);
}

await build({
  configFile: false,
  logLevel: "error",
  build: { ssr: "tools/bench/child.ts", outDir: ".cache/bench", emptyOutDir: true, target: "node20" },
});

type Figures = Record<string, number | string | number[]>;

function median(rows: Figures[]): Figures {
  const out: Figures = {};
  for (const key of Object.keys(rows[0] ?? {})) {
    const values = rows.map((row) => row[key]);
    out[key] = values.every((v): v is number => typeof v === "number")
      ? (values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0)
      : (values[0] ?? "");
  }
  return out;
}

for (const name of Object.keys(CASES)) {
  if (only && !only.includes(name)) continue;
  const rows: Figures[] = [];
  const runs = name.startsWith("up10000") ? 1 : RUNS;
  for (let i = 0; i < runs; i++) {
    const child = spawnSync(process.execPath, ["--max-old-space-size=8192", ".cache/bench/child.js", name], { encoding: "utf8", maxBuffer: 1 << 26 });
    const line = child.stdout.trim().split("\n").at(-1) ?? "";
    if (child.status !== 0) {
      console.log(JSON.stringify({ case: name, error: child.stderr.slice(-600) }));
      break;
    }
    rows.push(JSON.parse(line) as Figures);
  }
  if (rows.length > 0) console.log(JSON.stringify({ case: name, runs: rows.length, ...median(rows) }));
}
