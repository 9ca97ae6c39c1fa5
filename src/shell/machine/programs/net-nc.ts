/**
 * `nc`: a connection, or a listener, joined to standard input and output; and looking which ports answer.
 *
 * Not modelled: proxies, TLS, telnet answers, -k for datagrams, Unix datagrams.
 *
 * @source netcat-openbsd@1.219 netcat.c main readwrite
 */
import { formatAddress } from "../../../linux/net/address";
import type { Errno } from "../../../linux/errno";
import type { Invocation, Program, System } from "../../../linux/program";
import { getopt, type Parsed } from "./getopt";
import { hostAddress, hostName, serviceName, servicePort, UNKNOWN_HOST } from "./net-names";
import { join, type Joined } from "./net-nc-join";
import { because, complain, print } from "./support";

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`;
const SECOND = 1e6;
const UDP_PROBES = 3;
const PROBE_PAUSE = 100_000;

/** Ends with a complaint. */
class NcRefusal extends Error {}

interface NcOptions {
  readonly listen: boolean;
  readonly keep: boolean;
  readonly udp: boolean;
  readonly unix: boolean;
  readonly scan: boolean;
  readonly verbose: boolean;
  readonly numeric: boolean;
  readonly shut: boolean;
  readonly timeout?: number;
  readonly quit?: number;
  readonly host: string;
  readonly ports: readonly number[];
  readonly source: string;
  readonly sourcePort: number;
}

interface NcState {
  readonly options: NcOptions;
  /** Listening; -1 for none. */
  readonly listener: number;
  /** Which of the ports is next. */
  readonly next: number;
  readonly status: number;
  readonly joined: Joined | null;
}

const fail = (text: string): never => {
  throw new NcRefusal(text);
};

function portsOf(text: string, udp: boolean): readonly number[] {
  const parts = /^(\d+)-(\d+)$/.exec(text);
  const one = (word: string): number => {
    const found = /^\d+$/.test(word) ? Number(word) : (servicePort(word, udp ? "udp" : "tcp") ?? fail(`port number invalid: ${word}`));
    return found > 65535 ? fail(`port number too large: ${word}`) : found < 1 ? fail(`port number too small: ${word}`) : found;
  };
  if (parts === null) return [one(text)];
  const ends = [one(parts[1] ?? ""), one(parts[2] ?? "")].sort((a, b) => a - b);
  return Array.from({ length: (ends[1] ?? 0) - (ends[0] ?? 0) + 1 }, (_, i) => (ends[0] ?? 0) + i);
}

function seconds(parsed: Parsed, key: string, what: string): number | undefined {
  const text = parsed.value(key);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) fail(`${what} is invalid: ${text}`);
  return Number(text) * SECOND;
}

function optionsOf(parsed: Parsed): NcOptions | undefined {
  const { operands } = parsed;
  const [listen, unix, udp] = [parsed.has("l"), parsed.has("U"), parsed.has("u")];
  const given = parsed.value("p");
  if (operands.length === 0 && !listen) return undefined;
  const timeout = seconds(parsed, "w", "timeout");
  const quit = seconds(parsed, "q", "quit timer");
  const common = {
    listen,
    udp,
    unix,
    keep: parsed.has("k"),
    scan: parsed.has("z"),
    verbose: parsed.has("v"),
    numeric: parsed.has("n"),
    shut: parsed.has("N"),
    source: parsed.value("s") ?? "",
    ...(timeout === undefined || timeout < 0 ? {} : { timeout }),
    ...(quit === undefined || quit < 0 ? {} : { quit }),
  };
  if (unix) return { ...common, host: operands[0] ?? "", ports: [0], sourcePort: 0 };
  const [first, second] = operands;
  if (listen) {
    const text = second ?? (given !== undefined ? given : first);
    if (text === undefined) return fail("missing port number");
    const host = second !== undefined || (given !== undefined && first !== undefined) ? (first ?? "") : "";
    return { ...common, host, ports: portsOf(text, udp), sourcePort: 0 };
  }
  if (second === undefined) return fail("missing port number");
  return { ...common, host: first ?? "", ports: portsOf(second, udp), sourcePort: given === undefined ? 0 : (portsOf(given, udp)[0] ?? 0) };
}

function resolved(system: System, host: string, port: number): number {
  return hostAddress(system, host) ?? fail(`getaddrinfo for host "${host}" port ${port}: ${UNKNOWN_HOST}`);
}

function tell(system: System, options: NcOptions, what: string, address: number, port: number): void {
  if (!options.verbose) return;
  const name = options.numeric ? formatAddress(address) : hostName(system, address);
  if (name === undefined && address === 0) return print(system, `nc: getnameinfo: ${UNKNOWN_HOST}\n`, 2);
  print(system, `${what} ${name ?? formatAddress(address)} ${port}\n`, 2);
}

function ok<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errno: Errno }): T {
  return result.ok ? result.value : fail(because(result.errno));
}

function listening(system: System, options: NcOptions): number {
  const { host, unix, udp } = options;
  const port = options.ports[0] ?? 0;
  const fd = ok(system.socket(unix ? "unix" : udp ? "udp" : "tcp"));
  if (unix) {
    ok(system.bind(fd, host));
    ok(system.listen(fd, 5));
    return fd;
  }
  const name = options.source === "" ? host : options.source;
  const address = name === "" ? 0 : resolved(system, name, port);
  system.setsockopt(fd, { reuse: true, reusePort: true });
  ok(system.bind(fd, { address, port }));
  if (udp) return fd;
  ok(system.listen(fd, 1));
  tell(system, options, "Listening on", address, port);
  return fd;
}

/** Who came: a socket to talk through. */
function accepted(system: System, options: NcOptions, listener: number): number {
  if (!options.udp) {
    const came = ok(system.accept(listener));
    if (!options.unix) tell(system, options, "Connection received on", came.from.address, came.from.port);
    return came.fd;
  }
  const first = ok(system.recvfrom(listener, 65_536));
  ok(system.connect(listener, first.from));
  tell(system, options, "Connection received on", first.from.address, first.from.port);
  print(system, first.data);
  return listener;
}

/** Opens a way to one port; undefined when there is none. */
function opened(system: System, invocation: Invocation, options: NcOptions, port: number): number | undefined {
  const { host, unix, udp, verbose, timeout } = options;
  const fd = ok(system.socket(unix ? "unix" : udp ? "udp" : "tcp"));
  if (unix) {
    const done = system.connect(fd, host);
    return done.ok ? fd : fail(`${host}: ${because(done.errno)}`);
  }
  const address = resolved(system, host, port);
  if (options.source !== "" || options.sourcePort !== 0) {
    system.setsockopt(fd, { reuse: true });
    ok(system.bind(fd, { address: options.source === "" ? 0 : resolved(system, options.source, port), port: options.sourcePort }));
  }
  const done = system.connect(fd, { address, port }, timeout);
  const kind = udp ? "udp" : "tcp";
  if (done.ok && (!udp || !(options.scan || verbose) || answers(system, fd))) {
    if (verbose && !(options.scan && udp && !verbose)) {
      const service = options.numeric ? "*" : (serviceName(port, kind) ?? "*");
      print(system, `Connection to ${host} ${port} port [${kind}/${service}] succeeded!\n`, 2);
    }
    return fd;
  }
  if (verbose && !done.ok) {
    const late = done.errno === "EINPROGRESS";
    complain(system, invocation, `connect to ${host} port ${port} (${kind}) ${late ? "timed out" : "failed"}: ${because(done.errno)}`);
  }
  system.close(fd);
  return undefined;
}

/** Whether nobody says that there is no such port. */
function answers(system: System, fd: number): boolean {
  for (let i = 0; i < UDP_PROBES; i++) {
    if (!system.write(fd, "X").ok) return false;
    system.sleep(PROBE_PAUSE);
  }
  return true;
}

function start(system: System, invocation: Invocation): NcState | number {
  const parsed = getopt(invocation.argv.slice(1), { short: "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz" });
  if (typeof parsed === "string") {
    print(system, `nc: ${parsed}\n${USAGE}`, 2);
    return 1;
  }
  const options = optionsOf(parsed);
  if (options === undefined) {
    print(system, USAGE, 2);
    return 1;
  }
  return { options, listener: options.listen ? listening(system, options) : -1, next: 0, status: 1, joined: null };
}

/** One round; a number when it is over. */
function round(system: System, invocation: Invocation, state: NcState): NcState | number {
  const { options, joined } = state;
  if (joined !== null) {
    const next = join(system, joined);
    if (next !== undefined) return { ...state, joined: next };
    if (options.listen && !options.keep) return 0;
    if (!options.udp || !options.listen) system.close(joined.fd);
    return { ...state, joined: null };
  }
  const { shut, quit, timeout, listen } = options;
  const fresh = (fd: number): Joined => ({
    fd,
    shut,
    listen,
    stdin: true,
    net: true,
    datagrams: options.udp,
    ...(quit === undefined ? {} : { quit }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  if (listen) {
    const fd = accepted(system, options, state.listener);
    if (!options.keep && !options.udp) system.close(state.listener);
    return { ...state, joined: fresh(fd) };
  }
  const port = options.ports[state.next];
  if (port === undefined) return state.status;
  const fd = opened(system, invocation, options, port);
  const next = { ...state, next: state.next + 1 };
  if (fd === undefined) return next;
  if (!options.scan) return { ...next, status: 0, joined: fresh(fd) };
  system.close(fd);
  return { ...next, status: 0 };
}

export const nc: Program = (system, invocation) => {
  try {
    let state = (invocation.state as unknown as NcState | undefined) ?? start(system, invocation);
    for (;;) {
      if (typeof state === "number") return state;
      system.mark(state as never);
      state = round(system, invocation, state);
    }
  } catch (thrown) {
    if (!(thrown instanceof NcRefusal)) throw thrown;
    complain(system, invocation, thrown.message);
    return 1;
  }
};
