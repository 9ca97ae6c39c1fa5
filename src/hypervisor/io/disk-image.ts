/**
 * What a virtual disk holds: sectors of 512 bytes as Latin-1 strings, absent ones zero. `base` is shared and never changed; what was
 * written since lies over it, the same layering as a union file system's.
 */
export const SECTOR = 512;

export interface DiskImage {
  readonly sectors: number;
  readonly base: Readonly<Record<number, string>>;
  written: Record<number, string>;
}

const ZERO = "\0".repeat(SECTOR);

export const emptyImage = (sectors: number, base: Readonly<Record<number, string>> = {}): DiskImage => ({ sectors, base, written: {} });
export const copyImage = (image: DiskImage): DiskImage => ({ ...image, written: { ...image.written } });

export const readSector = (image: DiskImage, sector: number): string => image.written[sector] ?? image.base[sector] ?? ZERO;

export function writeSector(image: DiskImage, sector: number, bytes: string): void {
  if (bytes.length !== SECTOR) throw new Error(`a sector has ${SECTOR} bytes, not ${bytes.length}`);
  image.written[sector] = bytes;
}

/** Bytes of whole sectors from text, the last one padded with zeros. */
export function imageFromText(sectors: number, text: string): DiskImage {
  const base: Record<number, string> = {};
  for (let at = 0; at < text.length; at += SECTOR) base[at / SECTOR] = text.slice(at, at + SECTOR).padEnd(SECTOR, "\0");
  return emptyImage(sectors, base);
}
