/**
 * Shell patterns: `*`, `?`, `[…]`, with backslash taking the meaning away.
 *
 * @rule linux.shell.pattern
 * @source man-pages@6.9 glob(7)
 */

/** A pattern that matches exactly this text. */
export const escapePattern = (text: string): string => text.replace(/[*?[\]\\]/g, "\\$&");

export const isPattern = (pattern: string): boolean => /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);

export const unescapePattern = (pattern: string): string => pattern.replace(/\\(.)/gs, "$1");

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "A-Za-z0-9",
  alpha: "A-Za-z",
  blank: " \\t",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

function bracket(pattern: string, at: number): { readonly source: string; readonly end: number } | undefined {
  let end = at + 1;
  if (pattern[end] === "!" || pattern[end] === "^") end += 1;
  if (pattern[end] === "]") end += 1;
  while (end < pattern.length && pattern[end] !== "]")
    end += pattern.startsWith("[:", end) ? pattern.indexOf(":]", end) - end + 2 : pattern[end] === "\\" ? 2 : 1;
  if (end >= pattern.length) return undefined;
  const negated = pattern[at + 1] === "!" || pattern[at + 1] === "^";
  const inner = pattern
    .slice(at + (negated ? 2 : 1), end)
    .replace(/\[:(\w+):\]|\\?([\\\][^])/g, (_all, name?: string, c?: string) => (name === undefined ? `\\${c ?? ""}` : (CLASSES[name] ?? "")));
  return { source: `[${negated ? "^" : ""}${inner}]`, end };
}

/** The source of a regular expression for a pattern; `any` is what a `*` stands for. */
export function patternSource(pattern: string, any = "[\\s\\S]*", lazy = false): string {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const c = pattern[at] ?? "";
    if (c === "*") source += lazy ? `${any}?` : any;
    else if (c === "?") source += "[\\s\\S]";
    else if (c === "\\" && at + 1 < pattern.length) {
      at += 1;
      source += (pattern[at] ?? "").replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    } else {
      const set = c === "[" ? bracket(pattern, at) : undefined;
      if (set === undefined) source += c.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      else {
        source += set.source;
        at = set.end;
      }
    }
  }
  return source;
}

export const matches = (pattern: string, text: string): boolean => new RegExp(`^(?:${patternSource(pattern)})$`).test(text);

/** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
export function stripped(text: string, operator: string, pattern: string): string {
  const front = operator.startsWith("#");
  const longest = operator.length === 2;
  for (let turn = 0; turn <= text.length; turn += 1) {
    const length = longest ? text.length - turn : turn;
    const piece = front ? text.slice(0, length) : text.slice(text.length - length);
    if (matches(pattern, piece)) return front ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

/** Names that a pattern stands for, in the order of the C locale; `list` gives a directory's names. */
export function expandPattern(
  pattern: string,
  list: (directory: string) => readonly string[],
  exists: (path: string) => boolean,
  hidden = false,
): readonly string[] {
  let found = [pattern.startsWith("/") ? "/" : ""];
  const pieces = pattern.split("/").filter((piece) => piece !== "");
  for (const [index, piece] of pieces.entries()) {
    const last = index === pieces.length - 1;
    const next: string[] = [];
    for (const base of found) {
      const names = isPattern(piece)
        ? list(base === "" ? "." : base).filter((name) => (hidden || !name.startsWith(".") || piece.startsWith(".")) && matches(piece, name))
        : [unescapePattern(piece)];
      for (const name of names) if (!last || isPattern(piece) || exists(base + name)) next.push(base + name + (last ? "" : "/"));
    }
    found = next;
  }
  // With a slash behind it only directories are meant.
  if (pattern.endsWith("/")) found = found.map((path) => `${path}/`).filter(exists);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
