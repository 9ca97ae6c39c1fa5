/**
 * Tables as util-linux prints them: columns with least widths, numbers to the right, a tree drawn in one column.
 *
 * Not modelled: shortening to the width of a terminal.
 *
 * @source util-linux@2.38 libsmartcols/src/calculate.c libsmartcols/src/print.c
 */
export interface Column {
  readonly name: string;
  /** The width it has when its content is narrower, and wider than its name. */
  readonly hint?: number;
  readonly right?: boolean;
  readonly tree?: boolean;
}

export interface Line {
  readonly cells: Readonly<Record<string, string>>;
  /** The line it hangs on, by its place. */
  readonly parent?: number | undefined;
}

export interface TableStyle {
  readonly headings: boolean;
  /** One blank between cells, blanks inside them escaped. */
  readonly raw?: boolean;
  /** Box-drawing characters, where the locale has them. */
  readonly wide?: boolean;
}

/** Lines in the order of a walk over the tree, each with what is drawn before its text. */
function walked(lines: readonly Line[], wide: boolean): readonly { readonly line: Line; readonly art: string }[] {
  const [branch, right, vertical, space] = wide ? ["├─", "└─", "│ ", "  "] : ["|-", "`-", "| ", "  "];
  const children = new Map<number | undefined, number[]>();
  for (const [at, { parent }] of lines.entries()) children.set(parent, [...(children.get(parent) ?? []), at]);
  const out: { readonly line: Line; readonly art: string }[] = [];
  const visit = (at: number, art: string, below: string): void => {
    const line = lines[at];
    if (line === undefined) return;
    out.push({ line, art });
    const own = children.get(at) ?? [];
    for (const [i, child] of own.entries()) {
      const last = i === own.length - 1;
      visit(child, below + (last ? right : branch), below + (last ? space : vertical));
    }
  };
  for (const at of children.get(undefined) ?? []) visit(at, "", "");
  return out;
}

const escaped = (text: string): string => text.replace(/[ \\\t\n]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** A character may take several bytes: text is bytes, what is drawn is wider than it looks. */
const widthOf = (text: string): number => text.replace(/[\x80-\xbf]/g, "").length;

export const latin = (text: string): string =>
  text.replace(/[\u0800-\uffff]/g, (c) => {
    const code = c.charCodeAt(0);
    return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  });

export function table(columns: readonly Column[], lines: readonly Line[], { headings, raw = false, wide = false }: TableStyle): string {
  const rows = walked(lines, wide).map(({ line, art }) =>
    columns.map((column) => (column.tree === true ? latin(art) : "") + (line.cells[column.name] ?? "")),
  );
  if (raw) {
    const all = [...(headings ? [columns.map(({ name }) => name)] : []), ...rows.map((row) => row.map(escaped))];
    return all.map((row) => `${row.join(" ")}\n`).join("");
  }
  const widths = columns.map(({ name, hint = 0 }, i) => {
    const content = Math.max(0, ...rows.map((row) => widthOf(row[i] ?? "")));
    if (content < name.length) return name.length;
    return content < hint && name.length < hint ? hint : content;
  });
  const padded = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const fill = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(text)));
        if (columns[i]?.right === true) return fill + text;
        return i === columns.length - 1 ? text : text + fill;
      })
      .join(" ");
  if (rows.length === 0) return "";
  return [...(headings ? [columns.map(({ name }) => name)] : []), ...rows].map((row) => `${padded(row)}\n`).join("");
}

/** Rows as JSON, in the shape util-linux gives them; names in small letters. */
export function json(name: string, columns: readonly Column[], lines: readonly Line[], numbers: readonly string[]): string {
  const children = (parent: number | undefined): number[] => lines.flatMap((line, at) => (line.parent === parent ? [at] : []));
  const cell = (column: Column, line: Line): string => {
    const text = line.cells[column.name] ?? "";
    const shown = numbers.includes(column.name) ? text || "null" : text === "" ? "null" : JSON.stringify(text);
    return `"${column.name.toLowerCase()}": ${shown}`;
  };
  const object = (at: number, indent: string): string => {
    const line = lines[at] as Line;
    const inner = `${indent}   `;
    const parts = columns.map((column) => inner + cell(column, line));
    const own = children(at);
    if (own.length > 0) parts.push(`${inner}"children": [\n${own.map((child) => object(child, `${inner}   `)).join(",\n")}\n${inner}]`);
    return `${indent}{\n${parts.join(",\n")}\n${indent}}`;
  };
  return `{\n   "${name}": [\n${children(undefined)
    .map((at) => object(at, "      "))
    .join(",\n")}\n   ]\n}\n`;
}

/** Whether the locale has more than ASCII. */
export function isWide(env: Readonly<Record<string, string>>): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return /utf-?8/i.test(locale);
}
