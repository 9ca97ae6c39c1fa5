/**
 * hypervisor.translate.shadow, .shadow-fill, .shadow-table-write, .shadow-cr3: for random tables, accesses and edits (seeds in the names) the shadow
 * answers as guest ∘ host does, computed here by a walk of its own; exits against counts by hand.
 */
import { describe, expect, it } from "vitest";
import { mapPage, sparseMemory } from "./build";
import { guestFormat, pageSizeAt } from "./format";
import { currentRoot, hardware, shadowAccess, shadowCr3, shadowInvlpg, shadowStore, shadowUnmap } from "./shadow";
import { emptyShadow, guestMemory, type ShadowHost } from "./shadow-pages";
import type { Access, Levels, PagingOptions, WordMemory } from "./types";
import { walk } from "./walk";

function machine() {
  const memory = sparseMemory();
  const backed = new Map<number, number>();
  let next = 0x9_0000;
  const host: ShadowHost = {
    memory,
    backing(frame) {
      const known = backed.get(frame);
      if (known !== undefined) return known;
      next += 3;
      backed.set(frame, next);
      return next;
    },
    allocate() {
      next += 1;
      return next * 4096;
    },
  };
  return { host, memory, backed, guest: guestMemory(host) };
}

/** Guest ∘ host, written apart from the code under test: entries as big integers, one level after another. */
function composition(
  guest: WordMemory,
  host: ShadowHost,
  root: number,
  address: number,
  access: Access,
  options: PagingOptions,
  seen?: { dirty: boolean },
): number | "fault" {
  const { levels } = options;
  const wide = levels > 2;
  let table = BigInt(root);
  let [write, user, execute] = [true, true, true];
  for (let level = levels as number; level >= 1; level--) {
    const shift = BigInt(12 + (wide ? 9 : 10) * (level - 1));
    const index = (BigInt(address) >> shift) & (wide ? (levels === 3 && level === 3 ? 3n : 511n) : 1023n);
    const at = Number(table + index * (wide ? 8n : 4n));
    const entry = BigInt(guest.read(at) >>> 0) | (wide ? BigInt(guest.read(at + 4) >>> 0) << 32n : 0n);
    if ((entry & 1n) === 0n) return "fault";
    if (!(levels === 3 && level === 3)) {
      write &&= (entry & 2n) !== 0n;
      user &&= (entry & 4n) !== 0n;
      execute &&= entry >> 63n === 0n;
    }
    table = entry & 0x000f_ffff_ffff_f000n;
    if (level > 1 && (entry & 0x80n) === 0n) continue;
    if (access.user && !user) return "fault";
    if (access.kind === "write" && !write && (access.user || options.writeProtect === true)) return "fault";
    if (access.kind === "execute" && !execute) return "fault";
    const physical = Number(table) + (address % Number(1n << shift));
    if (seen !== undefined) seen.dirty = (entry & 0x40n) !== 0n;
    return host.backing(Math.floor(physical / 4096)) * 4096 + (physical % 4096);
  }
  return "fault";
}

function generator(seed: number) {
  let state = seed >>> 0;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const GUEST_TABLES = 0x20_0000;

function randomRun(seed: number, levels: Levels, writeProtect: boolean): { hits: number; fills: number; stores: number } {
  const random = generator(seed);
  const { host, guest, memory, backed } = machine();
  const options: PagingOptions = { levels, writeProtect, noExecute: levels > 2 };
  const shadow = emptyShadow(options, 2);
  const format = guestFormat(levels);
  let nextTable = GUEST_TABLES;
  const allocate = () => {
    nextTable += 4096;
    return nextTable;
  };
  const store = { read: guest.read, write: (at: number, value: number) => void shadowStore(shadow, host, at, value) };
  const roots = [allocate(), allocate(), allocate()];
  const pageAt = () => random(4) * pageSizeAt(format, levels === 2 ? 2 : 3) * (levels === 5 ? 3 : 1) + random(3) * 2 ** 22 + random(5) * 4096;
  shadowCr3(shadow, host, roots[0] ?? 0);
  let root = roots[0] ?? 0;
  let hits = 0;
  let fills = 0;
  let stores = 0;
  const edit = () => {
    const level = random(5) === 0 ? 2 : 1;
    const size = pageSizeAt(format, level);
    const address = pageAt() - (pageAt() % size);
    // Sometimes a page of tables is mapped, so that the guest can write to them.
    const physical = level === 1 && random(2) === 0 ? GUEST_TABLES + random(6) * 4096 : random(6) * size;
    const flags = 1 | (random(2) << 1) | (random(2) << 2);
    const high = levels > 2 && random(4) === 0 ? 0x8000_0000 : 0;
    try {
      mapPage(store, format, root, { address: address - (address % size), physical, level, flags, high }, allocate);
    } catch {
      // Under a large page: the guest would not do that.
    }
  };
  for (let step = 0; step < 800; step++) {
    const what = random(20);
    if (what < 6) edit();
    else if (what === 6) {
      root = roots[random(3)] ?? 0;
      shadowCr3(shadow, host, root);
    } else if (what === 7) shadowInvlpg(shadow, host, pageAt());
    else if (what === 8) shadowStore(shadow, host, GUEST_TABLES + 4096 + random(6) * 4096 + random(16) * 4, 0);
    else {
      const access: Access = { kind: (["read", "write", "execute"] as const)[random(3)] ?? "read", user: random(2) === 0 };
      const address = pageAt() + random(4096);
      const bare = walk(memory, currentRoot(shadow).frame, address, access, hardware(shadow));
      const expected = composition(guest, host, root, address, access, options);
      if (bare.ok) {
        hits++;
        expect(bare.physical).toBe(expected);
      }
      const result = shadowAccess(shadow, host, address, access);
      if (result.ok && result.how === "filled") fills++;
      expect([seed, step, result.ok ? result.physical : "fault"]).toEqual([seed, step, expected]);
      if (!result.ok || access.kind !== "write") continue;
      const seen = { dirty: false };
      composition(guest, host, root, address, access, options, seen);
      expect([seed, step, seen.dirty]).toEqual([seed, step, true]);
      // The store itself: by the processor, unseen, or by the hypervisor where a table must not change unseen.
      const at = result.physical - (result.physical % 4);
      const value = random(2) === 0 ? 0 : 0x7 + random(64) * 4096;
      if (result.how !== "emulated") memory.write(at, value);
      else {
        const frame = [...backed].find(([, held]) => held === Math.floor(at / 4096))?.[0] ?? 0;
        shadowStore(shadow, host, frame * 4096 + (at % 4096), value);
        stores++;
      }
    }
  }
  return { hits, fills, stores };
}

describe("the shadow equals guest ∘ host", () => {
  for (const levels of [2, 3, 4, 5] as const)
    for (const writeProtect of [true, false])
      it(`${levels} levels, CR0.WP ${writeProtect}, seeds 1 to 12`, () => {
        let [hits, fills, stores] = [0, 0, 0];
        for (let seed = 1; seed <= 12; seed++) {
          const run = randomRun(seed * 7919 + levels, levels, writeProtect);
          hits += run.hits;
          fills += run.fills;
          stores += run.stores;
        }
        expect(hits).toBeGreaterThan(20);
        expect(fills).toBeGreaterThan(50);
        expect(stores).toBeGreaterThan(5);
      });
});

describe("exits", () => {
  const READ: Access = { kind: "read", user: true };
  const WRITE: Access = { kind: "write", user: true };
  function simple() {
    const { host, guest } = machine();
    const shadow = emptyShadow({ levels: 4, writeProtect: true }, 2);
    let next = GUEST_TABLES;
    const allocate = () => {
      next += 4096;
      return next;
    };
    const [one, two] = [allocate(), allocate()];
    const format = guestFormat(4);
    for (const root of [one, two])
      for (let page = 0; page < 3; page++)
        mapPage(guest, format, root, { address: page * 4096, physical: 0x5000 + page * 4096, level: 1, flags: 7 }, allocate);
    shadowCr3(shadow, host, one);
    return { host, guest, shadow, one, two };
  }
  it("one for each page touched, another for its first write (the guest's dirty bit), none after", () => {
    const { host, shadow } = simple();
    const how = [READ, READ, WRITE, WRITE, READ].map((access) => shadowAccess(shadow, host, 0, access));
    expect(how.map((result) => (result.ok ? result.how : "fault"))).toEqual(["filled", "hit", "filled", "hit", "hit"]);
    expect(shadow.exits).toMatchObject({ fill: 2, guestFault: 0, cr3: 1 });
  });
  it("the guest's own fault is passed on with its error code", () => {
    const { host, shadow } = simple();
    expect(shadowAccess(shadow, host, 0x7000, WRITE)).toMatchObject({ ok: false, kind: "page-fault", errorCode: 6, address: 0x7000 });
    expect(shadow.exits.guestFault).toBe(1);
  });
  it("each write to a table in use; a table never walked is plain memory", () => {
    const { host, shadow, one, two } = simple();
    shadowAccess(shadow, host, 0, WRITE);
    expect(shadowStore(shadow, host, one + 8, 0)).toEqual({ exit: true });
    expect(shadowStore(shadow, host, two + 8, 0)).toEqual({ exit: false });
    expect(shadow.exits.tableWrite).toBe(1);
  });
  it("a page that was writable is write-protected when it becomes a table", () => {
    const { host, guest, shadow, one, two } = simple();
    mapPage(guest, guestFormat(4), one, { address: 0x1000, physical: two, level: 1, flags: 7 }, () => 0);
    expect([shadowAccess(shadow, host, 0x1000, WRITE), shadowAccess(shadow, host, 0x1000, WRITE)]).toMatchObject([{ how: "filled" }, { how: "hit" }]);
    shadowCr3(shadow, host, two);
    shadowCr3(shadow, host, one);
    expect(shadowAccess(shadow, host, 0x1000, READ)).toMatchObject({ how: "hit" });
    expect(shadowAccess(shadow, host, 0x1000, WRITE)).toMatchObject({ how: "emulated" });
  });
  it("a switch back to a root that is kept finds its shadow; the one used longest ago is given up", () => {
    const { host, shadow, one, two } = simple();
    shadowAccess(shadow, host, 0, WRITE);
    expect(shadowCr3(shadow, host, two).kept).toBe(false);
    expect(shadowCr3(shadow, host, one).kept).toBe(true);
    expect(shadowAccess(shadow, host, 0, WRITE)).toMatchObject({ how: "hit" });
    shadowCr3(shadow, host, 0x40_0000);
    expect(shadowCr3(shadow, host, two).kept).toBe(false);
    expect(shadow.exits.cr3).toBe(5);
  });
  it("INVLPG costs an exit and the next touch another; a page taken away is filled again from its new place", () => {
    const { host, shadow } = simple();
    shadowAccess(shadow, host, 0, WRITE);
    shadowInvlpg(shadow, host, 0);
    expect(shadowAccess(shadow, host, 0, WRITE)).toMatchObject({ how: "filled" });
    expect(shadowUnmap(shadow, host, 5)).toBe(1);
    expect(shadowAccess(shadow, host, 0, READ)).toMatchObject({ how: "filled" });
  });
});
