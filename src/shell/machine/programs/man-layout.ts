/**
 * A manual page as lines of a terminal: headings, indented paragraphs, options hanging over what they do. Wide characters take two columns.
 *
 * Not modelled: adjusting to both margins, hyphenation.
 *
 * @source man-db@2.11 man(1); groff@1.22 groff_man(7)
 */
import { toBytes } from "../../../sim/bytes";
import { widthOf } from "../line-text";
import type { ManualWords } from "../../../locales/manual";
import type { Page } from "./man-pages";

const INDENT = 7;
const HANG = 14;

export const columnsOf = (text: string): number => widthOf(toBytes(text));

/** Words in lines of at most so many columns. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let [line, used] = ["", 0];
  for (const word of text.split(" ")) {
    const width = columnsOf(word);
    if (used > 0 && used + 1 + width > columns) {
      lines.push(line);
      [line, used] = [word, width];
    } else [line, used] = used === 0 ? [word, width] : [`${line} ${word}`, used + 1 + width];
  }
  return [...lines, line];
}

export interface Paper {
  readonly columns: number;
  readonly bold: boolean;
}

const blanks = (count: number): string => " ".repeat(Math.max(0, count));

/** Left, middle and right of one line. */
function spread(left: string, middle: string, right: string, columns: number): string {
  const before = Math.max(1, Math.floor((columns - columnsOf(middle)) / 2) - columnsOf(left));
  const after = Math.max(1, columns - columnsOf(left) - before - columnsOf(middle) - columnsOf(right));
  return `${left}${blanks(before)}${middle}${blanks(after)}${right}`;
}

/** A term and what it means: on the same line where the term is short. */
export function hanging(term: string, text: string, indent: number, hang: number, { columns, bold }: Paper): readonly string[] {
  const lines = wrapped(text, columns - hang).map((line) => blanks(hang) + line);
  const shown = blanks(indent) + (bold ? strong(term) : term);
  const width = indent + columnsOf(term);
  return width < hang - 1 ? [shown + blanks(hang - width) + (lines[0] ?? "").slice(hang), ...lines.slice(1)] : [shown, ...lines];
}

const strong = (text: string): string => `\x1b[1m${text}\x1b[0m`;

function synopsis(usage: string, paper: Paper): readonly string[] {
  const [name = "", ...rest] = usage.split(" ");
  const hang = INDENT + columnsOf(name) + 1;
  return wrapped(rest.join(" "), paper.columns - hang).map((line, i) =>
    i === 0 ? `${blanks(INDENT)}${paper.bold ? strong(name) : name} ${line}`.trimEnd() : blanks(hang) + line,
  );
}

const listed = (entries: Readonly<Record<string, string>>, paper: Paper): readonly string[] =>
  Object.entries(entries).flatMap(([term, text]) => hanging(term, text, INDENT, HANG, paper));

/** `ls(1)`. */
export const titled = (name: string, section: string): string => `${name}(${section})`;

/** The page in bytes. */
export function laidOut(page: Page, words: ManualWords, sectionOf: (name: string) => string, paper: Paper): string {
  const { name, section, usage, from, see = [], text } = page;
  const paragraph = (body: string): readonly string[] => wrapped(body, paper.columns - INDENT).map((line) => blanks(INDENT) + line);
  const parts: readonly (readonly [keyof ManualWords["headings"], readonly string[]])[] = [
    ["name", paragraph(`${name} - ${text.name}`)],
    ["synopsis", usage.flatMap((line) => synopsis(line, paper))],
    ["description", paragraph(text.about)],
    ["options", listed(text.options ?? {}, paper)],
    ["examples", listed(text.examples ?? {}, paper)],
    ["missing", text.missing === undefined ? [] : paragraph(text.missing)],
    ["see", see.length === 0 ? [] : paragraph(see.map((one) => titled(one, sectionOf(one))).join(", "))],
  ];
  const title = titled(name, section).replace(/^.*\(/, (front) => front.toUpperCase());
  const body = parts
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([heading, lines]) => [paper.bold ? strong(words.headings[heading]) : words.headings[heading], ...lines, ""]);
  const all = [spread(title, words.sections[section], title, paper.columns), "", ...body, spread(from, "", title, paper.columns)];
  return toBytes(`${all.join("\n")}\n`);
}
