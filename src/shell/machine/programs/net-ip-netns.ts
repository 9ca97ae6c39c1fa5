/**
 * `ip netns`: network namespaces kept alive by a name, which is a file that the namespace is mounted on.
 *
 * Not modelled: `set`, `monitor`; a fresh /sys inside `exec`.
 *
 * @source iproute2@6.1 ip/ipnetns.c lib/namespace.c
 */
import { strerror } from "../../../linux/errno";
import type { Invocation, System } from "../../../linux/program";
import { isShow } from "./net-ip-link-show";
import { ask, type Ip, isShortFor, namespaceNames, namespacePath, numberOfNamespace, openNamespace, refuse, say } from "./net-ip-words";
import { pidsIn } from "./process-table";
import { killedLike, execAlong } from "./util-linux-run";

const RUN = "/run/netns";
const OWN = "/proc/self/ns/net";

/** Enters a namespace, with a view of mounts of its own. */
export function enterNamespace(system: System, name: string): void {
  const opened = openNamespace(system, name);
  if ("errno" in opened) return refuse(`Cannot open network namespace "${name}": ${strerror(opened.errno)}`, 255);
  const entered = system.setns(opened.fd, ["net"]);
  system.close(opened.fd);
  if (!entered.ok) return refuse(`setting the network namespace "${name}" failed: ${strerror(entered.errno)}`, 255);
  const own = system.unshare(["mnt"]);
  if (!own.ok) return refuse(`unshare failed: ${strerror(own.errno)}`, 255);
  const slave = system.mount({ source: "", target: "/", type: "none", data: "", propagation: "slave", recursive: true });
  if (!slave.ok) refuse(`"mount --make-rslave /" failed: ${strerror(slave.errno)}`, 255);
}

function nameGiven(ip: Ip): string {
  if (!ip.words.more()) refuse("No netns name specified", 1);
  const name = ip.words.take();
  if (name.includes("/") || name === "." || name === ".." || name.length >= 256) refuse(`Invalid netns name "${name}"`, 255);
  return name;
}

/** The directory, as a mount of its own whose contents all namespaces see. */
function prepare({ system }: Ip): void {
  const made = system.mkdir(RUN, 0o755);
  if (!made.ok && made.errno !== "EEXIST") refuse(`mkdir ${RUN} failed: ${strerror(made.errno)}`, 1);
  const share = (): ReturnType<System["mount"]> =>
    system.mount({ source: "", target: RUN, type: "none", data: "", propagation: "shared", recursive: true });
  const first = share();
  if (first.ok) return;
  if (first.errno !== "EINVAL") refuse(`mount --make-shared ${RUN} failed: ${strerror(first.errno)}`, 1);
  const bound = system.mount({ source: RUN, target: RUN, type: "none", data: "", bind: true, recursive: true });
  if (!bound.ok) refuse(`mount --bind ${RUN} ${RUN} failed: ${strerror(bound.errno)}`, 1);
  const second = share();
  if (!second.ok) refuse(`mount --make-shared ${RUN} failed: ${strerror(second.errno)}`, 1);
}

function add(ip: Ip, pid?: number): void {
  const { system } = ip;
  const name = nameGiven(ip);
  const source = pid ?? (ip.words.more() ? undefined : 0);
  prepare(ip);
  const path = namespacePath(name);
  const file = system.open(path, { read: true, create: true, exclusive: true }, 0);
  if (!file.ok) return refuse(`Cannot create namespace file "${path}": ${strerror(file.errno)}`, 1);
  system.close(file.value);
  const fail = (text: string): never => {
    system.unlink(path);
    return refuse(text, 1);
  };
  const from = source === undefined || source === 0 ? OWN : `/proc/${source}/ns/net`;
  const saved = system.open(OWN, { read: true, cloexec: true }, 0);
  if (!saved.ok) return fail(`Failed to open network namespace: ${strerror(saved.errno)}`);
  if (from === OWN) {
    const own = system.unshare(["net"]);
    if (!own.ok) return fail(`Failed to create a new network namespace "${name}": ${strerror(own.errno)}`);
  }
  const bound = system.mount({ source: from, target: path, type: "none", data: "", bind: true });
  system.setns(saved.value, ["net"]);
  system.close(saved.value);
  if (!bound.ok) fail(`Bind ${from} -> ${path} failed: ${strerror(bound.errno)}`);
}

function attach(ip: Ip): void {
  const name = nameGiven(ip);
  if (!ip.words.more()) refuse("No PID specified", 1);
  const pid = ip.words.take();
  if (!/^\d+$/.test(pid)) refuse(`Invalid PID: ${pid}`, 1);
  add({ ...ip, words: { ...ip.words, more: () => true, take: () => name } }, Number(pid));
}

function remove({ system }: Ip, name: string): void {
  const path = namespacePath(name);
  system.umount(path, true);
  const gone = system.unlink(path);
  if (!gone.ok) refuse(`Cannot remove namespace file "${path}": ${strerror(gone.errno)}`, 1);
}

function list(ip: Ip): void {
  for (const name of namespaceNames(ip.system)) {
    const number = numberOfNamespace(ip.system, name);
    say(ip, `${name}${number < 0 ? "" : ` (id: ${number})`}\n`);
  }
}

function listNumbers(ip: Ip): void {
  const known = namespaceNames(ip.system)
    .map((name) => ({ name, number: numberOfNamespace(ip.system, name) }))
    .filter(({ number }) => number >= 0)
    .toSorted((a, b) => a.number - b.number);
  for (const { name, number } of known) say(ip, `nsid ${number} (iproute2 netns name: ${name})\n`);
}

function inode(system: System, path: string): number | undefined {
  const found = system.stat(path);
  return found.ok ? found.value.ino : undefined;
}

function identify(ip: Ip): void {
  const { system, words } = ip;
  const pid = words.more() ? words.take() : "self";
  if (pid !== "self" && !/^\d+$/.test(pid)) refuse(`Invalid PID: ${pid}`, 1);
  const own = inode(system, `/proc/${pid}/ns/net`);
  if (own === undefined) refuse(`Cannot open network namespace: ${strerror("ENOENT")}`, 1);
  say(ip, `${namespaceNames(system).find((name) => inode(system, namespacePath(name)) === own) ?? ""}\n`);
}

function pids(ip: Ip): void {
  const name = nameGiven(ip);
  const wanted = inode(ip.system, namespacePath(name));
  if (wanted === undefined) refuse(`Cannot open network namespace: ${strerror("ENOENT")}`, 1);
  for (const pid of pidsIn(ip.system)) if (inode(ip.system, `/proc/${pid}/ns/net`) === wanted) say(ip, `${pid}\n`);
}

function execute({ system, invocation }: Ip, command: readonly string[]): never {
  const errno = execAlong(system, command, invocation.env);
  return refuse(`exec of "${command[0]}" failed: ${strerror(errno)}`, 1);
}

/** What a child made for `-all` does. */
export interface Inside {
  readonly namespace: string;
  readonly command: readonly string[];
}

export function runInside(system: System, invocation: Invocation, { namespace, command }: Inside): never {
  enterNamespace(system, namespace);
  const errno = execAlong(system, command, invocation.env);
  return refuse(`exec of "${command[0]}" failed: ${strerror(errno)}`, 1);
}

function everywhere(ip: Ip, command: readonly string[]): void {
  if (command.length === 0) refuse("No command specified", 1);
  for (const namespace of namespaceNames(ip.system)) {
    say(ip, `\nnetns: ${namespace}\n`);
    const child = ip.system.spawn({ state: { namespace, command } });
    if (child.ok) killedLike(ip.system, child.value.pid);
  }
}

export function ipNetns(ip: Ip, all: boolean): void {
  const { words, system } = ip;
  if (!words.more()) return list(ip);
  const word = words.take();
  if (isShow(word)) return list(ip);
  if (isShortFor(word, "list-id")) return listNumbers(ip);
  if (isShortFor(word, "add")) return add(ip);
  if (isShortFor(word, "delete")) {
    if (all) for (const name of namespaceNames(system)) remove(ip, name);
    else remove(ip, nameGiven(ip));
    return;
  }
  if (isShortFor(word, "identify")) return identify(ip);
  if (isShortFor(word, "pids")) return pids(ip);
  if (isShortFor(word, "exec")) {
    if (all) return everywhere(ip, words.rest());
    const name = nameGiven(ip);
    if (!words.more()) refuse("No command specified", 1);
    enterNamespace(system, name);
    return execute(ip, words.rest());
  }
  if (isShortFor(word, "attach")) return attach(ip);
  if (isShortFor(word, "set")) return void ask(ip, { type: "links" });
  refuse(`Command "${word}" is unknown, try "ip netns help".`, 255);
}
