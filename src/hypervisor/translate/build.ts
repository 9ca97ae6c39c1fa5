/**
 * Writing tables: what an operating system, or a hypervisor for EPT, does when it maps a page. Missing tables on the way are allocated.
 */
import { EPT_LARGE, EPT_RIGHTS, entryAddress, entryHigh, entryLow, type Format, indexAt, LARGE, PRESENT, USER, WRITABLE } from "./format";
import type { WordMemory } from "./types";

export interface Mapping {
  readonly address: number;
  readonly physical: number;
  /** Level of the leaf: 1 for 4 KiB, 2 for 2 MiB (4 MiB in a two-level format), 3 for 1 GiB. */
  readonly level: number;
  /** Flags of the leaf's low word, without PS; of its high word, such as bit 63. */
  readonly flags: number;
  readonly high?: number;
}

/** Where a builder takes fresh, zeroed 4 KiB tables from. */
export type Allocate = () => number;

function write(memory: WordMemory, format: Format, at: number, physical: number, flags: number, high: number): void {
  memory.write(at, entryLow(physical, flags));
  if (format.entryBytes === 8) memory.write(at + 4, entryHigh(physical, high));
}

function mapThrough(memory: WordMemory, format: Format, root: number, mapping: Mapping, allocate: Allocate, inner: number, large: number): void {
  let table = root;
  for (let level = format.levels; level > mapping.level; level--) {
    const at = table + indexAt(format, level, mapping.address) * format.entryBytes;
    const low = memory.read(at) >>> 0;
    if ((low & 7) === 0) {
      const fresh = allocate();
      write(memory, format, at, fresh, format.levels === 3 && format.bits[3] === 2 && level === 3 ? PRESENT : inner, 0);
      table = fresh;
    } else {
      if ((low & large) !== 0) throw new Error(`0x${mapping.address.toString(16)} lies under a large page`);
      table = entryAddress(low, format.entryBytes === 8 ? memory.read(at + 4) >>> 0 : 0);
    }
  }
  const at = table + indexAt(format, mapping.level, mapping.address) * format.entryBytes;
  write(memory, format, at, mapping.physical, mapping.flags | (mapping.level > 1 ? large : 0), mapping.high ?? 0);
}

/** Maps a page in an operating system's tables; tables on the way allow everything, the leaf's flags decide. */
export function mapPage(memory: WordMemory, format: Format, root: number, mapping: Mapping, allocate: Allocate): void {
  mapThrough(memory, format, root, mapping, allocate, PRESENT | WRITABLE | USER, LARGE);
}

/** Maps a guest-physical page in the host's EPT. */
export function mapEptPage(memory: WordMemory, format: Format, root: number, mapping: Mapping, allocate: Allocate): void {
  mapThrough(memory, format, root, mapping, allocate, EPT_RIGHTS, EPT_LARGE);
}

/** Words by address, absent ones zero: memory for whoever has no machine at hand. */
export function sparseMemory(words: Map<number, number> = new Map()): WordMemory {
  return {
    read: (physical) => words.get(physical) ?? 0,
    write: (physical, value) => {
      words.set(physical, value >>> 0);
    },
  };
}
