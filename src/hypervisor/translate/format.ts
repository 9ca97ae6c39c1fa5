/**
 * Page formats: how an address falls into indexes, how wide an entry is and at which levels a leaf may stand.
 *
 * @rule hypervisor.translate.format
 * @source Intel SDM vol. 3A 4.3, 4.4, 4.5 and tables 4-5 to 4-20; vol. 3C 29.3.2 for EPT
 * Not modelled: PAE's four PDPTE registers (the entries are read in the walk, as AMD's processors do under nested paging), PAT and
 * caching types, protection keys, reserved bits above the physical width, PSE-36.
 */
import type { Levels } from "./types";

export interface Format {
  readonly levels: number;
  readonly entryBytes: 4 | 8;
  /** By level, index 0 unused: first bit of the index and number of its bits. */
  readonly shift: readonly number[];
  readonly bits: readonly number[];
  /** Highest level at which PS makes a leaf. */
  readonly largest: number;
}

const LONG_SHIFT = [0, 12, 21, 30, 39, 48];
const LONG_BITS = [0, 9, 9, 9, 9, 9];
const long = (levels: number): Format => ({
  levels,
  entryBytes: 8,
  shift: LONG_SHIFT,
  bits: LONG_BITS,
  largest: Math.min(levels, 3),
});

const GUEST: Readonly<Record<Levels, Format>> = {
  2: { levels: 2, entryBytes: 4, shift: [0, 12, 22], bits: [0, 10, 10], largest: 2 },
  3: { levels: 3, entryBytes: 8, shift: LONG_SHIFT, bits: [0, 9, 9, 2], largest: 2 },
  4: long(4),
  5: long(5),
};
const EPT: Readonly<Record<Levels, Format>> = { 2: long(2), 3: long(3), 4: long(4), 5: long(5) };

export const guestFormat = (levels: Levels): Format => GUEST[levels];
export const eptFormat = (levels: Levels): Format => EPT[levels];

/** Bytes that a leaf at this level maps. */
export const pageSizeAt = (format: Format, level: number): number => 2 ** (format.shift[level] ?? 0);

/** The index into the table of this level. */
export const indexAt = (format: Format, level: number, address: number): number =>
  Math.floor(address / 2 ** (format.shift[level] ?? 0)) % 2 ** (format.bits[level] ?? 0);

/** Bits of address that the tables reach. */
export const coveredBits = (format: Format): number => (format.shift[format.levels] ?? 0) + (format.bits[format.levels] ?? 0);

export const PRESENT = 0x1;
export const WRITABLE = 0x2;
export const USER = 0x4;
export const ACCESSED = 0x20;
export const DIRTY = 0x40;
export const LARGE = 0x80;
export const GLOBAL = 0x100;
/** Bit 63, in the high word. */
export const NO_EXECUTE = 0x8000_0000;

export const EPT_READ = 0x1;
export const EPT_WRITE = 0x2;
export const EPT_EXECUTE = 0x4;
export const EPT_RIGHTS = 0x7;
export const EPT_LARGE = 0x80;
export const EPT_ACCESSED = 0x100;
export const EPT_DIRTY = 0x200;

/** The address in an entry: bits 12 to 47 (to 31 in an entry of four bytes). */
export const entryAddress = (low: number, high: number): number => (low >>> 12) * 4096 + (high & 0xf_ffff) * 2 ** 32;

/** The two words of an entry for an address and flags. */
export const entryLow = (address: number, flags: number): number => (((address % 2 ** 32) & 0xffff_f000) | flags) >>> 0;
export const entryHigh = (address: number, high = 0): number => (Math.floor(address / 2 ** 32) | high) >>> 0;
