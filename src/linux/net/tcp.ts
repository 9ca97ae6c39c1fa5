/**
 * TCP: connections opened, used and closed segment by segment, with what was lost sent again.
 *
 * Not modelled: congestion control, selective acknowledgements, delayed acknowledgements, urgent data; sequence numbers do not wrap.
 *
 * @rule linux.net.tcp
 * @source linux@6.12 net/ipv4/tcp_input.c tcp_rcv_state_process net/ipv4/tcp_output.c net/ipv4/tcp_timer.c tcp_retransmit_timer
 */
import type { Message } from "../../sim/types";
import type { Errno } from "../errno";
import type { Kernel } from "../types";
import { wayTo } from "./ip";
import type { IcmpPart, Packet, TcpPart } from "./model";
import {
  dropSocket,
  findSocket,
  type Name,
  newSocket,
  onPort,
  pairKey,
  putSocket,
  type SocketRow,
  socketTable,
  type TcpControl,
  wakeSocket,
} from "./socket";
import { type Segment, sendReset, sendSegment, WINDOW } from "./tcp-segment";

const SYN_TIME = 1_000_000;
const DATA_TIME = 200_000;
const SYN_RETRIES = 6;
/** The first of them come a second apart. */
const SYN_LINEAR = 4;
const SYNACK_RETRIES = 5;
const DATA_RETRIES = 15;
const LONGEST_WAIT = 120_000_000;
const TIME_WAIT = 60_000_000;
const OVERHEAD = 52;
const FIRST_SEQUENCE = 1000;

export interface TcpMessage extends Message {
  readonly type: "tcp";
  readonly socket: number;
}

const control = (row: SocketRow): TcpControl =>
  row.tcp ?? { unacked: FIRST_SEQUENCE, next: FIRST_SEQUENCE, expected: 0, buffer: "", finQueued: false, mss: 536, window: WINDOW, retries: 0 };

const change = (kernel: Kernel, row: SocketRow, tcp: Partial<TcpControl>, more: Partial<SocketRow> = {}): SocketRow =>
  putSocket(kernel, { ...row, ...more, tcp: { ...control(row), ...tcp } });

const room = (row: SocketRow): number => Math.max(0, WINDOW - row.received.length);

function emit(kernel: Kernel, row: SocketRow, flags: string, seq: number, data = ""): void {
  const segment: Segment = { seq, ack: flags.includes("A") ? control(row).expected : 0, flags, data, window: room(row) };
  sendSegment(kernel, row.net, row.local, row.remote, segment);
}

function segmentSize(kernel: Kernel, row: SocketRow): number {
  const way = wayTo(kernel, row.net, row.remote.address, row.local.address);
  return (typeof way === "string" ? 576 : way.output.mtu) - OVERHEAD;
}

function stopTimer(kernel: Kernel, row: SocketRow): SocketRow {
  if (row.tcp?.timer === undefined) return row;
  kernel.tx.cancel(row.tcp.timer);
  const { timer: _timer, ...tcp } = row.tcp;
  return putSocket(kernel, { ...row, tcp });
}

function startTimer(kernel: Kernel, found: SocketRow): SocketRow {
  const row = stopTimer(kernel, found);
  const { retries } = control(row);
  const opening = row.state === "SYN-SENT" || row.state === "SYN-RECV";
  const doubled = row.state === "SYN-SENT" ? Math.max(0, retries - SYN_LINEAR) : retries;
  const message: TcpMessage = { type: "tcp", socket: row.id };
  const delay = Math.min(LONGEST_WAIT, (opening ? SYN_TIME : DATA_TIME) * 2 ** doubled);
  return change(kernel, row, { timer: kernel.tx.send(`machine/${kernel.machine}`, message, delay) });
}

/** Begins a connection; its ports are known. */
export function tcpConnect(kernel: Kernel, found: SocketRow): void {
  const row = change(kernel, found, { mss: segmentSize(kernel, found), next: FIRST_SEQUENCE + 1 }, { state: "SYN-SENT" });
  const waiting = startTimer(kernel, row);
  emit(kernel, waiting, "S", FIRST_SEQUENCE);
}

/** Sends what the other side has room for, and the end when all has been said. */
export function tcpPush(kernel: Kernel, id: number): void {
  for (;;) {
    const row = findSocket(kernel, id);
    if (row === undefined || row.tcp === undefined) return;
    const { next, unacked, buffer, mss, window, finQueued } = row.tcp;
    const sent = next - unacked;
    const data = buffer.slice(sent, Math.min(sent + mss, window));
    if (data === "") {
      const allSent = sent === buffer.length;
      if (!finQueued || !allSent || !(row.state === "ESTAB" || row.state === "CLOSE-WAIT")) return;
      const ending = change(kernel, row, { next: next + 1 }, { state: row.state === "ESTAB" ? "FIN-WAIT-1" : "LAST-ACK" });
      emit(kernel, startTimer(kernel, ending), "FA", next);
      return;
    }
    const going = change(kernel, row, { next: next + data.length });
    emit(kernel, going.tcp?.timer === undefined ? startTimer(kernel, going) : going, "PA", next, data);
  }
}

/** Nothing more will be written. */
export function tcpShut(kernel: Kernel, found: SocketRow): void {
  change(kernel, found, { finQueued: true }, { shutWrite: true });
  tcpPush(kernel, found.id);
}

export function tcpClose(kernel: Kernel, row: SocketRow): void {
  if (row.state === "LISTEN") {
    for (const child of kernel.tx.read(socketTable).by("parent", `${kernel.machine}/${row.id}`)) abort(kernel, child);
    return dropSocket(kernel, row);
  }
  if (row.state === "CLOSE" || row.state === "SYN-SENT") return dropSocket(kernel, row);
  if (row.received !== "") return abort(kernel, row);
  const orphan = putSocket(kernel, { ...row, orphan: true, shutRead: true });
  if (orphan.state === "ESTAB" || orphan.state === "CLOSE-WAIT" || orphan.state === "SYN-RECV") tcpShut(kernel, orphan);
  else if (orphan.state === "FIN-WAIT-2") putSocket(kernel, { ...orphan, expires: kernel.tx.now + TIME_WAIT });
}

function abort(kernel: Kernel, row: SocketRow): void {
  emit(kernel, row, "RA", control(row).next);
  dropSocket(kernel, row);
}

function fail(kernel: Kernel, row: SocketRow, errno: Errno): void {
  if (row.parent !== 0 || row.orphan) return dropSocket(kernel, row);
  const still = stopTimer(kernel, row);
  putSocket(kernel, { ...still, state: "CLOSE", error: errno, ended: true });
  wakeSocket(kernel, row.id);
}

/** Nothing came back in time. */
export function tcpTime(kernel: Kernel, id: number): void {
  const found = findSocket(kernel, id);
  if (found?.tcp === undefined) return;
  const { timer: _timer, ...tcp } = found.tcp;
  const row = putSocket(kernel, { ...found, tcp: { ...tcp, retries: tcp.retries + 1 } });
  const most = row.state === "SYN-SENT" ? SYN_RETRIES + SYN_LINEAR : row.state === "SYN-RECV" ? SYNACK_RETRIES : DATA_RETRIES;
  if (tcp.retries >= most || (row.state === "SYN-SENT" && tcp.retries >= SYN_RETRIES)) return fail(kernel, row, "ETIMEDOUT");
  const waiting = startTimer(kernel, row);
  if (row.state === "SYN-SENT") return emit(kernel, waiting, "S", FIRST_SEQUENCE);
  if (row.state === "SYN-RECV") return emit(kernel, waiting, "SA", FIRST_SEQUENCE);
  const data = tcp.buffer.slice(0, Math.min(tcp.mss, Math.max(tcp.window, 1)));
  if (data !== "") emit(kernel, waiting, "PA", tcp.unacked, data);
  else if (tcp.finQueued) emit(kernel, waiting, "FA", tcp.unacked);
}

const inverse = (packet: Packet, tcp: TcpPart): readonly [Name, Name] => [
  { address: packet.target, port: tcp.dport },
  { address: packet.source, port: tcp.sport },
];

export function tcpInput(kernel: Kernel, net: number, packet: Packet): void {
  const { tcp } = packet;
  if (tcp === undefined) return;
  const [local, remote] = inverse(packet, tcp);
  const pair = kernel.tx.read(socketTable).by("pair", pairKey(kernel.machine, net, local, remote))[0];
  const row = pair?.expires !== undefined && pair.expires <= kernel.tx.now ? undefined : pair;
  if (pair !== undefined && row === undefined) dropSocket(kernel, pair);
  if (row !== undefined && !(row.state === "TIME-WAIT" && tcp.flags === "S")) return segment(kernel, row, tcp, packet);
  if (row !== undefined) dropSocket(kernel, row);
  const listener = onPort(kernel, net, "tcp", local.port)
    .filter(({ state, local: at }) => state === "LISTEN" && (at.address === 0 || at.address === local.address))
    .sort((a, b) => b.local.address - a.local.address)[0];
  if (listener === undefined || tcp.flags.includes("A") || !tcp.flags.includes("S")) return sendReset(kernel, net, packet);
  // With a full queue the first segment is lost, and comes again.
  if (listener.ready.length > listener.backlog) return;
  const child = newSocket(kernel, net, "tcp", { local, remote, parent: listener.id, state: "SYN-RECV", bound: true, connected: true });
  const born = change(kernel, child, { expected: tcp.seq + 1, next: FIRST_SEQUENCE + 1, mss: segmentSize(kernel, child), window: tcp.window });
  emit(kernel, startTimer(kernel, born), "SA", FIRST_SEQUENCE);
  kernel.tx.fired("linux.net.tcp", `${kernel.machine}/${born.id}`);
}

function segment(kernel: Kernel, row: SocketRow, tcp: TcpPart, packet: Packet): void {
  const has = (flag: string): boolean => tcp.flags.includes(flag);
  if (has("R")) {
    if (row.state === "TIME-WAIT") return;
    return fail(kernel, row, row.state === "SYN-SENT" ? "ECONNREFUSED" : "ECONNRESET");
  }
  if (row.state === "SYN-SENT") {
    if (!has("S") || !has("A")) return has("A") ? sendReset(kernel, row.net, packet) : undefined;
    const open = change(
      kernel,
      stopTimer(kernel, row),
      { expected: tcp.seq + 1, unacked: tcp.ack, retries: 0, window: tcp.window },
      { state: "ESTAB", connected: true },
    );
    emit(kernel, open, "A", control(open).next);
    wakeSocket(kernel, row.id);
    return tcpPush(kernel, row.id);
  }
  if (has("S")) return emit(kernel, row, "A", control(row).next);
  const open = acknowledged(kernel, row, tcp);
  if (open !== undefined) taken(kernel, open, tcp);
}

/** What the other side has; and the steps of closing that follow from it. */
function acknowledged(kernel: Kernel, found: SocketRow, tcp: TcpPart): SocketRow | undefined {
  let row = found;
  const before = control(row);
  const fresh = tcp.ack - before.unacked;
  if (fresh > 0) {
    const bytes = Math.min(fresh, before.buffer.length);
    row = change(kernel, stopTimer(kernel, row), { unacked: tcp.ack, buffer: before.buffer.slice(bytes), retries: 0, window: tcp.window });
    wakeSocket(kernel, row.id);
  } else row = change(kernel, row, { window: tcp.window });
  if (row.state === "SYN-RECV") {
    const parent = findSocket(kernel, row.parent);
    if (parent?.state !== "LISTEN") {
      abort(kernel, row);
      return undefined;
    }
    row = putSocket(kernel, { ...row, state: "ESTAB" });
    putSocket(kernel, { ...parent, ready: [...parent.ready, row.id] });
    wakeSocket(kernel, parent.id);
  }
  const now = control(row);
  const finDone = now.finQueued && now.unacked === now.next && now.buffer === "";
  if (finDone && row.state === "FIN-WAIT-1")
    row = putSocket(kernel, { ...row, state: "FIN-WAIT-2", ...(row.orphan ? { expires: kernel.tx.now + TIME_WAIT } : {}) });
  else if (finDone && row.state === "CLOSING") row = putSocket(kernel, { ...row, state: "TIME-WAIT", expires: kernel.tx.now + TIME_WAIT });
  else if (finDone && row.state === "LAST-ACK") {
    if (row.orphan) {
      dropSocket(kernel, row);
      return undefined;
    }
    row = putSocket(kernel, { ...row, state: "CLOSE" });
  }
  if (now.unacked < now.next && now.timer === undefined) row = startTimer(kernel, row);
  return row;
}

function taken(kernel: Kernel, row: SocketRow, tcp: TcpPart): void {
  const { expected, next } = control(row);
  const fin = tcp.flags.includes("F");
  if (tcp.data === "" && !fin) return tcpPush(kernel, row.id);
  if (tcp.seq !== expected) return emit(kernel, row, "A", next);
  if (tcp.data !== "" && row.orphan) return abort(kernel, row);
  const data = tcp.data.slice(0, room(row));
  const whole = data.length === tcp.data.length;
  const ended = fin && whole;
  let open = change(
    kernel,
    row,
    { expected: expected + data.length + (ended ? 1 : 0) },
    { received: row.received + (row.shutRead ? "" : data), ended: row.ended || ended },
  );
  if (ended) {
    if (open.state === "ESTAB") open = putSocket(kernel, { ...open, state: "CLOSE-WAIT" });
    else if (open.state === "FIN-WAIT-1") open = putSocket(kernel, { ...open, state: "CLOSING" });
    else if (open.state === "FIN-WAIT-2") open = putSocket(kernel, { ...open, state: "TIME-WAIT", expires: kernel.tx.now + TIME_WAIT });
  }
  emit(kernel, open, "A", next);
  wakeSocket(kernel, open.id);
  tcpPush(kernel, open.id);
}

/** After reading made room where there was little: tells the other side. */
export function tcpRead(kernel: Kernel, row: SocketRow, before: number): void {
  if (before > WINDOW / 2 && row.state !== "CLOSE") emit(kernel, row, "A", control(row).next);
}

/** An ICMP error about a segment: fatal while connecting. */
export function errorToTcp(kernel: Kernel, net: number, about: Packet, icmp: IcmpPart): void {
  if (about.tcp === undefined) return;
  const local = { address: about.source, port: about.tcp.sport };
  const remote = { address: about.target, port: about.tcp.dport };
  const row = kernel.tx.read(socketTable).by("pair", pairKey(kernel.machine, net, local, remote))[0];
  if (row?.tcp === undefined) return;
  if (icmp.type === 3 && icmp.code === 4) {
    change(kernel, row, { mss: Math.max(500, (icmp.info ?? 576) - OVERHEAD) });
    return;
  }
  if (row.state !== "SYN-SENT" || icmp.type !== 3) return;
  fail(kernel, row, icmp.code === 3 ? "ECONNREFUSED" : icmp.code === 0 ? "ENETUNREACH" : "EHOSTUNREACH");
}
