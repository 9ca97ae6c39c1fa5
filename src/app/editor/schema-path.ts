/**
 * Where in an object a place of a manifest's text stands, read from indentation alone, so that it also works while the text is being
 * typed and does not parse.
 *
 * Not modelled: flow style (braces); a place inside braces has no path.
 */
export interface TextPlace {
  readonly apiVersion: string;
  readonly kind: string;
  /** Names of the fields around it, outermost first; list positions are left out. */
  readonly path: readonly string[];
  /** The word before the cursor on its line. */
  readonly word: string;
  /** The cursor stands after `name:`. */
  readonly value: boolean;
  /** Names already given beside it. */
  readonly siblings: readonly string[];
}

interface Line {
  /** Column where its key stands, after any dashes. */
  readonly indent: number;
  /** Column of its first dash, or undefined. */
  readonly dash: number | undefined;
  readonly key: string | undefined;
}

function read(text: string): Line | undefined {
  const match = /^(\s*)((?:-\s+|-$)*)(.*)$/.exec(text);
  if (match === null || text.trim() === "" || text.trim().startsWith("#")) return undefined;
  const [, space = "", dashes = "", rest = ""] = match;
  const key = /^["']?([\w./-]+)["']?\s*:(?:\s|$)/.exec(rest)?.[1];
  return { indent: space.length + dashes.length, dash: dashes === "" ? undefined : space.length, key };
}

/** The document of a line, as its first and last line. */
function documentAt(lines: readonly string[], at: number): readonly [number, number] {
  let first = at;
  while (first > 0 && !/^---(\s|$)/.test(lines[first] ?? "")) first--;
  let last = at + 1;
  while (last < lines.length && !/^---(\s|$)/.test(lines[last] ?? "")) last++;
  return [first, last];
}

function topField(lines: readonly string[], name: string): string {
  const found = lines.find((line) => line.startsWith(`${name}:`));
  return (found ?? "")
    .slice(name.length + 1)
    .replace(/#.*$/, "")
    .trim()
    .replace(/^["']|["']$/g, "");
}

/** `at` counts lines from 0; `column` is the cursor's within it. */
export function placeAt(text: string, at: number, column: number): TextPlace {
  const lines = text.split("\n");
  const [first, last] = documentAt(lines, at);
  const part = lines.slice(first, last);
  const before = (lines[at] ?? "").slice(0, column);
  const here = read(before) ?? { indent: before.length, dash: undefined, key: undefined };
  const path: string[] = [];
  const siblings: string[] = [];
  // The column that an enclosing key must stand left of; a dash may stand in its key's own column.
  let limit = here.indent;
  let dash = here.dash;
  for (let i = at - 1; i >= first; i--) {
    const line = read(lines[i] ?? "");
    if (line === undefined) continue;
    const sibling = line.indent === limit && path.length === 0 && dash === undefined;
    if (sibling && line.key !== undefined) siblings.push(line.key);
    if (line.indent === limit && line.dash !== undefined && dash === undefined) dash = line.dash;
    const encloses = dash === undefined ? line.indent < limit : line.indent <= dash && line.dash === undefined;
    if (!encloses || line.key === undefined) continue;
    path.unshift(line.key);
    limit = line.indent;
    dash = line.dash;
  }
  for (let i = at + 1; i < last; i++) {
    const line = read(lines[i] ?? "");
    if (line === undefined) continue;
    if (line.indent < here.indent || (line.dash !== undefined && line.indent === here.indent)) break;
    if (line.indent === here.indent && line.key !== undefined) siblings.push(line.key);
  }
  const value = here.key !== undefined;
  if (value && here.key !== undefined) path.push(here.key);
  const word = /[\w./-]*$/.exec(before)?.[0] ?? "";
  return { apiVersion: topField(part, "apiVersion"), kind: topField(part, "kind"), path, word, value, siblings };
}
