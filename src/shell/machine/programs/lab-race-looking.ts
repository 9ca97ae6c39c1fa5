/** What lies in the branches of a race, and what is seen through a mount: read by a program as anybody reads it. */
import type { System } from "../../../linux/program";
import { BRANCHES, type BranchChange, type BranchName, type Thing } from "../../../linux/fs/differences/operation";
import { readFile } from "./support";

/** Of a path in a branch, such as `top/d/b`: what it is, and a text that changes when it does. */
export type Sheet = Readonly<Record<string, readonly [what: Thing, text: string]>>;

const PREFIX = ".wh.";
const OPAQUE = [".wh..wh..opq", ".wh.__dir_opaque"];
/** What AUFS keeps in a branch for itself. */
const isHousekeeping = (name: string): boolean => name.startsWith(".wh..wh.") && !OPAQUE.includes(name);

const KINDS: Readonly<Record<string, Thing>> = { file: "file", dir: "dir", symlink: "symlink" };

/** Every name below a directory. */
function walk(system: System, dir: string, prefix: string, visit: (path: string, name: string, full: string) => void): void {
  const fd = system.open(dir, { read: true, directory: true }, 0);
  if (!fd.ok) return;
  const found = system.readdir(fd.value);
  system.close(fd.value);
  if (!found.ok) return;
  for (const { name, kind } of [...found.value].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isHousekeeping(name)) continue;
    const full = `${dir}/${name}`;
    visit(prefix + name, name, full);
    if (kind === "dir") walk(system, full, `${prefix}${name}/`, visit);
  }
}

function textOf(system: System, full: string, what: Thing): string {
  const found = system.lstat(full);
  if (!found.ok) return found.errno;
  const { mode, uid, gid } = found.value;
  const attributes = system.listxattr(full);
  const own = attributes.ok ? attributes.value.filter((name) => name.startsWith("user.")) : [];
  const content = what === "file" ? readFile(system, full) : undefined;
  return [mode.toString(8), uid, gid, ...own, content !== undefined && "text" in content ? content.text : ""].join(" ");
}

const isOpaque = (system: System, full: string): boolean => {
  const mark = system.getxattr(full, "trusted.overlay.opaque");
  return mark.ok && mark.value === "y";
};

export function sheetOf(system: System, place: string): Sheet {
  const sheet: Record<string, readonly [Thing, string]> = {};
  for (const branch of BRANCHES) {
    walk(system, `${place}/${branch}`, `${branch}/`, (path, name, full) => {
      const cut = path.length - name.length;
      const found = system.lstat(full);
      if (OPAQUE.includes(name)) sheet[`${path.slice(0, cut - 1)} `] = ["opaque", ""];
      else if (name.startsWith(PREFIX)) sheet[`${path.slice(0, cut)}${name.slice(PREFIX.length)}`] = ["whiteout", ""];
      else if (found.ok && found.value.kind === "char") sheet[path] = ["whiteout", ""];
      else {
        const what = KINDS[found.ok ? found.value.kind : ""] ?? "other";
        sheet[path] = [what, textOf(system, full, what)];
        if (what === "dir" && isOpaque(system, full)) sheet[`${path} `] = ["opaque", ""];
      }
    });
  }
  return sheet;
}

export function changesBetween(before: Sheet, after: Sheet): readonly BranchChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort((a, b) => orderOf(a) - orderOf(b) || (a < b ? -1 : 1));
  // A directory that is opaque from the start is one thing that came.
  const told = keys.filter((key) => before[key] !== undefined || before[`${key} `] !== undefined || after[`${key} `] === undefined);
  return told.flatMap((key): readonly BranchChange[] => {
    const [was, is] = [before[key], after[key]];
    const cut = key.indexOf("/");
    const rest = { branch: key.slice(0, cut) as BranchName, path: key.slice(cut + 1).trimEnd() };
    if (was === undefined) return is === undefined ? [] : [{ ...rest, how: "appeared", what: is[0] }];
    if (is === undefined) return [{ ...rest, how: "gone", what: was[0] }];
    if (was[0] !== is[0]) return [{ ...rest, how: "appeared", what: is[0] }];
    return was[1] === is[1] ? [] : [{ ...rest, how: "changed", what: is[0] }];
  });
}
const orderOf = (key: string): number => BRANCHES.findIndex((branch) => key.startsWith(`${branch}/`));

/** Paths with what they are and hold. */
export function seenThrough(system: System, mount: string): readonly string[] {
  const seen: string[] = [];
  walk(system, mount, "", (path, _name, full) => {
    const found = system.lstat(full);
    const what = found.ok ? found.value.kind : "gone";
    const content = what === "file" ? readFile(system, full) : undefined;
    seen.push(`${path} ${what}${content !== undefined && "text" in content ? ` ${content.text.trim().split("\n").join(" ")}` : ""}`);
  });
  return seen;
}
