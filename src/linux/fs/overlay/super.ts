/**
 * Mounting an overlay: its layers are found and checked, its work directory is made ready, and its root stands on all of their roots.
 *
 * @rule linux.overlay.mount
 * @source linux@6.12 fs/overlayfs/super.c ovl_fill_super
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { mountOf } from "../mount";
import { unmount } from "../mount-tree";
import { resolve } from "../namei";
import { newSuperblock, superblockTable } from "../superblock";
import type { Path, Ref, TaskView } from "../types";
import { inodeFor, newDentry, unionLinks } from "./lookup";
import { fromHandle, handleOf } from "./origin";
import { overlayParams, type OverlayParams } from "./params";
import {
  dentryTable,
  isWhiteout,
  type LowerPath,
  overlayInodeTable,
  type OverlayRow,
  overlayOf,
  overlayTable,
  real,
  realAttributes,
  refOf,
  sameRef,
} from "./state";
import { markOf, setMark } from "./xattrs";

interface Places {
  readonly upper?: Path;
  readonly work?: Path;
  readonly lower: readonly Path[];
  readonly data: readonly Path[];
}

function directory(kernel: Kernel, task: TaskView, path: string): Result<Path> {
  const found = resolve(kernel, task, path, true);
  if (!found.ok) return found;
  return realAttributes(kernel, found.value.ref).kind === "dir" ? found : failure("EINVAL");
}

function placesOf(kernel: Kernel, task: TaskView, params: OverlayParams): Result<Places> {
  const found: Path[] = [];
  const optional = [params.upper, params.work].filter((path) => path !== undefined);
  for (const path of [...optional, ...params.lower, ...params.data]) {
    const place = directory(kernel, task, path);
    if (!place.ok) return place;
    found.push(place.value);
  }
  const [upper, work] = optional.length === 2 ? found : [];
  const rest = found.slice(optional.length);
  return value({
    ...(upper === undefined ? {} : { upper }),
    ...(work === undefined ? {} : { work }),
    lower: rest.slice(0, params.lower.length),
    data: rest.slice(params.lower.length),
  });
}

/** Every directory above one, itself last. */
function ancestry(kernel: Kernel, ref: Ref): readonly Ref[] {
  const up = real(kernel, ref).parent(kernel, ref);
  return up.ino === ref.ino ? [ref] : [...ancestry(kernel, up), ref];
}
const holds = (kernel: Kernel, outer: Ref, inner: Ref): boolean => ancestry(kernel, inner).some((one) => sameRef(one, outer));

/** Work and upper directory lie beside each other on one file system; no lower layer lies in another layer. */
function checkPlaces(kernel: Kernel, { upper, work, lower, data }: Places): Result<true> {
  if (upper !== undefined && work !== undefined) {
    if (upper.mount !== work.mount) return failure("EINVAL");
    if (holds(kernel, upper.ref, work.ref) || holds(kernel, work.ref, upper.ref)) return failure("EINVAL");
  }
  const traps = [upper, work, ...lower, ...data].filter((path) => path !== undefined);
  for (const path of [...lower, ...data]) {
    if (traps.some((other) => other !== path && holds(kernel, other.ref, path.ref))) return failure("ELOOP");
  }
  return value(true);
}

/** Everything under a name of the work directory goes. */
function wipe(kernel: Kernel, dir: Ref, name: string): void {
  const type = real(kernel, dir);
  const found = type.lookup(kernel, dir, name);
  if (!found.ok) return;
  if (realAttributes(kernel, found.value).kind !== "dir") {
    type.unlink(kernel, dir, name);
    return;
  }
  const inside = type.readdir(kernel, found.value);
  if (inside.ok) for (const entry of inside.value) wipe(kernel, found.value, entry.name);
  type.rmdir(kernel, dir, name);
}

const NODE = { kind: "dir", mode: 0, uid: 0, gid: 0 } as const;

function subdirectory(kernel: Kernel, dir: Ref, name: string): Result<Ref> {
  const found = real(kernel, dir).lookup(kernel, dir, name);
  return found.ok ? found : real(kernel, dir).create(kernel, dir, name, NODE);
}

/** A mark of an earlier volatile mount means that the upper layer may be incomplete. */
function workDirectory(kernel: Kernel, base: Ref, isVolatile: boolean): Result<Ref> {
  const old = real(kernel, base).lookup(kernel, base, "work");
  if (old.ok && real(kernel, old.value).lookup(kernel, old.value, "incompat").ok) return failure("EINVAL");
  wipe(kernel, base, "work");
  const work = subdirectory(kernel, base, "work");
  if (!work.ok || !isVolatile) return work;
  const incompat = subdirectory(kernel, work.value, "incompat");
  if (!incompat.ok) return incompat;
  const mark = subdirectory(kernel, incompat.value, "volatile");
  return mark.ok ? work : mark;
}

/** Entries whose file has no name left in any layer are left over from before. */
function cleanIndex(kernel: Kernel, overlay: OverlayRow, index: Ref): void {
  const entries = real(kernel, index).readdir(kernel, index);
  if (!entries.ok) return;
  for (const entry of entries.value) {
    const attributes = realAttributes(kernel, { sb: index.sb, ino: entry.ino });
    if (isWhiteout(attributes) || entry.kind === "dir") continue;
    const origin = fromHandle(kernel, entry.name);
    const links = origin === undefined ? 0 : unionLinks(kernel, overlay, origin, { sb: index.sb, ino: entry.ino }, 0);
    if (attributes.nlink === 1 && links === 0) real(kernel, index).unlink(kernel, index, entry.name);
  }
}

/** Makes the superblock of an overlay; answers with its root. */
export function mountOverlay(kernel: Kernel, task: TaskView, options: string, readOnly: boolean): Result<Ref> {
  const params = overlayParams(options);
  if (!params.ok) return params;
  const places = placesOf(kernel, task, params.value);
  if (!places.ok) return places;
  const fits = checkPlaces(kernel, places.value);
  if (!fits.ok) return fits;
  const { config } = params.value;
  const { upper, lower, data } = places.value;
  const base = places.value.work?.ref;
  const work = base === undefined ? undefined : workDirectory(kernel, base, config.volatile);
  if (work !== undefined && !work.ok) return work;
  const index = base === undefined || !config.index ? undefined : subdirectory(kernel, base, "index");
  if (index !== undefined && !index.ok) return index;
  const sb = newSuperblock(kernel, "overlay", readOnly || upper === undefined);
  const all = [...lower, ...data].map(({ ref }) => ({ root: ref }));
  const counter = `linux.overlay/${kernel.machine}/${sb}`;
  const row: OverlayRow = {
    machine: kernel.machine,
    sb,
    layers: [upper === undefined ? null : { root: upper.ref }, ...all],
    dataLayers: data.length,
    ...(work === undefined ? {} : { work: work.value }),
    ...(index === undefined ? {} : { index: index.value }),
    config,
    options,
    counter,
    // The first number is the root's.
    root: 1,
    traps: [upper, places.value.work, ...lower, ...data].flatMap((path) => (path === undefined ? [] : [path.ref])),
    same: new Set([...(upper === undefined ? [] : [upper]), ...lower, ...data].map(({ ref }) => ref.sb)).size === 1,
  };
  const verified = verifyOrigin(kernel, row, upper?.ref, lower[0]?.ref);
  if (!verified.ok) return verified;
  kernel.tx.write(overlayTable).put(row);
  if (index !== undefined) cleanIndex(kernel, row, index.value);
  const stack = lower.map(({ ref }, i): LowerPath => ({ layer: i + 1, ref }));
  const inode = inodeFor(kernel, row, { upper: upper?.ref, lower: stack, index: undefined, redirect: undefined, upperMetacopy: false });
  if (!inode.ok) return inode;
  return value(refOf(newDentry(kernel, { sb, ino: 0 }, "/", { inode: inode.value, opaque: false, alias: true })));
}

/** With an index the upper layer belongs to one lower layer for good. */
function verifyOrigin(kernel: Kernel, overlay: OverlayRow, upper: Ref | undefined, lower: Ref | undefined): Result<true> {
  if (!overlay.config.index || upper === undefined || lower === undefined) return value(true);
  const known = markOf(kernel, overlay, upper, "origin");
  if (known === undefined) return setMark(kernel, overlay, upper, "origin", handleOf(lower));
  return known === handleOf(lower) ? value(true) : failure("ESTALE");
}

/** Takes an overlay away, and with it all it had looked up. Its layers stay as they are. */
export function unmountOverlay(kernel: Kernel, mount: number, sb: number): Result<true> {
  const gone = unmount(kernel, { mount, ref: mountOf(kernel, mount).root }, false, () => false);
  if (!gone.ok) return gone;
  const overlay = overlayOf(kernel, sb);
  const { tx, machine } = kernel;
  for (let id = tx.nextId(overlay.counter); id > 0; id--) {
    tx.write(dentryTable).delete(machine, sb, id);
    tx.write(overlayInodeTable).delete(machine, sb, id);
  }
  tx.write(overlayTable).delete(machine, sb);
  tx.write(superblockTable).delete(machine, sb);
  return value(true);
}
