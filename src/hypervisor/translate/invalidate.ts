/**
 * What removes entries from the TLB, instruction by instruction. Each may remove more than it must on real processors; here it removes
 * exactly what the manual promises, so that a missing invalidation is seen.
 */
import { remove, type Tags, type Tlb, type TlbEntry } from "./tlb";

const covers = (entry: TlbEntry, address: number): boolean => Math.floor(address / entry.size) === entry.page;
const never = (): boolean => false;
const sameSpace = (tags: Tags, other: Tags): boolean => tags.vpid === other.vpid && tags.pcid === other.pcid;

/**
 * INVLPG: the page under the current PCID, global or not, and all cached tables of that PCID.
 *
 * @rule hypervisor.translate.invlpg
 * @source Intel SDM vol. 3A 4.10.4.1
 */
export function invlpg(tlb: Tlb, current: Tags, address: number): void {
  remove(
    tlb,
    (entry) => entry.tags.vpid === current.vpid && (entry.global || entry.tags.pcid === current.pcid) && covers(entry, address),
    (tags) => sameSpace(tags, current),
  );
}

/**
 * MOV to CR3. Without CR4.PCIDE everything of the VPID but global pages goes; with it the entries of the PCID that is loaded, and
 * none at all when bit 63 of the operand is set.
 *
 * @rule hypervisor.translate.cr3-load
 * @source Intel SDM vol. 3A 4.10.4.1 (MOV to CR3)
 */
export function loadCr3(tlb: Tlb, next: Tags, pcid: "off" | "flush" | "keep"): void {
  if (pcid === "keep") return;
  const meant = (tags: Tags): boolean => (pcid === "off" ? tags.vpid === next.vpid : sameSpace(tags, next));
  remove(tlb, (entry) => !entry.global && meant(entry.tags), meant);
}

/** MOV to CR4 that changes PGE (or CR0.PG): all of the VPID, global pages too. */
export function flushAll(tlb: Tlb, vpid: number): void {
  const meant = (tags: Tags): boolean => tags.vpid === vpid;
  remove(tlb, (entry) => meant(entry.tags), meant);
}

export type InvpcidKind = "address" | "context" | "all-global" | "all";

/**
 * INVPCID's four types, within the current VPID.
 *
 * @rule hypervisor.translate.invpcid
 * @source Intel SDM vol. 2A INVPCID
 */
export function invpcid(tlb: Tlb, kind: InvpcidKind, of: Tags, address: number): void {
  const inVpid = (tags: Tags): boolean => tags.vpid === of.vpid;
  if (kind === "all-global") remove(tlb, (entry) => inVpid(entry.tags), inVpid);
  else if (kind === "all") remove(tlb, (entry) => inVpid(entry.tags) && !entry.global, inVpid);
  else {
    const meant = (tags: Tags): boolean => sameSpace(tags, of);
    remove(tlb, (entry) => meant(entry.tags) && !entry.global && (kind === "context" || covers(entry, address)), meant);
  }
}

export type InvvpidKind = "address" | "context" | "all" | "context-keep-globals";

/**
 * INVVPID: linear and combined mappings of a VPID, under every PCID. "all" spares VPID 0, the host's own.
 *
 * @rule hypervisor.translate.invvpid
 * @source Intel SDM vol. 3C 31.3 INVVPID, 29.4.3.1
 */
export function invvpid(tlb: Tlb, kind: InvvpidKind, vpid: number, address: number): void {
  if (kind === "all") {
    const meant = (tags: Tags): boolean => tags.vpid !== 0;
    remove(tlb, (entry) => meant(entry.tags), meant);
    return;
  }
  const meant = (tags: Tags): boolean => tags.vpid === vpid;
  remove(
    tlb,
    (entry) => meant(entry.tags) && (kind !== "address" || covers(entry, address)) && (kind !== "context-keep-globals" || !entry.global),
    meant,
  );
}

/**
 * INVEPT: combined mappings made through one EPT, or through any. Linear mappings made without EPT stay.
 *
 * @rule hypervisor.translate.invept
 * @source Intel SDM vol. 3C 31.3 INVEPT, 29.4.3.1
 */
export function invept(tlb: Tlb, ept: number | "all"): void {
  const meant = (tags: Tags): boolean => tags.ept !== 0 && (ept === "all" || tags.ept === ept);
  remove(tlb, (entry) => meant(entry.tags), meant);
}

/**
 * VM entry and VM exit: with VPIDs nothing goes; without, both sides run as VPID 0 and its mappings are removed each time.
 *
 * @rule hypervisor.translate.vm-crossing
 * @source Intel SDM vol. 3C 29.4.3.1 (VM entries and exits)
 */
export function crossing(tlb: Tlb, vpidEnabled: boolean): void {
  if (vpidEnabled) {
    remove(tlb, never, never);
    return;
  }
  flushAll(tlb, 0);
}
