/**
 * `npm run coverage`: which rules the golden vectors exercise, and whether each of them also acts in a world, in some scenario of
 * `fixtures/scenarios`. Measured by what runs, not by lists. Exit 1 when a rule of the vectors never acts, unless it is named in
 * `rules/only-vectors.json` with a reason.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { declaredRules, ranFunctions, type Rule, ruleRan } from "./rules/declared";

const SCENARIOS = "fixtures/scenarios";

function measured(name: string, args: readonly string[]): ReadonlySet<string> {
  const folder = `.cache/coverage-${name}`;
  rmSync(folder, { recursive: true, force: true });
  const child = spawnSync("npx", ["tsx", ...args], {
    env: { ...process.env, NODE_V8_COVERAGE: folder, SHOW: "0" },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (child.status === null) throw new Error(`${name}: ${child.error?.message ?? "killed"}`);
  return ranFunctions(folder);
}

const excused = JSON.parse(readFileSync("tools/rules/only-vectors.json", "utf8")) as Readonly<Record<string, string>>;
const files = readdirSync(SCENARIOS)
  .sort()
  .map((name) => `${SCENARIOS}/${name}`);
const vectors = measured("vectors", ["tools/vectors/main.ts"]);
const scenarios = measured("scenarios", ["tools/scenario.ts", ...files]);
/** One rule may be declared in several places, for example with a short cut for the usual case. */
const rules = new Map<string, Rule[]>();
for (const rule of declaredRules()) rules.set(rule.id, [...(rules.get(rule.id) ?? []), rule]);
const acts = (id: string, ran: ReadonlySet<string>): boolean => (rules.get(id) ?? []).some((rule) => ruleRan(rule, ran));
const ids = [...rules.keys()];
const exercised = ids.filter((id) => acts(id, vectors));
/** The lab has no machine with a kernel yet; its rules are proved by the vectors alone. */
const inLab = (id: string): boolean => !id.startsWith("linux.");
const missing = exercised.filter((id) => inLab(id) && !acts(id, scenarios) && !(id in excused));
const idle = Object.keys(excused).filter((id) => !rules.has(id) || acts(id, scenarios));
for (const id of missing) console.log(`only in vectors: ${id} (${rules.get(id)?.[0]?.file})`);
for (const id of idle) console.log(`excused without need: ${id}`);
console.log(
  `${ids.length} rules declared, ${exercised.length} exercised by vectors, ${missing.length} of these never act in a scenario, ${Object.keys(excused).length} excused`,
);
console.log(`${ids.filter((id) => acts(id, scenarios)).length} rules act in scenarios`);
process.exitCode = missing.length + idle.length > 0 ? 1 : 0;
