/**
 * The marks an overlay leaves on its layers, and how it keeps them from those who look through it.
 *
 * @rule linux.overlay.xattrs
 * @source linux@6.12 fs/overlayfs/xattrs.c
 */
import { failure, type Kernel, type Result } from "../../types";
import { type OverlayRow, real } from "./state";
import type { Ref } from "../types";

const TRUSTED = "trusted.overlay.";
const USER = "user.overlay.";
const ESCAPE = "overlay.";

const prefixOf = ({ config }: OverlayRow): string => (config.userxattr ? USER : TRUSTED);

const MARKS = ["opaque", "redirect", "origin", "impure", "nlink", "upper", "metacopy", "whiteout"] as const;
export type Mark = (typeof MARKS)[number];

const named = (prefix: string): Readonly<Record<Mark, string>> =>
  Object.fromEntries(MARKS.map((mark) => [mark, prefix + mark])) as Readonly<Record<Mark, string>>;
const TRUSTED_NAMES = named(TRUSTED);
const USER_NAMES = named(USER);
const nameOf = ({ config }: OverlayRow, mark: Mark): string => (config.userxattr ? USER_NAMES : TRUSTED_NAMES)[mark];

export function markOf(kernel: Kernel, overlay: OverlayRow, ref: Ref, mark: Mark): string | undefined {
  const found = real(kernel, ref).getxattr(kernel, ref, nameOf(overlay, mark));
  return found.ok ? found.value : undefined;
}

/** Marks are for directories and files; the rest cannot carry `user.` ones. */
export function setMark(kernel: Kernel, overlay: OverlayRow, ref: Ref, mark: Mark, data: string | undefined): Result<true> {
  const type = real(kernel, ref);
  if (overlay.config.userxattr) {
    const { kind } = type.getattr(kernel, ref);
    if (kind !== "file" && kind !== "dir") return failure("EPERM");
  }
  return type.setxattr(kernel, ref, nameOf(overlay, mark), data);
}

/** Says of a directory of the upper layer that what is in it may show the number of what it was copied from. */
export function setImpure(kernel: Kernel, overlay: OverlayRow, dir: Ref): void {
  if (markOf(kernel, overlay, dir, "impure") === undefined) setMark(kernel, overlay, dir, "impure", "y");
}

const isOwn = (overlay: OverlayRow, name: string): boolean => name.startsWith(prefixOf(overlay));
const isEscaped = (overlay: OverlayRow, name: string): boolean => name.startsWith(prefixOf(overlay) + ESCAPE);
/** A mark of this overlay itself, which is never copied up as it is nor shown. */
export const isPrivate = (overlay: OverlayRow, name: string): boolean => isOwn(overlay, name) && !isEscaped(overlay, name);

/** The name under which a layer keeps an attribute that looks like one of the overlay's own. */
export const stored = (overlay: OverlayRow, name: string): string =>
  isOwn(overlay, name) ? prefixOf(overlay) + ESCAPE + name.slice(prefixOf(overlay).length) : name;

/** What is shown of a layer's attributes. */
export function shown(overlay: OverlayRow, names: readonly string[]): readonly string[] {
  return names
    .filter((name) => !isPrivate(overlay, name))
    .map((name) => (isEscaped(overlay, name) ? prefixOf(overlay) + name.slice(prefixOf(overlay).length + ESCAPE.length) : name));
}
