/**
 * From a place back to its path: up through parents and mounts to the root of whoever asks.
 *
 * Not modelled: names of files, which have no parent of their own; only directories are found.
 *
 * @rule linux.vfs.d-path
 * @source linux@6.12 fs/d_path.c prepend_path
 */
import type { Kernel } from "../types";
import { mountOf } from "./mount";
import { typeOf } from "./superblock";
import type { Path, Ref } from "./types";

function nameIn(kernel: Kernel, dir: Ref, child: Ref): string | undefined {
  const names = typeOf(kernel, dir.sb).readdir(kernel, dir);
  return names.ok ? names.value.find(({ ino }) => ino === child.ino)?.name : undefined;
}

/** Undefined when the place is not below the root, or has no name any more. */
export function placeName(kernel: Kernel, root: Path, place: Path): string | undefined {
  const parts: string[] = [];
  let at = place;
  for (;;) {
    if (at.mount === root.mount && at.ref.ino === root.ref.ino && at.ref.sb === root.ref.sb) return `/${parts.join("/")}`;
    const mount = mountOf(kernel, at.mount);
    if (mount.root.ino === at.ref.ino && mount.root.sb === at.ref.sb) {
      if (mount.parent === mount.id) return undefined;
      at = { mount: mount.parent, ref: mount.at };
      continue;
    }
    const parent = typeOf(kernel, at.ref.sb).parent(kernel, at.ref);
    const name = parent.ino === at.ref.ino ? undefined : nameIn(kernel, parent, at.ref);
    if (name === undefined) return undefined;
    parts.unshift(name);
    at = { mount: at.mount, ref: parent };
  }
}
