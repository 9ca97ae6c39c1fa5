/** A mounted simulated overlay: every FUSE request is an event of one timeline, in which it makes the system call that was asked for. */
import { constants } from "node:os";
import { constants as fsConstants, lstatSync } from "node:fs";
import type { Actor, Tx } from "../../src/sim/types";
import { createTimeline } from "../../src/sim/timeline";
import { link, mkdir, mknod, rename, rmdir, symlink, unlink } from "../../src/linux/fs/calls";
import { open, readlink, setAttributes, stat, truncate } from "../../src/linux/fs/file-calls";
import { attach, mountRoot } from "../../src/linux/fs/mount-tree";
import { resolve } from "../../src/linux/fs/namei";
import { overlay } from "../../src/linux/fs/overlay/overlay";
import { overlayParams } from "../../src/linux/fs/overlay/params";
import { mountOverlay } from "../../src/linux/fs/overlay/super";
import { typeOf } from "../../src/linux/fs/superblock";
import { newTmpfs, tmpfs } from "../../src/linux/fs/tmpfs";
import type { Attributes, FileKind, Path, TaskView } from "../../src/linux/fs/types";
import { DONE, type Kernel, type Result, value } from "../../src/linux/types";
import { superuser } from "./in-kernel";
import { loadTree, storeTree } from "./real-tree";

type Reply = (code: number, answer?: unknown, more?: unknown) => void;
type Fuse = new (
  mountpoint: string,
  handlers: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>>,
) => { mount(done: (error: Error | null) => void): void };

export interface Served {
  readonly failed?: string;
  /** Writes the upper layer back. */
  readonly persist: () => void;
}

const TYPE_BITS: Readonly<Record<FileKind, number>> = {
  fifo: 0o010000,
  char: 0o020000,
  dir: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};
const BITS_TYPE = new Map(Object.entries(TYPE_BITS).map(([kind, bits]) => [bits, kind as FileKind]));

function statOf(one: Attributes): Readonly<Record<string, unknown>> {
  return {
    mode: TYPE_BITS[one.kind] | (one.kind === "symlink" ? 0o777 : one.mode),
    uid: one.uid,
    gid: one.gid,
    size: one.size,
    dev: one.dev,
    nlink: one.nlink,
    ino: one.ino,
    rdev: (one.rdev[0] << 8) | one.rdev[1],
    blksize: 4096,
    blocks: Math.ceil(one.size / 512),
    atime: new Date(one.atime / 1000),
    mtime: new Date(one.mtime / 1000),
    ctime: new Date(one.ctime / 1000),
  };
}

/** The calls, each answered at once. */
function handlersOf(run: <T>(work: (kernel: Kernel) => T) => T, task: TaskView, root: string): Readonly<Record<string, unknown>> {
  const files = new Map<number, Path>();
  let next = 3;
  const at = (path: string): string => root + Buffer.from(path, "utf8").toString("latin1");
  const code = (result: Result<unknown>): number =>
    result.ok ? 0 : -((constants.errno as Readonly<Record<string, number>>)[result.errno] ?? constants.errno.EIO);
  const answer = (reply: Reply, result: Result<unknown>): void => (result.ok && result.value !== true ? reply(0, result.value) : reply(code(result)));
  const keep = (place: Path): number => {
    files.set(next, place);
    return next++;
  };
  const change = (path: string, what: Parameters<typeof setAttributes>[3], follow = false): Result<true> =>
    run((kernel) => {
      const place = resolve(kernel, task, at(path), follow);
      return place.ok ? setAttributes(kernel, task, place.value, what) : place;
    });
  const opened = (reply: Reply, path: string, options: Parameters<typeof open>[3], mode: number): void =>
    run((kernel) => {
      const place = open(kernel, task, at(path), options, mode);
      answer(reply, place.ok ? value(keep(place.value)) : place);
    });
  return {
    getattr: (path: string, reply: Reply) =>
      run((kernel) => {
        const found = stat(kernel, task, at(path), false);
        answer(reply, found.ok ? value(statOf(found.value)) : found);
      }),
    fgetattr: (path: string, fd: number, reply: Reply) =>
      run((kernel) => {
        const place = files.get(fd);
        if (place === undefined) {
          const found = stat(kernel, task, at(path), false);
          return answer(reply, found.ok ? value(statOf(found.value)) : found);
        }
        reply(0, statOf(typeOf(kernel, place.ref.sb).getattr(kernel, place.ref)));
      }),
    access: (_path: string, _mode: number, reply: Reply) => reply(0),
    readdir: (path: string, reply: Reply) =>
      run((kernel) => {
        const place = resolve(kernel, task, at(path), true);
        if (!place.ok) return reply(code(place));
        const entries = typeOf(kernel, place.value.ref.sb).readdir(kernel, place.value.ref);
        answer(reply, entries.ok ? value([".", "..", ...entries.value.map(({ name }) => Buffer.from(name, "latin1").toString("utf8"))]) : entries);
      }),
    open: (path: string, flags: number, reply: Reply) => {
      const mode = flags & 3;
      opened(reply, path, { read: mode !== 1, write: mode !== 0, truncate: (flags & fsConstants.O_TRUNC) !== 0 }, 0);
    },
    create: (path: string, mode: number, reply: Reply) => opened(reply, path, { read: true, write: true, create: true }, mode & 0o7777),
    read: (_path: string, fd: number, buffer: Buffer, length: number, offset: number, reply: Reply) =>
      run((kernel) => {
        const place = files.get(fd) as Path;
        const data = typeOf(kernel, place.ref.sb).read(kernel, place.ref, offset, length);
        reply(data.ok ? buffer.write(data.value, 0, "latin1") : code(data));
      }),
    write: (_path: string, fd: number, buffer: Buffer, length: number, offset: number, reply: Reply) =>
      run((kernel) => {
        const place = files.get(fd) as Path;
        const done = typeOf(kernel, place.ref.sb).write(kernel, place.ref, offset, buffer.subarray(0, length).toString("latin1"));
        reply(done.ok ? done.value : code(done));
      }),
    release: (_path: string, fd: number, reply: Reply) =>
      run((kernel) => {
        const place = files.get(fd);
        if (place !== undefined) typeOf(kernel, place.ref.sb).release(kernel, place.ref);
        files.delete(fd);
        reply(0);
      }),
    truncate: (path: string, size: number, reply: Reply) => run((kernel) => answer(reply, truncate(kernel, task, at(path), size))),
    ftruncate: (_path: string, fd: number, size: number, reply: Reply) =>
      run((kernel) => {
        const place = files.get(fd) as Path;
        answer(reply, typeOf(kernel, place.ref.sb).setattr(kernel, place.ref, { size }));
      }),
    unlink: (path: string, reply: Reply) => run((kernel) => answer(reply, unlink(kernel, task, at(path)))),
    rmdir: (path: string, reply: Reply) => run((kernel) => answer(reply, rmdir(kernel, task, at(path)))),
    mkdir: (path: string, mode: number, reply: Reply) => run((kernel) => answer(reply, mkdir(kernel, task, at(path), mode))),
    mknod: (path: string, mode: number, device: number, reply: Reply) =>
      run((kernel) => {
        const kind = BITS_TYPE.get(mode & 0o170000) ?? "file";
        answer(reply, mknod(kernel, task, at(path), { kind, mode: mode & 0o7777, rdev: [device >> 8, device & 0xff] }));
      }),
    rename: (from: string, to: string, reply: Reply) => run((kernel) => answer(reply, rename(kernel, task, at(from), at(to)))),
    link: (from: string, to: string, reply: Reply) => run((kernel) => answer(reply, link(kernel, task, at(from), at(to)))),
    symlink: (target: string, path: string, reply: Reply) =>
      run((kernel) => answer(reply, symlink(kernel, task, Buffer.from(target, "utf8").toString("latin1"), at(path)))),
    readlink: (path: string, reply: Reply) =>
      run((kernel) => {
        const target = readlink(kernel, task, at(path));
        answer(reply, target.ok ? value(Buffer.from(target.value, "latin1").toString("utf8")) : target);
      }),
    chmod: (path: string, mode: number, reply: Reply) => reply(code(change(path, { mode: mode & 0o7777 }))),
    chown: (path: string, uid: number, gid: number, reply: Reply) =>
      reply(code(change(path, { ...(uid >= 0 && uid < 0xffffffff ? { uid } : {}), ...(gid >= 0 && gid < 0xffffffff ? { gid } : {}) }))),
    utimens: (path: string, atime: number | Date, mtime: number | Date, reply: Reply) =>
      reply(code(change(path, { atime: Math.round(Number(atime) * 1000), mtime: Math.round(Number(mtime) * 1000) }))),
    fsync: (_path: string, _data: boolean, _fd: number, reply: Reply) => reply(0),
    flush: (_path: string, _fd: number, reply: Reply) => reply(0),
    statfs: (_path: string, reply: Reply) =>
      reply(0, {
        bsize: 4096,
        frsize: 4096,
        blocks: 1 << 20,
        bfree: 1 << 19,
        bavail: 1 << 19,
        files: 1 << 20,
        ffree: 1 << 19,
        favail: 1 << 19,
        fsid: 1,
        flag: 0,
        namemax: 255,
      }),
  };
}

function identityOf(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}/${stat.ino}/${stat.birthtimeNs}`;
}

export async function serveOverlay(mountpoint: string, options: string): Promise<Served> {
  const nothing = (): void => undefined;
  const wanted = overlayParams(
    options
      .split(",")
      .filter((option) => !/^(rw|ro|dev|suid|nodev|nosuid|exec|noexec)$/.test(option))
      .join(","),
  );
  if (!wanted.ok) return { failed: "wrong fs type, bad option", persist: nothing };
  let work: (kernel: Kernel) => unknown = nothing;
  let result: unknown;
  const actor: Actor = { kind: "fuse", receive: (tx: Tx) => void (result = work({ tx, machine: "host", fileSystems: { tmpfs, overlay } })) };
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [actor] });
  const run = <T>(next: (kernel: Kernel) => T): T => {
    work = next;
    timeline.submit({ to: "fuse/mount", message: { type: "request" } }, Date.now() * 1000);
    timeline.stepForward();
    return result as T;
  };
  const { params, upperRef, task } = run((kernel) => loaded(kernel, wanted.value));
  const made = run((kernel): Result<true> => {
    const root = mountOverlay(kernel, task, params, false);
    if (!root.ok) return root;
    const place = resolve(kernel, task, "/m", true);
    if (!place.ok) return place;
    attach(kernel, place.value, root.value, false);
    return DONE;
  });
  if (!made.ok) return { failed: made.errno, persist: nothing };
  const module = (await import("fuse-native" as string).catch(() => undefined)) as { readonly default: Fuse } | undefined;
  if (module === undefined) return { failed: "the optional package fuse-native (with libfuse2) is not installed", persist: nothing };
  // The binding joins its options by commas: these two have no names of their own there.
  const settings = {
    force: true,
    allowOther: true,
    defaultPermissions: true,
    fsname: "strata,hard_remove,use_ino",
    attrTimeout: "0",
    entryTimeout: "0",
    timeout: false,
  };
  const fuse = new module.default(mountpoint, handlersOf(run, task, "/m"), settings);
  const error = await new Promise<Error | null>((done) => fuse.mount(done));
  if (error !== null) return { failed: error.message, persist: nothing };
  const { upper } = wanted.value;
  const before = upper === undefined ? undefined : identityOf(upper);
  return {
    persist: () => {
      // Whoever unmounts may have put another directory there since.
      if (upper === undefined || upperRef === undefined || identityOf(upper) !== before) return;
      run((kernel) => storeTree(kernel, upperRef, upper));
    },
  };
}

/** The layers of this machine in a simulated file system, and the options that name them there. */
function loaded(
  kernel: Kernel,
  wanted: {
    readonly lower: readonly string[];
    readonly data: readonly string[];
    readonly upper?: string;
    readonly work?: string;
    readonly config: { readonly index: boolean; readonly metacopy: boolean; readonly redirectDir: boolean };
  },
): {
  readonly params: string;
  readonly upperRef: Path["ref"] | undefined;
  readonly task: TaskView;
} {
  const root = mountRoot(kernel, newTmpfs(kernel));
  const task: TaskView = { credentials: superuser, root, cwd: root, umask: 0 };
  mkdir(kernel, task, "/m", 0o755);
  // Layers of one device are on one file system here too.
  const devices = new Map<number, Path["ref"]>();
  const links = new Map<string, Path["ref"]>();
  let count = 0;
  const layer = (path: string): { readonly name: string; readonly ref: Path["ref"] } => {
    const { dev } = lstatSync(path);
    const name = `/d${dev}/${count++}`;
    if (!devices.has(dev)) {
      mkdir(kernel, task, `/d${dev}`, 0o755);
      const place = resolve(kernel, task, `/d${dev}`, true);
      if (!place.ok) throw new Error(place.errno);
      const fs = newTmpfs(kernel);
      attach(kernel, place.value, fs, false);
      devices.set(dev, fs);
    }
    mkdir(kernel, task, name, 0o755);
    const place = resolve(kernel, task, name, true);
    if (!place.ok) throw new Error(place.errno);
    loadTree(kernel, path, place.value.ref, links);
    return { name, ref: place.value.ref };
  };
  const lower = wanted.lower.map((path) => layer(path).name);
  const upper = wanted.upper === undefined ? undefined : layer(wanted.upper);
  const work = wanted.work === undefined ? undefined : layer(wanted.work);
  const { index, metacopy, redirectDir } = wanted.config;
  const flags = [index ? "index=on" : "", metacopy ? "metacopy=on" : "", redirectDir ? "redirect_dir=on" : ""].filter((flag) => flag !== "");
  const params = [
    `lowerdir=${lower.join(":")}`,
    ...(upper === undefined || work === undefined ? [] : [`upperdir=${upper.name}`, `workdir=${work.name}`]),
    ...flags,
  ].join(",");
  return { params, upperRef: upper?.ref, task };
}
