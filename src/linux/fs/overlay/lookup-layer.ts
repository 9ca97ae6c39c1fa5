/**
 * Looking for one name, or one path of names, in a single layer.
 *
 * @rule linux.overlay.lookup-layer
 * @source linux@6.12 fs/overlayfs/namei.c ovl_lookup_layer ovl_lookup_single ovl_check_redirect
 */
import { failure, type Kernel, type Result, value } from "../../types";
import type { Attributes, Ref } from "../types";
import { isWhiteout, type OverlayRow, real, realAttributes, sameRef } from "./state";
import { markOf } from "./xattrs";

/** What one lookup carries from layer to layer. */
export interface Looking {
  readonly kernel: Kernel;
  readonly overlay: OverlayRow;
  name: string;
  isDir: boolean;
  opaque: boolean;
  stop: boolean;
  last: boolean;
  redirect: string | undefined;
  absolute: boolean;
  metacopy: boolean;
}

/** @source linux@6.12 fs/overlayfs/xattrs.c ovl_get_redirect_xattr */
function redirectAt(kernel: Kernel, overlay: OverlayRow, ref: Ref): Result<string | undefined> {
  const text = markOf(kernel, overlay, ref, "redirect");
  if (text === undefined || text === "") return value(undefined);
  const parts = text.split("/");
  const wrong = text.startsWith("/") ? parts.slice(1).some((part) => part === "") : text.includes("/");
  return wrong ? failure("EINVAL") : value(text);
}

/** Reads the redirect of one part of a name; what was before and after it stays. */
function checkRedirect(looking: Looking, ref: Ref, before: string, after: string): Result<true> {
  const found = redirectAt(looking.kernel, looking.overlay, ref);
  if (!found.ok) return found;
  if (found.value === undefined) return value(true);
  if (found.value.startsWith("/")) {
    looking.absolute = true;
    // An opaque ancestor in the new path must not end what an absolute redirect begins.
    looking.stop = false;
    looking.redirect = found.value + after;
  } else looking.redirect = before + found.value + after;
  looking.name = looking.redirect;
  return value(true);
}

/** An empty file with a mark stands for a whiteout where no device can be made. */
export function isMarkedWhiteout(kernel: Kernel, overlay: OverlayRow, ref: Ref, { kind, size }: Attributes): boolean {
  return kind === "file" && size === 0 && markOf(kernel, overlay, ref, "whiteout") !== undefined;
}

function single(looking: Looking, base: Ref, name: string, before: string, after: string): Result<Ref | undefined> {
  const { kernel, overlay } = looking;
  const found = real(kernel, base).lookup(kernel, base, name);
  if (!found.ok) return found.errno === "ENOENT" || found.errno === "ENAMETOOLONG" ? value(undefined) : found;
  const here = found.value;
  const attributes = realAttributes(kernel, here);
  const isLast = after === "";
  if (isWhiteout(attributes) || isMarkedWhiteout(kernel, overlay, here, attributes)) {
    looking.stop = true;
    looking.opaque = true;
    return value(undefined);
  }
  // Below a file that has only attributes there must be a file.
  if (isLast && looking.metacopy && attributes.kind !== "file") {
    looking.stop = true;
    return value(undefined);
  }
  if (attributes.kind !== "dir") {
    if (looking.isDir || !isLast) {
      looking.stop = true;
      return value(undefined);
    }
    looking.metacopy = attributes.kind === "file" && markOf(kernel, overlay, here, "metacopy") !== undefined;
    looking.stop = !looking.metacopy;
    if (!looking.metacopy || looking.last) return value(here);
  } else {
    // A layer inside a layer would be entered again and again.
    if (overlay.traps.some((trap) => sameRef(trap, here))) return failure("ELOOP");
    if (isLast) looking.isDir = true;
    if (looking.last) return value(here);
    const opaque = markOf(kernel, overlay, here, "opaque");
    if (opaque === "y") {
      looking.stop = true;
      if (isLast) looking.opaque = true;
      return value(here);
    }
  }
  const redirected = checkRedirect(looking, here, before, after);
  return redirected.ok ? value(here) : redirected;
}

/** A redirect may be a whole path: walk it from the layer's root. */
export function inLayer(looking: Looking, base: Ref): Result<Ref | undefined> {
  if (!looking.name.startsWith("/")) return single(looking, base, looking.name, "", "");
  let at: Ref | undefined = base;
  let rest = looking.name.length - 1;
  while (at !== undefined && realAttributes(looking.kernel, at).kind === "dir") {
    const start = looking.name.length - rest;
    const slash = looking.name.indexOf("/", start);
    const end = slash < 0 ? looking.name.length : slash;
    const after = looking.name.slice(end);
    const found = single(looking, at, looking.name.slice(start, end), looking.name.slice(0, start), after);
    if (!found.ok) return found;
    at = found.value;
    if (after === "") return value(at);
    // The name may have been replaced meanwhile: what is left to look for counts from its end.
    rest -= end - start + 1;
  }
  return value(undefined);
}
