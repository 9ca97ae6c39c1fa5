/**
 * The lines of `/proc/PID/mountinfo` and `/proc/PID/mounts`: the mounts that a process can reach from its root.
 *
 * @rule linux.mount.mountinfo
 * @source man-pages@6.9 proc_pid_mountinfo(5); linux@6.12 fs/proc_namespace.c show_mountinfo
 */
import type { Kernel } from "../types";
import { MOUNT_FLAGS, type MountRow, mountsBy } from "./mount";
import { pathInside, pathOf } from "./path-of";
import { superblockOf, typeOf } from "./superblock";
import type { Path } from "./types";

export interface MountLine {
  readonly row: MountRow;
  readonly target: string;
  readonly type: string;
  /** Of the file system, such as `rw,lowerdir=…`. */
  readonly options: string;
}

/** Characters that would break a line are written as octal numbers. */
const escaped = (text: string): string => text.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);

/** Flags of a mount; `relatime` is what counts unless another is asked for. */
function shownFlags({ readOnly, flags = [] }: MountRow): readonly string[] {
  const shown: readonly string[] = MOUNT_FLAGS.filter((flag) => flags.includes(flag));
  return [readOnly ? "ro" : "rw", ...shown, ...(flags.includes("noatime") ? [] : ["relatime"])];
}

/** The mounts of a namespace, in the order of their making, as seen from a root. */
export function mountLines(kernel: Kernel, ns: number, root: Path): readonly MountLine[] {
  return mountsBy(kernel, "ns", ns).flatMap((row) => {
    const target =
      row.id === root.mount
        ? (pathOf(kernel, { mount: row.id, ref: row.root }, root) ?? "/")
        : pathOf(kernel, { mount: row.id, ref: row.root }, root);
    if (target === undefined) return [];
    const superblock = superblockOf(kernel, row.root.sb);
    const own = typeOf(kernel, row.root.sb).options?.(kernel, row.root.sb) ?? "";
    return [{ row, target, type: superblock.type, options: [superblock.readOnly ? "ro" : "rw", own].filter((part) => part !== "").join(",") }];
  });
}

export function mountinfo(kernel: Kernel, ns: number, root: Path): string {
  return mountLines(kernel, ns, root)
    .map(({ row, target, type, options }) => {
      const tags = [
        ...(row.group === 0 ? [] : [`shared:${row.group}`]),
        ...(row.master === 0 ? [] : [`master:${row.master}`]),
        ...(row.unbindable ? ["unbindable"] : []),
      ];
      const fields = [
        row.id,
        row.parent,
        `0:${row.root.sb}`,
        escaped(pathInside(kernel, row.root)),
        escaped(target),
        shownFlags(row).join(","),
        ...tags,
      ];
      return `${fields.join(" ")} - ${type} ${escaped(row.source)} ${options}\n`;
    })
    .join("");
}

/** The older, shorter form. */
export function mounts(kernel: Kernel, ns: number, root: Path): string {
  return mountLines(kernel, ns, root)
    .map(({ row, target, type, options }) => {
      const [mode = "rw", ...own] = options.split(",");
      const [, ...flags] = shownFlags(row);
      const all = [row.readOnly ? "ro" : mode, ...flags, ...own];
      return `${escaped(row.source)} ${escaped(target)} ${type} ${all.join(",")} 0 0\n`;
    })
    .join("");
}
