/** Telling the layers below under which name a moved thing is known there. */
import { DONE, failure, type Kernel, type Result } from "../../types";
import { type DentryRow, inodeDraft, inodeOf, type OverlayInodeRow, type OverlayRow, parentOf, putInode, realAttributes } from "./state";
import { setMark } from "./xattrs";

const needsAbsolute = (kernel: Kernel, inode: OverlayInodeRow, sameDir: boolean): boolean => {
  if (!sameDir) return true;
  if (inode.kind === "dir") return false;
  const lower = inode.lower[0]?.ref;
  return lower !== undefined && realAttributes(kernel, lower).nlink > 1;
};

/** Longest path a redirect may hold. */
const REDIRECT_MAX = 256;

/**
 * Marks what is moved with the name under which the layers below know it: its old name, or its whole path once it leaves its directory.
 *
 * @rule linux.overlay.redirect
 * @source linux@6.12 fs/overlayfs/dir.c ovl_set_redirect ovl_get_redirect
 */
export function setRedirect(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, sameDir: boolean): Result<true> {
  const inode = inodeOf(kernel, dentry);
  const absolute = needsAbsolute(kernel, inode, sameDir);
  if (inode.redirect !== undefined && (!absolute || inode.redirect.startsWith("/"))) return DONE;
  let redirect = dentry.name;
  if (absolute) {
    redirect = "";
    for (let at = dentry; at.id !== overlay.root; at = parentOf(kernel, at)) {
      const own = inodeOf(kernel, at).redirect ?? at.name;
      if (own.startsWith("/")) {
        redirect = own + redirect;
        break;
      }
      redirect = `/${own}${redirect}`;
    }
    if (redirect.length > REDIRECT_MAX) return failure("EXDEV");
  }
  if (inode.upper === undefined) return failure("EXDEV");
  if (!setMark(kernel, overlay, inode.upper, "redirect", redirect).ok) return failure("EXDEV");
  const told = inodeDraft(inode);
  told.redirect = redirect;
  putInode(kernel, told);
  return DONE;
}
