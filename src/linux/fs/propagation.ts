/**
 * Mounts that tell each other: what is mounted on, or taken off, a shared mount happens on all its peers and on those that follow them.
 *
 * @rule linux.mount.propagation
 * @source linux@6.12 fs/pnode.c propagate_mnt propagate_umount change_mnt_propagation; man-pages@6.9 mount_namespaces(7)
 */
import type { Kernel } from "../types";
import { isBelow, mountOf, type MountRow, mountsBy, newPeerGroup, putMount } from "./mount";
import type { Ref } from "./types";

export type Propagation = "shared" | "private" | "slave" | "unbindable";

/** Mounts that receive what happens on one: its peers, and whoever follows any that receives. */
export function receivers(kernel: Kernel, source: MountRow): readonly MountRow[] {
  const found = new Map<number, MountRow>();
  const groups = [source.group];
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    if (group === 0) continue;
    for (const row of [...mountsBy(kernel, "group", group), ...mountsBy(kernel, "master", group)]) {
      if (row.id === source.id || found.has(row.id)) continue;
      found.set(row.id, row);
      if (row.group !== 0 && row.group !== group) groups.push(row.group);
    }
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

/** Those of them that show the inode at all. */
export const receiversAt = (kernel: Kernel, source: MountRow, at: Ref): readonly MountRow[] =>
  source.group === 0 ? [] : receivers(kernel, source).filter((row) => isBelow(kernel, at, row.root));

/** How a copy for a receiver stands to what was mounted: a peer's copy is a peer, a follower's follows. */
export function standing(receiver: MountRow, sourceGroup: number, mounted: number, fresh: () => number): Pick<MountRow, "group" | "master"> {
  if (receiver.group === sourceGroup) return { group: mounted, master: 0 };
  return { group: receiver.group === 0 ? 0 : fresh(), master: mounted };
}

/** Changes how one mount takes part. Followers of a mount that leaves its peers follow what is left. */
export function changePropagation(kernel: Kernel, id: number, to: Propagation): void {
  const row = mountOf(kernel, id);
  if (to === "shared") {
    putMount(kernel, { ...row, unbindable: false, group: row.group === 0 ? newPeerGroup(kernel) : row.group });
    return;
  }
  const peers = row.group === 0 ? [] : mountsBy(kernel, "group", row.group).filter((one) => one.id !== id);
  const followed = row.group !== 0 && peers.length > 0 ? row.group : row.master;
  putMount(kernel, { ...row, unbindable: to === "unbindable", group: 0, master: to === "slave" ? followed : 0 });
  if (row.group === 0 || peers.length > 0) return;
  // The last of its peers: whoever followed it follows what it followed.
  for (const one of mountsBy(kernel, "master", row.group)) putMount(kernel, { ...one, master: row.master });
}
