/**
 * Programs around mounts and namespaces, as util-linux 2.38 has them, and `hostname`.
 *
 * @source util-linux@2.38
 */
import type { Errno } from "../../../linux/errno";
import type { Program, System } from "../../../linux/program";
import type { NamespaceType } from "../../../linux/namespace/table";
import { because, complain, optionsOf, print } from "./support";

export const hostname: Program = (system, invocation) => {
  const name = invocation.argv[1];
  if (name === undefined) {
    const found = system.uname();
    if (found.ok) print(system, `${found.value.nodename}\n`);
    return 0;
  }
  const done = system.sethostname(name);
  if (done.ok) return 0;
  complain(system, invocation, done.errno === "EPERM" ? "you must be root to change the host name" : because(done.errno));
  return 1;
};

/** Long names of the namespaces and the letters they stand for. */
const KINDS: readonly (readonly [long: string, letter: string, type: NamespaceType, file: string])[] = [
  ["mount", "m", "mnt", "mnt"],
  ["uts", "u", "uts", "uts"],
  ["ipc", "i", "ipc", "ipc"],
  ["net", "n", "net", "net"],
  ["pid", "p", "pid", "pid"],
  ["user", "U", "user", "user"],
  ["cgroup", "C", "cgroup", "cgroup"],
  ["time", "T", "time", "time"],
];
const OPTIONAL = Object.fromEntries(KINDS.map(([long, letter]) => [`${long}?`, letter]));
const LETTERS = KINDS.map(([, letter]) => letter).join("");

/** Runs a command in place of the program, sought along the path; a shell when none is given. */
function run(system: System, invocation: Parameters<Program>[1], command: readonly string[]): number {
  const argv = command.length === 0 ? ["/bin/sh"] : command;
  const [name = ""] = argv;
  const paths = name.includes("/") ? [name] : (invocation.env["PATH"] ?? "/usr/bin:/bin").split(":").map((dir) => `${dir}/${name}`);
  let errno: Errno = "ENOENT";
  for (const path of paths) {
    const failed = system.exec(path, argv, invocation.env);
    if (failed.errno !== "ENOENT") errno = failed.errno;
  }
  complain(system, invocation, `failed to execute ${name}: ${because(errno)}`);
  return errno === "ENOENT" ? 127 : 126;
}

const must = (done: { readonly ok: true } | { readonly ok: false; readonly errno: Errno }): Errno | undefined => (done.ok ? undefined : done.errno);

export const unshare: Program = (system, invocation) => {
  const { given, rest } = optionsOf(invocation.argv.slice(1), {
    short: `${LETTERS}fr`,
    long: { ...OPTIONAL, fork: "f", "map-root-user": "r", "map-current-user": "c", "mount-proc?": "proc", "propagation=": "propagation" },
    stops: true,
  });
  const wanted = KINDS.filter(
    ([, letter]) => given.has(letter) || (letter === "m" && given.has("proc")) || (letter === "U" && (given.has("r") || given.has("c"))),
  );
  const who = system.credentials();
  const refused = must(system.unshare(wanted.map(([, , type]) => type)));
  if (refused !== undefined) {
    complain(system, invocation, `unshare failed: ${because(refused)}`);
    return 1;
  }
  if ((given.has("r") || given.has("c")) && who.ok) {
    const inside = given.has("r") ? [0, 0] : [who.value.euid, who.value.egid];
    for (const [file, text] of [
      ["setgroups", "deny"],
      ["uid_map", `${inside[0]} ${who.value.euid} 1`],
      ["gid_map", `${inside[1]} ${who.value.egid} 1`],
    ] as const) {
      const fd = system.open(`/proc/self/${file}`, { write: true }, 0);
      if (fd.ok) {
        system.write(fd.value, text);
        system.close(fd.value);
      }
    }
  }
  const propagation = given.get("propagation");
  if (wanted.some(([, letter]) => letter === "m") && propagation !== "unchanged") {
    const to = propagation === "slave" || propagation === "shared" ? propagation : "private";
    system.mount({ source: "none", target: "/", type: "", data: "", propagation: to, recursive: true });
  }
  for (const [, letter, , file] of wanted) {
    const at = given.get(letter);
    if (typeof at === "string" && at !== "") system.mount({ source: `/proc/self/ns/${file}`, target: at, type: "", data: "", bind: true });
  }
  return run(system, invocation, rest);
};

export const nsenter: Program = (system, invocation) => {
  const { given, rest } = optionsOf(invocation.argv.slice(1), {
    short: `t:${LETTERS}a`,
    long: { ...OPTIONAL, "target=": "t", all: "a" },
    stops: true,
  });
  const target = given.get("t");
  const wanted = KINDS.filter(([, letter]) => given.has(letter) || given.has("a"));
  const opened: (readonly [number, NamespaceType, string])[] = [];
  for (const [, letter, type, file] of wanted) {
    const named = given.get(letter);
    const path = typeof named === "string" && named !== "" ? named : `/proc/${String(target)}/ns/${file}`;
    const fd = system.open(path, { read: true }, 0);
    if (!fd.ok) {
      complain(system, invocation, `cannot open ${path}: ${because(fd.errno)}`);
      return 1;
    }
    opened.push([fd.value, type, file]);
  }
  // The user namespace first, for what it gives; the mount namespace last, for what it hides.
  for (const [fd, type, file] of opened) {
    const refused = must(system.setns(fd, [type]));
    system.close(fd);
    if (refused === undefined) continue;
    complain(system, invocation, `reassociate to namespace 'ns/${file}' failed: ${because(refused)}`);
    return 1;
  }
  return run(system, invocation, rest);
};

const PROPAGATION = /^make-(r?)(shared|private|slave|unbindable)$/;

export const mount: Program = (system, invocation) => {
  const makes = Object.fromEntries(
    ["shared", "private", "slave", "unbindable"].flatMap((kind) => [`make-${kind}`, `make-r${kind}`]).map((name) => [name, name]),
  );
  const { given, rest } = optionsOf(invocation.argv.slice(1), { short: "t:o:B", long: { bind: "bind", rbind: "rbind", move: "move", ...makes } });
  const options = String(given.get("o") ?? "")
    .split(",")
    .filter((option) => option !== "");
  const flag = (name: string): boolean => given.has(name) || options.includes(name);
  const change = [...given.keys()].map((key) => PROPAGATION.exec(key)).find((match) => match !== null);
  const target = rest.at(-1);
  if (target === undefined) {
    const fd = system.open("/proc/self/mounts", { read: true }, 0);
    const text = fd.ok ? system.read(fd.value, 65_536) : fd;
    if (text.ok) print(system, text.value.replace(/^(\S+) (\S+) (\S+) (\S+) .*$/gm, "$1 on $2 type $3 ($4)"));
    return 0;
  }
  const data = options.filter((option) => !/^(ro|rw|bind|rbind|remount|move|nosuid|nodev|noexec)$/.test(option)).join(",");
  const done = system.mount({
    source: rest.length > 1 ? (rest[0] ?? "none") : "none",
    target,
    type: String(given.get("t") ?? ""),
    data,
    readOnly: options.includes("ro"),
    bind: flag("bind") || flag("rbind") || given.has("B"),
    move: flag("move"),
    remount: flag("remount"),
    recursive: flag("rbind") || change?.[1] === "r",
    ...(change?.[2] === undefined ? {} : { propagation: change[2] as "shared" | "private" | "slave" | "unbindable" }),
  });
  if (done.ok) return 0;
  complain(
    system,
    invocation,
    `${target}: ${done.errno === "EPERM" || done.errno === "EACCES" ? "permission denied" : done.errno === "ENOENT" ? "mount point does not exist" : because(done.errno).toLowerCase()}.`,
  );
  return 32;
};

export const umount: Program = (system, invocation) => {
  const { given, rest } = optionsOf(invocation.argv.slice(1), { short: "lfR" });
  let status = 0;
  for (const path of rest) {
    const done = system.umount(path, given.has("l"));
    if (done.ok) continue;
    const why =
      done.errno === "EINVAL"
        ? "not mounted"
        : done.errno === "EBUSY"
          ? "target is busy"
          : done.errno === "ENOENT"
            ? "no mount point specified"
            : because(done.errno);
    complain(system, invocation, `${path}: ${why}.`);
    status = 32;
  }
  return status;
};
