import { describe, expect, it } from "vitest";
import { createTimeline } from "../sim/timeline";
import { machineActor } from "./machine";
import { pipeTable } from "./ipc/pipe";
import { outsideTable } from "./process/outside";
import { taskTable } from "./process/task";
import type { Program, System } from "./program";

/** What a program prints, and how it ends, in a machine of its own. */
function runOn(programs: Readonly<Record<string, Program>>): { readonly out: string; readonly status: unknown } {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [machineActor(programs)], checks: true });
  const executables = Object.fromEntries(Object.keys(programs).map((name) => [`/usr/bin/${name}`, name]));
  timeline.submit({ to: "machine/a", message: { type: "boot", hostname: "host", executables, init: "init" } as never });
  timeline.submit({ to: "machine/a", message: { type: "start", name: "t", path: "/usr/bin/main", argv: ["main"], env: { A: "1" } } as never });
  for (let i = 0; i < 20_000 && timeline.stepForward() !== undefined; i++);
  const row = timeline.table(outsideTable).get("a/t");
  return { out: timeline.table(pipeTable).get(row?.output ?? "")?.data ?? "", status: timeline.table(taskTable).get(`a/${row?.task}`)?.status };
}

const ok = <T>(answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: string }): T => {
  if (!answer.ok) throw new Error(answer.errno);
  return answer.value;
};
const say = (system: System, text: unknown): void => void system.write(1, `${String(text)}\n`);
const cat = (system: System, path: string): string => {
  const fd = system.open(path, { read: true }, 0);
  if (!fd.ok) return fd.errno;
  let text = "";
  for (;;) {
    const got = system.read(fd.value, 4096);
    if (!got.ok) return got.errno;
    if (got.value === "") break;
    text += got.value;
  }
  system.close(fd.value);
  return text;
};
const put = (system: System, path: string, text: string): string => {
  const fd = system.open(path, { write: true, truncate: true }, 0);
  if (!fd.ok) return fd.errno;
  const done = system.write(fd.value, text);
  system.close(fd.value);
  return done.ok ? "ok" : done.errno;
};

describe("linux.process.run", () => {
  it("runs a program that writes, spawns a child, waits for it and reads a pipe", () => {
    const child: Program = (system) => {
      ok(system.sleep(1000));
      say(system, `child ${ok(system.identity()).pid} of ${ok(system.identity()).ppid}`);
      return 7;
    };
    const main: Program = (system) => {
      const [read, write] = ok(system.pipe());
      const { pid } = ok(system.spawn({ program: "piped", state: { read, write } }));
      system.close(write);
      say(system, ok(system.read(read, 100)));
      say(system, JSON.stringify(ok(system.wait4(pid, {}))));
      ok(system.spawn({ program: "child" }));
      say(system, JSON.stringify(ok(system.wait4(-1, {}))));
      const last = system.wait4(-1, {});
      say(system, last.ok ? "?" : last.errno);
      return 3;
    };
    const piped: Program = (system, { state }) => {
      const { write } = state as { write: number };
      system.dup2(write, 1);
      system.exec("/usr/bin/echo", ["echo", "hello"], {});
      return 1;
    };
    const echo: Program = (system, { argv }) => {
      system.write(1, argv.slice(1).join(" "));
      return 0;
    };
    const { out, status } = runOn({ main, child, piped, echo });
    expect(out).toBe('hello\n{"pid":3,"status":{"kind":"exited","code":0}}\nchild 4 of 2\n{"pid":4,"status":{"kind":"exited","code":7}}\nECHILD\n');
    expect(status).toEqual({ kind: "exited", code: 3 });
  });
});

describe("linux.pidns.init-death, linux.pidns.numbers", () => {
  it("gives 1 to the first child after unshare and ENOMEM after its death", () => {
    const main: Program = (system) => {
      say(system, ok(system.readlink("/proc/self/ns/pid")));
      ok(system.unshare(["pid"]));
      const early = system.readlink("/proc/self/ns/pid_for_children");
      say(system, early.ok ? early.value : early.errno);
      const { pid } = ok(system.spawn({ program: "inner" }));
      ok(system.wait4(pid, {}));
      const again = system.spawn({ program: "inner" });
      say(system, again.ok ? "forked" : again.errno);
      return 0;
    };
    const inner: Program = (system) => {
      const { pid, ppid } = ok(system.identity());
      say(system, `inner ${pid} ${ppid}`);
      say(
        system,
        cat(system, "/proc/self/status")
          .split("\n")
          .find((line) => line.startsWith("NSpid")),
      );
      return 0;
    };
    expect(runOn({ main, inner }).out).toBe("pid:[4026531836]\nENOENT\ninner 1 0\nNSpid:\t3\t1\nENOMEM\n");
  });
});

describe("linux.signal.init-immune, linux.signal.kill", () => {
  it("kills a sleeper with 15, not the first process of a namespace, and kills that one with 9", () => {
    const main: Program = (system) => {
      const plain = ok(system.spawn({ program: "sleeper" })).pid;
      ok(system.sleep(10_000));
      ok(system.kill(plain, "TERM"));
      say(system, JSON.stringify(ok(system.wait4(plain, {}))?.status));
      const inner = ok(system.spawn({ program: "sleeper", namespaces: ["pid"] })).pid;
      ok(system.sleep(10_000));
      ok(system.kill(inner, "TERM"));
      ok(system.sleep(10_000));
      say(system, ok(system.wait4(inner, { noHang: true })));
      ok(system.kill(inner, "STOP"));
      say(system, JSON.stringify(ok(system.wait4(inner, { untraced: true }))?.status));
      ok(system.kill(inner, "KILL"));
      say(system, JSON.stringify(ok(system.wait4(inner, {}))?.status));
      return 0;
    };
    const sleeper: Program = (system) => {
      system.sleep(100_000_000);
      return 0;
    };
    expect(runOn({ main, sleeper }).out.split("\n")).toEqual([
      '{"kind":"signaled","signal":"TERM","core":false}',
      "null",
      '{"kind":"stopped","signal":"STOP"}',
      '{"kind":"signaled","signal":"KILL","core":false}',
      "",
    ]);
  });

  it("interrupts a wait for a handler", () => {
    const main: Program = (system) => {
      ok(system.sigaction("TERM", "handle"));
      ok(system.spawn({ program: "sender" }));
      const slept = system.sleep(50_000_000);
      say(system, slept.ok ? "slept" : slept.errno);
      say(system, ok(system.takeSignals()));
      return 0;
    };
    const sender: Program = (system) => {
      ok(system.kill(ok(system.identity()).ppid, "TERM"));
      return 0;
    };
    expect(runOn({ main, sender }).out).toBe("EINTR\nTERM\n");
  });
});

describe("linux.userns.map-write", () => {
  it("lets the maker map only its own id once; capabilities go at exec without a map", () => {
    const main: Program = (system) => {
      ok(system.setgroups([]));
      ok(system.setresgid(1000, 1000, 1000));
      ok(system.setresuid(1000, 1000, 1000));
      ok(system.spawn({ program: "shelled", namespaces: ["user"] }));
      ok(system.wait4(-1, {}));
      ok(system.unshare(["user"]));
      // Who has changed its user has its /proc files owned by root until it asks to be seen again.
      say(system, put(system, "/proc/self/gid_map", "0 1000 1"));
      ok(system.prctl({ dumpable: true }));
      say(system, ok(system.credentials()).uid);
      say(system, put(system, "/proc/self/gid_map", "0 1000 1"));
      say(system, put(system, "/proc/self/setgroups", "deny"));
      say(system, put(system, "/proc/self/uid_map", "0 1001 1"));
      say(system, put(system, "/proc/self/uid_map", "0 1000 1\n"));
      say(system, put(system, "/proc/self/gid_map", "0 1000 1"));
      say(system, put(system, "/proc/self/uid_map", "0 1000 1"));
      say(system, cat(system, "/proc/self/uid_map"));
      say(system, ok(system.credentials()).uid);
      const mine = system.sethostname("x");
      say(system, mine.ok ? "named" : mine.errno);
      ok(system.unshare(["uts"]));
      const own = system.sethostname("x");
      say(system, own.ok ? "named" : own.errno);
      return 0;
    };
    const shelled: Program = (system) => {
      say(system, ok(system.credentials()).effective.length);
      system.exec("/usr/bin/after", ["after"], {});
      return 1;
    };
    const after: Program = (system) => {
      say(system, ok(system.credentials()).effective.length);
      return 0;
    };
    expect(runOn({ main, shelled, after }).out.split("\n")).toEqual([
      "41",
      "0",
      "EACCES",
      "65534",
      "EPERM",
      "ok",
      "EPERM",
      "ok",
      "ok",
      "EPERM",
      "         0       1000          1",
      "",
      "0",
      "EPERM",
      "named",
      "",
    ]);
  });
});

describe("linux.namespace.setns, linux.namespace.lifetime", () => {
  it("keeps a namespace by an open file, and joins it", () => {
    const main: Program = (system) => {
      const before = ok(system.readlink("/proc/self/ns/uts"));
      const { pid } = ok(system.spawn({ program: "named", namespaces: ["uts"] }));
      ok(system.sleep(5000));
      const fd = ok(system.open(`/proc/${pid}/ns/uts`, { read: true }, 0));
      ok(system.wait4(pid, {}));
      const wrong = system.setns(fd, ["ipc"]);
      say(system, wrong.ok ? "?" : wrong.errno);
      ok(system.setns(fd, []));
      say(system, ok(system.uname()).nodename);
      say(system, before === ok(system.readlink("/proc/self/ns/uts")));
      say(system, ok(system.readlink(`/proc/self/fd/${fd}`)) === ok(system.readlink("/proc/self/ns/uts")));
      const ids = new Set<string>();
      for (const name of ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]) ids.add(ok(system.readlink(`/proc/1/ns/${name}`)));
      say(system, ids.size);
      return 0;
    };
    const named: Program = (system) => {
      ok(system.sethostname("kept"));
      system.sleep(20_000);
      return 0;
    };
    expect(runOn({ main, named }).out).toBe("EINVAL\nkept\nfalse\ntrue\n8\n");
  });
});

describe("linux.process.reparent", () => {
  it("gives orphans to a subreaper, else to the first process", () => {
    const main: Program = (system) => {
      ok(system.prctl({ subreaper: true }));
      ok(system.spawn({ program: "middle" }));
      ok(system.wait4(-1, {}));
      ok(system.wait4(-1, {}));
      return 0;
    };
    const middle: Program = (system) => {
      ok(system.spawn({ program: "leaf" }));
      return 0;
    };
    const leaf: Program = (system) => {
      ok(system.sleep(10_000));
      say(system, ok(system.identity()).ppid);
      return 0;
    };
    expect(runOn({ main, middle, leaf }).out).toBe("2\n");
  });
});
