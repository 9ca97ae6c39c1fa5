/**
 * `npm run vectors -- PATH…`: runs golden cases from files or folders (.json, .jsonl, .jsonl.gz) against the functions the world uses.
 * A case's name is hidden and the keys of its objects are shuffled before it runs, so nothing can hang on either.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { linuxCases } from "./linux-cases";
import type { JsonValue, Runner, Runners } from "./runner";
import { NO_RUNNER } from "./skips";

interface Case {
  suite: string;
  case?: string;
  given: JsonValue;
  expect: JsonValue;
  source?: string;
}

interface Tally {
  passed: number;
  failed: number;
  skipped: Map<string, number>;
}

const SHOWN_PER_SUITE = Number(process.env["SHOW"] ?? 3);
const here = dirname(fileURLToPath(import.meta.url));

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)))
    .filter((file) => /\.(json|jsonl|jsonl\.gz)$/.test(file));
}

function parse(file: string): Case[] {
  const bytes = readFileSync(file);
  const text = file.endsWith(".gz") ? gunzipSync(bytes).toString("utf8") : bytes.toString("utf8");
  const value = /\.jsonl(\.gz)?$/.test(file)
    ? text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line) as Case)
    : (JSON.parse(text) as unknown);
  const linux = linuxCases(basename(dirname(resolve(file))), value as JsonValue);
  if (linux.length > 0) return [...linux];
  return Array.isArray(value) ? value.filter((row): row is Case => typeof row === "object" && row !== null && "suite" in row && "given" in row) : [];
}

/** A permutation that depends only on the text, so a failure can be repeated. */
function shuffled(value: JsonValue, salt: number): JsonValue {
  if (Array.isArray(value)) return value.map((item, i) => shuffled(item, salt + i));
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value).map((key) => ({ key, rank: hash(key, salt) }));
  keys.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1));
  return Object.fromEntries(keys.map(({ key }) => [key, shuffled(value[key] as JsonValue, salt + 1)]));
}

function hash(text: string, salt: number): number {
  let h = 2166136261 ^ salt;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

async function loadRunners(): Promise<Map<string, Runner>> {
  const found = new Map<string, Runner>();
  const folder = join(here, "runners");
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .sort()) {
    const module = (await import(pathToFileURL(join(folder, name)).href)) as { runners: Runners };
    for (const [suite, runner] of Object.entries(module.runners)) {
      if (found.has(suite)) throw new Error(`two runners for ${suite}`);
      found.set(suite, runner);
    }
  }
  return found;
}

function runCase(runner: Runner, row: Case): { ok: true } | { ok: false; got: unknown } | { skip: string } {
  const given = shuffled(row.given, row.suite.length);
  try {
    const got = runner.run(given as never);
    if (typeof got === "object" && got !== null && "skipped" in got) return { skip: String((got as { skipped: unknown }).skipped) };
    const ok = runner.same ? runner.same(got, row.expect as never, given as never) : isDeepStrictEqual(plain(got), row.expect);
    return ok ? { ok } : { ok, got: plain(got) };
  } catch (error) {
    return { ok: false, got: error instanceof Error ? `threw ${error.stack ?? error.message}` : String(error) };
  }
}

async function main(): Promise<void> {
  const paths = process.argv.slice(2);
  const runners = await loadRunners();
  const tallies = new Map<string, Tally>();
  for (const file of (paths.length > 0 ? paths : ["fixtures/vectors"]).flatMap(filesOf)) {
    for (const [index, row] of parse(file).entries()) {
      const tally = tallies.get(row.suite) ?? { passed: 0, failed: 0, skipped: new Map<string, number>() };
      tallies.set(row.suite, tally);
      const runner = runners.get(row.suite);
      const result = runner ? runCase(runner, row) : { skip: NO_RUNNER };
      if ("skip" in result) tally.skipped.set(result.skip, (tally.skipped.get(result.skip) ?? 0) + 1);
      else if (result.ok) tally.passed++;
      else {
        tally.failed++;
        if (tally.failed <= SHOWN_PER_SUITE) {
          console.log(`FAIL ${row.suite} #${index} (${basename(file)}) ${row.case ?? ""}`);
          console.log(`  given    ${JSON.stringify(row.given).slice(0, 1500)}`);
          console.log(`  expected ${JSON.stringify(row.expect).slice(0, 1500)}`);
          console.log(`  got      ${typeof result.got === "string" ? result.got.slice(0, 1500) : JSON.stringify(result.got).slice(0, 1500)}`);
        }
      }
    }
  }
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const [suite, tally] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const skipped = [...tally.skipped.values()].reduce((a, b) => a + b, 0);
    const why = [...tally.skipped].map(([reason, n]) => `${n} ${reason}`).join("; ");
    console.log(`${suite}: ${tally.passed} passed, ${tally.failed} failed, ${skipped} skipped${why ? ` (${why})` : ""}`);
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.skipped += skipped;
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  process.exitCode = sum.failed > 0 ? 1 : 0;
}

await main();
