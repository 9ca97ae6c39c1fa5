/**
 * What is said of text that is none of the language: where, and by bash the line itself.
 *
 * Not modelled: what dash had expected instead; quotes that are not closed are told as the end of the file.
 *
 * @source bash@5.2 parse.y report_syntax_error; dash@0.5.12 parser.c synexpect
 */
import { parseBash } from "../language/bash-grammar";

/** `place` is what stands before the line's number. */
export function syntaxWords(text: string, place: string, dash: boolean, first = 1): string {
  const parsed = parseBash(text);
  if ("script" in parsed) return "";
  const lines = text.split("\n");
  const ends = lines.length + (text.endsWith("\n") ? 0 : 1);
  const line = "error" in parsed ? parsed.line : ends;
  const number = line + first - 1;
  if (dash) {
    const token = "error" in parsed ? /unexpected token `(.*)'$/.exec(parsed.error)?.[1] : undefined;
    const what = token === undefined ? "end of file unexpected" : token === "newline" ? "newline unexpected" : `"${token}" unexpected`;
    return `${place}: ${Math.min(number, lines.length + first - 1)}: Syntax error: ${what}\n`;
  }
  const where = `${place} ${number}: `;
  if (!("error" in parsed)) return `${where}syntax error: unexpected end of file\n`;
  return `${where}${parsed.error}\n${where}\`${lines[line - 1] ?? ""}'\n`;
}
