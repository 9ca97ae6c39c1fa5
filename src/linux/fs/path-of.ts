/**
 * From a place back to its path, as `getcwd`, `/proc/PID/cwd` and `mountinfo` tell it.
 *
 * @rule linux.vfs.d-path
 * @source linux@6.12 fs/d_path.c prepend_path
 */
import type { Kernel } from "../types";
import { mountOf, samePath, sameRef } from "./mount";
import { peek, typeOf } from "./superblock";
import type { Path, Ref } from "./types";

/** The name of a directory, or of a file by one of its names, in what holds it. */
function nameOf(kernel: Kernel, ref: Ref): { readonly parent: Ref; readonly name: string } | undefined {
  const type = typeOf(kernel, ref.sb);
  if (type.placeOf !== undefined) return type.placeOf(kernel, ref);
  if (peek(kernel, ref).kind !== "dir") return undefined;
  const parent = type.parent(kernel, ref);
  const entries = type.readdir(kernel, parent);
  const entry = entries.ok ? entries.value.find(({ ino }) => ino === ref.ino) : undefined;
  return entry === undefined ? undefined : { parent, name: entry.name };
}

/** Names from a directory of the same file system down to an inode; undefined when they do not lead there. */
function namesBelow(kernel: Kernel, ref: Ref, top: Ref): readonly string[] | undefined {
  const names: string[] = [];
  for (let at = ref; !sameRef(at, top); ) {
    const place = nameOf(kernel, at);
    if (place === undefined) return undefined;
    names.unshift(place.name);
    if (sameRef(place.parent, at)) return undefined;
    at = place.parent;
  }
  return names;
}

/** A path inside its file system, as the fourth field of `mountinfo`. */
export function pathInside(kernel: Kernel, ref: Ref): string {
  const names: string[] = [];
  for (let at = ref; ; ) {
    const place = nameOf(kernel, at);
    if (place === undefined || sameRef(place.parent, at)) return `/${names.join("/")}`;
    names.unshift(place.name);
    at = place.parent;
  }
}

/** The path of a place from a root; undefined when the root does not reach it. */
export function pathOf(kernel: Kernel, path: Path, root: Path): string | undefined {
  const names: string[] = [];
  let at = path;
  for (;;) {
    if (samePath(at, root)) return `/${names.join("/")}`;
    const mount = mountOf(kernel, at.mount);
    // The root may be inside the mount that the place is on.
    const inside = at.mount === root.mount ? namesBelow(kernel, at.ref, root.ref) : undefined;
    if (inside !== undefined) return `/${[...inside, ...names].join("/")}`;
    const own = namesBelow(kernel, at.ref, mount.root);
    if (own === undefined) return undefined;
    names.unshift(...own);
    if (mount.parent === mount.id) return undefined;
    at = { mount: mount.parent, ref: mount.at };
  }
}
