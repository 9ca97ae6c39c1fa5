/**
 * Lines that were typed: kept, listed, and called up again by `!`.
 *
 * Not modelled: the history file, `fc`, word designators other than `!$`, `!^` and `!*`, modifiers.
 *
 * @rule linux.shell.history
 * @source bash(1) HISTORY EXPANSION
 */
import type { Builtin } from "./shell-builtins";
import { complain, type Shell, update, write } from "./shell-state";

/** HISTSIZE. */
const MOST = 500;

export const historyOf = (shell: Shell): readonly string[] => shell.state.history ?? [];

export function remember(shell: Shell, line: string): void {
  if (line.trim() === "") return;
  const dropped = shell.state.dropped ?? 0;
  const all = [...historyOf(shell), line];
  update(shell, { history: all.slice(-MOST), dropped: dropped + Math.max(0, all.length - MOST) });
}

/** A line goes on: bash keeps a command of several lines as one. */
export function rememberMore(shell: Shell, line: string): void {
  const history = historyOf(shell);
  const last = history.at(-1);
  if (last === undefined || last.includes("<<")) return remember(shell, line);
  const joined = /(?:\b(?:do|then|else|in)|[{(;|&\\])\s*$/.test(last) ? " " : "; ";
  update(shell, { history: [...history.slice(0, -1), last.endsWith("\\") ? last.slice(0, -1) + line : `${last}${joined}${line.trim()}`] });
}

const EVENT = /\\!|'[^']*'|!(?:(!)|(-?\d+)|([$^*])|\?([^?\n]+)\??|([^\s!=('"$;&|<>][^\s;&|<>"]*))([$^*]?)/g;

/** The line with its events put in; undefined when one is not found, which was told. */
export function expandHistory(shell: Shell, line: string): string | undefined {
  if (!line.includes("!")) return line;
  const history = historyOf(shell);
  const first = (shell.state.dropped ?? 0) + 1;
  let missing: string | undefined;
  const expanded = line.replace(EVENT, (all: string, ...groups: readonly (string | undefined)[]) => {
    const [last, number, word, contained, prefix] = groups;
    if (all.startsWith("'") || all.startsWith("\\")) return all;
    let event: string | undefined;
    if (last !== undefined || word !== undefined) event = history.at(-1);
    else if (number !== undefined) event = Number(number) < 0 ? history.at(Number(number)) : history[Number(number) - first];
    else event = history.findLast((one) => (contained === undefined ? one.startsWith(prefix ?? "") : one.includes(contained)));
    if (event === undefined) missing ??= all;
    return wordsOf(event ?? "", word ?? groups[5] ?? "");
  });
  if (missing === undefined) return expanded;
  complain(shell, `${missing}: event not found`);
  return undefined;
}

function wordsOf(event: string, which: string): string {
  if (which === "") return event;
  const words = event.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  return which === "$" ? (words.at(-1) ?? "") : which === "^" ? (words[1] ?? "") : words.slice(1).join(" ");
}

const history: Builtin = (shell, argv) => {
  if (argv[1] === "-c") {
    update(shell, { history: [] });
    return 0;
  }
  const all = historyOf(shell);
  const count = argv[1] === undefined ? all.length : Number(argv[1]);
  if (!Number.isInteger(count)) {
    complain(shell, `history: ${argv[1]}: numeric argument required`);
    return 1;
  }
  const from = Math.max(0, all.length - count);
  const first = (shell.state.dropped ?? 0) + 1;
  const lines = all.slice(from).map((line, index) => `${String(first + from + index).padStart(5)}  ${line}\n`);
  write(shell.system, 1, lines.join(""));
  return 0;
};

export const historyBuiltins: Readonly<Record<string, Builtin>> = { history };
