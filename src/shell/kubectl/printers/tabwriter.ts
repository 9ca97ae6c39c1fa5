/**
 * Columns of text as Go's tabwriter aligns them: a cell ends with a tab, and only consecutive lines that have a cell in a column share
 * that column's width.
 * @source go@1.25 src/text/tabwriter/tabwriter.go format, writeLines
 * Not modelled: right alignment, tab padding, filters; widths are counted in code points.
 */
export interface TabOptions {
  readonly minWidth: number;
  readonly padding: number;
  /** Widest seen of each column, kept between texts (`kubectl get --watch`). Changed in place. */
  readonly remembered?: number[];
}

/** Tables of `kubectl get`. */
export const TABLE: TabOptions = { minWidth: 6, padding: 3 };
/** `kubectl describe`. */
export const DESCRIBE: TabOptions = { minWidth: 0, padding: 2 };

export function aligned(text: string, options: TabOptions): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[] = [];
  const out: string[] = [];
  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const cells = lines[i] ?? [];
      out.push(cells.map((cell, j) => (j < widths.length ? cell.padEnd((widths[j] ?? 0) + cell.length - lengthOf(cell)) : cell)).join(""));
    }
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    for (let line = from; line < to; line++) {
      if (column >= (lines[line]?.length ?? 0) - 1) continue;
      write(start, line);
      start = line;
      let width = options.minWidth;
      while (line < to && column < (lines[line]?.length ?? 0) - 1) {
        width = Math.max(width, lengthOf(lines[line]?.[column] ?? "") + options.padding);
        line += 1;
      }
      if (options.remembered !== undefined) {
        width = Math.max(width, options.remembered[column] ?? 0);
        options.remembered[column] = width;
      }
      widths.push(width);
      format(start, line);
      widths.pop();
      start = line;
      line -= 1;
    }
    write(start, to);
  };
  format(0, lines.length);
  return out.join("\n");
}

function lengthOf(text: string): number {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}
