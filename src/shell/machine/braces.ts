/**
 * Brace expansion: `{a,b}` and `{1..5..2}`, before anything else is expanded.
 *
 * @rule linux.shell.braces
 * @source bash(1) Brace Expansion
 */
import type { BashPart, BashWord } from "../language/bash-tree";

/** One unquoted character, or a part that braces do not look into. */
type Item = string | BashPart;

function itemsOf(word: BashWord): Item[] {
  return word.flatMap((part): Item[] => (part.kind === "text" && !part.quoted ? [...part.text] : [part]));
}

function wordOf(items: readonly Item[]): BashWord {
  const parts: BashPart[] = [];
  for (const item of items) {
    const last = parts.at(-1);
    if (typeof item !== "string") parts.push(item);
    else if (last?.kind === "text" && !last.quoted) parts[parts.length - 1] = { ...last, text: last.text + item };
    else parts.push({ kind: "text", text: item, quoted: false });
  }
  return parts;
}

function closing(items: readonly Item[], open: number): { readonly end: number; readonly commas: readonly number[] } | undefined {
  let depth = 0;
  const commas: number[] = [];
  for (let at = open; at < items.length; at += 1) {
    if (items[at] === "{") depth += 1;
    else if (items[at] === "," && depth === 1) commas.push(at);
    else if (items[at] === "}" && --depth === 0) return { end: at, commas };
  }
  return undefined;
}

function range(items: readonly Item[]): readonly Item[][] | undefined {
  if (items.some((item) => typeof item !== "string")) return undefined;
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?\d+))?$/.exec(items.join(""));
  if (match === null) return undefined;
  const letters = match[3] !== undefined;
  const from = letters ? (match[3] ?? "").charCodeAt(0) : Number(match[1]);
  const to = letters ? (match[4] ?? "").charCodeAt(0) : Number(match[2]);
  const step = Math.max(1, Math.abs(Number(match[5] ?? 1)));
  const padded = [match[1] ?? "", match[2] ?? ""].some((text) => /^-?0\d/.test(text))
    ? Math.max((match[1] ?? "").length, (match[2] ?? "").length)
    : 0;
  const made: Item[][] = [];
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step)
    made.push([
      ...(letters ? String.fromCharCode(value) : value < 0 ? `-${String(-value).padStart(padded - 1, "0")}` : String(value).padStart(padded, "0")),
    ]);
  return made;
}

function expandItems(items: readonly Item[]): readonly (readonly Item[])[] {
  for (let open = 0; open < items.length; open += 1) {
    if (items[open] !== "{") continue;
    const closed = closing(items, open);
    if (closed === undefined) continue;
    const bounds = [open, ...closed.commas, closed.end];
    const choices =
      closed.commas.length > 0
        ? bounds.slice(1).map((end, index) => items.slice((bounds[index] ?? 0) + 1, end))
        : range(items.slice(open + 1, closed.end));
    if (choices === undefined) continue;
    const before = items.slice(0, open);
    const after = expandItems(items.slice(closed.end + 1));
    return choices.flatMap((choice) => expandItems(choice).flatMap((middle) => after.map((end) => [...before, ...middle, ...end])));
  }
  return [items];
}

export function expandBraces(word: BashWord): readonly BashWord[] {
  if (!word.some((part) => part.kind === "text" && !part.quoted && part.text.includes("{"))) return [word];
  return expandItems(itemsOf(word)).map(wordOf);
}
