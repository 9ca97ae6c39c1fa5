/**
 * `npm run scenario -- FILE…`: plays transcripts and compares what is printed. `--update` rewrites the files with what was printed,
 * `--hash` prints the state's hash at the end. Exit 0 when every block matches.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { holds } from "./scenario/expectation";
import { MachineStage } from "./scenario/machine-stage";
import type { Scene } from "./scenario/scene";
import { Stage } from "./scenario/stage";
import { type Block, formatTranscript, parseTranscript, verbOf } from "./scenario/transcript";

interface Difference {
  readonly line: number;
  readonly expected: string;
  readonly got: string;
}

function playVerb(stage: Scene, verb: string, rest: string): string {
  if (verb === "run") stage.run(stage.span(rest));
  else if (verb === "at") stage.at(stage.span(rest));
  else if (verb === "fault") stage.fault(rest);
  else if (verb === "key") stage.key(rest);
  else if (verb === "why") return stage.why(rest);
  else return holds(stage.timeline, stage.resolved(rest), stage.facts) ? "" : "does not hold\n";
  return "";
}

function playStep(stage: Scene, step: string): string {
  if (step.startsWith("$ ")) return stage.type(stage.resolved(step.slice(2)));
  const verb = verbOf(step);
  if (verb === undefined) throw new Error(`neither a command nor a verb: ${step}`);
  return playVerb(stage, verb.verb, verb.rest);
}

function play(path: string, update: boolean): { differences: Difference[]; hash: string } {
  const transcript = parseTranscript(readFileSync(path, "utf8"));
  const { header } = transcript;
  const { machine } = header;
  const stage = machine === undefined ? new Stage(header, dirname(resolve(path))) : new MachineStage({ ...header, machine });
  const differences: Difference[] = [];
  const outputs = new Map<Block, string>();
  for (const block of transcript.blocks) {
    if (block.kind === "text") continue;
    let got: string;
    try {
      got = block.kind === "commands" ? block.steps.map((step) => playStep(stage, step)).join("") : playVerb(stage, block.verb, block.rest);
    } catch (error) {
      got = `error: ${error instanceof Error ? error.message : String(error)}\n`;
    }
    outputs.set(block, got);
    const told = block.kind === "verb" && block.verb === "why" && block.expected === undefined;
    if (told) process.stdout.write(got);
    const expected = block.expected ?? (told ? got : "");
    const kept = block.kind === "verb" && block.expected === undefined;
    if (got.trimEnd() !== expected.trimEnd() && (!update || kept)) differences.push({ line: block.line, expected, got });
  }
  if (update) writeFileSync(path, formatTranscript(transcript, outputs));
  return { differences, hash: stage.hash() };
}

const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith("--"));
if (files.length === 0) {
  console.error("usage: npm run scenario -- FILE… [--update] [--hash]");
  process.exitCode = 2;
}
for (const file of files) {
  try {
    const { differences, hash } = play(file, args.includes("--update"));
    for (const { line, expected, got } of differences) console.log(`${file}:${line}:\n--- expected\n${expected}--- got\n${got}`);
    console.log(`${file}: ${differences.length === 0 ? "ok" : `${differences.length} blocks differ`}`);
    if (args.includes("--hash")) console.log(hash);
    if (differences.length > 0) process.exitCode = 1;
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
