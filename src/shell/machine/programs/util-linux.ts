/**
 * Programs around mounts and namespaces, as util-linux 2.38 has them, and `hostname`.
 *
 * @source util-linux@2.38
 */
import type { Program, System } from "../../../linux/program";
import { because, complain, optionsOf, print, readFile } from "./support";

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

/** Where something is mounted already; the last place counts. */
function placeOf(system: System, source: string): string | undefined {
  const mounts = readFile(system, "/proc/self/mounts");
  const lines = "text" in mounts ? mounts.text.split("\n") : [];
  return lines.findLast((line) => line.startsWith(`${source} `))?.split(" ")[1];
}

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
  const busy = done.errno === "EBUSY" ? placeOf(system, rest.length > 1 ? (rest[0] ?? "") : "") : undefined;
  if (busy !== undefined) {
    complain(
      system,
      invocation,
      `${target}: ${rest[0]} already mounted on ${busy}.\n       dmesg(1) may have more information after failed mount system call.`,
    );
    return 32;
  }
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
