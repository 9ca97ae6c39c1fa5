/**
 * Mount namespaces as the other types see them: a copy of the tree, and where places of the old one are in it.
 *
 * @rule linux.mntns.enter
 * @source linux@6.12 fs/namespace.c copy_mnt_ns mntns_install
 */
import { copyNamespace, namespaceRoot } from "../fs/mount-tree";
import type { Path } from "../fs/types";
import type { Kernel } from "../types";
import { newNamespace, namespaceOf } from "./table";

/** A copy of a mount namespace, and where places of the old one are in it. What a new user namespace owns only follows the old one. */
export function mountNamespaceCopy(
  kernel: Kernel,
  from: number,
  owner: number,
  paths: readonly Path[],
): { readonly id: number; readonly paths: readonly Path[] } {
  const { id } = newNamespace(kernel, { type: "mnt", level: 0, parent: 0, owner });
  const copies = copyNamespace(kernel, from, id, namespaceOf(kernel, from).owner !== owner);
  return { id, paths: paths.map(({ mount, ref }) => ({ mount: copies.get(mount) ?? mount, ref })) };
}

/** Where whoever enters a mount namespace stands. */
export const mountNamespaceRoot = (kernel: Kernel, namespace: number, root: Path): Path => namespaceRoot(kernel, namespace) ?? root;
