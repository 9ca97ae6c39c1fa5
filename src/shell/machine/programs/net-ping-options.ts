/** What `ping` is asked to do. @source iputils@20221126 ping/ping.c main */
import type { Invocation, System } from "../../../linux/program";
import { getopt, type Parsed } from "./getopt";
import { complain, print } from "./support";

export interface PingOptions {
  readonly host: string;
  readonly count?: number;
  readonly interval: number;
  readonly linger?: number;
  readonly deadline?: number;
  readonly ttl?: number;
  readonly size: number;
  /** An address or a device. */
  readonly from: string;
  readonly quiet: boolean;
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly flood: boolean;
  readonly broadcast: boolean;
  readonly stamps: boolean;
  /** Never in pieces. */
  readonly whole: boolean;
}

const SECOND = 1e6;
const LEAST_FOR_USERS = 2000;

const USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -a                 use audible ping
  -A                 use adaptive ping
  -B                 sticky source address
  -c <count>         stop after <count> replies
  -C                 call connect() syscall on socket creation
  -D                 print timestamps
  -d                 use SO_DEBUG socket option
  -e <identifier>    define identifier for ping session, default is random for
                     SOCK_RAW and kernel defined for SOCK_DGRAM
                     Imply using SOCK_RAW (for IPv4 only for identifier 0)
  -f                 flood ping
  -h                 print help and exit
  -I <interface>     either interface name or address
  -i <interval>      seconds between sending each packet
  -L                 suppress loopback of multicast packets
  -l <preload>       send <preload> number of packages while waiting replies
  -m <mark>          tag the packets going out
  -M <pmtud opt>     define mtu discovery, can be one of <do|dont|want>
  -n                 no dns name resolution
  -O                 report outstanding replies
  -p <pattern>       contents of padding byte
  -q                 quiet output
  -Q <tclass>        use quality of service <tclass> bits
  -s <size>          use <size> as number of data bytes to be sent
  -S <size>          use <size> as SO_SNDBUF socket option value
  -t <ttl>           define time to live
  -U                 print user-to-user latency
  -v                 verbose output
  -V                 print version and exit
  -w <deadline>      reply wait <deadline> in seconds
  -W <timeout>       time to wait for response

IPv4 options:
  -4                 use IPv4
  -b                 allow pinging broadcast
  -R                 record route
  -T <timestamp>     define timestamp, can be one of <tsonly|tsandaddr|tsprespec>

IPv6 options:
  -6                 use IPv6
  -F <flowlabel>     define flow label, default is random
  -N <nodeinfo opt>  use icmp6 node info query, try <help> as argument

For more details see ping(8).
`;

/** A whole number within bounds; a sentence where it is none. */
function whole(text: string, least: number, most: bigint): number | string {
  if (!/^\s*[-+]?\d+$/.test(text)) return `invalid argument: '${text}'`;
  const found = BigInt(text.trim());
  return found < BigInt(least) || found > most ? `invalid argument: '${text}': out of range: ${least} <= value <= ${most}` : Number(found);
}

const MOST = 9223372036854775807n;
const BOUNDS: Readonly<Record<string, readonly [number, bigint]>> = { c: [1, MOST], w: [0, 2147483647n], t: [0, 255n], s: [0, 127992n] };

function seconds(system: System, invocation: Invocation, parsed: Parsed, key: string): number | undefined {
  const text = parsed.value(key);
  if (text === undefined) return undefined;
  const found = Number.parseFloat(text);
  if (!/^\s*\d*\.?\d+\s*$/.test(text) && !/^\s*\d+\.$/.test(text)) {
    complain(system, invocation, `option argument contains garbage: ${text}`);
    complain(system, invocation, "this will become fatal error in the future");
  }
  return Number.isNaN(found) ? 0 : Math.round(found * SECOND);
}

/** The options, or the status with which it ends. */
export function optionsOf(system: System, invocation: Invocation): PingOptions | number {
  const parsed = getopt(invocation.argv.slice(1), { short: "4AaBbCc:Dde:fF:hI:i:Ll:M:m:N:nOp:Q:qRS:s:T:t:UvVw:W:6" });
  if (typeof parsed === "string") {
    print(system, `ping: ${parsed}\n${USAGE}`, 2);
    return 2;
  }
  if (parsed.has("V")) {
    print(system, "ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n");
    return 0;
  }
  if (parsed.has("h")) {
    print(system, USAGE, 2);
    return 2;
  }
  const numbers: Record<string, number> = {};
  for (const { key, value = "" } of parsed.options) {
    const bounds = BOUNDS[key];
    if (bounds === undefined) continue;
    const found = whole(value, ...bounds);
    if (typeof found === "string") {
      complain(system, invocation, found);
      return 1;
    }
    numbers[key] = found;
  }
  const host = parsed.operands.at(-1);
  if (host === undefined) {
    complain(system, invocation, "usage error: Destination address required");
    return 1;
  }
  const flood = parsed.has("f") || parsed.has("A");
  const interval = seconds(system, invocation, parsed, "i") ?? (flood ? 10_000 : SECOND);
  const self = system.credentials();
  if (interval < LEAST_FOR_USERS && !flood && self.ok && self.value.euid !== 0) {
    complain(system, invocation, "cannot flood; minimal interval allowed for user is 2ms");
    return 2;
  }
  const linger = seconds(system, invocation, parsed, "W");
  const pattern = parsed.value("p");
  if (pattern !== undefined && !parsed.has("q")) print(system, `PATTERN: 0x${pattern.toLowerCase()}\n`);
  const { c, w, t, s } = numbers;
  return {
    host,
    interval,
    size: s ?? 56,
    from: parsed.value("I") ?? "",
    quiet: parsed.has("q"),
    numeric: parsed.has("n"),
    verbose: parsed.has("v"),
    flood,
    broadcast: parsed.has("b"),
    stamps: parsed.has("D"),
    whole: parsed.value("M") === "do",
    ...(c === undefined ? {} : { count: c }),
    ...(w === undefined || w === 0 ? {} : { deadline: w * SECOND }),
    ...(t === undefined ? {} : { ttl: t }),
    ...(linger === undefined ? {} : { linger }),
  };
}
