/**
 * Characters of a line of bytes, and how many columns of a terminal they take.
 *
 * Files and terminals hold bytes, one code unit each; a character is one to four of them.
 */

/** A line's characters, each as its bytes. Bytes that are no UTF-8 stand for themselves. */
export const charactersOf = (bytes: string): readonly string[] =>
  bytes.match(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\s\S]/g) ?? [];

/** Whether more bytes must come before these are a character. */
export function isPartial(bytes: string): boolean {
  const first = bytes.charCodeAt(0);
  const wanted = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xc2 && first <= 0xdf ? 2 : 1;
  return bytes.length < wanted;
}

/** The code point of a character given as bytes. */
export function codePointOf(bytes: string): number {
  const [first = 0, ...rest] = [...bytes].map((byte) => byte.charCodeAt(0));
  if (rest.length === 0) return first;
  return rest.reduce((point, byte) => point * 64 + (byte & 0x3f), first & (0x7f >> (rest.length + 1)));
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Columns of one character, as the terminal is given it. */
export function columnsOf(character: string): number {
  const point = codePointOf(character);
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return 0;
  if (point >= 0x300 && point <= 0x36f) return 0;
  return WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
}

export function widthOf(bytes: string): number {
  let width = 0;
  for (const character of charactersOf(bytes)) width += columnsOf(character);
  return width;
}
