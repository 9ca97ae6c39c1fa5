/** A disk whose every sector differs, so that a transfer that goes wrong is seen. */
import { type DiskImage, emptyImage, SECTOR } from "../disk-image";

export function testImage(sectors: number): DiskImage {
  const base: Record<number, string> = {};
  for (let sector = 0; sector < sectors; sector++)
    base[sector] = Array.from({ length: SECTOR }, (_, at) => String.fromCharCode((sector * 31 + at * 7 + (at >> 3)) & 0xff)).join("");
  return emptyImage(sectors, base);
}
