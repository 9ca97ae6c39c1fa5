/** How many marks of which size fit into a cell. The size is one for the whole stage, so that size never means anything. */
import type { Point } from "./types";

export interface PodSize {
  readonly width: number;
  readonly height: number;
  /** Height of the text under it; 0 for none. */
  readonly label: number;
  readonly gap: number;
}

export const SIZES: readonly PodSize[] = [
  { width: 62, height: 34, label: 16, gap: 12 },
  { width: 50, height: 28, label: 15, gap: 10 },
  { width: 40, height: 22, label: 14, gap: 8 },
  { width: 30, height: 17, label: 0, gap: 6 },
  { width: 22, height: 12, label: 0, gap: 5 },
  { width: 16, height: 9, label: 0, gap: 4 },
];

export const columnsIn = (size: PodSize, width: number): number => Math.max(1, Math.floor((width + size.gap) / (size.width + size.gap)));
export const rowHeight = (size: PodSize): number => size.height + size.label + Math.min(6, size.gap);
export const rowsIn = (size: PodSize, height: number): number => Math.max(1, Math.floor((height + Math.min(6, size.gap)) / rowHeight(size)));

/** The largest size at which every count fits its cell. */
export function sizeFor(counts: readonly number[], width: number, height: number): PodSize {
  const most = Math.max(1, ...counts);
  const fits = (size: PodSize): boolean =>
    size.width <= width && size.height + size.label <= height && columnsIn(size, width) * rowsIn(size, height) >= most;
  return SIZES.find(fits) ?? (SIZES.at(-1) as PodSize);
}

/** Height that a number of marks needs at a size and width. */
export const heightFor = (size: PodSize, count: number, width: number): number =>
  Math.ceil(count / columnsIn(size, width)) * rowHeight(size) - Math.min(6, size.gap);

/** Upper left corner of the nth mark of a cell, row by row; rows are centred on `middle`. */
export function slotAt(size: PodSize, left: number, middle: number, width: number, count: number, n: number, shift = 0): Point {
  const columns = columnsIn(size, width);
  const rows = Math.max(1, Math.ceil((count + shift) / columns));
  const place = n + shift;
  const top = middle - (rows * rowHeight(size) - Math.min(6, size.gap)) / 2;
  return { x: left + (place % columns) * (size.width + size.gap), y: top + Math.floor(place / columns) * rowHeight(size) };
}
