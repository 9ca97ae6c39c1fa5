/**
 * `ping`: echo requests, their answers, and what the answers' times come to.
 *
 * Not modelled: IPv6, record route, timestamps, marks; the reverse names of hosts that are in no file.
 *
 * @source iputils@20221126 ping/ping.c ping/ping_common.c main_loop pinger finish
 */
import { formatAddress } from "../../../linux/net/address";
import type { LinkInfo, NetAnswer } from "../../../linux/net/model";
import type { Invocation, Program, System } from "../../../linux/program";
import type { Errno } from "../../../linux/errno";
import { optionsOf, type PingOptions } from "./net-ping-options";
import { hostAddress, shownHost, UNKNOWN_HOST } from "./net-names";
import { finish, timeText } from "./net-ping-statistics";
import { because, complain, print } from "./support";

type Datagram = Extract<ReturnType<System["recvfrom"]>, { ok: true }>["value"];

/** All that a ping is between two rounds. */
export interface PingState {
  readonly options: PingOptions;
  readonly fd: number;
  readonly target: number;
  readonly id: number;
  readonly began: number;
  readonly sent: number;
  readonly lastSent: number;
  readonly received: number;
  readonly duplicates: number;
  readonly errors: number;
  readonly pipe: number;
  readonly seen: readonly number[];
  readonly times: { readonly min: number; readonly max: number; readonly sum: number; readonly squares: number };
  /** When to give up waiting. */
  readonly until: number | null;
  readonly mtu: number;
}

const SECOND = 1e6;
const LONGEST_WAIT = 10 * SECOND;
/** An error about a packet of ours on our own host is there before the call returns. */
const INSTANT = 25;

export const now = (system: System): number => {
  const clock = system.clock("monotonic");
  return clock.ok ? clock.value : 0;
};

function mtuTo(system: System, target: number): number {
  const way = system.netlink({ type: "route-get", target });
  const links = system.netlink({ type: "links" });
  if (!way.ok || !links.ok) return 1500;
  const [route, all] = [way.value as NetAnswer<{ readonly device: string }>, links.value as NetAnswer<readonly LinkInfo[]>];
  if (!("done" in route) || !("done" in all)) return 1500;
  return all.done.find(({ name }) => name === route.done.device)?.mtu ?? 1500;
}

function start(system: System, invocation: Invocation, options: PingOptions): PingState | number {
  const fail = (text: string, status = 2): number => {
    complain(system, invocation, text);
    return status;
  };
  const target = hostAddress(system, options.host);
  if (target === undefined) return fail(`${options.host}: ${UNKNOWN_HOST}`);
  const fd = system.socket("icmp");
  if (!fd.ok) return fail(`socktype: SOCK_RAW\nping: socket: ${because(fd.errno)}\nping: => missing cap_net_raw+p capability or setuid?`);
  const from = options.from === "" ? undefined : hostAddress(system, options.from);
  let device = "";
  if (from !== undefined) {
    const bound = system.bind(fd.value, { address: from, port: 0 });
    if (!bound.ok) return fail(`bind: ${because(bound.errno)}`);
  } else if (options.from !== "") {
    const bound = system.setsockopt(fd.value, { device: options.from });
    if (!bound.ok) return fail(`SO_BINDTODEVICE ${options.from}: ${because(bound.errno)}`);
    device = options.from;
  }
  system.setsockopt(fd.value, { ...(options.ttl === undefined ? {} : { ttl: options.ttl }), message: options.whole, broadcast: options.broadcast });
  if (from === undefined) {
    const connected = system.connect(fd.value, { address: target, port: 1025 });
    if (!connected.ok && connected.errno === "EACCES") return fail("Do you want to ping broadcast? Then -b. If not, check your local firewall rules");
    if (!connected.ok) return fail(`connect: ${because(connected.errno)}`);
    const way = system.netlink({ type: "route-get", target });
    const kind = way.ok ? (way.value as NetAnswer<{ readonly kind: string }>) : undefined;
    if (options.broadcast && kind !== undefined && "done" in kind && kind.done.kind === "broadcast")
      print(system, "WARNING: pinging broadcast address\n", 2);
  }
  const names = system.getsockname(fd.value);
  const source = names.ok ? names.value.local.address : 0;
  const by = options.from === "" ? "" : `from ${formatAddress(source)} ${device}:`;
  const real = target === 0 ? 0x7f000001 : target;
  print(system, `PING ${options.host} (${formatAddress(real)}) ${by === "" ? "" : `${by} `}${options.size}(${options.size + 28}) bytes of data.\n`);
  const self = system.identity();
  system.sigaction("INT", "handle");
  return {
    options,
    fd: fd.value,
    target: real,
    id: (self.ok ? self.value.pid : 1) & 0xffff,
    began: now(system),
    sent: 0,
    lastSent: 0,
    received: 0,
    duplicates: 0,
    errors: 0,
    pipe: -1,
    seen: [],
    times: { min: 0, max: 0, sum: 0, squares: 0 },
    until: null,
    mtu: options.whole ? mtuTo(system, real) : 0,
  };
}

const isDone = (state: PingState, { count, deadline }: PingOptions): boolean =>
  (count !== undefined && state.received + state.errors >= count) || (deadline !== undefined && state.errors > 0);

/** When the last one was sent, how long its answer may take. */
function lastWait({ received, times }: PingState, { interval, linger }: PingOptions): number | null {
  if (received > 0) return Math.max(2 * times.max, interval);
  return linger === 0 ? null : (linger ?? LONGEST_WAIT);
}

function send(system: System, invocation: Invocation, options: PingOptions, state: PingState): PingState {
  const at = now(system);
  const seq = (state.sent + 1) & 0xffff;
  const went = system.sendEcho(state.fd, { to: state.target, id: state.id, seq, size: options.size, stamp: at });
  const next = { ...state, sent: state.sent + 1, lastSent: at };
  return went.ok ? next : refused(system, invocation, options, next, went.errno);
}

function refused(system: System, invocation: Invocation, options: PingOptions, state: PingState, errno: Errno): PingState {
  if (errno === "EMSGSIZE") {
    if (!options.quiet) complain(system, invocation, `local error: message too long, mtu=${state.mtu}`);
    return { ...state, errors: state.errors + 1 };
  }
  system.sleep(INSTANT);
  const told = drain(system, options, state);
  if (told.errors > state.errors && !options.quiet) complain(system, invocation, `sendmsg: ${because(errno)}`);
  return told;
}

const UNREACHABLE = ["Net", "Host", "Protocol", "Port"];

function errorText(icmp: NonNullable<Datagram["icmp"]>): string {
  if (icmp.type === 11) return icmp.code === 0 ? "Time to live exceeded" : "Frag reassembly time exceeded";
  if (icmp.type === 5) return "Redirect Host";
  if (icmp.type === 12) return "Parameter problem";
  if (icmp.code < 4) return `Destination ${UNREACHABLE[icmp.code]} Unreachable`;
  if (icmp.code === 4) return `Frag needed and DF set (mtu = ${icmp.info ?? 0})`;
  if (icmp.code === 9) return "Destination Net Prohibited";
  if (icmp.code === 10) return "Destination Host Prohibited";
  return icmp.code === 13 ? "Packet filtered" : `Dest Unreachable, Bad Code: ${icmp.code}`;
}

const stamped = (system: System, options: PingOptions): string => {
  if (!options.stamps) return "";
  const clock = system.clock("realtime");
  return clock.ok ? `[${Math.floor(clock.value / SECOND)}.${String(clock.value % SECOND).padStart(6, "0")}] ` : "";
};

/** How many were on their way at once. */
const piped = (state: PingState, seq: number): number => {
  const far = (state.sent - seq) & 0xffff;
  return far <= 0x7fff ? Math.max(state.pipe, far + 1) : state.pipe;
};

function taken(system: System, options: PingOptions, state: PingState, { from, ttl, icmp, length }: Datagram): PingState {
  if (icmp === undefined) return state;
  const numeric = options.numeric || /^[\d.]+$/.test(options.host);
  const host = numeric ? formatAddress(from.address) : shownHost(system, from.address);
  if (icmp.type !== 0) {
    const about = icmp.about?.icmp;
    if (about?.id !== state.id || icmp.about?.target !== state.target) return state;
    if (!options.quiet) print(system, `${stamped(system, options)}From ${host} icmp_seq=${about.seq} ${errorText(icmp)}\n`);
    return { ...state, errors: state.errors + 1, pipe: piped(state, about.seq) };
  }
  if (icmp.id !== state.id) return state;
  const took = Math.max(0, now(system) - icmp.stamp);
  const again = state.seen.includes(icmp.seq);
  if (!options.quiet)
    print(
      system,
      `${stamped(system, options)}${length - 20} bytes from ${host}: icmp_seq=${icmp.seq}${options.verbose ? ` ident=${state.id}` : ""} ttl=${ttl}${options.size >= 16 ? ` time=${timeText(took)} ms` : ""}${again ? " (DUP!)" : ""}\n`,
    );
  const { min, max, sum, squares } = state.times;
  const first = state.received + state.duplicates === 0;
  const times = { min: first ? took : Math.min(min, took), max: Math.max(max, took), sum: sum + took, squares: squares + took * took };
  if (again) return { ...state, times, duplicates: state.duplicates + 1 };
  return { ...state, times, received: state.received + 1, pipe: piped(state, icmp.seq), seen: [...state.seen, icmp.seq].slice(-64) };
}

/** All that has come. */
function drain(system: System, options: PingOptions, found: PingState): PingState {
  let state = found;
  for (;;) {
    const ready = system.poll([{ fd: state.fd }], 0);
    if (!ready.ok || ready.value.length === 0) return state;
    const got = system.recvfrom(state.fd, 65_536);
    if (!got.ok) return state;
    state = taken(system, options, state, got.value);
  }
}

const interrupted = (system: System): boolean => {
  const signals = system.takeSignals();
  return signals.ok && signals.value.includes("INT");
};

/** One round: sends when it is time, then waits for what comes; undefined when it is over. */
function round(system: System, invocation: Invocation, options: PingOptions, found: PingState): PingState | undefined {
  if (interrupted(system) || isDone(found, options)) return undefined;
  let state = found;
  const at = now(system);
  const all = options.count !== undefined && state.sent >= options.count && options.deadline === undefined;
  const end = options.deadline === undefined ? state.until : state.began + options.deadline;
  if (end !== null && at >= end) return undefined;
  const due = state.sent === 0 ? at : state.lastSent + options.interval;
  if (!all && at >= due) {
    state = send(system, invocation, options, state);
    const last = options.count !== undefined && state.sent >= options.count && options.deadline === undefined;
    const wait = last ? lastWait(state, options) : null;
    return wait === null ? state : { ...state, until: state.lastSent + wait };
  }
  const wake = Math.min(all ? at + SECOND : due, end ?? Number.POSITIVE_INFINITY);
  const ready = system.poll([{ fd: state.fd }], wake - at);
  return ready.ok && ready.value.length > 0 ? drain(system, options, state) : state;
}

export const ping: Program = (system, invocation) => {
  let state = (invocation.state as unknown as PingState | undefined) ?? begin(system, invocation);
  if (typeof state === "number") return state;
  const { options } = state;
  for (;;) {
    system.mark(state as never);
    const next = round(system, invocation, options, state);
    if (next === undefined) break;
    state = next;
  }
  finish(system, options, state);
  return state.received === 0 || (options.deadline !== undefined && options.count !== undefined && state.received < options.count) ? 1 : 0;
};

function begin(system: System, invocation: Invocation): PingState | number {
  const options = optionsOf(system, invocation);
  return typeof options === "number" ? options : start(system, invocation, options);
}
