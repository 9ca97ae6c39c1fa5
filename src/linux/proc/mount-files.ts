/**
 * /proc/PID/mounts and mountinfo: the mounts below a task's root, parents before children.
 *
 * @rule linux.proc.mountinfo
 * @source linux@6.12 fs/proc_namespace.c show_mountinfo show_vfsmnt
 */
import { type MountRow, mountOf, mountTable } from "../fs/mount";
import { placeName } from "../fs/place-name";
import { superblockOf } from "../fs/superblock";
import type { TaskRow } from "../process/task";
import type { Kernel } from "../types";

interface Shown {
  readonly mount: MountRow;
  readonly at: string;
}

function below(kernel: Kernel, row: TaskRow): readonly Shown[] {
  const shown: Shown[] = [];
  const visit = (mount: MountRow): void => {
    const at = placeName(kernel, row.fs.root, { mount: mount.id, ref: mount.root });
    if (at !== undefined) shown.push({ mount, at });
    for (const child of kernel.tx.read(mountTable).by("parent", `${kernel.machine}/${mount.id}`)) visit(child);
  };
  visit(mountOf(kernel, row.fs.root.mount));
  return shown;
}

const escaped = (name: string): string => name.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
const options = ({ readOnly }: { readonly readOnly: boolean }): string => `${readOnly ? "ro" : "rw"},relatime`;

export function showMountinfo(kernel: Kernel, _namespace: number, row: TaskRow): string {
  return below(kernel, row)
    .map(({ mount, at }) => {
      const { sb, type, readOnly } = superblockOf(kernel, mount.root.sb);
      return `${mount.id} ${mount.parent} 0:${sb} / ${escaped(at)} ${options(mount)} - ${type} ${type} ${readOnly ? "ro" : "rw"}\n`;
    })
    .join("");
}

export function showMounts(kernel: Kernel, _namespace: number, row: TaskRow): string {
  return below(kernel, row)
    .map(({ mount, at }) => {
      const { type } = superblockOf(kernel, mount.root.sb);
      return `${type} ${escaped(at)} ${type} ${options(mount)} 0 0\n`;
    })
    .join("");
}
