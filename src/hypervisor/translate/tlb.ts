/**
 * The translation lookaside buffer and the paging-structure caches: sets and ways are parameters, every entry carries the tags that
 * decide whom it serves and which invalidation removes it. Plain JSON, changed in place during a run; `copyTlb` for a checkpoint.
 *
 * Replacement is least recently used within a set, which makes it exact and repeatable.
 * Not modelled: separate buffers for code and data, a second level, prefetching, fracturing of large guest pages over small host ones
 * beyond caching the smaller size.
 */
import { coveredBits, type Format } from "./format";
import type { Rights, Translation } from "./types";
import type { StructureCaches } from "./walk";

export interface TlbShape {
  readonly sets: number;
  readonly ways: number;
}

/** Who is translating: VPID 0 is the host; `ept` is the EPT pointer's table, 0 without nested paging. */
export interface Tags {
  readonly vpid: number;
  readonly pcid: number;
  readonly ept: number;
}

export interface TlbEntry {
  readonly tags: Tags;
  /** Address divided by the size. */
  readonly page: number;
  readonly size: number;
  readonly frame: number;
  readonly rights: Rights;
  readonly global: boolean;
  readonly dirty: boolean;
  used: number;
}

/** A cached table: where walks of addresses with this prefix may begin. */
interface StructureEntry {
  readonly tags: Tags;
  readonly level: number;
  readonly prefix: number;
  readonly table: number;
  readonly rights: Rights;
}

export interface Tlb {
  readonly shape: TlbShape;
  slots: (TlbEntry | null)[];
  structures: StructureEntry[];
  clock: number;
  hits: number;
  misses: number;
  /** Entries that invalidations have removed. */
  flushed: number;
}

const STRUCTURES = 32;

export const emptyTlb = (shape: TlbShape): Tlb => ({
  shape,
  slots: Array.from<TlbEntry | null>({ length: shape.sets * shape.ways }).fill(null),
  structures: [],
  clock: 0,
  hits: 0,
  misses: 0,
  flushed: 0,
});

export const copyTlb = (tlb: Tlb): Tlb => ({
  ...tlb,
  slots: tlb.slots.map((entry) => (entry === null ? null : { ...entry })),
  structures: [...tlb.structures],
});

const SIZES = [4096, 2 ** 21, 2 ** 22, 2 ** 30] as const;

const serves = (entry: { readonly tags: Tags; readonly global?: boolean }, tags: Tags): boolean =>
  entry.tags.vpid === tags.vpid && entry.tags.ept === tags.ept && (entry.global === true || entry.tags.pcid === tags.pcid);

/**
 * Looks an address up under all page sizes. A write to a page whose dirty bit is not known to be set misses, so that the walk sets it.
 *
 * @rule hypervisor.translate.tlb
 * @source Intel SDM vol. 3A 4.10.2; vol. 3C 29.4 (VPID, PCID and EP4TA as tags)
 */
export function lookup(tlb: Tlb, tags: Tags, address: number, write: boolean): TlbEntry | undefined {
  for (const size of SIZES) {
    const page = Math.floor(address / size);
    const first = (page % tlb.shape.sets) * tlb.shape.ways;
    for (let slot = first; slot < first + tlb.shape.ways; slot++) {
      const entry = tlb.slots[slot];
      if (entry === null || entry === undefined || entry.size !== size || entry.page !== page || !serves(entry, tags)) continue;
      if (write && !entry.dirty) break;
      tlb.hits++;
      entry.used = ++tlb.clock;
      return entry;
    }
  }
  tlb.misses++;
  return undefined;
}

/** Caches what a walk has found; takes the place of the same page's older entry, a free way, or the one used longest ago. */
export function insert(tlb: Tlb, tags: Tags, address: number, found: Translation): void {
  const size = SIZES.find((known) => known === found.pageSize) ?? 4096;
  const page = Math.floor(address / size);
  const first = (page % tlb.shape.sets) * tlb.shape.ways;
  let victim = first;
  for (let slot = first; slot < first + tlb.shape.ways; slot++) {
    const entry = tlb.slots[slot] ?? null;
    if (entry !== null && entry.size === size && entry.page === page && serves(entry, tags)) {
      victim = slot;
      break;
    }
    const held = tlb.slots[victim] ?? null;
    if (held !== null && (entry === null || entry.used < held.used)) victim = slot;
  }
  const { rights, global, dirty } = found;
  tlb.slots[victim] = { tags, page, size, frame: found.physical - (address % size), rights, global, dirty, used: ++tlb.clock };
}

/** The paging-structure caches as a walk uses them. */
export function structureCaches(tlb: Tlb, tags: Tags, format: Format): StructureCaches {
  const prefixOf = (address: number, level: number): number =>
    Math.floor((address % 2 ** Math.min(coveredBits(format), 53)) / 2 ** (format.shift[level + 1] ?? 0));
  return {
    find(address) {
      let best: StructureEntry | undefined;
      for (const entry of tlb.structures)
        if (serves(entry, tags) && entry.prefix === prefixOf(address, entry.level) && (best === undefined || entry.level < best.level)) best = entry;
      return best;
    },
    fill(address, level, table, rights) {
      const prefix = prefixOf(address, level);
      const others = tlb.structures.filter((entry) => entry.level !== level || entry.prefix !== prefix || !serves(entry, tags));
      others.push({ tags, level, prefix, table, rights });
      tlb.structures = others.slice(-STRUCTURES);
    },
  };
}

/** Removes what an invalidation names. `structures` says which cached tables go as well. */
export function remove(tlb: Tlb, gone: (entry: TlbEntry) => boolean, structures: (tags: Tags) => boolean): void {
  for (const [slot, entry] of tlb.slots.entries()) {
    if (entry === null || !gone(entry)) continue;
    tlb.slots[slot] = null;
    tlb.flushed++;
  }
  tlb.structures = tlb.structures.filter((entry) => !structures(entry.tags));
}
