/**
 * From a path to a place: one name after another, through symbolic links and over mounts.
 *
 * @rule linux.vfs.path-walk
 * @source linux@6.12 fs/namei.c link_path_walk
 */
import { failure, type Kernel, type Result, value } from "../types";
import { covered, mountOf, samePath } from "./mount";
import { allowed, EXECUTE, mayPass } from "./permission";
import { peek, type Seen, typeOf } from "./superblock";
import type { Path, Ref, TaskView } from "./types";

const NAME_MAX = 255;
const PATH_MAX = 4096;
const SLASH = 47;
/** Symbolic links followed in one walk. */
const MAXSYMLINKS = 40;

/** What the last part of a path is; only a plain name can be made or taken away. */
export type LastKind = "name" | "dot" | "dotdot" | "root";

export interface LastPart {
  readonly parent: Path;
  /** What is to know of the parent. */
  readonly seen: Seen;
  readonly name: string;
  readonly kind: LastKind;
  /** The path ends in a slash. */
  readonly slash: boolean;
}

interface Walk {
  readonly kernel: Kernel;
  readonly task: TaskView;
  links: number;
  /** What was looked at last, which is mostly what is asked about next. */
  at: Ref | undefined;
  seen: Seen | undefined;
}

const walkFor = (kernel: Kernel, task: TaskView): Walk => ({ kernel, task, links: 0, at: undefined, seen: undefined });

function look(walk: Walk, ref: Ref): Seen {
  if (walk.at === ref && walk.seen !== undefined) return walk.seen;
  walk.at = ref;
  return (walk.seen = peek(walk.kernel, ref));
}

export const kindOf = (kernel: Kernel, ref: Ref): string => peek(kernel, ref).kind;

/** One step up: not above the task's root, and out of a mount by the directory it covers. */
function dotdot({ kernel, task }: Walk, from: Path): Path {
  let at = from;
  for (;;) {
    if (samePath(at, task.root)) return at;
    const mount = mountOf(kernel, at.mount);
    if (mount.root.ino !== at.ref.ino || mount.root.sb !== at.ref.sb) break;
    if (mount.parent === mount.id) return at;
    at = { mount: mount.parent, ref: mount.at };
  }
  return covered(kernel, { mount: at.mount, ref: typeOf(kernel, at.ref.sb).parent(kernel, at.ref) });
}

export function lookupIn(kernel: Kernel, dir: Path, name: string): Result<Path> {
  if (name.length > NAME_MAX) return failure("ENAMETOOLONG");
  const found = typeOf(kernel, dir.ref.sb).lookup(kernel, dir.ref, name);
  return found.ok ? value(covered(kernel, { mount: dir.mount, ref: found.value })) : found;
}

/** A directory that may be searched. */
function searchable(walk: Walk, at: Path): Result<true> {
  const seen = look(walk, at.ref);
  if (seen.kind !== "dir") return failure("ENOTDIR");
  return allowed(walk.task.credentials, seen, EXECUTE) ? mayPass(walk.kernel, walk.task.credentials, at.ref, EXECUTE) : failure("EACCES");
}

function startOf({ task }: Walk, at: Path, path: string): Path {
  return path.startsWith("/") ? task.root : at;
}

/** Walks all but the last part. */
function toParent(walk: Walk, start: Path, path: string): Result<LastPart> {
  if (path === "") return failure("ENOENT");
  if (path.length >= PATH_MAX) return failure("ENAMETOOLONG");
  let at = startOf(walk, start, path);
  const slash = path.endsWith("/");
  let from = partFrom(path, 0);
  if (from === path.length) return value({ parent: at, seen: look(walk, at.ref), name: "/", kind: "root", slash });
  for (;;) {
    const end = partEnd(path, from);
    const part = path.slice(from, end);
    from = partFrom(path, end);
    if (from === path.length) {
      const access = searchable(walk, at);
      if (!access.ok) return access;
      return value({ parent: at, seen: look(walk, at.ref), name: part, kind: part === "." ? "dot" : part === ".." ? "dotdot" : "name", slash });
    }
    const next = step(walk, at, part, true);
    if (!next.ok) return next;
    at = next.value;
  }
}

/** Where the next part begins: after the slashes. */
function partFrom(path: string, at: number): number {
  let from = at;
  while (path.charCodeAt(from) === SLASH) from++;
  return from;
}
function partEnd(path: string, from: number): number {
  const end = path.indexOf("/", from);
  return end < 0 ? path.length : end;
}

function step(walk: Walk, at: Path, name: string, follow: boolean): Result<Path> {
  const access = searchable(walk, at);
  if (!access.ok) return access;
  if (name === ".") return value(at);
  if (name === "..") return value(dotdot(walk, at));
  const found = lookupIn(walk.kernel, at, name);
  if (!found.ok || !follow || look(walk, found.value.ref).kind !== "symlink") return found;
  return followLink(walk, at, found.value);
}

function followLink(walk: Walk, dir: Path, link: Path): Result<Path> {
  if (++walk.links > MAXSYMLINKS) return failure("ELOOP");
  const type = typeOf(walk.kernel, link.ref.sb);
  const place = type.follow?.(walk.kernel, link.ref);
  if (place !== undefined) return place;
  const target = type.readlink(walk.kernel, link.ref);
  if (!target.ok) return target;
  const part = toParent(walk, dir, target.value);
  if (!part.ok) return part;
  return toLast(walk, part.value, true);
}

function toLast(walk: Walk, last: LastPart, follow: boolean): Result<Path> {
  const { parent, name, kind, slash } = last;
  if (kind === "root" || kind === "dot") return value(parent);
  if (kind === "dotdot") return value(dotdot(walk, parent));
  const found = step(walk, parent, name, follow || slash);
  if (found.ok && slash && look(walk, found.value.ref).kind !== "dir") return failure("ENOTDIR");
  return found;
}

/** The place a path names. */
export function resolve(kernel: Kernel, task: TaskView, path: string, follow: boolean, start: Path = task.cwd): Result<Path> {
  const walk = walkFor(kernel, task);
  const part = toParent(walk, start, path);
  return part.ok ? toLast(walk, part.value, follow) : part;
}

/** The directory a path's last part is in. */
export function resolveParent(kernel: Kernel, task: TaskView, path: string, start: Path = task.cwd): Result<LastPart> {
  return toParent(walkFor(kernel, task), start, path);
}

const withFound = ({ parent, seen, name, kind, slash }: LastPart, found: Path): LastPart & { readonly found: Path } => ({
  parent,
  seen,
  name,
  kind,
  slash,
  found,
});

/**
 * As `open(O_CREAT)` walks: the last part may be missing, and symbolic links to it are followed to where it would be made.
 */
export function resolveForCreate(kernel: Kernel, task: TaskView, path: string, follow: boolean): Result<LastPart & { readonly found?: Path }> {
  const walk = walkFor(kernel, task);
  let part = toParent(walk, task.cwd, path);
  for (;;) {
    if (!part.ok) return part;
    if (part.value.kind !== "name") return part;
    // A name that ends in a slash cannot be made by opening it.
    if (part.value.slash) return part;
    const found = lookupIn(kernel, part.value.parent, part.value.name);
    if (!found.ok) return found.errno === "ENOENT" ? part : found;
    if (!follow || look(walk, found.value.ref).kind !== "symlink") return value(withFound(part.value, found.value));
    if (++walk.links > MAXSYMLINKS) return failure("ELOOP");
    const type = typeOf(kernel, found.value.ref.sb);
    const place = type.follow?.(kernel, found.value.ref);
    if (place !== undefined) return place.ok ? value(withFound(part.value, place.value)) : place;
    const target = type.readlink(kernel, found.value.ref);
    if (!target.ok) return target;
    part = toParent(walk, part.value.parent, target.value);
  }
}
