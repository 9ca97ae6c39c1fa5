/**
 * `grep`: lines that match a basic regular expression.
 *
 * Not modelled: back references, character classes by name, files in directories (`-r`).
 *
 * @source grep@3.8
 */
import type { Program } from "../../../linux/program";
import { because, complain, linesOf, optionsOf, print, readFile } from "./support";

/** A basic or extended expression in the words of this language. */
function expressionOf(pattern: string, extended: boolean): RegExp {
  if (extended) return new RegExp(pattern);
  // In a basic expression these are letters unless a backslash makes them signs.
  return new RegExp(
    pattern.replace(/\\([+?|(){}])|([+?|(){}])/g, (_whole, sign: string | undefined, letter: string | undefined) => sign ?? `\\${letter}`),
  );
}

export const grep: Program = (system, invocation) => {
  const { given, rest } = optionsOf(invocation.argv.slice(1), { short: "chvqEFisnoe:w" });
  const [first, ...others] = rest;
  const pattern = typeof given.get("e") === "string" ? String(given.get("e")) : first;
  if (pattern === undefined) {
    print(system, "Usage: grep [OPTION]... PATTERNS [FILE]...\n", 2);
    return 2;
  }
  const files = given.has("e") ? rest : others;
  const literal = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const expression = given.has("F") ? new RegExp(literal) : expressionOf(pattern, given.has("E"));
  const named = files.length > 1 && !given.has("h");
  let [found, failed] = [false, false];
  for (const path of files.length === 0 ? ["-"] : files) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, `${path}: ${because(all.errno)}`);
      failed = true;
      continue;
    }
    const lines = linesOf(all.text).filter((line) => expression.test(line) !== given.has("v"));
    if (lines.length > 0) found = true;
    if (given.has("q")) continue;
    const prefix = named ? `${path}:` : "";
    if (given.has("c")) print(system, `${prefix}${lines.length}\n`);
    else print(system, lines.map((line) => `${prefix}${line}\n`).join(""));
  }
  return failed ? 2 : found ? 0 : 1;
};
