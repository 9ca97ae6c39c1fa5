/** The rules of the model as the code declares them: every `@rule` id, its file and the functions that are it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface Rule {
  readonly id: string;
  readonly file: string;
  /** Names of the function declared, or of the functions an object or factory holds. */
  readonly functions: readonly string[];
}

function walk(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
}

const FUNCTION = /^(?:export )?function\*? (\w+)/;
const ARROW = /^(?:export )?const (\w+)(?::[^=]*(?:=>[^=]*)?)? =\s*(?:\(|\w+ =>|$)/;
const MEMBER = /^\s+(?:(?:readonly )?"?(\w+)"?(?:\(|: (?:\(|\w+ =>))|const (\w+) = (?:\([^)]*\)|\w+)[^=]*=>)/;

/** Names of the functions that the code after a comment declares: itself, or what an object or factory holds. */
function functionsOf(lines: readonly string[]): string[] {
  const [first = ""] = lines;
  const own = FUNCTION.exec(first)?.[1];
  if (own !== undefined) return [own];
  const names: string[] = [];
  const arrow = ARROW.exec(first)?.[1];
  if (arrow !== undefined) names.push(arrow);
  for (const line of lines.slice(1)) {
    if (line !== "" && !/^[\s})\]]/.test(line)) break;
    const member = MEMBER.exec(line);
    const name = member?.[1] ?? member?.[2];
    if (name !== undefined) names.push(name);
    if (/^[})\]]/.test(line)) break;
  }
  return names;
}

export function declaredRules(root = "src"): Rule[] {
  const rules: Rule[] = [];
  for (const file of walk(root).filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))) {
    const text = readFileSync(file, "utf8");
    for (const block of text.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\//g)) {
      const ids = [...block[0].matchAll(/@rule ([a-z0-9.-]+)/g)].map((match) => match[1] as string);
      if (ids.length === 0) continue;
      const functions = functionsOf(
        text
          .slice(block.index + block[0].length)
          .replace(/^\s*\n/, "")
          .split("\n"),
      );
      for (const id of ids) rules.push({ id, file, functions });
    }
  }
  return rules;
}

interface CoverageFile {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

/** Functions that ran, as `file function`, from what Node writes to NODE_V8_COVERAGE. */
export function ranFunctions(folder: string): ReadonlySet<string> {
  const ran = new Set<string>();
  const here = `${process.cwd()}/`;
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), "utf8")) as CoverageFile;
    for (const { url, functions } of result) {
      const file = decodeURIComponent(url.replace(/^file:\/\//, "").replace(/\?.*$/, "")).replace(here, "");
      for (const { functionName, ranges } of functions) if ((ranges[0]?.count ?? 0) > 0) ran.add(`${file} ${functionName}`);
    }
  }
  return ran;
}

export const ruleRan = (rule: Rule, ran: ReadonlySet<string>): boolean => rule.functions.some((name) => ran.has(`${rule.file} ${name}`));
