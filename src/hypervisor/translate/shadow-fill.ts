/**
 * Filling the shadow for one access: a shadow table for each guest table on the way, and a leaf that maps the guest's page where the host
 * has it. Large guest pages are spelled out in 4 KiB leaves.
 */
import { DIRTY, entryAddress, entryHigh, entryLow, indexAt, LARGE, NO_EXECUTE, PRESENT, USER, WRITABLE } from "./format";
import { clearEntry, forgetLeaf, formatOf, frameOf, guestMemory, pageFor, type Shadow, type ShadowHost, type ShadowPage } from "./shadow-pages";
import type { Access, Translation } from "./types";

export interface Fill {
  readonly address: number;
  readonly access: Access;
  /** What the guest's own tables say. */
  readonly guest: Translation;
}

function writeEntry(shadow: Shadow, host: ShadowHost, at: number, physical: number, flags: number, high: number): void {
  host.memory.write(at, entryLow(physical, flags));
  if (formatOf(shadow).entryBytes === 8) host.memory.write(at + 4, entryHigh(physical, high));
}

function link(shadow: Shadow, host: ShadowHost, at: number, child: ShadowPage, flags: number, high: number): void {
  if (shadow.children[at] !== child.key) {
    if (host.memory.read(at) !== 0) clearEntry(shadow, host, at);
    shadow.children[at] = child.key;
    child.parents.push(at);
  }
  writeEntry(shadow, host, at, child.frame, flags, high);
}

/**
 * Writes the entries that the access needs, from the root down to a 4 KiB leaf.
 *
 * A leaf is writable only when the guest's leaf is dirty (else the guest's dirty bit would be missed) and when its page holds no table.
 *
 * @rule hypervisor.translate.shadow-fill
 * @source Linux 6.12 arch/x86/kvm/mmu/paging_tmpl.h FNAME(fetch), mmu/spte.c make_spte
 */
export function fill(shadow: Shadow, host: ShadowHost, root: ShadowPage, request: Fill): void {
  const format = formatOf(shadow);
  const memory = guestMemory(host);
  const plain = (level: number): boolean => format.levels === 3 && level === 3;
  let page = root;
  // Below a large guest page its flags go on; the guest has no entries of its own there.
  let large: { readonly entry: number; readonly low: number; readonly high: number } | undefined;
  for (let level = format.levels; level >= 1; level--) {
    const index = indexAt(format, level, request.address);
    const at = page.frame + index * format.entryBytes;
    if (large === undefined) {
      const entry = page.guest + index * format.entryBytes;
      const low = memory.read(entry);
      const high = format.entryBytes === 8 ? memory.read(entry + 4) : 0;
      if (level === 1 || (low & LARGE) !== 0) large = { entry, low, high };
      else {
        const child = pageFor(shadow, host, entryAddress(low, high), level - 1);
        const flags = plain(level) ? PRESENT : PRESENT | (low & (WRITABLE | USER));
        link(shadow, host, at, child, flags, high & NO_EXECUTE);
        page = child;
        continue;
      }
    }
    const flags = PRESENT | (large.low & USER);
    if (level > 1) {
      const child = pageFor(shadow, host, large.entry, level - 1, Math.floor(request.address / 2 ** (format.shift[level] ?? 0)));
      link(shadow, host, at, child, flags | (large.low & WRITABLE), large.high & NO_EXECUTE);
      page = child;
    } else leaf(shadow, host, at, request, flags, large);
  }
}

function leaf(
  shadow: Shadow,
  host: ShadowHost,
  at: number,
  request: Fill,
  flags: number,
  from: { readonly low: number; readonly high: number },
): void {
  const frame = frameOf(request.guest.physical);
  const writable = (from.low & WRITABLE) !== 0 && (from.low & DIRTY) !== 0 && shadow.protectedFrames[frame] === undefined;
  writeEntry(shadow, host, at, host.backing(frame) * 4096, flags | (writable ? WRITABLE : 0), from.high & NO_EXECUTE);
  if (shadow.mapped[at] === frame) return;
  forgetLeaf(shadow, at);
  shadow.mapped[at] = frame;
  shadow.leaves[frame] = [...(shadow.leaves[frame] ?? []), at];
}
