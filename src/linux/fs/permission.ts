/**
 * Who may do what to an inode: one class only, owner first; capabilities afterwards.
 *
 * Not modelled: access control lists.
 *
 * @rule linux.vfs.permission
 * @source linux@6.12 fs/namei.c generic_permission
 */
import { failure, DONE, type Credentials, type IdRange, type Kernel, type Result } from "../types";
import { peek, type Seen, superblockOf, typeOf } from "./superblock";
import type { Attributes, Ref } from "./types";

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

const maps = (ranges: readonly IdRange[], id: number): boolean => ranges.some(({ lower, count }) => id >= lower && id < lower + count);

/**
 * Whether a capability counts over a file, or over the whole machine when none is named.
 *
 * @rule linux.vfs.capable-over-inode
 * @source linux@6.12 kernel/capability.c capable_wrt_inode_uidgid
 */
export function capable({ effective, reach }: Credentials, capability: string, owner?: Pick<Attributes, "uid" | "gid">): boolean {
  if (!effective.includes(capability)) return false;
  return reach === undefined || (owner !== undefined && maps(reach.uids, owner.uid) && maps(reach.gids, owner.gid));
}

type Owned = Pick<Attributes, "kind" | "mode" | "uid" | "gid">;

const inGroup = ({ fsgid, groups }: Credentials, gid: number): boolean => fsgid === gid || groups.includes(gid);

/** The bits of the one class that counts. */
function classBits(credentials: Credentials, { mode, uid, gid }: Owned): number {
  if (credentials.fsuid === uid) return (mode >> 6) & 7;
  return (inGroup(credentials, gid) ? mode >> 3 : mode) & 7;
}

export function allowed(credentials: Credentials, attributes: Owned, wanted: number): boolean {
  if ((classBits(credentials, attributes) & wanted) === wanted) return true;
  if (attributes.kind === "dir") {
    if ((wanted & WRITE) === 0 && capable(credentials, "DAC_READ_SEARCH", attributes)) return true;
    return capable(credentials, "DAC_OVERRIDE", attributes);
  }
  if (wanted === READ && capable(credentials, "DAC_READ_SEARCH", attributes)) return true;
  // Nobody may execute what nobody may execute.
  if ((wanted & EXECUTE) === 0 || (attributes.mode & 0o111) !== 0) return capable(credentials, "DAC_OVERRIDE", attributes);
  return false;
}

/** Also refuses writing to what a read-only file system stores. */
export function mayAccess(kernel: Kernel, credentials: Credentials, ref: Ref, wanted: number): Result<true> {
  return grants(kernel, credentials, ref, peek(kernel, ref), wanted);
}

/** The same, by what somebody has already looked up. */
function grants(kernel: Kernel, credentials: Credentials, ref: Ref, attributes: Owned, wanted: number): Result<true> {
  const stored = attributes.kind === "file" || attributes.kind === "dir" || attributes.kind === "symlink";
  if ((wanted & WRITE) !== 0 && stored && superblockOf(kernel, ref.sb).readOnly) return failure("EROFS");
  if (!allowed(credentials, attributes, wanted)) return failure("EACCES");
  return attributes.kind === "dir" && (wanted & WRITE) === 0 ? mayPass(kernel, credentials, ref, wanted) : DONE;
}

/** Whether also the directories that a union is made of let somebody in. */
export function mayPass(kernel: Kernel, credentials: Credentials, dir: Ref, wanted: number): Result<true> {
  const { beneath } = typeOf(kernel, dir.sb);
  if (beneath === undefined || beneath(kernel, dir).every((ref) => allowed(credentials, peek(kernel, ref), wanted))) return DONE;
  return failure("EACCES");
}

export const owns = (credentials: Credentials, owner: Pick<Attributes, "uid" | "gid">): boolean =>
  credentials.fsuid === owner.uid || capable(credentials, "FOWNER", owner);

/**
 * Whether a name may be taken out of a directory. In a sticky one only by the owner of the directory or of what is named.
 *
 * @rule linux.vfs.may-delete
 * @source linux@6.12 fs/namei.c may_delete
 */
export function mayDelete(kernel: Kernel, credentials: Credentials, dir: Ref, parent: Seen, victim: Owned, directory: boolean): Result<true> {
  const access = grants(kernel, credentials, dir, parent, WRITE | EXECUTE);
  if (!access.ok) return access;
  const sticky = (parent.mode & 0o1000) !== 0 && credentials.fsuid !== victim.uid && credentials.fsuid !== parent.uid;
  if (sticky && !capable(credentials, "FOWNER", victim)) return failure("EPERM");
  if (directory !== (victim.kind === "dir")) return failure(directory ? "ENOTDIR" : "EISDIR");
  return DONE;
}

/** Whether a name may be put into a directory. */
export function mayCreate(kernel: Kernel, credentials: Credentials, dir: Ref, parent: Seen): Result<true> {
  return parent.nlink === 0 ? failure("ENOENT") : grants(kernel, credentials, dir, parent, WRITE | EXECUTE);
}
