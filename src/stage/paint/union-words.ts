/** How a union mount is said: its sheets, its paths, its sizes. */
import type { SheetView, UnionPathView, UnionView } from "../readmodel/machine/types";
import type { Words } from "../readmodel/types";

const UNITS = ["B", "KiB", "MiB", "GiB"];

/** Bytes in the largest unit that leaves a whole part. */
export function bytesWords(bytes: number): Words {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
  return { key: "machine.bytes", params: { value: text, unit: UNITS[unit] ?? "B" } };
}

/** The merged view has no sheet. */
export function sheetName(sheet: SheetView | undefined): Words {
  if (sheet === undefined) return { key: "machine.union.merged" };
  if (sheet.role === "lower") return { key: "machine.union.lower", params: { number: sheet.number ?? 1 } };
  if (sheet.role === "open-branch" || sheet.role === "closed-branch")
    return { key: `machine.union.${sheet.role}`, params: { number: sheet.number ?? 1 } };
  return { key: sheet.role === "upper" ? "machine.union.upper" : "machine.union.work" };
}

export function sheetSub(sheet: SheetView | undefined, view: UnionView): Words {
  if (sheet === undefined) return { key: "machine.union.mergedAt", params: { path: view.mountpoint } };
  return { key: "machine.union.at", params: { path: sheet.path } };
}

/** A path as a sentence: where it is read, and what lies hidden below. */
export function pathWords(path: UnionPathView, view: UnionView): Words {
  const numbers = (state: string): string =>
    path.entries
      .filter((entry) => entry.state === state)
      .map(({ sheet }) => view.sheets.find(({ id }) => id === sheet)?.path ?? sheet)
      .join(", ");
  const hidden = numbers("hidden");
  const params = { path: path.path, from: view.sheets.find(({ id }) => id === path.from)?.path ?? "", hidden };
  if (path.from === undefined) return { key: hidden === "" ? "machine.union.gone" : "machine.union.goneOver", params };
  return { key: hidden === "" ? "machine.union.readFrom" : "machine.union.readOver", params };
}
