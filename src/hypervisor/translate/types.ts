/**
 * The vocabulary of address translation: page formats, what an access asks for, which reads a walk made, and how it failed.
 *
 * A walk is a pure function over a word reader. An entry is read as one or two 32-bit words, low word first, with the bits where the
 * processor has them (P 0, R/W 1, U/S 2, A 5, D 6, PS 7, G 8, address from 12, XD 63), so nothing here needs integers beyond 2^53.
 * Two levels are classic IA-32 paging (entries of 4 bytes, 10 bits a level, 4 MiB pages), three are PAE, four and five are IA-32e.
 *
 * Addresses are plain numbers below 2^48 (five levels take up to 2^53). Levels count from the leaf: 1 is the table of 4 KiB pages.
 */

/** Memory as tables are seen in it: 32-bit words at addresses divisible by four. */
export interface WordReader {
  read(physical: number): number;
}
export interface WordMemory extends WordReader {
  write(physical: number, value: number): void;
}

export type Levels = 2 | 3 | 4 | 5;
export type AccessKind = "read" | "write" | "execute";

export interface Access {
  readonly kind: AccessKind;
  /** Made at privilege level 3; tables and descriptors are always read as supervisor. */
  readonly user: boolean;
}

/** What the control registers say about paging. */
export interface PagingOptions {
  readonly levels: Levels;
  /** CR0.WP: supervisor writes obey R/W as well. */
  readonly writeProtect?: boolean;
  /** IA32_EFER.NXE: bit 63 forbids execution (three levels and more). */
  readonly noExecute?: boolean;
  /** CR4.SMEP and CR4.SMAP: the supervisor may not execute, or touch, pages of users. */
  readonly smep?: boolean;
  readonly smap?: boolean;
  /** Accessed and dirty bits are set as the processor does; off for looking without leaving traces. */
  readonly mark?: boolean;
}

/**
 * One read of physical memory by the walker. `guestLevel` names the guest entry that is looked for, 0 for the data itself; `hostLevel`
 * the table of the host that is read on the way to it, 0 for the guest's entry. Natively every read has `hostLevel` 0.
 */
export interface WalkRead {
  readonly guestLevel: number;
  readonly hostLevel: number;
  /** Where was read. */
  readonly physical: number;
  /** Whose translation the read serves: the linear address for guest entries, a guest-physical one for host entries. */
  readonly address: number;
}

/** What may be done through a translation, all levels taken together. */
export interface Rights {
  readonly write: boolean;
  readonly user: boolean;
  readonly execute: boolean;
}

export interface Translation {
  readonly ok: true;
  readonly physical: number;
  /** Bytes of the page that the leaf maps; in a nested walk the smaller of both. */
  readonly pageSize: number;
  readonly rights: Rights;
  readonly global: boolean;
  /** The leaf's dirty bit is set now (a TLB may cache a write only then). */
  readonly dirty: boolean;
  readonly reads: readonly WalkRead[];
}

/** #PF: the vector's error code, CR2 and the level that refused. */
export interface PageFault {
  readonly ok: false;
  readonly kind: "page-fault";
  readonly address: number;
  readonly errorCode: number;
  readonly level: number;
  readonly reads: readonly WalkRead[];
}

/** VM exit 48 (violation) or 49 (misconfiguration), with what the VMCS would hold. */
export interface EptFault {
  readonly ok: false;
  readonly kind: "ept-violation" | "ept-misconfiguration";
  readonly guestPhysical: number;
  readonly linear: number;
  /** Exit qualification; 0 for a misconfiguration. */
  readonly qualification: number;
  readonly level: number;
  readonly reads: readonly WalkRead[];
}

export interface EptOptions {
  /** Levels of the host's tables; real processors have four or five. */
  readonly levels: Levels;
  /** Bit 6 of the EPT pointer: accessed and dirty flags for EPT; guest table accesses then count as writes. */
  readonly accessedDirty?: boolean;
}
