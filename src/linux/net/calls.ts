/**
 * The socket calls, as programs make them. A name is an address and a port; a path names a unix socket, `@name` an abstract one.
 *
 * @rule linux.net.socket-calls
 * @source linux@6.12 net/socket.c net/ipv4/af_inet.c inet_bind net/ipv4/inet_connection_sock.c inet_csk_get_port
 */
import { namespaceOf } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { fileOf, install, newFile } from "../process/descriptor";
import { innerMount } from "../process/file-io";
import { taskOf } from "../process/task";
import { callBegan, findRun } from "../process/wake";
import { type Blocked, DONE, failure, type Kernel, type Outcome, type Result, value } from "../types";
import { netfilter, netlink } from "./configure";
import { deviceNamed } from "./device";
import { ipOutput, wayTo } from "./ip";
import type { IcmpPart } from "./model";
import { poll } from "./poll";
import { findRoute } from "./route";
import {
  type Datagram,
  findSocket,
  freePort,
  holdNetwork,
  type Name,
  newSocket,
  onPort,
  putSocket,
  queueOf,
  type SocketRow,
  type SocketType,
  socketTable,
} from "./socket";
import { tcpClose, tcpConnect, tcpPush, tcpRead, tcpShut } from "./tcp";
import { udpSend } from "./udp";
import { unixAccept, unixBind, unixClose, unixConnect, unixSend } from "./unix";

const PRIVILEGED = 1024;
const SEND_ROOM = 65_536;

export function socketOf(kernel: Kernel, task: number, fd: number): Result<SocketRow> {
  const file = fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const row = file.value.socket === undefined ? undefined : findSocket(kernel, file.value.socket);
  return row === undefined ? failure("ENOTSOCK") : value(row);
}

const waits = (id: number): Blocked => ({ blocked: { queues: [queueOf(id)] } });
const isAgain = (kernel: Kernel, task: number): boolean => findRun(kernel, task)?.since !== undefined;

function capable(kernel: Kernel, task: number, capability: string): boolean {
  const { credentials, namespaces } = taskOf(kernel, task);
  return capableIn(kernel, credentials, namespaceOf(kernel, namespaces.net).owner, capability);
}

function fdFor(kernel: Kernel, task: number, row: SocketRow): Result<number> {
  const { id, sb } = innerMount(kernel, "pipefs");
  holdNetwork(kernel, row.net, 1);
  const path = { mount: id, ref: { sb, ino: row.id } };
  return install(
    kernel,
    task,
    newFile(kernel, { path, asked: "", kind: "socket", read: true, write: true, append: false, nonBlocking: false, place: false, socket: row.id }),
    false,
  );
}

function socket(kernel: Kernel, task: number, type: SocketType): Result<number> {
  if (type === "icmp" && !capable(kernel, task, "NET_RAW")) return failure("EPERM");
  return fdFor(kernel, task, newSocket(kernel, taskOf(kernel, task).namespaces.net, type));
}

export interface SocketOptions {
  readonly reuse?: boolean;
  readonly reusePort?: boolean;
  readonly ttl?: number;
  readonly noFragments?: boolean;
  readonly broadcast?: boolean;
  readonly device?: string;
  /** Errors about what was sent are received like datagrams. */
  readonly message?: boolean;
}

function setsockopt(kernel: Kernel, task: number, fd: number, options: SocketOptions): Result<true> {
  const row = socketOf(kernel, task, fd);
  if (!row.ok) return row;
  if (options.device !== undefined && deviceNamed(kernel, row.value.net, options.device) === undefined) return failure("ENODEV");
  putSocket(kernel, { ...row.value, ...options });
  return DONE;
}

/** A port is taken once; two that do not listen may share it when both allow it. */
function isTaken(kernel: Kernel, row: SocketRow, type: "tcp" | "udp", { address, port }: Name): boolean {
  return onPort(kernel, row.net, type, port).some(
    (other) =>
      other.id !== row.id &&
      (other.local.address === address || other.local.address === 0 || address === 0) &&
      !(row.reuse && other.reuse && other.state !== "LISTEN") &&
      !(row.reusePort === true && other.reusePort === true) &&
      !(row.reuse && (other.state === "TIME-WAIT" || other.parent !== 0)),
  );
}

function bind(kernel: Kernel, task: number, fd: number, name: Name | string): Result<true> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  const row = found.value;
  if (row.type === "unix") return typeof name === "string" ? unixBind(kernel, task, row, name) : failure("EINVAL");
  if (typeof name === "string" || row.bound) return failure("EINVAL");
  const kind = name.address === 0 ? "local" : findRoute(kernel, row.net, name.address)?.kind;
  if (kind !== "local" && kind !== "broadcast") return failure("EADDRNOTAVAIL");
  if (row.type === "icmp") {
    putSocket(kernel, { ...row, local: name, bound: true });
    return DONE;
  }
  if (name.port > 0 && name.port < PRIVILEGED && !capable(kernel, task, "NET_BIND_SERVICE")) return failure("EACCES");
  if (name.port > 0 && isTaken(kernel, row, row.type, name)) return failure("EADDRINUSE");
  const port = name.port === 0 ? freePort(kernel, row.net, row.type, 1) : name.port;
  putSocket(kernel, { ...row, local: { address: name.address, port }, bound: true });
  return DONE;
}

function listen(kernel: Kernel, task: number, fd: number, backlog: number): Result<true> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  const row = found.value;
  if (row.type !== "tcp" && row.type !== "unix") return failure("EOPNOTSUPP");
  if (row.state !== "CLOSE" && row.state !== "LISTEN") return failure("EINVAL");
  const local = row.type === "unix" || row.local.port !== 0 ? row.local : { address: 0, port: freePort(kernel, row.net, "tcp", 1) };
  if (
    row.type === "tcp" &&
    onPort(kernel, row.net, "tcp", local.port).some(
      (other) =>
        other.id !== row.id &&
        other.state === "LISTEN" &&
        !(row.reusePort === true && other.reusePort === true) &&
        (other.local.address === local.address || other.local.address === 0 || local.address === 0),
    )
  )
    return failure("EADDRINUSE");
  putSocket(kernel, { ...row, local, bound: true, state: "LISTEN", backlog });
  return DONE;
}

export interface Accepted {
  readonly fd: number;
  readonly from: Name;
}

function accept(kernel: Kernel, task: number, fd: number): Outcome<Accepted> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  const row = found.value;
  if (row.state !== "LISTEN") return failure("EINVAL");
  const [first, ...ready] = row.ready;
  if (first === undefined) return waits(row.id);
  putSocket(kernel, { ...row, ready });
  const child = findSocket(kernel, first);
  if (child === undefined) return accept(kernel, task, fd);
  if (child.type === "unix") unixAccept(kernel, child);
  const open = putSocket(kernel, { ...(findSocket(kernel, first) ?? child), parent: 0 });
  const made = fdFor(kernel, task, open);
  return made.ok ? value({ fd: made.value, from: open.remote }) : made;
}

/** A connection is waited for; with a time given, no longer than that. */
function connect(kernel: Kernel, task: number, fd: number, to: Name | string, micros?: number): Outcome<true> {
  const done = connecting(kernel, task, fd, to);
  if (!("blocked" in done) || micros === undefined) return done;
  const until = callBegan(kernel, task) + micros;
  return kernel.tx.now >= until ? failure("EINPROGRESS") : { blocked: { ...done.blocked, until } };
}

function connecting(kernel: Kernel, task: number, fd: number, to: Name | string): Outcome<true> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  const row = found.value;
  if (row.type === "unix") return typeof to === "string" ? unixConnect(kernel, task, row, to) : failure("EINVAL");
  if (typeof to === "string") return failure("EAFNOSUPPORT");
  if (row.error !== undefined) {
    const { error, ...rest } = row;
    putSocket(kernel, rest);
    return failure(error);
  }
  if (row.state === "SYN-SENT") return waits(row.id);
  if (row.state === "ESTAB" || row.state === "CLOSE-WAIT") return isAgain(kernel, task) ? DONE : failure("EISCONN");
  const address = to.address === 0 ? 0x7f000001 : to.address;
  const bound = row.device === "" ? undefined : deviceNamed(kernel, row.net, row.device);
  const way = wayTo(kernel, row.net, address, row.local.address, bound);
  if (typeof way === "string") return failure(way);
  if (way.kind === "broadcast" && (row.type === "tcp" || !row.broadcast)) return failure(row.type === "tcp" ? "ENETUNREACH" : "EACCES");
  const local = { address: way.source, port: row.local.port };
  if (row.type !== "tcp") {
    const port = row.type === "udp" && local.port === 0 ? freePort(kernel, row.net, "udp", 0) : local.port;
    putSocket(kernel, { ...row, local: { ...local, port }, remote: { ...to, address }, bound: true, connected: true, state: "ESTAB" });
    return DONE;
  }
  const port = local.port === 0 ? freePort(kernel, row.net, "tcp", 0) : local.port;
  tcpConnect(kernel, { ...row, local: { ...local, port }, remote: { ...to, address }, bound: true });
  const now = findSocket(kernel, row.id);
  return now?.error === undefined ? waits(row.id) : connecting(kernel, task, fd, to);
}

/** How many bytes went; a datagram goes whole or not at all. */
export function send(kernel: Kernel, task: number, row: SocketRow, data: string, to?: Name): Outcome<number> {
  if (row.error !== undefined) {
    const { error, ...rest } = row;
    putSocket(kernel, rest);
    return failure(error);
  }
  if (row.type === "unix") return unixSend(kernel, row, data);
  if (row.type === "udp") {
    const target = to ?? (row.connected ? row.remote : undefined);
    if (target === undefined) return failure("EDESTADDRREQ");
    const named =
      row.local.port !== 0
        ? row
        : putSocket(kernel, { ...row, bound: true, local: { address: row.local.address, port: freePort(kernel, row.net, "udp", 0) } });
    const wrong = udpSend(kernel, named, data, target);
    return wrong === undefined ? value(data.length) : failure(wrong);
  }
  if (row.type !== "tcp") return failure("EOPNOTSUPP");
  if (row.shutWrite) return failure("EPIPE");
  if (row.state !== "ESTAB" && row.state !== "CLOSE-WAIT") return failure(row.connected ? "EPIPE" : "ENOTCONN");
  const tcp = row.tcp;
  if (tcp === undefined) return failure("ENOTCONN");
  const part = data.slice(0, SEND_ROOM - tcp.buffer.length);
  if (part === "" && data !== "") return waits(row.id);
  putSocket(kernel, { ...row, tcp: { ...tcp, buffer: tcp.buffer + part } });
  tcpPush(kernel, row.id);
  return value(part.length);
}

export function receive(kernel: Kernel, row: SocketRow, length: number): Outcome<Datagram> {
  const none: Datagram = { from: row.remote, data: "", ttl: 0, length: 0 };
  if (row.type === "udp" || row.type === "icmp") {
    const [first, ...datagrams] = row.datagrams;
    const { error, ...rest } = row;
    if (error !== undefined) {
      putSocket(kernel, rest);
      return failure(error);
    }
    if (first === undefined) return row.shutRead ? value(none) : waits(row.id);
    putSocket(kernel, { ...row, datagrams });
    return value({ ...first, data: first.data.slice(0, length) });
  }
  if (row.received !== "") {
    const next = putSocket(kernel, { ...row, received: row.received.slice(length) });
    if (row.type === "tcp") tcpRead(kernel, next, row.received.length);
    return value({ ...none, data: row.received.slice(0, length) });
  }
  if (row.error !== undefined) {
    const { error, ...rest } = row;
    putSocket(kernel, rest);
    return failure(error);
  }
  if (row.ended || row.shutRead) return value(none);
  if (row.state === "CLOSE" || row.state === "LISTEN") return failure("ENOTCONN");
  return waits(row.id);
}

function shutdown(kernel: Kernel, task: number, fd: number, how: "read" | "write" | "both"): Result<true> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  let row = found.value;
  if (row.type === "tcp" && row.state !== "ESTAB" && row.state !== "CLOSE-WAIT") return failure("ENOTCONN");
  if (how !== "write") row = putSocket(kernel, { ...row, shutRead: true });
  if (how !== "read" && row.type === "tcp" && !row.shutWrite) tcpShut(kernel, row);
  if (how !== "read" && row.type === "unix") unixClose(kernel, row, false);
  return DONE;
}

/** The last descriptor is gone. */
export function closeSocket(kernel: Kernel, id: number): void {
  const row = findSocket(kernel, id);
  if (row === undefined) return;
  if (row.type === "tcp") tcpClose(kernel, row);
  else if (row.type === "unix") unixClose(kernel, row, true);
  else kernel.tx.write(socketTable).delete(`${row.machine}/${row.id}`);
  holdNetwork(kernel, row.net, -1);
}

/** An echo request, as ping sends it. */
export interface Echo {
  readonly to: number;
  readonly id: number;
  readonly seq: number;
  readonly size: number;
  readonly stamp: number;
}

const ECHO_HEADERS = 28;

function sendEcho(kernel: Kernel, task: number, fd: number, { to, id, seq, size, stamp }: Echo): Result<true> {
  const found = socketOf(kernel, task, fd);
  if (!found.ok) return found;
  const row = found.value;
  const icmp: IcmpPart = { type: 8, code: 0, id, seq, stamp };
  const length = size + ECHO_HEADERS;
  const bound = row.device === "" ? undefined : deviceNamed(kernel, row.net, row.device);
  const way = wayTo(kernel, row.net, to, row.local.address, bound);
  if (typeof way === "string") return failure(way);
  if (way.kind === "broadcast" && !row.broadcast) return failure("EACCES");
  const noFragments = row.message === true || (row.noFragments && length <= way.output.mtu);
  const wrong = ipOutput(kernel, row.net, { source: row.local.address, target: to, ttl: row.ttl, length, noFragments, icmp }, bound);
  return wrong === undefined ? DONE : failure(wrong);
}

function names(kernel: Kernel, task: number, fd: number): Result<{ readonly local: Name; readonly remote: Name }> {
  const row = socketOf(kernel, task, fd);
  return row.ok ? value({ local: row.value.local, remote: row.value.remote }) : row;
}

/** All sockets of the caller's namespace, as `ss` asks for them. */
function sockets(kernel: Kernel, task: number) {
  const { net } = taskOf(kernel, task).namespaces;
  return value(
    kernel.tx
      .read(socketTable)
      .by("net", `${kernel.machine}/${net}`)
      .filter(({ expires }) => expires === undefined || expires > kernel.tx.now)
      .map((row) => ({
        id: row.id,
        type: row.type,
        state: row.state,
        local: row.local,
        remote: row.remote,
        receiveQueue: row.state === "LISTEN" ? row.ready.length : row.received.length + row.datagrams.reduce((sum, { data }) => sum + data.length, 0),
        sendQueue: row.state === "LISTEN" ? row.backlog : (row.tcp?.buffer.length ?? 0),
        path: row.path ?? "",
        peer: row.peer ?? 0,
      })),
  );
}

export const netCalls = {
  netlink,
  netfilter,
  poll,
  socket,
  setsockopt,
  bind,
  listen,
  accept,
  connect,
  sendto: (kernel: Kernel, task: number, fd: number, data: string, to?: Name): Outcome<number> => {
    const row = socketOf(kernel, task, fd);
    return row.ok ? send(kernel, task, row.value, data, to) : row;
  },
  recvfrom: (kernel: Kernel, task: number, fd: number, length: number): Outcome<Datagram> => {
    const row = socketOf(kernel, task, fd);
    return row.ok ? receive(kernel, row.value, length) : row;
  },
  sendEcho,
  shutdown,
  getsockname: names,
  sockets,
} as const;
