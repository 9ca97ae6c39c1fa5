/**
 * `awk`, the common language of mawk and gawk.
 *
 * Not modelled: output to and input from commands, `system`, `rand`, record separators of more than one character, `sin` and its relatives.
 *
 * @source mawk@1.3.4; man-pages@6.9 awk(1p)
 */
import type { Program } from "../../../linux/program";
import { getopt } from "./getopt";
import { because, complain, print, readFile } from "./support";
import { parseAwk } from "./text-awk-parser";
import { runAwk } from "./text-awk-run";
import type { Awk } from "./text-awk-state";
import { AwkError, unescaped } from "./text-awk-tokens";
import { ExpressionError } from "./text-regexp";
import { linesFrom, type LineSource } from "./text-input";

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

export const awk: Program = (system, invocation) => {
  const options = getopt(invocation.argv.slice(1), { short: "+F:v:f:W:", long: { "field-separator=": "F", "assign=": "v", "file=": "f" } });
  if (typeof options === "string") {
    complain(system, invocation, options);
    return 2;
  }
  const operands = [...options.operands];
  const sources: string[] = [];
  for (const path of options.values("f")) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, `cannot open ${path} (${because(all.errno)})`);
      return 2;
    }
    sources.push(all.text);
  }
  const source = options.has("f") ? sources.join("\n") : operands.shift();
  if (source === undefined) {
    print(system, "Usage: awk [options] 'program' [file ...]\n", 2);
    return 2;
  }
  const separator = options.value("F");
  const names: Awk["names"] = new Map();
  const set = (name: string, text: string): void => void names.set(name, text);
  for (const [name, text] of Object.entries({ FS: " ", OFS: " ", ORS: "\n", RS: "\n", SUBSEP: "\x1c", CONVFMT: "%.6g", OFMT: "%.6g" }))
    set(name, text);
  names.set("NR", 0);
  names.set("FNR", 0);
  names.set("ENVIRON", new Map(Object.entries(invocation.env).map(([name, text]) => [name, { text }])));
  names.set("ARGC", operands.length + 1);
  names.set("ARGV", new Map(["awk", ...operands].map((text, i) => [String(i), { text }])));
  if (separator !== undefined) set("FS", separator === "t" ? "\t" : unescaped(separator));
  for (const given of options.values("v")) {
    const parts = ASSIGNMENT.exec(given);
    if (parts !== null) names.set(parts[1] ?? "", { text: unescaped(parts[2] ?? "") });
  }
  for (const operand of operands) {
    const parts = ASSIGNMENT.exec(operand);
    if (parts !== null) names.set(parts[1] ?? "", { text: unescaped(parts[2] ?? "") });
  }
  const paths = operands.filter((operand) => !ASSIGNMENT.test(operand));
  let lines: LineSource | undefined;
  const refuse = (path: string, why: string): void => complain(system, invocation, `cannot open ${path} (${why})`);
  try {
    const status = runAwk({
      system,
      program: parseAwk(source),
      names,
      locals: [],
      fields: [],
      lines: () =>
        (lines ??= linesFrom(system, invocation, paths, { onError: refuse, end: String((names.get("RS") as string | undefined) ?? "\n") })),
      out: (text) => print(system, text),
      files: new Map(),
      sources: new Map(),
      open: (path) => linesFrom(system, invocation, [path], { onError: () => undefined }),
      turns: 0,
      within: new Set(),
    });
    return status === 0 && lines?.failed() === true ? 2 : status;
  } catch (error) {
    if (!(error instanceof AwkError) && !(error instanceof ExpressionError)) throw error;
    complain(system, invocation, error instanceof AwkError && error.line > 0 ? `line ${error.line}: ${error.message}` : error.message);
    return 2;
  }
};
