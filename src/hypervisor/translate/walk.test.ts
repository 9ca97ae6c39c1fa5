/**
 * hypervisor.translate.walk, .nested, .ept, .page-fault, .ept-violation, .format: reads against closed forms for every combination of
 * levels and page sizes, translations against arithmetic, rights and error codes against tables written out by hand.
 */
import { describe, expect, it } from "vitest";
import { mapEptPage, mapPage, sparseMemory } from "./build";
import { eptFormat, guestFormat, pageSizeAt } from "./format";
import { walkNested } from "./nested";
import type { Access, Levels, PagingOptions } from "./types";
import { allowed, walk } from "./walk";

const LEVELS: readonly Levels[] = [2, 3, 4, 5];
const READ: Access = { kind: "read", user: true };
const RW = 0x7;

function pool(start: number): () => number {
  let next = start;
  return () => {
    const at = next;
    next += 4096;
    return at;
  };
}
/** Leaf levels a format of so many levels has, written out apart from the code. */
const GUEST_LEAVES: Readonly<Record<Levels, readonly number[]>> = { 2: [1, 2], 3: [1, 2], 4: [1, 2, 3], 5: [1, 2, 3] };
const HOST_LEAVES: Readonly<Record<Levels, readonly number[]>> = { 2: [1, 2], 3: [1, 2, 3], 4: [1, 2, 3], 5: [1, 2, 3] };

describe("the native walk", () => {
  for (const levels of LEVELS)
    for (const leaf of GUEST_LEAVES[levels])
      it(`${levels} levels, leaf at ${leaf}: ${levels - leaf + 1} reads`, () => {
        const memory = sparseMemory();
        const format = guestFormat(levels);
        const size = pageSizeAt(format, leaf);
        const address = size * 1 + 0xabc;
        mapPage(memory, format, 0x1000, { address, physical: size * 2, level: leaf, flags: RW }, pool(0x2000));
        const result = walk(memory, 0x1000, address, READ, { levels });
        expect(result).toMatchObject({ ok: true, physical: size * 2 + 0xabc, pageSize: size });
        expect(result.reads.length).toBe(levels - leaf + 1);
        expect(result.reads.map((read) => read.guestLevel)).toEqual([5, 4, 3, 2, 1].filter((at) => at <= levels && at >= leaf));
      });
});

/** Guest tables and EPT where each guest table page is mapped by a host leaf of `tables`, the data by one of `data`. */
function nestedWorld(n: Levels, guestLeaf: number, m: Levels, tables: number, data: number) {
  const memory = sparseMemory();
  const guest = guestFormat(n);
  const host = eptFormat(m);
  const eptPages = pool(0x7000_0000_0000);
  const ept = eptPages();
  const tablesAt = 0x0020_0000;
  const shift = 0x4000_0000 * 4;
  const dataAt = guestLeaf === 3 && m === 2 ? 0 : guestLeaf === 3 ? 0x4000_0000 * 2 : 0x1000_0000;
  const mapped = new Set<number>();
  const cover = (guestPhysical: number, level: number) => {
    const size = pageSizeAt(host, level);
    const from = guestPhysical - (guestPhysical % size);
    if (mapped.has(from)) return;
    mapped.add(from);
    mapEptPage(memory, host, ept, { address: from, physical: from + shift, level, flags: 7 }, eptPages);
  };
  // The guest's tables are written where the host keeps them: guest-physical plus the shift.
  const seen = { read: (at: number) => memory.read(at + shift), write: (at: number, value: number) => memory.write(at + shift, value) };
  const guestPages = pool(tablesAt);
  const root = guestPages();
  cover(root, tables);
  const allocate = () => {
    const at = guestPages();
    cover(at, tables);
    return at;
  };
  const size = pageSizeAt(guest, guestLeaf);
  const address = size + 0x123;
  mapPage(seen, guest, root, { address, physical: dataAt, level: guestLeaf, flags: RW }, allocate);
  cover(dataAt + 0x123, data);
  return { memory, guest: root, ept, address, expected: dataAt + 0x123 + shift, guestSize: size, hostSize: pageSizeAt(host, data) };
}

describe("the nested walk", () => {
  let combinations = 0;
  for (const n of LEVELS)
    for (const m of LEVELS)
      for (const guestLeaf of GUEST_LEAVES[n])
        for (const tables of HOST_LEAVES[m])
          for (const data of HOST_LEAVES[m]) {
            // 1 GiB leaves next to others need another gigabyte, which two host levels do not reach; within one leaf both are the same.
            const apart = guestLeaf === 3 || (tables < 3 && data < 3) || tables === data;
            if (!apart || (guestLeaf === 3 && m === 2)) continue;
            combinations++;
            it(`guest ${n} leaf ${guestLeaf}, host ${m} leaf ${tables} for tables, ${data} for data`, () => {
              const world = nestedWorld(n, guestLeaf, m, tables, data);
              const result = walkNested(world.memory, world, world.address, READ, { levels: n, ept: { levels: m } });
              expect(result).toMatchObject({ ok: true, physical: world.expected, pageSize: Math.min(world.guestSize, world.hostSize) });
              const guestReads = n - guestLeaf + 1;
              const closed = guestReads * (m - tables + 1 + 1) + (m - data + 1);
              expect(result.reads.length).toBe(closed);
              if (tables === data) expect(closed).toBe((guestReads + 1) * (m - data + 1 + 1) - 1);
            });
          }
  it("tries every combination there is", () => expect(combinations).toBeGreaterThan(150));

  it("four levels on both sides: 24 reads in the order of the two-dimensional walk", () => {
    const world = nestedWorld(4, 1, 4, 1, 1);
    const { reads } = walkNested(world.memory, world, world.address, READ, { levels: 4, ept: { levels: 4 } });
    const expected = [4, 3, 2, 1, 0].flatMap((guest) => [4, 3, 2, 1, ...(guest > 0 ? [0] : [])].map((host) => `${guest}.${host}`));
    expect(expected.length).toBe(24);
    expect(reads.map((read) => `${read.guestLevel}.${read.hostLevel}`)).toEqual(expected);
    expect(reads[4]?.address).toBe(world.address);
    expect(reads[0]?.address).toBe(world.guest);
  });
});

describe("rights", () => {
  it("agree with the table of SDM 4.6.1 over all bits", () => {
    for (let bits = 0; bits < 8; bits++)
      for (const kind of ["read", "write", "execute"] as const)
        for (const user of [false, true])
          for (let controls = 0; controls < 8; controls++) {
            const rights = { write: (bits & 1) !== 0, user: (bits & 2) !== 0, execute: (bits & 4) !== 0 };
            const options: PagingOptions = {
              levels: 4,
              writeProtect: (controls & 1) !== 0,
              smep: (controls & 2) !== 0,
              smap: (controls & 4) !== 0,
            };
            let may = true;
            if (user) may = rights.user && (kind !== "write" || rights.write) && (kind !== "execute" || rights.execute);
            else if (kind === "execute") may = rights.execute && !(rights.user && options.smep);
            else may = !(rights.user && options.smap) && (kind === "read" || rights.write || !options.writeProtect);
            expect(allowed(rights, { kind, user }, options)).toBe(may);
          }
  });

  const page = (flags: number, high = 0) => {
    const memory = sparseMemory();
    mapPage(memory, guestFormat(4), 0x1000, { address: 0x5000, physical: 0x9000, level: 1, flags, high }, pool(0x2000));
    return memory;
  };
  const code = (flags: number, access: Access, options: Partial<PagingOptions> = {}, high = 0) => {
    const result = walk(page(flags, high), 0x1000, 0x5008, access, { levels: 4, ...options });
    return result.ok ? "ok" : result.errorCode;
  };
  it("error codes say present, write, user, reserved, fetch", () => {
    expect(code(0, { kind: "read", user: false })).toBe(0);
    expect(code(0, { kind: "write", user: true })).toBe(6);
    expect(code(0x5, { kind: "write", user: true })).toBe(7);
    expect(code(0x3, { kind: "read", user: true })).toBe(5);
    expect(code(0x1, { kind: "write", user: false })).toBe("ok");
    expect(code(0x1, { kind: "write", user: false }, { writeProtect: true })).toBe(3);
    expect(code(0x5, { kind: "execute", user: true }, { noExecute: true }, 0x8000_0000)).toBe(21);
    expect(code(0x5, { kind: "execute", user: true }, {}, 0x8000_0000)).toBe(13);
    expect(code(0x5, { kind: "execute", user: false }, { smep: true })).toBe(17);
  });
  it("a leaf where none may stand is a reserved bit", () => {
    const memory = sparseMemory();
    memory.write(0x1000, 0x2087);
    expect(walk(memory, 0x1000, 0, READ, { levels: 4 })).toMatchObject({ ok: false, errorCode: 13, level: 4 });
  });
  it("accessed on the way, dirty on the leaf of a write, nothing without mark or on a fault", () => {
    const memory = page(RW);
    walk(memory, 0x1000, 0x5000, { kind: "write", user: true }, { levels: 4, mark: false });
    expect([memory.read(0x1000) & 0x60, memory.read(0x4000 + 40) & 0x60]).toEqual([0, 0]);
    walk(memory, 0x1000, 0x5000, READ, { levels: 4 });
    expect([memory.read(0x1000) & 0x60, memory.read(0x4000 + 40) & 0x60]).toEqual([0x20, 0x20]);
    expect(walk(memory, 0x1000, 0x5000, { kind: "write", user: true }, { levels: 4 })).toMatchObject({ dirty: true });
    expect([memory.read(0x1000) & 0x60, memory.read(0x4000 + 40) & 0x60]).toEqual([0x20, 0x60]);
  });
});

describe("EPT", () => {
  const WRITE: Access = { kind: "write", user: true };
  const at = (change: (world: ReturnType<typeof nestedWorld>, leafOfData: number, leafOfRoot: number) => void, access: Access, ad = false) => {
    const world = nestedWorld(4, 1, 4, 1, 1);
    const { reads } = walkNested(world.memory, world, world.address, READ, { levels: 4, mark: false, ept: { levels: 4 } });
    change(world, reads[23]?.physical ?? 0, reads[3]?.physical ?? 0);
    return walkNested(world.memory, world, world.address, access, { levels: 4, ept: { levels: 4, accessedDirty: ad } });
  };
  const set =
    (flags: number, root = false) =>
    (world: ReturnType<typeof nestedWorld>, data: number, top: number) => {
      const place = root ? top : data;
      world.memory.write(place, (world.memory.read(place) & ~7) | flags);
    };
  it("violations carry what was tried, what is allowed, and whether a table or the page was meant", () => {
    expect(at(set(0), READ)).toMatchObject({ kind: "ept-violation", qualification: 0x181, level: 1 });
    expect(at(set(5), WRITE)).toMatchObject({ kind: "ept-violation", qualification: 0x1aa });
    expect(at(set(3), { kind: "execute", user: true })).toMatchObject({ kind: "ept-violation", qualification: 0x19c });
    expect(at(set(0, true), WRITE)).toMatchObject({ kind: "ept-violation", qualification: 0x81 });
    expect(at(set(1, true), READ, true)).toMatchObject({ kind: "ept-violation", qualification: 0x8b });
  });
  it("write without read is a misconfiguration", () => {
    expect(at(set(2), READ)).toMatchObject({ kind: "ept-misconfiguration", qualification: 0 });
  });
  it("accessed and dirty flags are set only where the pointer asks for them", () => {
    const world = nestedWorld(4, 1, 4, 1, 1);
    const options = { levels: 4, ept: { levels: 4 } } as const;
    const { reads } = walkNested(world.memory, world, world.address, WRITE, options);
    const leaf = reads[23]?.physical ?? 0;
    expect(world.memory.read(leaf) & 0x300).toBe(0);
    walkNested(world.memory, world, world.address, WRITE, { levels: 4, ept: { levels: 4, accessedDirty: true } });
    expect(world.memory.read(leaf) & 0x300).toBe(0x300);
    expect(world.memory.read(reads[20]?.physical ?? 0) & 0x300).toBe(0x100);
  });
});
