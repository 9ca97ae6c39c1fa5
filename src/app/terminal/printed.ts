/** What a machine printed on a terminal: its new part, and as text. */
export interface Printed {
  readonly text: string;
  readonly dropped: number;
}
export const NOTHING: Printed = { text: "", dropped: 0 };

/** What is new in a text that grows at its end and may lose its beginning; undefined when it is another text. */
export function newPart(shown: Printed, next: Printed): string | undefined {
  const [from, end] = [next.dropped - shown.dropped, shown.dropped + shown.text.length - next.dropped];
  if (from < 0 || end < 0 || end > next.text.length) return undefined;
  return shown.text.slice(from) === next.text.slice(0, end) ? next.text.slice(end) : undefined;
}

/** What was printed, as text: backspaces take letters back, a return begins the line anew, colours and movements are left out. */
export function plainText(printed: string): string {
  const out: string[] = [];
  let line = 0;
  for (let i = 0; i < printed.length; i++) {
    const sign = printed[i] as string;
    if (sign === "\x1b") i = endOfEscape(printed, i);
    else if (sign === "\b") {
      if (out.length > line) out.pop();
    } else if (sign === "\r") {
      if (printed[i + 1] !== "\n" && printed[i + 1] !== "\r") out.length = line;
    } else if (sign === "\n") {
      out.push(sign);
      line = out.length;
    } else if (sign >= " " || sign === "\t") out.push(sign);
  }
  return out.join("");
}

/** Where an escape sequence ends: at its letter, or after the sign that follows. */
function endOfEscape(text: string, at: number): number {
  if (text[at + 1] !== "[") return at + 1;
  let end = at + 2;
  while (end < text.length && !/[A-Za-z~]/.test(text[end] as string)) end++;
  return end;
}
