/**
 * The I/O memory management unit: what a device may reach by DMA, and where its interrupts go. Without it a device given to a guest would
 * address the host's memory with the guest's numbers.
 *
 * A domain has tables in EPT's format (VT-d's second stage has the same bits for read, write, size and address). State is plain data.
 */
import { EPT_READ, EPT_WRITE, eptFormat } from "../translate/format";
import { walkEpt } from "../translate/nested";
import { type Allocate, mapEptPage } from "../translate/build";
import type { Levels, WalkRead, WordMemory } from "../translate/types";

/** Where a device's requests are looked up: bus, device and function as one number. */
export type SourceId = number;

interface Domain {
  readonly root: number;
  readonly levels: Levels;
}

/** A remapped interrupt: to which virtual or physical processor, with which vector; posted ones never leave the guest. */
export interface RemappedInterrupt {
  readonly source: SourceId;
  readonly destination: string;
  readonly vector: number;
  readonly posted: boolean;
}

export interface DmaFault {
  readonly source: SourceId;
  readonly address: number;
  /** Fault reason as VT-d numbers them. */
  readonly reason: number;
}

export interface Iommu {
  readonly ways: number;
  domains: Record<string, Domain>;
  attached: Record<SourceId, string>;
  /** Cached translations, oldest first. */
  iotlb: readonly { readonly domain: string; readonly page: number; readonly size: number; readonly frame: number; readonly rights: number }[];
  interrupts: Record<number, RemappedInterrupt>;
  faults: readonly DmaFault[];
  hits: number;
  misses: number;
}

export const FAULT_REASON = { noContext: 0x02, write: 0x05, read: 0x06, noInterrupt: 0x22, wrongSource: 0x26 } as const;

export const emptyIommu = (ways = 64): Iommu => ({ ways, domains: {}, attached: {}, iotlb: [], interrupts: {}, faults: [], hits: 0, misses: 0 });

export function createDomain(iommu: Iommu, name: string, levels: Levels, allocate: Allocate): void {
  iommu.domains[name] = { root: allocate(), levels };
}

/** Gives a device to a domain; to none takes it away, after which every access of it faults. */
export function attach(iommu: Iommu, source: SourceId, domain: string | undefined): void {
  if (domain === undefined) delete iommu.attached[source];
  else iommu.attached[source] = domain;
}

export interface DmaMapping {
  /** Address as the device says it: the guest's physical one. */
  readonly address: number;
  readonly physical: number;
  readonly level: number;
  readonly write: boolean;
}

export function mapDma(iommu: Iommu, memory: WordMemory, domain: string, mapping: DmaMapping, allocate: Allocate): void {
  const found = iommu.domains[domain];
  if (found === undefined) throw new Error(`no domain ${domain}`);
  const flags = EPT_READ | (mapping.write ? EPT_WRITE : 0);
  mapEptPage(
    memory,
    eptFormat(found.levels),
    found.root,
    { address: mapping.address, physical: mapping.physical, level: mapping.level, flags },
    allocate,
  );
}

/** Takes a page away. Until the IOTLB is told, a device may still reach it. */
export function unmapDma(iommu: Iommu, memory: WordMemory, domain: string, address: number): void {
  const found = iommu.domains[domain];
  if (found === undefined) return;
  const reads: WalkRead[] = [];
  const result = walkEpt(memory, found.root, address, { guestLevel: 0, linear: address, kind: "read", mark: false }, { levels: found.levels }, reads);
  const last = reads[reads.length - 1];
  if (result.ok && last !== undefined) memory.write(last.physical, 0);
}

/** IOTLB invalidation: a domain's page, a domain, or everything. */
export function invalidateIotlb(iommu: Iommu, domain?: string, address?: number): void {
  iommu.iotlb = iommu.iotlb.filter(
    (entry) => (domain !== undefined && entry.domain !== domain) || (address !== undefined && Math.floor(address / entry.size) !== entry.page),
  );
}

/**
 * A device reads or writes: through the IOTLB or the tables of its domain, or not at all. A fault is recorded and the access has no effect.
 *
 * @rule hypervisor.io.dma-remapping
 * @source Intel VT-d 4.1 §3.7 (second-stage translation), §7.1.3 table 25 (fault reasons), §6.2.5 (IOTLB)
 * Not modelled: first-stage and nested translation, PASIDs, device TLBs (ATS), page requests, root and context tables as memory.
 */
export function translateDma(
  iommu: Iommu,
  memory: WordMemory,
  source: SourceId,
  address: number,
  write: boolean,
): { readonly ok: true; readonly physical: number; readonly reads: number } | { readonly ok: false; readonly reason: number } {
  const fault = (reason: number): { readonly ok: false; readonly reason: number } => {
    iommu.faults = [...iommu.faults, { source, address, reason }].slice(-16);
    return { ok: false, reason };
  };
  const domain = iommu.attached[source];
  const tables = domain === undefined ? undefined : iommu.domains[domain];
  if (domain === undefined || tables === undefined) return fault(FAULT_REASON.noContext);
  const needed = write ? EPT_WRITE : EPT_READ;
  const cached = iommu.iotlb.find((entry) => entry.domain === domain && Math.floor(address / entry.size) === entry.page);
  if (cached !== undefined && (cached.rights & needed) !== 0) {
    iommu.hits++;
    return { ok: true, physical: cached.frame + (address % cached.size), reads: 0 };
  }
  iommu.misses++;
  const reads: WalkRead[] = [];
  const use = { guestLevel: 0, linear: address, kind: write ? ("write" as const) : ("read" as const) };
  const found = walkEpt(memory, tables.root, address, use, { levels: tables.levels }, reads);
  if (!found.ok) return fault(write ? FAULT_REASON.write : FAULT_REASON.read);
  const { pageSize: size, rights } = found;
  const entry = { domain, page: Math.floor(address / size), size, frame: found.physical - (address % size), rights };
  iommu.iotlb = [...iommu.iotlb, entry].slice(-iommu.ways);
  return { ok: true, physical: found.physical, reads: reads.length };
}

/**
 * A device's message becomes an interrupt only through an entry that is its own.
 *
 * @rule hypervisor.io.interrupt-remapping
 * @source Intel VT-d 4.1 §5.1, §5.2 (posting), §7.1.3 table 25
 * Not modelled: compatibility format, lowest priority, masks in the source check.
 */
export function remapInterrupt(iommu: Iommu, source: SourceId, index: number): RemappedInterrupt | { readonly ok: false; readonly reason: number } {
  const entry = iommu.interrupts[index];
  const reason = entry === undefined ? FAULT_REASON.noInterrupt : FAULT_REASON.wrongSource;
  if (entry !== undefined && entry.source === source) return entry;
  iommu.faults = [...iommu.faults, { source, address: index, reason }].slice(-16);
  return { ok: false, reason };
}
