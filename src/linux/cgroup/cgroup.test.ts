import { describe, expect, it } from "vitest";
import { createTimeline } from "../../sim/timeline";
import type { Actor, Message } from "../../sim/types";
import { newHierarchy, ROOT, cgroupOf } from "./tables";
import { cgroup2, cgroupSuperblock } from "./cgroupfs";
import { nextChange, setCpus, settle, startBurst } from "./cpu-scheduler";
import { cpuOf, usedTable } from "./cpu-table";
import { inodeNumber } from "./file-owner";
import { canFork, enrol, exited, forked, reaped } from "./lifecycle";
import { charge } from "./memory";
import { filePages, processPages } from "./memory-pages";
import { badness } from "./oom";
import { pathOf } from "./tree";
import { transfer } from "./io";
import { mountTable } from "../fs/mount";
import { bindV1, v1RootFiles } from "./v1";
import type { Kernel, ProcessPort } from "../types";
import type { Ref } from "../fs/types";
import { strerror } from "../errno";

interface Stand {
  readonly kernel: Kernel;
  readonly killed: number[];
  group(path: string): number;
  mkdir(path: string): string;
  rmdir(path: string): string;
  write(path: string, text: string): string;
  read(path: string): string;
}

/** Plays steps at virtual times in one machine that has groups and tasks but no processes. */
function play(...steps: readonly (readonly [at: number, step: (stand: Stand) => void])[]): void {
  const killed: number[] = [];
  const processes: ProcessPort = {
    credentials: () => {
      throw new Error("nobody writes here");
    },
    cgroupRoot: () => ROOT,
    toLocal: (_kernel, _task, pid) => pid,
    fromLocal: (_kernel, _task, pid) => pid,
    kill: (kernel, process) => {
      if (!killed.includes(process)) exited(kernel, process);
      killed.push(process);
    },
    oomScoreAdj: () => 0,
    wake: () => undefined,
  };
  const actor: Actor = {
    kind: "stand",
    receive(tx, _name, message): void {
      const kernel: Kernel = { tx, machine: "a", fileSystems: { cgroup2 }, processes };
      const index = (message as Message & { index: number }).index;
      if (index === 0) {
        newHierarchy(kernel);
        setCpus(kernel, 1);
      }
      steps[index]?.[1](standOf(kernel, killed));
    },
  };
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [actor], checks: true });
  for (const [index, [at]] of steps.entries()) timeline.submit({ to: "stand/a", message: { type: "do", index } as Message }, at + 1);
  while (timeline.stepForward() !== undefined);
}

function standOf(kernel: Kernel, killed: number[]): Stand {
  const root = (): Ref => ({ sb: cgroupSuperblock(kernel), ino: inodeNumber(ROOT, 0) });
  const walk = (parts: readonly string[]): Ref | string => {
    let at = root();
    for (const part of parts) {
      const found = cgroup2.lookup(kernel, at, part);
      if (!found.ok) return strerror(found.errno);
      at = found.value;
    }
    return at;
  };
  const said = (result: { ok: boolean; errno?: unknown }): string => (result.ok ? "ok" : String(result.errno));
  const split = (path: string): readonly [Ref, string] => {
    const parts = path.split("/");
    return [walk(parts.slice(0, -1)) as Ref, parts.at(-1) ?? ""];
  };
  return {
    kernel,
    killed,
    group: (path) => Math.floor((walk(path.split("/")) as Ref).ino / 256),
    mkdir: (path) => said(cgroup2.create(kernel, ...split(path), { kind: "dir", mode: 0o755, uid: 0, gid: 0 })),
    rmdir: (path) => said(cgroup2.rmdir(kernel, ...split(path))),
    write: (path, text) => {
      const at = walk(path.split("/"));
      return typeof at === "string" ? at : said(cgroup2.write(kernel, at, 0, `${text}\n`));
    },
    read: (path) => {
      const at = walk(path.split("/"));
      if (typeof at === "string") return at;
      const text = cgroup2.read(kernel, at, 0, 100_000);
      return text.ok ? text.value : text.errno;
    },
  };
}

const SECOND = 1_000_000;

describe("linux.cgroup.tree", () => {
  it("linux.cgroup.subtree-control: all words or none; from above ENOENT, below EBUSY", () =>
    play([
      0,
      ({ mkdir, write, read }) => {
        mkdir("a");
        expect(write("a/cgroup.subtree_control", "+pids")).toBe("ENOENT");
        expect(write("cgroup.subtree_control", "+pids +nonsense")).toBe("EINVAL");
        expect(read("cgroup.subtree_control")).toBe("");
        expect(write("cgroup.subtree_control", "+memory +pids")).toBe("ok");
        expect(read("a/cgroup.controllers")).toBe("memory pids\n");
        expect(write("a/cgroup.subtree_control", "+pids")).toBe("ok");
        expect(write("cgroup.subtree_control", "-pids")).toBe("EBUSY");
        expect(read("a/cpu.max")).toBe("No such file or directory");
      },
    ]));

  it("linux.cgroup.no-internal-process, linux.cgroup.threaded: processes and domain controllers exclude each other", () =>
    play([
      0,
      ({ kernel, mkdir, write, read }) => {
        enrol(kernel, 10, false);
        write("cgroup.subtree_control", "+memory +pids");
        mkdir("a");
        mkdir("b");
        expect(write("a/cgroup.procs", "10")).toBe("ok");
        expect(write("a/cgroup.subtree_control", "+memory")).toBe("EBUSY");
        expect(write("b/cgroup.subtree_control", "+memory")).toBe("ok");
        expect(write("b/cgroup.procs", "10")).toBe("EBUSY");
        expect(write("a/cgroup.subtree_control", "+pids")).toBe("ok");
        expect(read("a/cgroup.type")).toBe("domain threaded\n");
        mkdir("a/x");
        expect(read("a/x/cgroup.type")).toBe("domain invalid\n");
        expect(write("a/x/cgroup.procs", "10")).toBe("EOPNOTSUPP");
        expect(write("a/x/cgroup.type", "threaded")).toBe("ok");
        expect(read("a/x/cgroup.procs")).toBe("EOPNOTSUPP");
        expect(write("a/x/cgroup.type", "domain")).toBe("EINVAL");
      },
    ]));

  it("linux.cgroup.limits, linux.cgroup.members, linux.cgroup.path: depth, zombies, a deleted group", () =>
    play([
      0,
      ({ kernel, mkdir, rmdir, write, read, group }) => {
        mkdir("a");
        write("a/cgroup.max.depth", "1");
        expect(mkdir("a/b")).toBe("ok");
        expect(mkdir("a/b/c")).toBe("EAGAIN");
        enrol(kernel, 10, false);
        enrol(kernel, 2, true);
        expect(write("a/b/cgroup.procs", "2")).toBe("EINVAL");
        expect(write("a/b/cgroup.procs", "999")).toBe("ESRCH");
        expect(write("a/b/cgroup.procs", "x")).toBe("EINVAL");
        write("a/b/cgroup.procs", "10");
        expect(read("a/cgroup.events")).toBe("populated 1\nfrozen 0\n");
        expect(rmdir("a/b")).toBe("EBUSY");
        const id = group("a/b");
        exited(kernel, 10);
        expect(read("a/cgroup.events")).toBe("populated 0\nfrozen 0\n");
        expect(rmdir("a/b")).toBe("ok");
        expect(pathOf(kernel, id, ROOT)).toBe("/a/b (deleted)");
        reaped(kernel, 10);
        mkdir("o");
        expect(pathOf(kernel, group("o"), group("a"))).toBe("/../o");
        expect(rmdir("a")).toBe("ok");
      },
    ]));

  it("linux.cgroup.freeze, linux.cgroup.kill: words, and what they do below", () =>
    play([
      0,
      ({ kernel, killed, mkdir, write, read }) => {
        mkdir("a");
        mkdir("a/b");
        enrol(kernel, 10, false);
        write("a/b/cgroup.procs", "10");
        write("a/cgroup.freeze", "1");
        expect(read("a/b/cgroup.freeze")).toBe("0\n");
        expect(read("a/b/cgroup.events")).toBe("populated 1\nfrozen 1\n");
        expect(write("a/cgroup.freeze", "2")).toBe("ERANGE");
        expect(write("a/cgroup.kill", "0")).toBe("ERANGE");
        expect(read("a/cgroup.kill")).toBe("EINVAL");
        write("a/cgroup.kill", "1");
        expect(killed).toEqual([10]);
      },
    ]));
});

describe("linux.cgroup.controllers", () => {
  it("linux.cgroup.pids: fork is refused and counted at the group with the limit, moving is not", () =>
    play([
      0,
      ({ kernel, mkdir, write, read }) => {
        write("cgroup.subtree_control", "+pids");
        mkdir("a");
        write("a/cgroup.subtree_control", "+pids");
        mkdir("a/b");
        write("a/pids.max", "1");
        for (const tid of [10, 11]) {
          enrol(kernel, tid, false);
          expect(write("a/b/cgroup.procs", String(tid))).toBe("ok");
        }
        expect(canFork(kernel, 10)).toEqual({ ok: false, errno: "EAGAIN" });
        expect(read("a/pids.current")).toBe("2\n");
        expect(read("a/pids.events") + read("a/b/pids.events")).toBe("max 1\nmax 0\n");
        expect(write("a/pids.max", "-1")).toBe("EINVAL");
      },
    ]));

  it("linux.cgroup.memory.charge, linux.cgroup.memory.oom: the limit above bites first; the victim's group counts the kill", () =>
    play([
      0,
      ({ kernel, killed, mkdir, write, read }) => {
        write("cgroup.subtree_control", "+memory");
        mkdir("p");
        write("p/cgroup.subtree_control", "+memory");
        mkdir("p/c");
        write("p/memory.max", "100000");
        expect(read("p/memory.max")).toBe("98304\n");
        write("p/memory.max", "32M");
        enrol(kernel, 10, false);
        write("p/c/cgroup.procs", "10");
        for (let i = 0; i < 32; i++) expect(charge(kernel, 10, processPages(10), "anon", 1 << 20)).toMatchObject({ ok: true });
        expect(charge(kernel, 10, processPages(10), "anon", 1 << 20)).toEqual({ ok: true, value: { delay: 0, killed: true } });
        expect(killed).toEqual([10]);
        expect(read("p/memory.events")).toContain("oom 1\noom_kill 1\noom_group_kill 0");
        expect(read("p/c/memory.events")).toContain("oom 0\noom_kill 1\n");
        expect(read("p/memory.events.local")).toContain("oom 1\noom_kill 0\n");
        expect(read("p/memory.current")).toBe("0\n");
      },
    ]));

  it("linux.cgroup.memory.oom: a group that dies as one counts its victim twice; page cache goes first", () =>
    play([
      0,
      ({ kernel, killed, mkdir, write, read }) => {
        write("cgroup.subtree_control", "+memory");
        mkdir("b");
        write("b/memory.max", "32M");
        write("b/memory.oom.group", "1");
        for (const tid of [10, 11]) {
          enrol(kernel, tid, false);
          write("b/cgroup.procs", String(tid));
        }
        charge(kernel, 10, processPages(10), "anon", 1 << 16);
        charge(kernel, 11, filePages(1, 1), "file", 30 << 20);
        charge(kernel, 11, processPages(11), "anon", 20 << 20);
        expect(killed).toEqual([]);
        charge(kernel, 11, processPages(11), "anon", 20 << 20);
        expect(new Set(killed)).toEqual(new Set([10, 11]));
        expect(read("b/memory.events")).toContain("oom 1\noom_kill 3\noom_group_kill 1");
        expect(badness(100, -1000, 1000)).toBeUndefined();
      },
    ]));

  it("linux.cgroup.cpuset: what the parent lacks falls back to the parent's", () =>
    play([
      0,
      ({ kernel, mkdir, write, read }) => {
        setCpus(kernel, 2);
        write("cgroup.subtree_control", "+cpuset");
        mkdir("a");
        expect(write("a/cpuset.cpus", "7")).toBe("ERANGE");
        write("a/cpuset.cpus", "0-1");
        write("a/cgroup.subtree_control", "+cpuset");
        mkdir("a/b");
        write("a/b/cpuset.cpus", "0");
        write("a/cpuset.cpus", "1");
        expect(read("a/b/cpuset.cpus") + read("a/b/cpuset.cpus.effective")).toBe("0\n1\n");
      },
    ]));

  it("linux.cgroup.io.max, linux.cgroup.pressure: a transfer is held back, and the waiting is seen above", () =>
    play([
      0,
      ({ kernel, mkdir, write, read }) => {
        write("cgroup.subtree_control", "+io");
        mkdir("a");
        write("a/io.max", "8:16 wbps=1048576");
        expect(read("a/io.max")).toBe("8:16 rbps=max wbps=1048576 riops=max wiops=max\n");
        enrol(kernel, 10, false);
        write("a/cgroup.procs", "10");
        expect(transfer(kernel, 10, "8:16", "w", 2 << 20)).toBe(2 * SECOND);
        expect(transfer(kernel, 10, "8:16", "r", 2 << 20)).toBe(0);
        expect(read("a/io.pressure")).toContain("total=2000000");
      },
    ]));

  it("linux.cgroup.v1.binding: a controller taken into v1 is missing here until it comes back", () =>
    play([
      0,
      ({ kernel, write, read }) => {
        const ref = { sb: 7, ino: 1 };
        const flags = { readOnly: false, group: 0, master: 0, unbindable: false, flags: [], locked: false, lockedFlags: [] };
        kernel.tx.write(mountTable).put({ machine: kernel.machine, id: 9, ns: 1, parent: 9, at: ref, root: ref, source: "none", ...flags } as never);
        expect(bindV1(kernel, ["pids"], 7)).toMatchObject({ ok: true });
        expect(read("cgroup.controllers")).toBe("cpuset cpu io memory hugetlb rdma misc\n");
        expect(v1RootFiles(["pids"]).slice(0, 3)).toEqual(["cgroup.clone_children", "cgroup.procs", "cgroup.sane_behavior"]);
        kernel.tx.write(mountTable).delete(kernel.machine, 9);
        expect(read("cgroup.controllers")).toContain("pids");
        write("cgroup.subtree_control", "+pids");
        expect(bindV1(kernel, ["pids"], 8)).toEqual({ ok: false, errno: "EBUSY" });
      },
    ]));

  it("linux.cgroup.cpu.max: texts and refusals", () =>
    play([
      0,
      ({ mkdir, write, read }) => {
        write("cgroup.subtree_control", "+cpu");
        mkdir("a");
        write("a/cpu.max", "50000 50000");
        write("a/cpu.max", "max");
        expect(read("a/cpu.max")).toBe("max 50000\n");
        for (const wrong of ["999 100000", "1000 999", "1000000 1000001", "-1", "0", "10000 0"]) expect(write("a/cpu.max", wrong)).toBe("EINVAL");
        expect(write("a/cpu.weight", "0")).toBe("ERANGE");
        write("a/cpu.weight.nice", "5");
        expect(read("a/cpu.weight") + read("a/cpu.weight.nice")).toBe("33\n5\n");
      },
    ]));
});

/** Shares of busy loops after ten seconds on one processor. */
function shares(prepare: (stand: Stand) => readonly string[]): readonly number[] {
  let used: readonly number[] = [];
  let groups: readonly string[] = [];
  play(
    [
      0,
      (stand) => {
        stand.write("cgroup.subtree_control", "+cpu");
        groups = prepare(stand);
      },
    ],
    [
      10 * SECOND,
      ({ kernel, group }) => {
        settle(kernel);
        used = groups.map((path) => cpuOf(kernel, group(path)).usage / (10 * SECOND));
      },
    ],
  );
  return used.map((share) => Math.round(share * 1000) / 1000);
}

function busy(stand: Stand, path: string, tids: readonly number[]): void {
  for (const tid of tids) {
    enrol(stand.kernel, tid, false);
    stand.write(`${path}/cgroup.procs`, String(tid));
    startBurst(stand.kernel, tid, 1e12);
  }
}

describe("linux.cgroup.cpu.scheduler", () => {
  it("linux.cgroup.cpu.weight: groups in proportion, whatever number of processes; level by level", () => {
    const weighed = shares((stand) => {
      for (const [i, weight] of [100, 300, 600].entries()) {
        stand.mkdir(`g${i}`);
        stand.write(`g${i}/cpu.weight`, String(weight));
        busy(stand, `g${i}`, i === 0 ? [10, 11, 12, 13] : [20 + i]);
      }
      return ["g0", "g1", "g2"];
    });
    expect(weighed).toEqual([0.1, 0.3, 0.6]);
    const nested = shares((stand) => {
      for (const path of ["A", "B"]) stand.mkdir(path);
      stand.write("A/cgroup.subtree_control", "+cpu");
      for (const path of ["A/1", "A/2"]) stand.mkdir(path);
      stand.write("A/2/cpu.weight", "300");
      busy(stand, "A/1", [10]);
      busy(stand, "A/2", [11]);
      busy(stand, "B", [12]);
      return ["A/1", "A/2", "B"];
    });
    expect(nested).toEqual([0.125, 0.375, 0.5]);
  });

  it("linux.cgroup.cpu.max: throttled in every period; the tightest limit on the way wins", () => {
    let stat = "";
    play(
      [
        0,
        (stand) => {
          stand.write("cgroup.subtree_control", "+cpu");
          stand.mkdir("a");
          stand.write("a/cpu.max", "20000 100000");
          busy(stand, "a", [10]);
          expect(nextChange(stand.kernel)).toBe(20_001);
        },
      ],
      [10 * SECOND, ({ read }) => void (stat = read("a/cpu.stat"))],
    );
    expect(stat).toContain("usage_usec 2000000\n");
    expect(stat).toContain("nr_periods 100\nnr_throttled 100\nthrottled_usec 8000000\n");
    const nested = shares((stand) => {
      stand.mkdir("p");
      stand.write("p/cgroup.subtree_control", "+cpu");
      stand.mkdir("p/c");
      stand.write("p/cpu.max", "20000 100000");
      stand.write("p/c/cpu.max", "50000 100000");
      busy(stand, "p/c", [10]);
      return ["p/c"];
    });
    expect(nested).toEqual([0.2]);
  });

  it("linux.cgroup.cpu.scheduler: a burst ends when it was served; a forked task is in its parent's group", () =>
    play(
      [
        0,
        ({ kernel }) => {
          enrol(kernel, 10, false);
          forked(kernel, 10, 11, 11);
          startBurst(kernel, 10, 1000);
          startBurst(kernel, 11, 3000);
        },
      ],
      [
        5000,
        ({ kernel }) => {
          settle(kernel);
          const used = (tid: number): number => Math.round(kernel.tx.read(usedTable).get(`a/${tid}`)?.used ?? 0);
          expect([used(10), used(11)]).toEqual([1000, 3000]);
          expect(cgroupOf(kernel, ROOT).level).toBe(0);
        },
      ],
    ));
});
