/**
 * hypervisor.memory.touch, .host-swap, .balloon-inflate, .balloon-deflate, .ksm, .dirty-log, .accounting: small cases by hand, and random
 * runs (seeds in the names) against a count that keeps plain arrays and shares nothing with the rules.
 */
import { describe, expect, it } from "vitest";
import { createTimeline } from "../../sim/timeline";
import type { Tx } from "../../sim/types";
import { hostMemory, ksmCost, memoryCost, vmMemory } from "./accounting";
import { deflate, inflate } from "./balloon";
import { dirtyLogTable, readDirtyLog, startDirtyLog, stopDirtyLog } from "./dirty-log";
import { ksmTable, scan, startKsm } from "./ksm";
import { frameTable, memoryVmTable, pageTable } from "./tables";
import { addMemoryHost, addMemoryVm, pageOf, touch, vmRow } from "./touch";

function inEvent(work: (tx: Tx) => void): void {
  let done = false;
  const actor = {
    kind: "case",
    receive: (tx: Tx) => {
      work(tx);
      done = true;
    },
  };
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [actor] });
  timeline.submit({ to: "case/one", message: { type: "run" } });
  timeline.stepForward();
  if (!done) throw new Error("the case did not run");
}
const a = { host: "h", vm: "a" };
const b = { host: "h", vm: "b" };
const world = (frames: number, swap: number, pages: number, work: (tx: Tx) => void): void =>
  inEvent((tx) => {
    addMemoryHost(tx, "h", frames, swap);
    addMemoryVm(tx, a, pages);
    addMemoryVm(tx, b, pages);
    work(tx);
  });
const write = (tx: Tx, of: typeof a, page: number, content: string) => touch(tx, of, page, { content, use: "anonymous" });

describe("touching", () => {
  it("takes a frame at the first touch only; beyond the machine's pages there is nothing", () =>
    world(4, 0, 3, (tx) => {
      expect([touch(tx, a, 0), touch(tx, a, 0), write(tx, a, 1, "x"), touch(tx, a, 3)]).toEqual(["first touch", "hit", "first touch", "not there"]);
      expect(vmMemory(tx, a)).toEqual({ pages: 3, balloon: 0, resident: 2, shared: 0, swapped: 0, untouched: 1 });
      expect(hostMemory(tx, "h")).toMatchObject({ frames: 4, used: 2, free: 2, overcommit: 1500 });
    }));
  it("without a free frame the page used longest ago goes to swap, and comes back with its content", () =>
    world(2, 8, 3, (tx) => {
      write(tx, a, 0, "old");
      write(tx, b, 0, "young");
      touch(tx, a, 0);
      expect(write(tx, a, 1, "new")).toBe("first touch");
      expect(vmMemory(tx, b).swapped).toBe(1);
      expect(touch(tx, b, 0)).toBe("refault");
      expect([pageOf(tx, b, 0).content, vmRow(tx, b).swapReads, vmRow(tx, b).swapWrites, vmRow(tx, a).swapWrites]).toEqual(["young", 1, 1, 1]);
      expect(memoryCost(tx, b, { pageFault: 10, swapRead: 100, swapWrite: 1000 })).toEqual({ vm: 2 * 10 + 100, host: 1000 });
    }));
  it("the host may write out what the guest has free; with no slot left memory is out", () =>
    world(1, 1, 2, (tx) => {
      touch(tx, a, 0);
      expect(write(tx, b, 0, "x")).toBe("first touch");
      expect(vmRow(tx, a).wastedWrites).toBe(1);
      expect(write(tx, b, 1, "y")).toBe("out of memory");
    }));
});

describe("the balloon", () => {
  it("takes free pages, then cache, then what the guest swaps; frames only for pages that had one", () =>
    world(16, 0, 8, (tx) => {
      write(tx, a, 0, "anon");
      write(tx, a, 1, "anon2");
      touch(tx, a, 2, { content: "file", use: "cache" });
      touch(tx, a, 3, { content: "gone", use: "free" });
      expect(inflate(tx, a, 7)).toEqual({ taken: 7, fromFree: 5, fromCache: 1, swappedByGuest: 1, framesFreed: 3 });
      expect([pageOf(tx, a, 0).use, pageOf(tx, a, 1).use, touch(tx, a, 2)]).toEqual(["balloon", "anonymous", "not there"]);
      expect(vmRow(tx, a)).toMatchObject({ balloon: 7, guestDropped: 1, guestSwapWrites: 1, swapWrites: 0 });
      expect(inflate(tx, a, 5, 0).taken).toBe(0);
      expect(deflate(tx, a, 3)).toBe(3);
      expect(touch(tx, a, 0)).toBe("first touch");
      expect(vmMemory(tx, a)).toEqual({ pages: 8, balloon: 4, resident: 2, shared: 0, swapped: 0, untouched: 2 });
    }));
});

describe("KSM", () => {
  it("shares equal pages at the second look; a write takes a copy, and the writer pays", () =>
    world(16, 0, 4, (tx) => {
      startKsm(tx, "h");
      write(tx, a, 0, "same");
      write(tx, b, 0, "same");
      write(tx, b, 1, "other");
      scan(tx, "h", 3);
      expect(hostMemory(tx, "h")).toMatchObject({ used: 3, pagesShared: 0 });
      scan(tx, "h", 3);
      expect(hostMemory(tx, "h")).toMatchObject({ used: 2, pagesShared: 1, pagesSharing: 1 });
      expect([vmMemory(tx, a).shared, vmMemory(tx, b).shared]).toEqual([1, 1]);
      expect(touch(tx, b, 0)).toBe("hit");
      expect(write(tx, b, 0, "mine")).toBe("copy on write");
      expect([pageOf(tx, a, 0).content, pageOf(tx, b, 0).content, vmRow(tx, b).copies, vmRow(tx, a).copies]).toEqual(["same", "mine", 1, 0]);
      expect(hostMemory(tx, "h")).toMatchObject({ used: 3, pagesShared: 1, pagesSharing: 0 });
      expect(ksmCost(tx, "h", { comparePage: 7 })).toBe(7);
    }));
  it("does not share what changes between two looks, nor a machine that does not want it", () =>
    world(16, 0, 4, (tx) => {
      startKsm(tx, "h");
      for (let round = 0; round < 5; round++) {
        write(tx, a, 0, `n${round}`);
        write(tx, b, 0, `n${round}`);
        scan(tx, "h", 2);
      }
      expect(hostMemory(tx, "h").pagesShared).toBe(0);
      expect(tx.read(ksmTable).get("h")).toMatchObject({ volatile: 10, visited: 10, fullScans: 4 });
      tx.write(memoryVmTable).put({ ...vmRow(tx, b), mergeable: false });
      scan(tx, "h", 8);
      expect(hostMemory(tx, "h").pagesShared).toBe(0);
    }));
  it("no frame carries more pages than it may; the next equal ones begin another", () =>
    world(64, 0, 16, (tx) => {
      startKsm(tx, "h", 4);
      for (const machine of [a, b]) for (let page = 0; page < 5; page++) write(tx, machine, page, "z");
      scan(tx, "h", 40);
      const shared = tx.read(frameTable).by("stable", "h", "z");
      expect(shared.map(({ users }) => users).toSorted((x, y) => x - y)).toEqual([2, 4, 4]);
      expect(hostMemory(tx, "h")).toMatchObject({ used: 3, pagesShared: 3, pagesSharing: 7 });
    }));
});

describe("the dirty log", () => {
  it("names pages written since it was read, each once; write protection exits for each, the buffer for every 512", () => {
    for (const mode of ["write-protect", "pml"] as const)
      world(2000, 0, 1100, (tx) => {
        write(tx, a, 7, "before");
        startDirtyLog(tx, a, mode);
        expect(readDirtyLog(tx, a)).toEqual([]);
        for (let page = 0; page < 1100; page++) write(tx, a, page, "x");
        for (let page = 0; page < 1100; page++) write(tx, a, page, "y");
        touch(tx, a, 3);
        const log = tx.read(dirtyLogTable).get("h/a");
        expect([log?.violations, log?.bufferFull]).toEqual(mode === "pml" ? [0, 2] : [1100, 0]);
        expect(readDirtyLog(tx, a)).toEqual(Array.from({ length: 1100 }, (_, page) => page));
        write(tx, a, 5, "again");
        expect(readDirtyLog(tx, a)).toEqual([5]);
        stopDirtyLog(tx, a);
        write(tx, a, 6, "unseen");
        expect(
          tx
            .read(pageTable)
            .by("vm", "h", "a")
            .some(({ logged }) => logged),
        ).toBe(false);
      });
  });
});

/** A count by plain arrays: who has which content where, without frames, clocks or trees. */
function randomRun(seed: number): void {
  let state = seed >>> 0;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pages = 12;
  world(18, 40, pages, (tx) => {
    startKsm(tx, "h", 3);
    const contents = { a: Array.from({ length: pages }, () => ""), b: Array.from({ length: pages }, () => "") };
    const balloons = { a: 0, b: 0 };
    for (let step = 0; step < 300; step++) {
      const of = random(2) === 0 ? a : b;
      const name = of.vm as "a" | "b";
      const page = random(pages);
      const what = random(12);
      const gone = pageOf(tx, of, page).use === "balloon";
      if (what < 5) {
        const content = `c${random(4)}`;
        const result = touch(tx, of, page, { content, use: (["anonymous", "cache"] as const)[random(2)] ?? "cache" });
        expect(result === "not there").toBe(gone);
        if (!gone) contents[name][page] = content;
      } else if (what < 8) touch(tx, of, page);
      else if (what < 10) scan(tx, "h", random(20));
      else if (what === 10) {
        const { taken } = inflate(tx, of, random(3));
        balloons[name] += taken;
      } else balloons[name] -= deflate(tx, of, random(4));
      check(tx, contents, balloons);
    }
  });
}

function check(tx: Tx, contents: { a: string[]; b: string[] }, balloons: { a: number; b: number }): void {
  const seen = new Map<number, { users: number; content: string }>();
  for (const machine of [a, b]) {
    const name = machine.vm as "a" | "b";
    const parts = vmMemory(tx, machine);
    expect(parts.balloon + parts.resident + parts.swapped + parts.untouched).toBe(parts.pages);
    expect(parts.balloon).toBe(balloons[name]);
    for (let page = 0; page < parts.pages; page++) {
      const row = pageOf(tx, machine, page);
      if (row.use === "balloon" || row.use === "free") continue;
      expect(row.content).toBe(contents[name][page]);
    }
    for (const row of tx.read(pageTable).by("vm", "h", machine.vm)) {
      if (row.frame === null) continue;
      const held = seen.get(row.frame) ?? { users: 0, content: row.content };
      expect(row.content).toBe(held.content);
      seen.set(row.frame, { users: held.users + 1, content: held.content });
    }
  }
  const total = hostMemory(tx, "h");
  expect(total.used).toBe(seen.size);
  expect(total.used).toBeLessThanOrEqual(total.frames);
  let [shared, sharing] = [0, 0];
  for (const frame of tx.read(frameTable).by("used", "h")) {
    expect({ users: frame.users, content: frame.content }).toEqual(seen.get(frame.frame));
    expect(frame.users === 1 || frame.shared).toBe(true);
    expect(frame.users).toBeLessThanOrEqual(3);
    if (frame.shared) [shared, sharing] = [shared + 1, sharing + frame.users - 1];
  }
  expect([total.pagesShared, total.pagesSharing]).toEqual([shared, sharing]);
}

describe("random runs keep every content and every count", () => {
  for (const seed of [11, 22, 33, 44, 55, 66]) it(`seed ${seed}`, () => randomRun(seed));
});
