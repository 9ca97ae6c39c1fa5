/**
 * The end of namespaces nobody holds any more, and of what stood in them.
 *
 * @rule linux.namespace.release
 * @source linux@6.12 kernel/nsproxy.c free_nsproxy
 */
import { mountTable } from "../fs/mount";
import { superblockTable } from "../fs/superblock";
import { forgetIpc } from "../ipc/objects";
import { deathOfNetwork } from "../net/death";
import { forgetMounts } from "./mnt";
import { taskTable } from "../process/task";
import type { Kernel } from "../types";
import { findNamespace, INITIAL, namespaceTable } from "./table";

const isInitial = (id: number): boolean => Object.values(INITIAL).includes(id);

/** Whether its file is mounted somewhere. */
function isMounted(kernel: Kernel, id: number): boolean {
  for (const mount of kernel.tx.read(mountTable).by("root", kernel.machine, id)) {
    if (kernel.tx.read(superblockTable).get(kernel.machine, mount.root.sb)?.type === "nsfs") return true;
  }
  return false;
}

/** Called when a holder has let go; what it stood on is looked at next. */
export function releaseNamespace(kernel: Kernel, id: number): void {
  const row = findNamespace(kernel, id);
  if (row === undefined || isInitial(id) || row.opens > 0) return;
  const key = `${kernel.machine}/${id}`;
  if (kernel.tx.read(taskTable).countBy("namespace", key) > 0) return;
  if (kernel.tx.read(namespaceTable).countBy("child", key) > 0) return;
  if (isMounted(kernel, id)) return;
  kernel.tx.write(namespaceTable).delete(key);
  if (row.type === "ipc") forgetIpc(kernel, id);
  if (row.type === "mnt") forgetMounts(kernel, id);
  if (row.type === "net") deathOfNetwork(kernel, id);
  for (const below of new Set([row.parent, row.owner])) if (below !== 0) releaseNamespace(kernel, below);
}

export function releaseNamespaces(kernel: Kernel, ids: readonly number[]): void {
  for (const id of ids) releaseNamespace(kernel, id);
}
