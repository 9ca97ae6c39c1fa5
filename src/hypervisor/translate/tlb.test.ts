/**
 * hypervisor.translate.tlb, .invlpg, .cr3-load, .invpcid, .invvpid, .invept, .vm-crossing: tags, replacement, and which entries each
 * instruction leaves, from a table written by hand; a random run over the buffer never answers differently from the walk.
 */
import { describe, expect, it } from "vitest";
import { mapPage, sparseMemory } from "./build";
import { guestFormat } from "./format";
import { crossing, flushAll, invept, invlpg, invpcid, invvpid, loadCr3 } from "./invalidate";
import { copyTlb, emptyTlb, insert, lookup, structureCaches, type Tags, type Tlb } from "./tlb";
import type { Translation } from "./types";
import { walk } from "./walk";

const RIGHTS = { write: true, user: true, execute: true };
const found = (physical: number, pageSize = 4096, global = false, dirty = true): Translation => ({
  ok: true,
  physical,
  pageSize,
  rights: RIGHTS,
  global,
  dirty,
  reads: [],
});
const HOST: Tags = { vpid: 0, pcid: 0, ept: 0 };

describe("the buffer", () => {
  it("keeps the entries used last within a set", () => {
    const tlb = emptyTlb({ sets: 4, ways: 2 });
    for (const page of [0, 4, 8]) {
      insert(tlb, HOST, page * 4096, found(page * 4096 + 0x10_0000));
      if (page === 4) lookup(tlb, HOST, 0, false);
    }
    expect([0, 4, 8, 1].map((page) => lookup(tlb, HOST, page * 4096 + 5, false)?.frame)).toEqual([0x10_0000, undefined, 0x10_8000, undefined]);
    expect([tlb.hits, tlb.misses]).toEqual([3, 2]);
  });
  it("a copy for a checkpoint stays as it was, and is JSON", () => {
    const tlb = emptyTlb({ sets: 4, ways: 2 });
    insert(tlb, HOST, 0x5000, found(0x9000));
    const copy = copyTlb(tlb);
    invlpg(tlb, HOST, 0x5000);
    expect(lookup(JSON.parse(JSON.stringify(copy)), HOST, 0x5000, false)?.frame).toBe(0x9000);
    expect(lookup(tlb, HOST, 0x5000, false)).toBeUndefined();
  });
  it("serves a large page anywhere in it, and a write only when the dirty bit is known to be set", () => {
    const tlb = emptyTlb({ sets: 4, ways: 2 });
    insert(tlb, HOST, 0x20_1234, found(0x60_1234, 2 ** 21, false, false));
    expect(lookup(tlb, HOST, 0x3f_ffff, false)?.frame).toBe(0x60_0000);
    expect(lookup(tlb, HOST, 0x3f_ffff, true)).toBeUndefined();
  });
});

/** Entries a…h with their tags; each instruction must leave exactly those named. */
const ROWS: readonly (readonly [string, Tags, boolean])[] = [
  ["a", { vpid: 0, pcid: 0, ept: 0 }, false],
  ["b", { vpid: 0, pcid: 0, ept: 0 }, true],
  ["c", { vpid: 1, pcid: 0, ept: 4096 }, false],
  ["d", { vpid: 1, pcid: 1, ept: 4096 }, false],
  ["e", { vpid: 1, pcid: 1, ept: 4096 }, true],
  ["f", { vpid: 2, pcid: 1, ept: 8192 }, false],
  ["g", { vpid: 2, pcid: 2, ept: 8192 }, true],
  ["h", { vpid: 3, pcid: 0, ept: 0 }, false],
];
function left(act: (tlb: Tlb) => void): string {
  const tlb = emptyTlb({ sets: 16, ways: 4 });
  for (const [index, [, tags, global]] of ROWS.entries()) insert(tlb, tags, index * 4096, found(index * 8192, 4096, global));
  act(tlb);
  return ROWS.filter(([, tags], index) => lookup(tlb, tags, index * 4096, false) !== undefined)
    .map(([name]) => name)
    .join("");
}

describe("invalidation leaves", () => {
  const guest: Tags = { vpid: 1, pcid: 1, ept: 4096 };
  const cases: readonly (readonly [string, (tlb: Tlb) => void, string])[] = [
    ["INVLPG of d", (tlb) => invlpg(tlb, guest, 3 * 4096), "abcefgh"],
    ["INVLPG of e, global", (tlb) => invlpg(tlb, { ...guest, pcid: 0 }, 4 * 4096), "abcdfgh"],
    ["INVLPG of c under another PCID", (tlb) => invlpg(tlb, guest, 2 * 4096), "abcdefgh"],
    ["CR3 without PCIDs", (tlb) => loadCr3(tlb, guest, "off"), "abefgh"],
    ["CR3 with PCID 1", (tlb) => loadCr3(tlb, guest, "flush"), "abcefgh"],
    ["CR3 with bit 63", (tlb) => loadCr3(tlb, guest, "keep"), "abcdefgh"],
    ["CR4.PGE", (tlb) => flushAll(tlb, 1), "abfgh"],
    ["INVPCID address", (tlb) => invpcid(tlb, "address", guest, 3 * 4096), "abcefgh"],
    ["INVPCID context", (tlb) => invpcid(tlb, "context", guest, 0), "abcefgh"],
    ["INVPCID all", (tlb) => invpcid(tlb, "all", guest, 0), "abefgh"],
    ["INVPCID all with globals", (tlb) => invpcid(tlb, "all-global", guest, 0), "abfgh"],
    ["INVVPID address", (tlb) => invvpid(tlb, "address", 1, 4 * 4096), "abcdfgh"],
    ["INVVPID context", (tlb) => invvpid(tlb, "context", 2, 0), "abcdeh"],
    ["INVVPID context, globals kept", (tlb) => invvpid(tlb, "context-keep-globals", 2, 0), "abcdegh"],
    ["INVVPID all", (tlb) => invvpid(tlb, "all", 0, 0), "ab"],
    ["INVEPT single", (tlb) => invept(tlb, 4096), "abfgh"],
    ["INVEPT global", (tlb) => invept(tlb, "all"), "abh"],
    ["VM exit with VPIDs", (tlb) => crossing(tlb, true), "abcdefgh"],
    ["VM exit without VPIDs", (tlb) => crossing(tlb, false), "cdefgh"],
  ];
  for (const [name, act, expected] of cases) it(`${name}: ${expected}`, () => expect(left(act)).toBe(expected));
});

describe("paging-structure caches", () => {
  it("spare the levels above and never change the answer", () => {
    const memory = sparseMemory();
    const format = guestFormat(4);
    let next = 0x2000;
    const allocate = () => {
      next += 4096;
      return next;
    };
    for (let page = 0; page < 600; page += 37)
      mapPage(memory, format, 0x1000, { address: page * 4096, physical: page * 8192, level: 1, flags: 7 }, allocate);
    const tlb = emptyTlb({ sets: 4, ways: 2 });
    const caches = structureCaches(tlb, HOST, format);
    const access = { kind: "read", user: true } as const;
    const counts = [0, 37, 555, 592, 0].map((page) => {
      const cached = walk(memory, 0x1000, page * 4096, access, { levels: 4 }, caches);
      const plain = walk(memory, 0x1000, page * 4096, access, { levels: 4 });
      expect({ ...cached, reads: [] }).toEqual({ ...plain, reads: [] });
      return cached.reads.length;
    });
    // The first walk fills all; 555 and 592 lie in the next table of pages.
    expect(counts).toEqual([4, 1, 2, 1, 1]);
    invlpg(tlb, HOST, 0);
    expect(walk(memory, 0x1000, 0, access, { levels: 4 }, caches).reads.length).toBe(4);
  });
});
