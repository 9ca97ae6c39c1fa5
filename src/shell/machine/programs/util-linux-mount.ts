/**
 * `mount`: attaches file systems, and lists what is attached.
 *
 * Not modelled: /etc/fstab, loop devices, labels, helpers, `-a`.
 *
 * @source util-linux@2.38 sys-utils/mount.c libmount/src/context_mount.c mnt_context_get_mount_excode
 */
import type { Errno } from "../../../linux/errno";
import type { Invocation, Program, System } from "../../../linux/program";
import { canonical } from "./coreutils-canonical";
import { optionsGiven, type Parsed } from "./getopt";
import { because, complain, print } from "./support";
import { allOptions, isOfType, type Mounted, mountTable, sourceOf } from "./util-linux-mount-table";

type Propagation = "shared" | "private" | "slave" | "unbindable";

const KINDS: readonly Propagation[] = ["shared", "slave", "private", "unbindable"];
const SPEC = {
  short: "afFhilL:no:O:rRsU:vVwBMt:T:",
  long: {
    all: "a",
    fake: "f",
    verbose: "v",
    "read-only": "r",
    ro: "r",
    "read-write": "w",
    rw: "w",
    "types=": "t",
    "options=": "o",
    bind: "B",
    rbind: "R",
    move: "M",
    "source=": "source",
    "target=": "target",
    "show-labels": "l",
    "no-mtab": "n",
    ...Object.fromEntries(KINDS.flatMap((kind) => [`make-${kind}`, `make-r${kind}`].map((name) => [name, name]))),
  },
};
/** Words that the kernel takes as flags of a mount. */
const FLAGS = { nosuid: "noSuid", nodev: "noDev", noexec: "noExec", noatime: "noAtime", nodiratime: "noDirAtime" } as const;
/** Words that are no option of a file system. */
const MEANT_FOR_MOUNT =
  /^(ro|rw|defaults|auto|noauto|user|users|nouser|_netdev|nofail|suid|dev|exec|atime|diratime|relatime|norelatime|strictatime|lazytime|silent|async|sync|bind|rbind|move|remount|r?(shared|slave|private|unbindable)|[xX]-.*)$/;
const FAILED = 32;
const HINT = "       dmesg(1) may have more information after failed mount system call.\n";

interface Wish {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
  readonly operation: "new" | "bind" | "move" | "remount" | "none";
  readonly recursive: boolean;
  readonly readOnly: boolean;
  readonly propagations: readonly { readonly kind: Propagation; readonly recursive: boolean }[];
}

function list(system: System, given: Parsed): number {
  const pattern = given.value("t");
  for (const one of mountTable(system)) {
    if (pattern !== undefined && !isOfType(one.type, pattern)) continue;
    print(system, `${sourceOf(one, one.type)} on ${one.target} type ${one.type} (${allOptions(one).join(",")})\n`);
  }
  return 0;
}

function wishOf(given: Parsed, source: string, target: string): Wish {
  const options = given.values("o").flatMap((text) => text.split(",").filter((one) => one !== ""));
  const asked = (letter: string, ...names: readonly string[]): boolean => given.has(letter) || names.some((name) => options.includes(name));
  const words = [...given.options.map(({ key }) => key.replace(/^make-/, "")), ...options];
  const propagations = words.flatMap((word) => {
    const match = /^(r?)(shared|slave|private|unbindable)$/.exec(word);
    return match === null ? [] : [{ kind: match[2] as Propagation, recursive: match[1] === "r" }];
  });
  const recursive = asked("R", "rbind");
  const bind = recursive || asked("B", "bind");
  const operation = options.includes("remount") ? "remount" : bind ? "bind" : asked("M", "move") ? "move" : source === "" ? "none" : "new";
  const access = given.options.findLast(({ key }) => key === "r" || key === "w")?.key ?? options.findLast((one) => one === "ro" || one === "rw");
  return { source, target, type: given.value("t") ?? "", options, operation, recursive, readOnly: access === "r" || access === "ro", propagations };
}

const flagsOf = ({ options, readOnly }: Wish) => ({
  readOnly,
  ...Object.fromEntries(Object.entries(FLAGS).flatMap(([word, flag]) => (options.includes(word) ? [[flag, true]] : []))),
});

/** The calls that a wish takes, one after the other; the first that fails ends it. */
function carryOut(system: System, wish: Wish): { readonly errno: Errno; readonly step: "main" | "flags" } | undefined {
  const { source, target, type, options, operation, recursive, propagations } = wish;
  const data = options.filter((one) => !MEANT_FOR_MOUNT.test(one) && !(one in FLAGS)).join(",");
  const none = { source: "none", target, type: "", data: "" };
  if (operation === "bind" || operation === "move") {
    const done = system.mount({ source, target, type: "", data: "", ...(operation === "bind" ? { bind: true, recursive } : { move: true }) });
    if (!done.ok) return { errno: done.errno, step: "main" };
    const flags = flagsOf(wish);
    if (Object.values(flags).some(Boolean)) {
      const again = system.mount({ ...none, bind: true, remount: true, ...flags });
      if (!again.ok) return { errno: again.errno, step: "main" };
    }
  } else if (operation !== "none") {
    const bindOnly = operation === "remount" && (options.includes("bind") || options.includes("rbind"));
    const remount = operation === "remount" ? { remount: true, ...(bindOnly ? { bind: true } : {}) } : {};
    const done = system.mount({ source: source === "" ? "none" : source, target, type, data, ...flagsOf(wish), ...remount });
    if (!done.ok) return { errno: done.errno, step: "main" };
  }
  for (const { kind, recursive: all } of propagations) {
    const done = system.mount({ ...none, propagation: kind, recursive: all });
    if (!done.ok) return { errno: done.errno, step: "flags" };
  }
  return undefined;
}

function busyWords(mounts: readonly Mounted[], source: string): string {
  const at = mounts.findLast((one) => one.source === source)?.target;
  return at === undefined ? `${source} already mounted or mount point busy` : `${source} already mounted on ${at}`;
}

/** What an errno of mount(2) means here. */
function meaning(system: System, wish: Wish, errno: Errno, step: "main" | "flags"): string {
  const { source, target, type, operation, readOnly } = wish;
  const seen = system.stat(target);
  const directory = seen.ok && seen.value.kind === "dir";
  const from = source === "" ? "none" : source;
  const plain = `mount(2) system call failed: ${because(errno)}`;
  switch (errno) {
    case "EPERM": {
      const who = system.credentials();
      if (who.ok && who.value.euid !== 0) return "must be superuser to use mount";
      return directory ? "permission denied" : "mount point is not a directory";
    }
    case "EBUSY":
      return operation === "remount" ? "mount point is busy" : busyWords(mountTable(system), from);
    case "ENOENT":
      if (!system.lstat(target).ok) return "mount point does not exist";
      if (!seen.ok) return "mount point is a symbolic link to nowhere";
      return system.stat(from).ok ? plain : `special device ${from} does not exist`;
    case "ENOTDIR":
      return directory ? plain : "mount point is not a directory";
    case "EINVAL":
      if (operation === "remount") return "mount point not mounted or bad option";
      if (step === "flags") return "not mount point or bad option";
      return `wrong fs type, bad option, bad superblock on ${from}, missing codepage or helper program, or other error`;
    case "ENODEV":
      return type === "" ? "unknown filesystem type" : `unknown filesystem type '${type}'`;
    case "ENOTBLK":
      return `${from} is not a block device`;
    case "EACCES":
    case "EROFS":
      if (readOnly) return `cannot mount ${from} read-only`;
      if (operation === "remount") return `cannot remount ${from} read-write, is write-protected`;
      return operation === "bind" ? `mount ${from} on ${target} failed` : plain;
    default:
      return plain;
  }
}

/** The path as the kernel knows it; as it was written where it leads nowhere. */
function resolved(system: System, path: string): string {
  const found = canonical(system, path, "all");
  return "path" in found ? found.path : path;
}

function mountOne(system: System, invocation: Invocation, given: Parsed, source: string, path: string): number {
  const wish = wishOf(given, source, path);
  const isPath = wish.operation === "bind" || wish.operation === "move";
  if (wish.options.some((one) => /^[xX]-mount\.mkdir/.test(one)) && !system.stat(path).ok) system.mkdir(path, 0o755);
  const target = resolved(system, path);
  const from = isPath ? resolved(system, source) : source;
  if (given.has("f")) return 0;
  const problem = carryOut(system, { ...wish, source: from, target });
  if (problem === undefined) {
    if (given.has("v")) print(system, `mount: ${from === "" ? "none" : from} mounted on ${target}.\n`);
    return 0;
  }
  complain(system, invocation, `${target}: ${meaning(system, { ...wish, source: from, target }, problem.errno, problem.step)}.`);
  print(system, HINT, 2);
  return FAILED;
}

export const mount: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  if (given.has("a")) return 0;
  const badUsage = (): number => {
    complain(system, invocation, "bad usage");
    print(system, "Try 'mount --help' for more information.\n", 2);
    return 1;
  };
  const named = [given.value("source"), given.value("target")].filter((one) => one !== undefined);
  const operands = [...named, ...given.operands];
  if (operands.length > 2) return badUsage();
  const [first, second] = operands;
  if (first === undefined) {
    const only = given.options.every(({ key }) => key === "t" || key === "l" || key === "v");
    return only ? list(system, given) : badUsage();
  }
  if (second !== undefined) return mountOne(system, invocation, given, first, second);
  const { operation, propagations } = wishOf(given, "", first);
  if (operation === "remount" || propagations.length > 0) return mountOne(system, invocation, given, "", first);
  complain(system, invocation, `${first}: can't find in /etc/fstab.`);
  return 1;
};
