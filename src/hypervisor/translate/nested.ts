/**
 * Nested paging (EPT, NPT): every guest-physical address, that of each guest table too, goes through the host's tables.
 *
 * With n guest levels and m host levels and 4 KiB pages on both sides this is n·(m+1) + m = (n+1)(m+1) − 1 reads: m host entries before
 * each guest entry, and m more for the page itself. The reads come back in order, each with what it was for.
 */
import {
  EPT_ACCESSED,
  EPT_DIRTY,
  EPT_EXECUTE,
  EPT_LARGE,
  EPT_READ,
  EPT_RIGHTS,
  EPT_WRITE,
  entryAddress,
  eptFormat,
  type Format,
  indexAt,
  pageSizeAt,
} from "./format";
import type { Access, EptFault, EptOptions, PageFault, PagingOptions, Translation, WalkRead, WordMemory } from "./types";
import { type Resolve, type StructureCaches, walkThrough } from "./walk";

/** What the walk of a guest-physical address serves. */
export interface EptUse {
  /** Guest level whose entry lies there, 0 for the page itself. */
  readonly guestLevel: number;
  readonly linear: number;
  readonly kind: Access["kind"];
  readonly mark?: boolean;
}

export interface EptTranslation {
  readonly ok: true;
  readonly physical: number;
  readonly pageSize: number;
  /** R, W and X of all levels together. */
  readonly rights: number;
}

const NEEDS = { read: EPT_READ, write: EPT_WRITE, execute: EPT_EXECUTE } as const;

/**
 * Exit qualification of an EPT violation: what was tried (0–2), what the tables allow (3–5), that a linear address was being translated
 * (7) and that the page itself, not a paging structure, was meant (8).
 *
 * @rule hypervisor.translate.ept-violation
 * @source Intel SDM vol. 3C table 28-7
 * Not modelled: bits 9 to 16 (advanced information, NMI unblocking, shadow stacks).
 */
export function violationQualification(tried: number, rights: number, guestLevel: number): number {
  return tried | ((rights & EPT_RIGHTS) << 3) | 0x80 | (guestLevel === 0 ? 0x100 : 0);
}

/** An entry no processor accepts: writable or executable in odd ways, or a leaf where none may stand. */
function misconfigured(format: Format, level: number, low: number, high: number): boolean {
  const rights = low & EPT_RIGHTS;
  if (rights === EPT_WRITE || rights === (EPT_WRITE | EPT_EXECUTE)) return true;
  if (level === 1 || (low & EPT_LARGE) === 0) return false;
  return level > format.largest || entryAddress(low, high) % pageSizeAt(format, level) !== 0;
}

/**
 * A guest-physical address through the host's tables.
 *
 * @rule hypervisor.translate.ept
 * @source Intel SDM vol. 3C 29.3.2, 29.3.3 (violations, misconfigurations), 29.3.5 (accessed and dirty flags)
 * Not modelled: memory types, mode-based execute control, sub-page write permissions, supervisor shadow stacks, execute-only support
 * being optional.
 */
export function walkEpt(
  memory: WordMemory,
  root: number,
  guestPhysical: number,
  use: EptUse,
  options: EptOptions,
  reads: WalkRead[],
): EptTranslation | EptFault {
  const format = eptFormat(options.levels);
  const marking = options.accessedDirty === true && use.mark !== false;
  const writes = use.kind === "write" || (options.accessedDirty === true && use.guestLevel > 0);
  const tried = NEEDS[use.kind] | (writes ? EPT_WRITE : 0);
  const path: { at: number; low: number }[] = [];
  const fault = (kind: EptFault["kind"], level: number, rights: number): EptFault => ({
    ok: false,
    kind,
    guestPhysical,
    linear: use.linear,
    qualification: kind === "ept-violation" ? violationQualification(tried, rights, use.guestLevel) : 0,
    level,
    reads,
  });
  let rights = EPT_RIGHTS;
  let table = root - (root % 4096);
  let level = format.levels;
  for (; ; level--) {
    const at = table + indexAt(format, level, guestPhysical) * 8;
    reads.push({ guestLevel: use.guestLevel, hostLevel: level, physical: at, address: guestPhysical });
    const low = memory.read(at) >>> 0;
    const high = memory.read(at + 4) >>> 0;
    rights &= low;
    if ((low & EPT_RIGHTS) === 0) return fault("ept-violation", level, 0);
    if (misconfigured(format, level, low, high)) return fault("ept-misconfiguration", level, 0);
    path.push({ at, low });
    table = entryAddress(low, high);
    if (level === 1 || (low & EPT_LARGE) !== 0) break;
  }
  if ((tried & ~rights) !== 0) return fault("ept-violation", level, rights);
  if (marking) {
    for (const [index, entry] of path.entries()) {
      const flags = EPT_ACCESSED | (writes && index === path.length - 1 ? EPT_DIRTY : 0);
      if ((entry.low & flags) !== flags) memory.write(entry.at, (entry.low | flags) >>> 0);
    }
  }
  const pageSize = pageSizeAt(format, level);
  return { ok: true, physical: table - (table % pageSize) + (guestPhysical % pageSize), pageSize, rights };
}

/**
 * A guest's linear address down to host memory: two dimensions.
 *
 * @rule hypervisor.translate.nested
 * @source Intel SDM vol. 3C 29.3.1; Bhargava et al. 2008 (24 references for four levels on both sides)
 * Not modelled: PDPTE registers; caches of guest-physical mappings; that setting a guest's accessed bit needs EPT write permission
 * when EPT has no accessed and dirty flags.
 */
export function walkNested(
  memory: WordMemory,
  roots: { readonly guest: number; readonly ept: number },
  address: number,
  access: Access,
  options: PagingOptions & { readonly ept: EptOptions },
  caches?: StructureCaches,
): Translation | PageFault | EptFault {
  const resolve: Resolve = (guestPhysical, use, reads) => walkEpt(memory, roots.ept, guestPhysical, use, options.ept, reads);
  return walkThrough(memory, roots.guest, address, access, options, resolve, caches);
}
