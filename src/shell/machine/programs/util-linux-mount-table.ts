/**
 * The mounts that a process sees, as /proc/self/mountinfo lists them.
 *
 * @source man-pages@6.9 proc_pid_mountinfo(5)
 */
import type { System } from "../../../linux/program";
import { linesOf, readFile } from "./support";

export interface Mounted {
  readonly id: number;
  readonly parent: number;
  readonly device: string;
  /** What of the file system is shown. */
  readonly root: string;
  readonly target: string;
  readonly flags: readonly string[];
  readonly tags: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Of the file system. */
  readonly options: readonly string[];
}

const plain = (text: string): string => text.replace(/\\(\d{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
const list = (text: string): readonly string[] => text.split(",").filter((one) => one !== "");

export function mountTable(system: System, path = "/proc/self/mountinfo"): readonly Mounted[] {
  const all = readFile(system, path);
  if ("errno" in all) return [];
  return linesOf(all.text).map((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [id, parent, device = "", root = "", target = "", flags = "", ...tags] = before.split(" ");
    const [type = "", source = "", options = ""] = after.split(" ");
    return {
      id: Number(id),
      parent: Number(parent),
      device,
      root: plain(root),
      target: plain(target),
      flags: list(flags),
      tags,
      type,
      source: plain(source),
      options: list(options),
    };
  });
}

/** Flags of the mount and options of the file system, each once; read-only when either is. */
export function allOptions({ flags, options }: Mounted): readonly string[] {
  const access = flags.includes("ro") || options.includes("ro") ? "ro" : "rw";
  const rest = [...flags, ...options].filter((one) => one !== "ro" && one !== "rw");
  return [access, ...new Set(rest)];
}

/** The source, and what of it is shown where that is not all. */
export const sourceOf = ({ source, root }: Mounted, type?: string): string => (root === "/" || type === "cgroup2" ? source : `${source}[${root}]`);

/** Whether a type is one of a list such as `proc,sysfs` or `noproc,sysfs`. */
export function isOfType(type: string, pattern: string): boolean {
  const negative = pattern.startsWith("no") && !pattern.startsWith("nofs");
  const names = (negative ? pattern.slice(2) : pattern).split(",");
  return names.includes(type) !== negative;
}
