/** A small screen for tests: what a terminal shows after it was sent these bytes. Knows what the line editor and programs send. */
import { charactersOf, columnsOf } from "../../src/shell/machine/line-text";

export function screenOf(bytes: string, columns: number): readonly string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const at = (r: number): string[] => {
    while (rows.length <= r) rows.push([]);
    return rows[r] as string[];
  };
  const put = (character: string): void => {
    const width = columnsOf(character);
    if (column + width > columns) [row, column] = [row + 1, 0];
    const line = at(row);
    while (line.length < column) line.push(" ");
    line[column] = character;
    if (width === 2) line[column + 1] = "";
    column += width;
  };
  const erase = (from: number): void => void (at(row).length = Math.min(at(row).length, from));
  for (let rest = bytes; rest !== ""; ) {
    // oxlint-disable-next-line no-control-regex -- terminals speak in control characters
    const sequence = /^\x1b\[([0-9;?]*)([A-Za-z])/.exec(rest);
    if (sequence !== null) {
      const [all, argument = "", letter] = sequence;
      const count = Number.parseInt(argument, 10) || 1;
      if (letter === "A") row = Math.max(0, row - count);
      else if (letter === "B") row += count;
      else if (letter === "C") column += count;
      else if (letter === "D") column = Math.max(0, column - count);
      else if (letter === "H") [row, column] = [0, 0];
      else if (letter === "K") erase(column);
      else if (letter === "J") {
        if (argument === "2") rows.length = 0;
        else {
          erase(column);
          rows.length = row + 1;
        }
      }
      at(row);
      rest = rest.slice(all.length);
      continue;
    }
    const character = charactersOf(rest)[0] ?? "";
    rest = rest.slice(character.length);
    if (character === "\r") column = 0;
    else if (character === "\n") row += 1;
    else if (character === "\b") column = Math.max(0, Math.min(column, columns) - 1);
    else if (character >= " ") put(character);
    at(row);
  }
  return rows.map((line) => line.join("").trimEnd());
}
