/**
 * Redirections, done in the order written, and undone.
 *
 * @rule linux.shell.redirect
 * @source bash(1) REDIRECTION
 */
import { strerror } from "../../linux/errno";
import type { BashRedirect } from "../language/bash-tree";
import { asFields, asText } from "./expansion";
import { complain, setVariable, type Shell } from "./shell-state";
import { surroundings } from "./shell-words";

/** Where copies of descriptors are kept. */
const KEPT_FROM = 10;
const MODE = 0o666;

type Saved = (readonly [fd: number, copy: number])[];

/** Does them all; undefined after a failure, which was told and undone. Without `saved` they are for good. */
export function redirect(shell: Shell, redirects: readonly BashRedirect[], keep: boolean): Saved | undefined {
  const saved: Saved = [];
  for (const one of redirects) {
    const problem = redirectOne(shell, one, keep ? saved : undefined);
    if (problem === undefined) continue;
    restore(shell, saved);
    complain(shell, problem);
    return undefined;
  }
  return saved;
}

/** Puts descriptors back; a copy of -1 says that there was none. */
export function restore({ system }: Shell, saved: readonly (readonly [number, number])[]): void {
  for (const [fd, copy] of [...saved].reverse()) {
    if (copy < 0) system.close(fd);
    else {
      system.dup2(copy, fd);
      system.close(copy);
    }
  }
}

function put(shell: Shell, from: number, fd: number, saved: Saved | undefined): void {
  const { system } = shell;
  if (saved !== undefined) {
    const copy = system.dup(fd, KEPT_FROM, true);
    saved.push([fd, copy.ok ? copy.value : -1]);
  }
  if (from !== fd) system.dup2(from, fd);
}

const flagsOf = (operator: string) => ({
  read: operator === "<" || operator === "<>",
  write: operator !== "<",
  create: operator !== "<",
  truncate: operator === ">" || operator === ">|" || operator === "&>",
  append: operator.endsWith(">>"),
});

function redirectOne(shell: Shell, { operator, target, fd, variable }: BashRedirect, saved: Saved | undefined): string | undefined {
  if (operator === "<<" || operator === "<<<")
    return document(shell, fd ?? 0, asText(surroundings(shell), target) + (operator === "<<<" ? "\n" : ""), saved);
  const fields = asFields(surroundings(shell), [target]);
  const [path] = fields;
  if (fields.length !== 1 || path === undefined) return `${fields.join(" ") || "$"}: ambiguous redirect`;
  const number = fd ?? (operator.startsWith("<") ? 0 : 1);
  if ((operator === "<&" || operator === ">&") && /^(?:\d+-?|-)$/.test(path)) return duplicate(shell, number, path, variable, saved);
  const both = operator.startsWith("&") || (operator === ">&" && fd === undefined);
  return openInto(shell, { operator: operator === ">&" ? ">" : operator, path, number, variable, both }, saved);
}

interface Opening {
  readonly operator: string;
  readonly path: string;
  readonly number: number;
  readonly variable: string | undefined;
  readonly both: boolean;
}

function openInto(shell: Shell, { operator, path, number, variable, both }: Opening, saved: Saved | undefined): string | undefined {
  const { system } = shell;
  if (operator === ">" && shell.state.options["noclobber"] === true) {
    const there = system.stat(path);
    if (there.ok && there.value.kind === "file")
      return shell.state.dash ? `cannot create ${path}: File exists` : `${path}: cannot overwrite existing file`;
  }
  const opened = system.open(path, flagsOf(operator), MODE);
  if (!opened.ok) {
    if (shell.state.dash) return `${operator === "<" ? "cannot open" : "cannot create"} ${path}: ${dashWords(strerror(opened.errno), operator)}`;
    return `${path}: ${strerror(opened.errno)}`;
  }
  if (variable !== undefined) {
    const high = system.dup(opened.value, KEPT_FROM);
    system.close(opened.value);
    if (high.ok) setVariable(shell, variable, { text: String(high.value) });
    return undefined;
  }
  if (opened.value === number) saved?.push([number, -1]);
  else {
    put(shell, opened.value, number, saved);
    system.close(opened.value);
  }
  if (both) put(shell, 1, 2, saved);
  return undefined;
}

const dashWords = (text: string, operator: string): string =>
  text !== "No such file or directory" ? text : operator === "<" ? "No such file" : "Directory nonexistent";

function duplicate(shell: Shell, number: number, path: string, variable: string | undefined, saved: Saved | undefined): string | undefined {
  const fd = variable === undefined ? number : Number(shell.state.variables[variable]?.text ?? -1);
  if (path === "-") {
    if (saved !== undefined) put(shell, fd, fd, saved);
    shell.system.close(fd);
    return undefined;
  }
  const from = Number.parseInt(path, 10);
  const probe = shell.system.dup(from, KEPT_FROM);
  if (!probe.ok) return `${from}: ${strerror(probe.errno)}`;
  put(shell, probe.value, fd, saved);
  shell.system.close(probe.value);
  if (path.endsWith("-")) shell.system.close(from);
  return undefined;
}

/** A here-document is a pipe that already holds its text. */
function document(shell: Shell, number: number, text: string, saved: Saved | undefined): string | undefined {
  const ends = shell.system.pipe(false);
  if (!ends.ok) return `cannot make pipe for here-document: ${strerror(ends.errno)}`;
  const [reader, writer] = ends.value;
  shell.system.write(writer, text);
  shell.system.close(writer);
  put(shell, reader, number, saved);
  if (reader !== number) shell.system.close(reader);
  return undefined;
}
