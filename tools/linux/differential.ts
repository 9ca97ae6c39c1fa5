/**
 * `npm run differential -- overlay SEED COUNT`: records fresh random sequences of calls from the kernel this machine runs and plays each on
 * the simulated one. Needs Linux, root, python3 and overlayfs; elsewhere it prints `skipped` with the reason.
 *
 * `oracle/` holds the recorder as it was used for the golden cases; it must not change, so its hash is pinned.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { linuxCases } from "../vectors/linux-cases";
import type { JsonValue } from "../vectors/runner";
import { type OverlayInput, type OverlayOutput, playOverlay } from "./overlay-case";

const ORACLE = join(dirname(fileURLToPath(import.meta.url)), "oracle");
const PINNED: Readonly<Record<string, string>> = {
  "ovl.py": "aecd7cea2887c72506cd3426917bca6679b67e7eab4048e1fa57e1e18b8d02ec",
  "randgen.py": "50bf0bf4117c8b8aa53ea24c86d1f5261ef6ec06b02c0f11668305a095110128",
};
/** Sequences recorded at a time. */
const BATCH = 500;
const SHOWN = 5;

function unpinned(): readonly string[] {
  return Object.entries(PINNED).flatMap(([name, hash]) =>
    createHash("sha256")
      .update(readFileSync(join(ORACLE, name)))
      .digest("hex") === hash
      ? []
      : [name],
  );
}

/** Why it cannot run here; undefined when it can. */
function obstacle(): string | undefined {
  if (process.platform !== "linux") return "not Linux";
  if (process.getuid?.() !== 0) return "not root";
  if (spawnSync("python3", ["--version"]).status !== 0) return "no python3";
  const folder = mkdtempSync(join(tmpdir(), "strata-"));
  const probe = spawnSync("python3", [join(ORACLE, "ovl.py"), "gen", "1", "1", join(folder, "probe.jsonl")], { encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  return probe.status === 0 ? undefined : `overlayfs cannot be mounted: ${probe.stderr.trim().split("\n").at(-1) ?? ""}`;
}

function recorded(seed: number, count: number): readonly JsonValue[] {
  const folder = mkdtempSync(join(tmpdir(), "strata-"));
  const out = join(folder, "recorded.jsonl");
  const run = spawnSync("python3", [join(ORACLE, "ovl.py"), "gen", String(seed), String(count), out], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`the recorder failed: ${run.stderr}`);
  const rows = readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JsonValue);
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

/** The parts that differ, in words. */
function differences(given: OverlayInput, kernel: OverlayOutput): readonly string[] {
  const ours = JSON.parse(JSON.stringify(playOverlay(given))) as OverlayOutput;
  return (Object.keys(kernel) as (keyof OverlayOutput)[])
    .filter((key) => !isDeepStrictEqual(ours[key], kernel[key]))
    .map((key) => {
      const at = key === "expect" ? kernel.expect.findIndex((one, i) => !isDeepStrictEqual(one, ours.expect[i])) : -1;
      if (at < 0) return `${key}: kernel ${JSON.stringify(kernel[key])}, ours ${JSON.stringify(ours[key])}`;
      return `call ${at} ${JSON.stringify(given.ops[at])}: kernel ${JSON.stringify(kernel.expect[at])}, ours ${JSON.stringify(ours.expect[at])}`;
    });
}

const [suite, seedText = "1", countText = "1000"] = process.argv.slice(2);
if (suite !== "overlay") {
  console.error("usage: npm run differential -- overlay SEED COUNT");
  process.exit(2);
}
const changed = unpinned();
if (changed.length > 0) throw new Error(`the recorder was changed: ${changed.join(", ")}`);
const why = obstacle();
if (why !== undefined) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}
const count = Number(countText);
let played = 0;
let calls = 0;
let different = 0;
for (let seed = Number(seedText); played < count; seed++) {
  for (const row of linuxCases("overlay", recorded(seed, Math.min(BATCH, count - played)) as JsonValue[])) {
    played++;
    const given = row.given as unknown as OverlayInput;
    calls += given.ops.length;
    const found = differences(given, row.expect as unknown as OverlayOutput);
    if (found.length === 0) continue;
    different++;
    if (different <= SHOWN) console.log(`${row.case} (seed ${seed}) ${JSON.stringify(given.mountOptions)}\n  ${found.join("\n  ").slice(0, 2000)}`);
  }
  console.log(`seed ${seed}: ${played} sequences, ${calls} calls, ${different} different`);
}
console.log(`${played - different} passed, ${different} failed`);
process.exitCode = different > 0 ? 1 : 0;
