/** Mounts: what covers what, who is told, and what is refused. Cites linux.mount.tree, .operations, .propagation, .calls, .mountinfo, linux.mntns.copy, linux.vfs.d-path. */
import { describe, expect, test } from "vitest";
import { inKernel, superuser } from "../../../tools/linux/in-kernel";
import type { Kernel } from "../types";
import { mkdir } from "./calls";
import { open, stat, write } from "./file-calls";
import { mount, type MountCaller, type MountRequest, pivot, umount, UNLIMITED } from "./mount-calls";
import { mountinfo, mountLines } from "./mountinfo";
import { copyNamespace, mountRoot, namespaceRoot, setPropagation } from "./mount-tree";
import { resolve } from "./namei";
import { pathOf } from "./path-of";
import { newTmpfs } from "./tmpfs";
import type { Path, TaskView } from "./types";

interface Host {
  readonly kernel: Kernel;
  readonly view: TaskView;
  readonly caller: MountCaller;
  readonly ns: number;
}

const callerOf = (view: TaskView): MountCaller => ({ task: 1, view, mayMount: true, ...UNLIMITED, inUse: () => false });
const viewAt = (root: Path): TaskView => ({ credentials: superuser, root, cwd: root, umask: 0o022 });

function host(kernel: Kernel): Host {
  const root = mountRoot(kernel, newTmpfs(kernel), 1);
  const view = viewAt(root);
  for (const path of ["/s", "/s/a", "/s/b", "/m", "/r"]) expect(mkdir(kernel, view, path, 0o755).ok).toBe(true);
  return { kernel, view, caller: callerOf(view), ns: 1 };
}

/** The same machine from another mount namespace. */
function copied(at: Host, ns: number): Host {
  copyNamespace(at.kernel, at.ns, ns, false);
  const root = namespaceRoot(at.kernel, ns);
  if (root === undefined) throw new Error("no root");
  const view = viewAt(root);
  return { kernel: at.kernel, view, caller: callerOf(view), ns };
}

const request = (change: Partial<MountRequest>): MountRequest => ({ source: "t", target: "/m", type: "tmpfs", data: "", ...change });
const does = (at: Host, change: Partial<MountRequest>): string => {
  const done = mount(at.kernel, at.caller, request(change));
  return done.ok ? "ok" : done.errno;
};
const targets = (at: Host): readonly string[] => mountLines(at.kernel, at.ns, at.view.root).map(({ target }) => target);

describe("a mount", () => {
  test("covers a directory until it is taken away, and is busy while something is mounted on it", () => {
    inKernel((kernel) => {
      const at = host(kernel);
      expect(does(at, {})).toBe("ok");
      expect(mkdir(kernel, at.view, "/m/in", 0o755).ok).toBe(true);
      expect(does(at, { target: "/m/in" })).toBe("ok");
      expect(umount(kernel, at.caller, "/m", false)).toEqual({ ok: false, errno: "EBUSY" });
      expect(umount(kernel, at.caller, "/m", true).ok).toBe(true);
      expect(stat(kernel, at.view, "/m/in", true)).toEqual({ ok: false, errno: "ENOENT" });
      expect(umount(kernel, at.caller, "/m", false)).toEqual({ ok: false, errno: "EINVAL" });
    });
  });

  test("is refused to who may not, for an unknown type, and over a file", () => {
    inKernel((kernel) => {
      const at = host(kernel);
      expect(mount(kernel, { ...at.caller, mayMount: false }, request({}))).toEqual({ ok: false, errno: "EPERM" });
      expect(does(at, { type: "nope" })).toBe("ENODEV");
      expect(does(at, { target: "/none" })).toBe("ENOENT");
    });
  });

  test("bound elsewhere shows the same files; made read-only there, it is writable here", () => {
    inKernel((kernel) => {
      const at = host(kernel);
      expect(does(at, { source: "/s", target: "/m", bind: true })).toBe("ok");
      expect(does(at, { target: "/m", remount: true, bind: true, readOnly: true })).toBe("ok");
      expect(mkdir(kernel, at.view, "/m/new", 0o755)).toEqual({ ok: false, errno: "EROFS" });
      expect(mkdir(kernel, at.view, "/s/new", 0o755).ok).toBe(true);
      expect(stat(kernel, at.view, "/m/new", true).ok).toBe(true);
    });
  });
});

describe("propagation between namespaces", () => {
  const shared = (kernel: Kernel): readonly [Host, Host] => {
    const at = host(kernel);
    expect(does(at, { source: "/s", target: "/s", bind: true })).toBe("ok");
    expect(does(at, { target: "/s", propagation: "shared" })).toBe("ok");
    return [at, copied(at, 2)];
  };
  const both = (kernel: Kernel, kind: "shared" | "slave" | "private"): readonly [readonly string[], readonly string[]] => {
    const [one, two] = shared(kernel);
    expect(does(two, { target: "/s", propagation: kind })).toBe("ok");
    expect(does(one, { target: "/s/a" })).toBe("ok");
    expect(does(two, { target: "/s/b" })).toBe("ok");
    return [targets(one), targets(two)];
  };

  test("shared: both are told of both", () => {
    inKernel((kernel) =>
      expect(both(kernel, "shared")).toEqual([
        ["/", "/s", "/s/a", "/s/b"],
        ["/", "/s", "/s/a", "/s/b"],
      ]),
    );
  });
  test("slave: in yes, out no", () => {
    inKernel((kernel) =>
      expect(both(kernel, "slave")).toEqual([
        ["/", "/s", "/s/a"],
        ["/", "/s", "/s/a", "/s/b"],
      ]),
    );
  });
  test("private: neither is told", () => {
    inKernel((kernel) =>
      expect(both(kernel, "private")).toEqual([
        ["/", "/s", "/s/a"],
        ["/", "/s", "/s/b"],
      ]),
    );
  });
  test("an unmount is told too", () => {
    inKernel((kernel) => {
      const [one, two] = shared(kernel);
      expect(does(one, { target: "/s/a" })).toBe("ok");
      expect(targets(two)).toContain("/s/a");
      expect(umount(kernel, one.caller, "/s/a", false).ok).toBe(true);
      expect(targets(two)).not.toContain("/s/a");
    });
  });
  test("mountinfo names the peers or what is followed", () => {
    inKernel((kernel) => {
      const [one, two] = shared(kernel);
      expect(mountinfo(kernel, one.ns, one.view.root)).toMatch(/\/s \/s rw,relatime shared:1 - tmpfs/);
      const place = resolve(kernel, two.view, "/s", true);
      if (place.ok) setPropagation(kernel, place.value, "slave", false);
      expect(mountinfo(kernel, two.ns, two.view.root)).toMatch(/\/s \/s rw,relatime master:1 - tmpfs/);
    });
  });
  test("a mount namespace isolates mounts, not files", () => {
    inKernel((kernel) => {
      const [one, two] = shared(kernel);
      const made = open(kernel, one.view, "/r/f", { write: true, create: true }, 0o644);
      if (made.ok) write(kernel, one.view, made.value, 0, "x");
      expect(stat(kernel, two.view, "/r/f", true)).toMatchObject({ ok: true, value: { size: 1 } });
    });
  });
});

describe("pivot_root", () => {
  test("the new root takes the place of the old, which hangs where it was put", () => {
    inKernel((kernel) => {
      const at = host(kernel);
      expect(does(at, { target: "/r" })).toBe("ok");
      expect(mkdir(kernel, at.view, "/r/old", 0o755).ok).toBe(true);
      const done = pivot(kernel, at.caller, "/r", "/r/old");
      if (!done.ok) throw new Error(done.errno);
      const inside = viewAt(done.value.to);
      expect(stat(kernel, inside, "/old/s/a", true).ok).toBe(true);
      expect(pathOf(kernel, at.view.root, inside.root)).toBe("/old");
      expect(umount(kernel, callerOf(inside), "/old", true).ok).toBe(true);
      expect(stat(kernel, inside, "/old/s", true)).toEqual({ ok: false, errno: "ENOENT" });
    });
  });
  test("is refused for a directory that is no mount, and for the root itself", () => {
    inKernel((kernel) => {
      const at = host(kernel);
      expect(pivot(kernel, at.caller, "/r", "/r")).toEqual({ ok: false, errno: "EBUSY" });
      expect(pivot(kernel, at.caller, "/", "/")).toEqual({ ok: false, errno: "EBUSY" });
      expect(does(at, { target: "/r" })).toBe("ok");
      expect(does(at, { target: "/", propagation: "shared" })).toBe("ok");
      expect(mkdir(kernel, at.view, "/r/old", 0o755).ok).toBe(true);
      expect(pivot(kernel, at.caller, "/r", "/r/old")).toEqual({ ok: false, errno: "EINVAL" });
    });
  });
});
