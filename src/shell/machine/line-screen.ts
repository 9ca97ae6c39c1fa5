/**
 * A line on the screen: what must be written so that a terminal shows it after another, the cursor where it belongs.
 *
 * @rule linux.readline.redisplay
 * @source readline(3) rl_redisplay
 */
import type { Edit } from "./line-editor";
import { charactersOf, columnsOf } from "./line-text";

const CLEAR_BELOW = "\x1b[J";
export const CLEAR_SCREEN = "\x1b[H\x1b[2J";

interface Place {
  readonly row: number;
  readonly column: number;
}

/** What takes no columns: what stands between \x01 and \x02, and escape sequences. */
// oxlint-disable-next-line no-control-regex -- terminals speak in control characters
const UNSEEN = /\x01[^\x02]*\x02|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07/g;

/** The line as it is shown: control characters as ^X. */
// oxlint-disable-next-line no-control-regex -- terminals speak in control characters
const visible = (line: string): string => line.replace(/[\0-\x1f]/g, (c) => `^${String.fromCharCode(c.charCodeAt(0) + 64)}`).replaceAll("\x7f", "^?");

/** Where a text ends that begins at the left border. */
function placeAfter(text: string, columns: number): Place {
  let [row, column] = [0, 0];
  for (const character of charactersOf(text)) {
    const width = columnsOf(character);
    if (column + width > columns) [row, column] = [row + 1, 0];
    column += width;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}

export const shownPrompt = ({ prompt, search }: Edit): string => (search === undefined ? prompt : `(reverse-i-search)\`${search}': `);

/** Draws the line anew, from the row in which the last drawing left the cursor. */
export function draw(edit: Edit, columns: number): { readonly out: string; readonly row: number } {
  const prompt = shownPrompt(edit);
  const bare = prompt.replace(UNSEEN, "");
  const line = visible(edit.line);
  const end = placeAfter(bare + line, columns);
  const cursor = placeAfter(bare + visible(edit.line.slice(0, edit.at)), columns);
  const top = `${edit.row > 0 ? `\x1b[${edit.row}A` : ""}\r${CLEAR_BELOW}`;
  // A full last column leaves the cursor on it: one more character makes the terminal wrap.
  const wrap = end.column === 0 && end.row > 0 ? " \r\x1b[K" : "";
  const up = end.row > cursor.row ? `\x1b[${end.row - cursor.row}A` : "";
  const across = cursor.row === end.row && cursor.column === end.column ? "" : `\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ""}`;
  // oxlint-disable-next-line no-control-regex -- terminals speak in control characters
  return { out: top + prompt.replace(/[\x01\x02]/g, "") + line + wrap + up + across, row: cursor.row };
}

/** After one key: only what is new where a character was added at the end, else the whole line. */
export function redraw(was: Edit, edit: Edit, columns: number): { readonly out: string; readonly row: number } {
  const added = edit.line.startsWith(was.line) ? edit.line.slice(was.line.length) : "";
  const atEnd = was.at === was.line.length && edit.at === edit.line.length;
  if (was.search === undefined && edit.search === undefined && atEnd) {
    if (was.line === edit.line) return { out: "", row: was.row };
    const place = placeAfter(shownPrompt(edit).replace(UNSEEN, "") + visible(edit.line), columns);
    if (added !== "" && place.row === was.row && place.column > 0) return { out: visible(added), row: was.row };
  }
  return draw({ ...edit, row: was.row }, columns);
}

/** Moves below the line, for what comes next. */
export function leaveLine(edit: Edit, columns: number): string {
  const end = placeAfter(shownPrompt(edit).replace(UNSEEN, "") + visible(edit.line), columns);
  const down = end.row - edit.row;
  return `${down > 0 ? `\x1b[${down}B` : ""}\r\n`;
}
