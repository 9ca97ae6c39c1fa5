/**
 * Runs a command line: expands words, joins programs and keeps the exit code.
 *
 * Not modelled: job control; every command runs in the foreground.
 * @source bash(1) EXPANSION, REDIRECTION, Lists
 */
import { captured, intoFile, merged, pipe, withInput } from "./pipeline";
import { err, filePaths, type Program, readFile, type Run, setState, terminalState } from "./program";
import { parseScript } from "./language/parser";
import type { Command, Part, Pipeline, Redirect, Script, SimpleCommand, Word } from "./language/syntax";
import { expandGlob, resolvePath } from "./paths";
import { PROGRAMS } from "./programs";

/** Rounds of a `while` loop; the terminal's own limit on steps stops tighter ones. */
const MOST_ROUNDS = 100_000;

export function isIncomplete(line: string): boolean {
  return "incomplete" in parseScript(line);
}

export function* interpret(line: string): Run<number> {
  const parsed = parseScript(line);
  if ("script" in parsed) return yield* runScript(parsed.script);
  yield* err(`${"error" in parsed ? parsed.error : "bash: syntax error: unexpected end of file"}\n`);
  return 2;
}

function* runScript(script: Script): Run<number> {
  let code = 0;
  for (const [index, pipeline] of script.entries()) {
    if (index > 0 && pipeline.after === "&&" && code !== 0) continue;
    if (index > 0 && pipeline.after === "||" && code === 0) continue;
    code = yield* runPipeline(pipeline);
    yield* setState({ exitCode: code });
  }
  return code;
}

function* runPipeline({ commands, negated }: Pipeline): Run<number> {
  let run: Run<number> | undefined;
  for (const command of commands) {
    const next = runCommand(command);
    run = run === undefined ? next : pipe(run, next);
  }
  const code = run === undefined ? 0 : yield* run;
  return negated ? (code === 0 ? 1 : 0) : code;
}

function* runCommand(command: Command): Run<number> {
  if (command.kind === "simple") return yield* runSimple(command);
  let code = 0;
  if (command.kind === "for") {
    for (const value of yield* expandWords(command.words)) {
      yield* assign(command.variable, value);
      code = yield* runScript(command.body);
    }
    return code;
  }
  if (command.kind === "if") {
    for (const { condition, body } of command.branches) if ((yield* runScript(condition)) === 0) return yield* runScript(body);
    return command.otherwise === undefined ? 0 : yield* runScript(command.otherwise);
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const held = (yield* runScript(command.condition)) === 0;
    if (held === command.until) break;
    code = yield* runScript(command.body);
  }
  return code;
}

function* assign(name: string, value: string): Run<void> {
  const { variables } = yield* terminalState();
  yield* setState({ variables: { ...variables, [name]: value } });
}

function* runSimple(command: SimpleCommand): Run<number> {
  const words = yield* expandWords(command.words);
  const values: [string, string][] = [];
  for (const { name, value } of command.assignments) values.push([name, yield* expandOne(value)]);
  const [name, ...args] = words;
  if (name === undefined) {
    for (const [variable, value] of values) yield* assign(variable, value);
    return 0;
  }
  const program = PROGRAMS.get(name);
  const run = program === undefined ? unknown(name) : program(args, name);
  return yield* redirected(run, command.redirects);
}

function* unknown(name: string): Run<number> {
  yield* err(`bash: ${name}: command not found\n`);
  return 127;
}

function* redirected(start: Run<number>, redirects: readonly Redirect[]): Run<number> {
  let run = start;
  const { cwd } = yield* terminalState();
  for (const redirect of redirects) {
    const target = yield* expandOne(redirect.target);
    if (redirect.kind === "here-document") run = withInput(run, target);
    else if (redirect.kind === "here-string") run = withInput(run, `${target}\n`);
    else if (redirect.kind === "merge") run = merged(run, target === "2" ? "err" : "out");
    else if (target === "/dev/null")
      run = redirect.kind === "in" ? withInput(run, "") : intoFile(run, { stream: redirect.stream, path: undefined, append: false });
    else {
      const path = resolvePath(cwd, target);
      const text = redirect.kind === "in" && path !== undefined ? yield* readFile(path) : undefined;
      if (path === undefined || path === "" || (redirect.kind === "in" && text === undefined)) {
        yield* err(
          `bash: ${target}: ${redirect.kind === "in" ? "No such file or directory" : path === "" ? "Is a directory" : "Permission denied"}\n`,
        );
        return 1;
      }
      run = text === undefined ? intoFile(run, { stream: redirect.stream, path, append: redirect.kind === "append" }) : withInput(run, text);
    }
  }
  return yield* run;
}

function* expandPart(part: Part): Run<string> {
  if (part.kind === "text") return part.text;
  if (part.kind === "command") return (yield* captured(runScript(part.script))).text.replace(/\n+$/, "");
  const { variables, exitCode, cwd } = yield* terminalState();
  if (part.name === "?") return String(exitCode);
  if (part.name === "$") return "1";
  if (part.name === "PWD") return cwd === "" ? "/workspace" : `/workspace/${cwd}`;
  return variables[part.name] ?? part.otherwise ?? "";
}

/** Without splitting or globbing, as on the right of an assignment. */
function* expandOne(word: Word): Run<string> {
  let text = "";
  for (const part of word) text += yield* expandPart(part);
  return text;
}

function* expandWords(words: readonly Word[]): Run<readonly string[]> {
  const out: string[] = [];
  for (const word of words) out.push(...(yield* expandWord(word)));
  return out;
}

/** Splits what came from unquoted expansions, then matches wildcards that were not quoted. */
function* expandWord(word: Word): Run<readonly string[]> {
  const fields: { text: string; glob: boolean }[] = [];
  let open: { text: string; glob: boolean } | undefined;
  for (const part of word) {
    const value = yield* expandPart(part);
    const pieces = part.kind !== "text" && !part.quoted ? value.split(/([ \t\n]+)/) : [value];
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 1) open = undefined;
      else if (piece !== "" || part.quoted || part.kind === "text") {
        if (open === undefined) fields.push((open = { text: "", glob: false }));
        open.text += piece;
        open.glob ||= !part.quoted && /[*?[]/.test(piece);
      }
    }
  }
  if (!fields.some((field) => field.glob)) return fields.map((field) => field.text);
  const paths = yield* filePaths();
  const { cwd } = yield* terminalState();
  return fields.flatMap((field) => {
    const matches = field.glob ? expandGlob(paths, cwd, field.text) : [];
    return matches.length > 0 ? matches : [field.text];
  });
}

export type { Program };
