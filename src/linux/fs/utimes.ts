/**
 * Setting the times of a file: to now by whoever may write it, to another time only by its owner.
 *
 * @rule linux.vfs.utimes
 * @source linux@6.12 fs/utimes.c vfs_utimes fs/attr.c setattr_prepare may_setattr
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { isReadOnly } from "./mount";
import { mayAccess, owns, WRITE } from "./permission";
import { peek, typeOf } from "./superblock";
import type { Path, TaskView } from "./types";

/** A time, or what stands for one. */
export type NewTime = number | "now" | "omit";

export function setTimes(kernel: Kernel, task: TaskView, path: Path, access: NewTime, modification: NewTime): Result<true> {
  if (access === "omit" && modification === "omit") return DONE;
  if (isReadOnly(kernel, path)) return failure("EROFS");
  const owner = owns(task.credentials, peek(kernel, path.ref));
  if (!owner && (access !== "now" || modification !== "now")) return failure("EPERM");
  const may = owner ? DONE : mayAccess(kernel, task.credentials, path.ref, WRITE);
  if (!may.ok) return may;
  const { now } = kernel.tx;
  const at = (time: NewTime): number | undefined => (time === "omit" ? undefined : time === "now" ? now : time);
  return typeOf(kernel, path.ref.sb).setattr(kernel, path.ref, { atime: at(access), mtime: at(modification) });
}
