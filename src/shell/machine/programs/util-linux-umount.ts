/**
 * `umount` takes mounts away; `mountpoint` tells whether something is one.
 *
 * Not modelled: `-a`, `-d`, helpers.
 *
 * @source util-linux@2.38 sys-utils/umount.c libmount/src/context_umount.c mnt_context_get_umount_excode sys-utils/mountpoint.c
 */
import type { Errno } from "../../../linux/errno";
import type { Invocation, Program, System } from "../../../linux/program";
import { canonical } from "./coreutils-canonical";
import { optionsGiven, type Parsed } from "./getopt";
import { because, complain, print } from "./support";
import { type Mounted, mountTable } from "./util-linux-mount-table";

const FAILED = 32;
const SPEC = {
  short: "acdfhilnRrt:O:vVq",
  long: { lazy: "l", force: "f", recursive: "R", verbose: "v", quiet: "q", "no-mtab": "n", "read-only": "r", "no-canonicalize": "c" },
};

function meaning(system: System, errno: Errno): string {
  const who = system.credentials();
  if (errno === "EPERM" && who.ok && who.value.euid !== 0) return "must be superuser to unmount";
  switch (errno) {
    case "ENXIO":
      return "invalid block device";
    case "EINVAL":
      return "not mounted";
    case "EIO":
      return "can't write superblock";
    case "EBUSY":
      return "target is busy";
    case "ENOENT":
      return "no mount point specified";
    case "EPERM":
      return "must be superuser to unmount";
    case "EACCES":
      return "block devices not permitted on fs";
    default:
      return `umount(2) system call failed: ${because(errno)}`;
  }
}

function takeAway(system: System, invocation: Invocation, given: Parsed, mounted: Mounted | undefined, path: string): number {
  const done = system.umount(path, given.has("l"));
  if (done.ok) {
    if (given.has("v")) print(system, `umount: ${path}${mounted === undefined ? "" : ` (${mounted.source})`} unmounted\n`);
    return 0;
  }
  if (!(given.has("q") && done.errno === "EINVAL")) complain(system, invocation, `${path}: ${meaning(system, done.errno)}.`);
  return FAILED;
}

/** What is mounted below comes off first, the youngest before the older. */
function recursively(system: System, invocation: Invocation, given: Parsed, mounts: readonly Mounted[], top: Mounted): number {
  for (const child of mounts.filter(({ parent, id }) => parent === top.id && id !== top.id).toReversed()) {
    const status = recursively(system, invocation, given, mounts, child);
    if (status !== 0) return status;
  }
  return takeAway(system, invocation, given, top, top.target);
}

export const umount: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  if (given.operands.length === 0) {
    complain(system, invocation, "bad usage");
    print(system, "Try 'umount --help' for more information.\n", 2);
    return 1;
  }
  let status = 0;
  for (const operand of given.operands) {
    const found = canonical(system, operand, "all");
    const path = "path" in found ? found.path : operand;
    const mounts = mountTable(system);
    const mounted = mounts.findLast(({ target }) => target === path) ?? mounts.findLast(({ source }) => source === operand);
    if (given.has("R")) {
      if (mounted === undefined) {
        complain(system, invocation, `${operand}: not mounted`);
        status = 1;
      } else status = recursively(system, invocation, given, mounts, mounted) || status;
    } else status = takeAway(system, invocation, given, mounted, mounted?.target ?? operand) || status;
  }
  return status;
};

export const mountpoint: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, { short: "qdxhV", long: { quiet: "q", "fs-devno": "d", devno: "x", nofollow: "nofollow" } });
  if (given === undefined) return 1;
  const [path, ...more] = given.operands;
  if (path === undefined || more.length > 0) {
    complain(system, invocation, "bad usage");
    print(system, "Try 'mountpoint --help' for more information.\n", 2);
    return 1;
  }
  const quiet = given.has("q");
  const seen = given.has("nofollow") ? system.lstat(path) : system.stat(path);
  if (!seen.ok) {
    if (!quiet) complain(system, invocation, `${path}: ${because(seen.errno)}`);
    return 1;
  }
  const found = canonical(system, path, "all");
  const mounted = "path" in found ? mountTable(system).findLast(({ target }) => target === found.path) : undefined;
  if (mounted === undefined) {
    if (!quiet) print(system, `${path} is not a mountpoint\n`);
    return FAILED;
  }
  if (given.has("d")) print(system, `${mounted.device}\n`);
  else if (!quiet) print(system, `${path} is a mountpoint\n`);
  return 0;
};
