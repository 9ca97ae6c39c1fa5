/**
 * Kernel same-page merging: a daemon of the host looks at pages in turn and lets equal ones share a frame. The stable tree holds frames that
 * are shared (and read-only); the unstable one, pages of this round that have not changed since the last. Its work is the host's; the copy
 * that a write to a shared page needs is paid by whoever writes.
 */
import { defineTable } from "../../sim/table";
import type { Tx } from "../../sim/types";
import { frameKey, frameTable, memoryVmTable, type PageRow, pageKey, pageTable } from "./tables";
import { leaveFrame } from "./touch";

export interface KsmRow {
  readonly host: string;
  /** Key of the page looked at last; "" at the beginning of a round. */
  readonly cursor: string;
  readonly fullScans: number;
  readonly maxPageSharing: number;
  /** Pages compared with another so far, pages looked at, and pages whose content had changed since the last look. */
  readonly compared: number;
  readonly visited: number;
  readonly volatile: number;
}
export const ksmTable = defineTable<KsmRow>({ name: "hv.ksm", key: (row) => row.host });

interface UnstableRow {
  readonly host: string;
  readonly content: string;
  readonly page: string;
}
const unstableTable = defineTable<UnstableRow, "host">({
  name: "hv.ksm-unstable",
  key: (row) => `${row.host}/${row.content}`,
  indexes: { host: ["host"] },
});

export function startKsm(tx: Tx, host: string, maxPageSharing = 256): void {
  tx.write(ksmTable).put({ host, cursor: "", fullScans: 0, maxPageSharing, compared: 0, visited: 0, volatile: 0 });
}

const ksmOf = (tx: Tx, host: string): KsmRow => {
  const row = tx.read(ksmTable).get(host);
  if (row === undefined) throw new Error(`KSM does not run on ${host}`);
  return row;
};

const note = (tx: Tx, host: string, more: Partial<Pick<KsmRow, "compared" | "visited" | "volatile">>): void => {
  const row = ksmOf(tx, host);
  const sum = (name: "compared" | "visited" | "volatile"): number => row[name] + (more[name] ?? 0);
  tx.write(ksmTable).put({ ...row, compared: sum("compared"), visited: sum("visited"), volatile: sum("volatile") });
};

/** Lets a page lie in a shared frame from now on. */
function share(tx: Tx, page: PageRow, frame: number): void {
  const target = tx.read(frameTable).get(frameKey(page.host, frame));
  if (target === undefined || page.frame === null) return;
  if (page.frame !== frame) {
    leaveFrame(tx, page.host, page.frame);
    tx.write(frameTable).put({ ...target, users: target.users + 1, shared: true });
    tx.write(pageTable).put({ ...page, frame });
  } else tx.write(frameTable).put({ ...target, shared: true });
}

/**
 * Looks at one page: into the stable tree if its content is there, else, when it has not changed since the last look, into the unstable
 * one, where an equal page makes both a new shared frame.
 *
 * @rule hypervisor.memory.ksm
 * @source Linux 6.12 mm/ksm.c cmp_and_merge_page, stable_tree_search, unstable_tree_search_insert; Arcangeli, Eidus & Wright 2009
 * Not modelled: the trees' order (equality decides), NUMA trees, the zero page's special place, smart scan, advisor.
 */
function visit(tx: Tx, page: PageRow): void {
  const { host } = page;
  if (page.frame === null || tx.read(frameTable).get(frameKey(host, page.frame))?.shared === true) return;
  const { maxPageSharing } = ksmOf(tx, host);
  const stable = tx.read(frameTable).by("stable", host, page.content);
  const room = stable.find((frame) => frame.users < maxPageSharing);
  if (room !== undefined) {
    note(tx, host, { compared: 1 });
    share(tx, page, room.frame);
    return;
  }
  if (page.checksum !== page.content) {
    tx.write(pageTable).put({ ...page, checksum: page.content });
    note(tx, host, { volatile: 1 });
    return;
  }
  const other = tx.read(unstableTable).get(`${host}/${page.content}`);
  const twin = other === undefined ? undefined : tx.read(pageTable).get(other.page);
  // The tree is unstable: what was put there may have changed, gone, or be this very page.
  if (twin === undefined || twin.frame === null || twin.content !== page.content || twin.frame === page.frame) {
    tx.write(unstableTable).put({ host, content: page.content, page: pageKey(host, page.vm, page.page) });
    return;
  }
  note(tx, host, { compared: 1 });
  tx.write(unstableTable).delete(`${host}/${page.content}`);
  share(tx, twin, twin.frame);
  share(tx, page, twin.frame);
}

/** Looks at the next so many pages; at the end of all a round is over and the unstable tree is thrown away. */
export function scan(tx: Tx, host: string, pages: number): void {
  const mergeable = tx
    .read(memoryVmTable)
    .by("host", host)
    .filter((vm) => vm.mergeable);
  const keys = mergeable.flatMap(({ vm }) =>
    tx
      .read(pageTable)
      .by("vm", host, vm)
      .map((page) => pageKey(host, vm, page.page)),
  );
  for (let count = 0; count < pages && keys.length > 0; count++) {
    const row = ksmOf(tx, host);
    const next = keys.find((key) => key > row.cursor);
    if (next === undefined) {
      for (const each of tx.read(unstableTable).by("host", host)) tx.write(unstableTable).delete(`${host}/${each.content}`);
      tx.write(ksmTable).put({ ...row, cursor: "", fullScans: row.fullScans + 1 });
      count--;
      if (row.cursor === "") return;
      continue;
    }
    const page = tx.read(pageTable).get(next);
    if (page !== undefined) visit(tx, page);
    tx.write(ksmTable).put({ ...ksmOf(tx, host), cursor: next });
    note(tx, host, { visited: 1 });
  }
  tx.fired("hypervisor.memory.ksm", host);
}
