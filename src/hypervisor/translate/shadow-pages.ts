/**
 * What a shadow is made of: its pages, who points to them, which guest frames are write-protected for them, and how entries go.
 */
import { type Format, guestFormat } from "./format";
import type { PagingOptions, WordMemory } from "./types";

/** A shadow table, for one guest table (`guest` is its address) or for a part of a large guest page (`direct`; `guest` is its entry). */
export interface ShadowPage {
  readonly key: string;
  readonly guest: number;
  readonly level: number;
  readonly direct: boolean;
  readonly frame: number;
  /** Shadow entries, by address, that point here; and roots count as one. */
  parents: number[];
  rooted: boolean;
}

export interface ShadowExits {
  /** The shadow lacked what the guest's tables have: filled, the guest never knows. */
  fill: number;
  /** The guest's own tables refuse: its fault, passed on. */
  guestFault: number;
  /** The guest wrote to a table of its own. */
  tableWrite: number;
  /** A write the guest may do (CR0.WP off) and the shadow cannot show. */
  emulated: number;
  invlpg: number;
  cr3: number;
}

export interface Shadow {
  readonly options: PagingOptions;
  readonly rootsKept: number;
  pages: Record<string, ShadowPage>;
  /** Keys of roots, the one used last at the end; that one is current. */
  roots: readonly string[];
  /** Guest frames that hold tables: how many shadow pages stand for them. */
  protectedFrames: Record<number, number>;
  /** Shadow leaves by the guest frame that they map, and the frame of each. */
  leaves: Record<number, readonly number[]>;
  mapped: Record<number, number>;
  /** The shadow page that an entry, by its address, points to. */
  children: Record<number, string>;
  freeFrames: readonly number[];
  exits: ShadowExits;
}

/** What the shadow stands on: host memory, where a guest frame lies in it (allocating if need be), and fresh zeroed tables. */
export interface ShadowHost {
  readonly memory: WordMemory;
  backing(guestFrame: number): number;
  allocate(): number;
}

const NO_EXITS: ShadowExits = { fill: 0, guestFault: 0, tableWrite: 0, emulated: 0, invlpg: 0, cr3: 0 };

export const emptyShadow = (options: PagingOptions, rootsKept = 4): Shadow => ({
  options,
  rootsKept,
  pages: {},
  roots: [],
  protectedFrames: {},
  leaves: {},
  mapped: {},
  children: {},
  freeFrames: [],
  exits: { ...NO_EXITS },
});

export const frameOf = (address: number): number => Math.floor(address / 4096);

/** Guest-physical memory as words of host memory. */
export const guestMemory = (host: ShadowHost): WordMemory => ({
  read: (physical) => host.memory.read(host.backing(frameOf(physical)) * 4096 + (physical % 4096)),
  write: (physical, value) => host.memory.write(host.backing(frameOf(physical)) * 4096 + (physical % 4096), value),
});

export const formatOf = (shadow: Shadow): Format => guestFormat(shadow.options.levels);

export function forgetLeaf(shadow: Shadow, at: number): void {
  const frame = shadow.mapped[at];
  if (frame === undefined) return;
  delete shadow.mapped[at];
  const left = (shadow.leaves[frame] ?? []).filter((entry) => entry !== at);
  if (left.length === 0) delete shadow.leaves[frame];
  else shadow.leaves[frame] = left;
}

/** Empties a shadow entry; a table that only it pointed to goes too. */
export function clearEntry(shadow: Shadow, host: ShadowHost, at: number): void {
  host.memory.write(at, 0);
  if (formatOf(shadow).entryBytes === 8) host.memory.write(at + 4, 0);
  const key = shadow.children[at];
  if (key === undefined) {
    forgetLeaf(shadow, at);
    return;
  }
  delete shadow.children[at];
  const child = shadow.pages[key];
  if (child === undefined) return;
  child.parents = child.parents.filter((entry) => entry !== at);
  release(shadow, host, child);
}

/** A shadow page that nothing points to any more goes, and what it pointed to with it. */
export function release(shadow: Shadow, host: ShadowHost, page: ShadowPage): void {
  if (page.parents.length > 0 || page.rooted) return;
  delete shadow.pages[page.key];
  if (!page.direct) {
    const frame = frameOf(page.guest);
    const left = (shadow.protectedFrames[frame] ?? 1) - 1;
    if (left === 0) delete shadow.protectedFrames[frame];
    else shadow.protectedFrames[frame] = left;
  }
  const format = formatOf(shadow);
  for (let at = page.frame; at < page.frame + 4096; at += format.entryBytes) if (host.memory.read(at) !== 0) clearEntry(shadow, host, at);
  shadow.freeFrames = [...shadow.freeFrames, page.frame];
}

/** A guest table at a level; or, of a large page that a guest entry maps, the part with this number. */
export const tableKey = (guest: number, level: number, part?: number): string => `${guest}/${level}${part === undefined ? "" : `/${part}`}`;

/** The shadow page of this key, made now if there is none. A guest table's frame is write-protected from then on. */
export function pageFor(shadow: Shadow, host: ShadowHost, guest: number, level: number, part?: number): ShadowPage {
  const direct = part !== undefined;
  const key = tableKey(guest, level, part);
  const found = shadow.pages[key];
  if (found !== undefined) return found;
  const frame = shadow.freeFrames[0] ?? host.allocate();
  shadow.freeFrames = shadow.freeFrames.slice(1);
  const fresh: ShadowPage = { key, guest, level, direct, frame, parents: [], rooted: false };
  shadow.pages[key] = fresh;
  if (!direct) {
    const held = frameOf(guest);
    shadow.protectedFrames[held] = (shadow.protectedFrames[held] ?? 0) + 1;
    for (const at of shadow.leaves[held] ?? []) host.memory.write(at, (host.memory.read(at) & ~2) >>> 0);
  }
  return fresh;
}
