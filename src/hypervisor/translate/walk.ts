/**
 * The native page walk: a linear address through the tables of one operating system, natively or with every table address translated
 * again by a resolver, which is how nested.ts uses it.
 *
 * One read per level; a leaf higher up spares the rest. Rights are those of all levels together. Accessed bits are set on the whole way
 * and the dirty bit on the leaf of a write, only when the access is allowed.
 */
import {
  ACCESSED,
  DIRTY,
  entryAddress,
  type Format,
  GLOBAL,
  guestFormat,
  indexAt,
  LARGE,
  NO_EXECUTE,
  PRESENT,
  pageSizeAt,
  USER,
  WRITABLE,
} from "./format";
import type { Access, EptFault, PageFault, PagingOptions, Rights, Translation, WalkRead, WordMemory, WordReader } from "./types";

/** Where a guest-physical address lies: itself natively, through EPT in a guest. Pushes the reads that finding out took. */
export type Resolve = (
  guestPhysical: number,
  use: { readonly guestLevel: number; readonly linear: number; readonly kind: Access["kind"]; readonly mark: boolean },
  reads: WalkRead[],
) => { readonly ok: true; readonly physical: number; readonly pageSize: number } | EptFault;

/** Paging-structure caches: a walk may begin below the root, at a table that an earlier one found. Without them the closed forms hold. */
export interface StructureCaches {
  find(address: number): { readonly level: number; readonly table: number; readonly rights: Rights } | undefined;
  fill(address: number, level: number, table: number, rights: Rights): void;
}

interface Step {
  readonly level: number;
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

const P = 1;
const W = 2;
const U = 4;
const RSVD = 8;
const FETCH = 16;

/**
 * The error code a refused access pushes.
 *
 * @rule hypervisor.translate.page-fault
 * @source Intel SDM vol. 3A 4.7 (P, W/R, U/S, RSVD, I/D)
 * Not modelled: PK, SS, HLAT and SGX bits.
 */
export function pageFaultCode(access: Access, options: PagingOptions, present: boolean, reserved: boolean): number {
  const fetch = access.kind === "execute" && ((options.noExecute === true && options.levels > 2) || options.smep === true);
  return (present ? P : 0) | (access.kind === "write" ? W : 0) | (access.user ? U : 0) | (reserved ? RSVD : 0) | (fetch ? FETCH : 0);
}

/** Whether rights that the walk has gathered allow the access (SDM vol. 3A 4.6.1). */
export function allowed(rights: Rights, access: Access, options: PagingOptions): boolean {
  if (access.user && !rights.user) return false;
  if (access.kind === "write" && !rights.write && (access.user || options.writeProtect === true)) return false;
  if (access.kind === "execute" && !rights.execute) return false;
  if (!access.user && rights.user) return access.kind === "execute" ? options.smep !== true : options.smap !== true;
  return true;
}

/** PS where no leaf may stand, address bits below a large page, or bit 63 while NXE is off. */
function reserved(format: Format, step: Step, options: PagingOptions): boolean {
  const large = (step.low & LARGE) !== 0 && step.level > 1;
  if (large && step.level > format.largest) return true;
  if (large && format.entryBytes === 8 && entryAddress(step.low & ~0x1000, step.high) % pageSizeAt(format, step.level) !== 0) return true;
  if (large && format.entryBytes === 4 && (step.low & 0x3f_e000) !== 0) return true;
  return (step.high & NO_EXECUTE) !== 0 && options.noExecute !== true;
}

const isLeaf = (step: Step): boolean => step.level === 1 || (step.low & LARGE) !== 0;
/** PAE's topmost entries carry no rights and no accessed bit. */
const plain = (format: Format, level: number): boolean => format.levels === 3 && level === 3;

const EVERYTHING: Rights = { write: true, user: true, execute: true };

function gather(format: Format, steps: readonly Step[], above: Rights): Rights {
  let { write, user, execute } = above;
  for (const step of steps) {
    if (plain(format, step.level)) continue;
    write &&= (step.low & WRITABLE) !== 0;
    user &&= (step.low & USER) !== 0;
    execute &&= (step.high & NO_EXECUTE) === 0;
  }
  return { write, user, execute };
}

function mark(memory: WordMemory, format: Format, steps: readonly Step[], dirty: boolean): void {
  for (const step of steps) {
    if (plain(format, step.level)) continue;
    const flags = ACCESSED | (dirty && isLeaf(step) ? DIRTY : 0);
    if ((step.low & flags) !== flags) memory.write(step.at, (step.low | flags) >>> 0);
  }
}

const refuse = (address: number, errorCode: number, level: number, reads: readonly WalkRead[]): PageFault => ({
  ok: false,
  kind: "page-fault",
  address,
  errorCode,
  level,
  reads,
});

function readEntry(memory: WordReader, format: Format, level: number, at: number): Step {
  return { level, at, low: memory.read(at) >>> 0, high: format.entryBytes === 8 ? memory.read(at + 4) >>> 0 : 0 };
}

/**
 * The walk with every address of a table, and the page at the end, passed through `resolve`.
 *
 * @rule hypervisor.translate.walk
 * @source Intel SDM vol. 3A 4.3 to 4.6 and 4.8 (accessed and dirty flags)
 * Not modelled: canonical addresses (what lies above the covered bits is ignored), speculative accessed bits.
 */
export function walkThrough(
  memory: WordMemory,
  root: number,
  address: number,
  access: Access,
  options: PagingOptions,
  resolve: Resolve,
  caches?: StructureCaches,
): Translation | PageFault | EptFault {
  const format = guestFormat(options.levels);
  const reads: WalkRead[] = [];
  const steps: Step[] = [];
  const marking = options.mark !== false;
  const start = caches?.find(address);
  const above = start?.rights ?? EVERYTHING;
  let table = start?.table ?? root - (root % (format.levels === 3 ? 32 : 4096));
  for (let level = start?.level ?? format.levels; level >= 1; level--) {
    const guestPhysical = table + indexAt(format, level, address) * format.entryBytes;
    const place = resolve(guestPhysical, { guestLevel: level, linear: address, kind: "read", mark: marking }, reads);
    if (!place.ok) return place;
    reads.push({ guestLevel: level, hostLevel: 0, physical: place.physical, address });
    const step = readEntry(memory, format, level, place.physical);
    if ((step.low & PRESENT) === 0) return refuse(address, pageFaultCode(access, options, false, false), level, reads);
    if (reserved(format, step, options)) return refuse(address, pageFaultCode(access, options, true, true), level, reads);
    steps.push(step);
    table = entryAddress(step.low, step.high);
    if (isLeaf(step)) break;
  }
  const leaf = steps[steps.length - 1] as Step;
  const rights = gather(format, steps, above);
  if (!allowed(rights, access, options)) return refuse(address, pageFaultCode(access, options, true, false), leaf.level, reads);
  if (marking) mark(memory, format, steps, access.kind === "write");
  if (marking && caches !== undefined) {
    for (const [index, step] of steps.slice(0, -1).entries())
      caches.fill(address, step.level - 1, entryAddress(step.low, step.high), gather(format, steps.slice(0, index + 1), above));
  }
  const pageSize = pageSizeAt(format, leaf.level);
  const base = table - (table % pageSize);
  const data = resolve(base + (address % pageSize), { guestLevel: 0, linear: address, kind: access.kind, mark: marking }, reads);
  if (!data.ok) return data;
  return {
    ok: true,
    physical: data.physical,
    pageSize: Math.min(pageSize, data.pageSize),
    rights,
    global: (leaf.low & GLOBAL) !== 0,
    dirty: (leaf.low & DIRTY) !== 0 || (marking && access.kind === "write"),
    reads,
  };
}

const itself: Resolve = (guestPhysical) => ({ ok: true, physical: guestPhysical, pageSize: Number.MAX_SAFE_INTEGER });

/** A linear address through one set of tables, as on bare metal: at most as many reads as there are levels. */
export function walk(
  memory: WordMemory,
  root: number,
  address: number,
  access: Access,
  options: PagingOptions,
  caches?: StructureCaches,
): Translation | PageFault {
  const result = walkThrough(memory, root, address, access, options, itself, caches);
  if (!result.ok && result.kind !== "page-fault") throw new Error("a native walk met EPT");
  return result;
}
