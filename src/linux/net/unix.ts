/**
 * Unix sockets: by a path in the file system, or by an abstract name, which belongs to the network namespace.
 *
 * @rule linux.net.unix
 * @source linux@6.12 net/unix/af_unix.c unix_bind_bsd unix_bind_abstract unix_find_other
 */
import * as files from "../fs/calls";
import { resolve } from "../fs/namei";
import { mayAccess, WRITE } from "../fs/permission";
import { typeOf } from "../fs/superblock";
import { taskOf, viewOf } from "../process/task";
import { DONE, failure, type Kernel, type Outcome, type Result, value } from "../types";
import { dropSocket, findSocket, newSocket, putSocket, type SocketRow, socketTable, wakeSocket } from "./socket";

const CAPACITY = 65_536;

const abstractKey = (net: number, name: string): string => `${name}\0${net}`;

function bound(kernel: Kernel, key: string): SocketRow | undefined {
  return kernel.tx.read(socketTable).by("path", `${kernel.machine}/${key}`)[0];
}

/** What a path leads to, as the index knows it. */
function inodeKey(kernel: Kernel, task: number, path: string): Result<string> {
  const found = resolve(kernel, viewOf(kernel, taskOf(kernel, task)), path, true);
  if (!found.ok) return found;
  const { ref } = found.value;
  const may = mayAccess(kernel, taskOf(kernel, task).credentials, ref, WRITE);
  if (!may.ok) return may;
  return typeOf(kernel, ref.sb).getattr(kernel, ref).kind === "socket" ? value(`${path}\0${ref.sb}/${ref.ino}`) : failure("ECONNREFUSED");
}

export function unixBind(kernel: Kernel, task: number, row: SocketRow, name: string): Result<true> {
  if (row.bound) return failure("EINVAL");
  if (name.startsWith("@")) {
    const key = abstractKey(row.net, name);
    if (bound(kernel, key) !== undefined) return failure("EADDRINUSE");
    putSocket(kernel, { ...row, path: key, bound: true });
    return DONE;
  }
  const made = files.mknod(kernel, viewOf(kernel, taskOf(kernel, task)), name, { kind: "socket", mode: 0o777 });
  if (!made.ok) return made.errno === "EEXIST" ? failure("EADDRINUSE") : made;
  const key = inodeKey(kernel, task, name);
  if (!key.ok) return key;
  putSocket(kernel, { ...row, path: key.value, bound: true });
  return DONE;
}

export function unixConnect(kernel: Kernel, task: number, row: SocketRow, name: string): Outcome<true> {
  if (row.state === "ESTAB") return failure("EISCONN");
  const key = name.startsWith("@") ? value(abstractKey(row.net, name)) : inodeKey(kernel, task, name);
  if (!key.ok) return key;
  const inode = key.value.split("\0")[1] ?? "";
  const listener =
    bound(kernel, key.value) ??
    kernel.tx
      .read(socketTable)
      .by("net", `${kernel.machine}/${row.net}`)
      .find((other) => !name.startsWith("@") && other.path?.split("\0")[1] === inode);
  if (listener === undefined || listener.state !== "LISTEN") return failure("ECONNREFUSED");
  const far = newSocket(kernel, listener.net, "unix", {
    state: "ESTAB",
    connected: true,
    parent: listener.id,
    peer: row.id,
    path: listener.path ?? "",
  });
  putSocket(kernel, { ...far, path: `${(listener.path ?? "").split("\0")[0]}\0of ${far.id}` });
  putSocket(kernel, { ...row, state: "ESTAB", connected: true, peer: far.id });
  putSocket(kernel, { ...listener, ready: [...listener.ready, far.id] });
  wakeSocket(kernel, listener.id);
  return DONE;
}

export function unixAccept(kernel: Kernel, row: SocketRow): void {
  putSocket(kernel, { ...row, parent: 0 });
}

export function unixSend(kernel: Kernel, row: SocketRow, data: string): Outcome<number> {
  const peer = row.peer === undefined ? undefined : findSocket(kernel, row.peer);
  if (row.state !== "ESTAB") return failure("ENOTCONN");
  if (peer === undefined || row.shutWrite) return failure("EPIPE");
  const part = data.slice(0, CAPACITY - peer.received.length);
  if (part === "" && data !== "") return { blocked: { queues: [`socket/${row.id}`] } };
  putSocket(kernel, { ...peer, received: peer.received + part });
  wakeSocket(kernel, peer.id);
  return value(part.length);
}

/** The other end reads to the end; all of it is gone when closed for good. */
export function unixClose(kernel: Kernel, row: SocketRow, whole: boolean): void {
  const peer = row.peer === undefined ? undefined : findSocket(kernel, row.peer);
  if (peer !== undefined) {
    putSocket(kernel, { ...peer, ended: true });
    wakeSocket(kernel, peer.id);
  }
  if (!whole) {
    putSocket(kernel, { ...row, shutWrite: true });
    return;
  }
  for (const child of kernel.tx.read(socketTable).by("parent", `${kernel.machine}/${row.id}`)) unixClose(kernel, child, true);
  dropSocket(kernel, row);
}
