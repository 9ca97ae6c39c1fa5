/** Who owns a control file: whoever made the group, until it is given away. This is what delegation rests on. */
import type { Attributes } from "../fs/types";
import type { CgroupRow } from "./tables";

const NO_DEVICE: readonly [number, number] = Object.freeze([0, 0] as const);

/** Numbers inodes: a group has 256, its directory the first. */
export const inodeNumber = (cgroup: number, file: number): number => cgroup * 256 + file;

export function fileAttributes(row: Pick<CgroupRow, "owner" | "files">, file: string, mode: number): Attributes {
  const owner = row.files[file] ?? { uid: row.owner.uid, gid: row.owner.gid, mode };
  return {
    kind: "file",
    mode: owner.mode,
    uid: owner.uid,
    gid: owner.gid,
    nlink: 1,
    size: 0,
    rdev: NO_DEVICE,
    atime: 0,
    mtime: 0,
    ctime: 0,
    ino: 0,
    dev: 0,
  };
}
