/**
 * Writes `docs/RULES.md` from the blocks above the rules: id, what it says, what it leaves out, source, file. With `--verify` it only says
 * whether the committed page is what the code gives.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OUT = "docs/RULES.md";

interface Rule {
  readonly id: string;
  readonly says: string;
  readonly leavesOut: string;
  readonly sources: readonly string[];
  readonly file: string;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => (statSync(join(folder, name)).isDirectory() ? filesIn(join(folder, name)) : [join(folder, name)]))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));

function rulesIn(file: string): Rule[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].flatMap((match) => {
    const lines = (match[1] ?? "").split("\n").map((line) => line.replace(/^\s*\*? ?/, "").trim());
    const tagged = (tag: string): string[] => lines.filter((line) => line.startsWith(`@${tag} `)).map((line) => line.slice(tag.length + 2));
    const prose = lines
      .filter((line) => line !== "" && !line.startsWith("@"))
      .join(" ")
      .replace(/\|/g, "\\|");
    const cut = prose.indexOf("Not modelled:");
    const [says, leavesOut] = cut < 0 ? [prose, ""] : [prose.slice(0, cut).trim(), prose.slice(cut + "Not modelled:".length).trim()];
    return tagged("rule").map((id) => ({ id: id.split(" ")[0] as string, says, leavesOut, sources: tagged("source"), file }));
  });
}

const rules = filesIn("src").flatMap(rulesIn);
rules.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.file < b.file ? -1 : 1));
const rows = rules.map((rule) => `| \`${rule.id}\` | ${rule.says} | ${rule.leavesOut} | ${rule.sources.join("; ")} | \`${rule.file}\` |`);
const page = [
  "# Rules",
  "",
  `Generated from the code by \`npm run update:rules\`: ${new Set(rules.map((rule) => rule.id)).size} rules of the real system, each in one place.`,
  "",
  "| rule | says | not modelled | source | file |",
  "|---|---|---|---|---|",
  ...rows,
  "",
].join("\n");

if (!process.argv.includes("--verify")) writeFileSync(OUT, page);
else if (!existsSync(OUT) || readFileSync(OUT, "utf8") !== page) {
  console.error(`${OUT} is not what the code gives; run npm run update:rules`);
  process.exitCode = 1;
}
