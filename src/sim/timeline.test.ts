import { describe, expect, it } from "vitest";
import { randomAt } from "./random";
import { defineTable } from "./table";
import { Timeline, type TimelineOptions } from "./timeline";
import type { Actor, Message, Tx } from "./types";

/** A toy domain that uses everything the engine offers: writes, indexes, cancelled timers, random streams, counters. */
interface Cell {
  readonly id: string;
  readonly colour: string;
  readonly hits: number;
  readonly timer: number;
}
const cells = defineTable<Cell, "colour">({ name: "toy.cell", key: (row) => row.id, indexes: { colour: (row) => row.colour } });
/** The same cells, known by columns. */
interface Mark {
  readonly actor: string;
  readonly cell: number;
  readonly colour: string;
  readonly hits: number;
}
const marks = defineTable<Mark, "colour" | "often">({
  name: "toy.mark",
  key: ["actor", "cell"],
  indexes: { colour: ["actor", "colour"], often: { columns: ["actor"], when: (row) => row.hits > 8 } },
});
const COLOURS = ["red", "green", "blue"];

interface Hit extends Message {
  readonly type: "hit";
  readonly cell: number;
  readonly life: number;
}

const toy: Actor = {
  kind: "toy",
  receive(tx: Tx, name, message): void {
    if (message.type === "expire") {
      const { id } = message as Message & { id: string };
      tx.write(cells).delete(id);
      return tx.write(marks).delete(name, Number(id.slice(id.indexOf("-") + 1)));
    }
    if (message.type !== "hit") return;
    const { cell, life } = message as Hit;
    const id = `${name}-${cell}`;
    const before = tx.read(cells).get(id);
    if (before !== undefined) tx.cancel(before.timer);
    const timer = tx.send(tx.self, { type: "expire", id } as Message, 50 + Math.floor(tx.random("expiry") * 100));
    const colour = COLOURS[Math.floor(tx.random(name) * 3)] as string;
    const hits = (before?.hits ?? 0) + tx.nextId("hit");
    tx.write(cells).put({ id, colour, hits, timer });
    // Names that come and go within the event, before and after one that stays.
    tx.write(marks).put({ actor: name, cell: 1000 + hits, colour, hits });
    tx.write(marks).delete(name, 1000 + hits);
    tx.write(marks).put({ actor: name, cell, colour, hits });
    if (hits % 3 !== 0) tx.write(marks).put({ actor: name, cell: 3000, colour, hits });
    if (hits % 3 !== 1) tx.write(marks).delete(name, 3000);
    tx.write(marks).put({ actor: name, cell: 3001, colour, hits });
    tx.write(marks).delete(name, 3001);
    tx.write(marks).put({ actor: name, cell: 2000 + cell, colour, hits });
    if (hits % 2 === 0) tx.write(marks).put({ actor: name, cell: 2000 + cell, colour, hits: hits + 1 });
    tx.write(marks).delete(name, 2000 + cell);
    tx.fired("toy.cell.hit", id);
    for (let i = 0; i < 2 && life > 0; i++) {
      const to = `toy/${"abc"[Math.floor(tx.random("to") * 3)]}`;
      tx.send(to, { type: "hit", cell: Math.floor(tx.random("cell") * 5), life: life - 1 } as Message, 1 + Math.floor(tx.random("delay") * 20));
    }
  },
};

const SEEDS = Number(process.env["SEEDS"] ?? 1000);
const draw = (seed: number, name: string, n: number, below: number): number => Math.floor(randomAt(seed, `test ${name}`, n) * below);

function played(seed: number, options: Partial<TimelineOptions> = {}): Timeline {
  const timeline = new Timeline({ seed, profile: "real", actors: [toy], checks: seed % 7 === 0, ...options });
  for (let i = 0; i < 4; i++) {
    const message = { type: "hit", cell: i, life: 3 } as Message;
    timeline.submit({ to: `toy/${"abc"[i % 3]}`, message }, 1 + draw(seed, "input", i, 80));
  }
  if (seed % 5 === 0)
    timeline.submit({ to: "sim/faults", message: { type: "sim.link", from: "toy/a", to: "toy/*", drop: seed % 2 === 0, delay: 7 } as Message }, 20);
  if (seed % 11 === 0) timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "toy/b" } as Message }, 30);
  return timeline;
}

const eachSeed = (body: (seed: number) => void): void => {
  console.log(`seeds 1..${SEEDS}`);
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      body(seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    }
  }
};

describe("timeline", () => {
  it("gives equal worlds for equal inputs, and other worlds for other seeds", () => {
    const ends = new Set<string>();
    eachSeed((seed) => {
      const [a, b] = [played(seed), played(seed)];
      a.seek(100);
      b.seek(100);
      expect(a.hash()).toBe(b.hash());
      ends.add(a.hash());
    });
    expect(ends.size).toBe(SEEDS);
  });

  it("gives equal worlds in flight for any order of seeks", () => {
    eachSeed((seed) => {
      const straight = played(seed);
      const expected = new Map<number, string>();
      for (let at = 0; at <= 120; at += 10) {
        straight.seek(at);
        expected.set(at, straight.hash());
      }
      const wandering = played(seed);
      for (let i = 0; i < 12; i++) {
        const at = 10 * draw(seed, "seek", i, 13);
        wandering.seek(at);
        expect(wandering.hash()).toBe(expected.get(at));
      }
    });
  });

  it("steps back exactly, event by event", () => {
    eachSeed((seed) => {
      const timeline = played(seed);
      const hashes = [timeline.hash()];
      for (let i = 0; i < 25 && timeline.stepForward() !== undefined; i++) hashes.push(timeline.hash());
      for (let i = hashes.length - 2; i >= 0; i--) {
        timeline.stepBack();
        expect(timeline.hash()).toBe(hashes[i]);
      }
      expect(timeline.stepBack()).toBeUndefined();
    });
  });

  it("loses nothing when saved and restored at a random moment", () => {
    eachSeed((seed) => {
      const whole = played(seed);
      const stop = draw(seed, "save", 0, 100);
      const half = played(seed);
      half.seek(stop);
      const restored = Timeline.restore(half.options, JSON.parse(JSON.stringify(half.snapshot())));
      expect(restored.hash()).toBe(half.hash());
      whole.seek(150);
      restored.seek(150);
      expect(restored.hash()).toBe(whole.hash());
    });
  });

  it("branches without touching its parent, from the past too", () => {
    eachSeed((seed) => {
      const parent = played(seed);
      parent.seek(100);
      const head = parent.hash();
      parent.seek(draw(seed, "branch", 0, 100));
      const here = parent.hash();
      const branch = parent.branch();
      expect(branch.hash()).toBe(here);
      branch.submit({ to: "toy/c", message: { type: "hit", cell: 9, life: 2 } as Message });
      branch.seek(140);
      branch.seek(5);
      branch.seek(160);
      expect(parent.hash()).toBe(here);
      parent.seek(100);
      expect(parent.hash()).toBe(head);
    });
  });

  it("names the cause of every event that is not an input", () => {
    eachSeed((seed) => {
      const timeline = played(seed);
      timeline.seek(100);
      const seen = new Set<number>();
      for (const event of timeline.events(0, timeline.length)) {
        expect(event.cause === null).toBe(event.from === null);
        if (event.cause !== null) expect(seen.has(event.cause)).toBe(true);
        seen.add(event.seq);
      }
    });
  });

  it("refuses an input in the past and rows that are not JSON", () => {
    const timeline = played(1);
    timeline.seek(60);
    timeline.seek(30);
    expect(() => timeline.submit({ to: "toy/a", message: { type: "hit" } })).toThrow("branch");
    const bad: Actor = { kind: "bad", receive: (tx) => tx.write(cells).put({ id: "x", colour: "red", hits: Number.NaN, timer: 0 }) };
    const checked = new Timeline({ seed: 1, profile: "real", actors: [bad], checks: true });
    checked.submit({ to: "bad/x", message: { type: "go" } });
    expect(() => checked.stepForward()).toThrow("not JSON");
  });

  it("keeps key order and indexes through inserts, updates and deletes", () => {
    eachSeed((seed) => {
      const timeline = played(seed);
      timeline.seek(90);
      const table = timeline.table(cells);
      const keys = [...table.keys()];
      expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : 1)));
      for (const colour of COLOURS) expect(table.by("colour", colour)).toEqual(table.rows().filter((row) => row.colour === colour));
    });
  });

  it("finds rows by columns as by a text of them, also after travelling", () => {
    eachSeed((seed) => {
      const timeline = played(seed);
      const table = timeline.table(marks);
      for (const at of [draw(seed, "at", 0, 100), 90, draw(seed, "at", 1, 60), 100]) {
        timeline.seek(at);
        const lasting = table.rows().filter(({ cell }) => cell < 3000);
        expect(lasting.map(({ actor, cell, colour, hits }) => [`${actor}-${cell}`, colour, hits])).toEqual(
          timeline
            .table(cells)
            .rows()
            .map(({ id, colour, hits }) => [id, colour, hits]),
        );
        expect(table.keys()).toEqual(table.rows().map(({ actor, cell }) => `${actor}/${cell}`));
        expect(table.size).toBe(table.rows().length);
        for (const actor of ["a", "b", "c"]) {
          const own = table.rows().filter((row) => row.actor === actor);
          for (const row of own) expect(table.get(actor, row.cell)).toBe(row);
          const often = own.filter(({ hits }) => hits > 8);
          expect(table.countBy("often", actor)).toBe(often.length);
          expect(table.firstBy("often", actor)).toBe(often[0]);
          if (at !== 90) expect(table.by("often", actor)).toEqual(often);
          for (const colour of COLOURS) expect(table.by("colour", actor, colour)).toEqual(own.filter((row) => row.colour === colour));
        }
      }
      expect(() => table.get("a")).toThrow("1 values for a key of 2: actor/cell");
    });
  });
});
