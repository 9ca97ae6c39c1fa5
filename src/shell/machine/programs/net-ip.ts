/**
 * `ip`: its options, and its objects by abbreviated names.
 *
 * Not modelled: -json, -batch, colours; objects other than link, address, route, rule, neighbour and netns.
 *
 * @source iproute2@6.1 ip/ip.c
 */
import type { Program } from "../../../linux/program";
import { ipAddress } from "./net-ip-address";
import { ipLink } from "./net-ip-link";
import { ipNeighbour } from "./net-ip-neighbour";
import { enterNamespace, type Inside, ipNetns, runInside } from "./net-ip-netns";
import { ipRoute, ipRule } from "./net-ip-route";
import { type Ip, type IpOptions, IpRefusal, isShortFor, refuse, wordsOf } from "./net-ip-words";
import { print } from "./support";

const USAGE = `Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }
       ip [ -force ] -batch filename
where  OBJECT := { address | addrlabel | amt | fou | help | ila | ioam | l2tp |
                   link | macsec | maddress | monitor | mptcp | mroute | mrule |
                   neighbor | neighbour | netconf | netns | nexthop | ntable |
                   ntbl | route | rule | sr | tap | tcpmetrics |
                   token | tunnel | tuntap | vrf | xfrm }
       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -r[esolve] |
                    -h[uman-readable] | -iec | -j[son] | -p[retty] |
                    -f[amily] { inet | inet6 | mpls | bridge | link } |
                    -4 | -6 | -M | -B | -0 |
                    -l[oops] { maximum-addr-flush-attempts } | -br[ief] |
                    -o[neline] | -t[imestamp] | -ts[hort] | -b[atch] [filename] |
                    -rc[vbuf] [size] | -n[etns] name | -N[umeric] | -a[ll] |
                    -c[olor]}
`;

const OBJECTS: readonly (readonly [name: string, run: (ip: Ip, all: boolean) => void])[] = [
  ["address", ipAddress],
  ["route", ipRoute],
  ["rule", ipRule],
  ["neighbor", ipNeighbour],
  ["neighbour", ipNeighbour],
  ["link", ipLink],
  ["netns", ipNetns],
];

interface Given {
  options: IpOptions;
  netns: string;
  all: boolean;
  version: boolean;
}

/** Options before the object; the words that are left. */
function optionsOf(args: readonly string[], given: Given): readonly string[] {
  let at = 0;
  const set = (more: Partial<IpOptions>): void => void (given.options = { ...given.options, ...more });
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (!word.startsWith("-")) break;
    const option = word.replace(/^--?/, "");
    if (isShortFor(option, "loops") || isShortFor(option, "rcvbuf")) at++;
    else if (isShortFor(option, "family")) {
      const name = args[++at] ?? "";
      set({ family: name === "inet6" ? "inet6" : name === "inet" ? "inet" : "" });
    } else if (option === "4") set({ family: "inet" });
    else if (option === "6") set({ family: "inet6" });
    else if (isShortFor(option, "human-readable") || isShortFor(option, "human") || isShortFor(option, "iec")) continue;
    else if (isShortFor(option, "stats") || isShortFor(option, "statistics")) set({ statistics: given.options.statistics + 1 });
    else if (isShortFor(option, "details")) set({ details: true });
    else if (isShortFor(option, "oneline")) set({ oneline: true });
    else if (isShortFor(option, "Version")) given.version = true;
    else if (isShortFor(option, "brief") && option.length > 1) set({ brief: true });
    else if (isShortFor(option, "netns")) given.netns = args[++at] ?? "";
    else if (isShortFor(option, "all")) given.all = true;
    else if (/^c(o(l(o(r(=.*)?)?)?)?)?$/.test(option) || isShortFor(option, "resolve") || isShortFor(option, "timestamp") || option === "N") continue;
    else refuse(`Option "${word}" is unknown, try "ip -help".`, 255);
  }
  return args.slice(at);
}

export const ip: Program = (system, invocation) => {
  try {
    const { state } = invocation;
    if (typeof state === "object" && state !== null && "namespace" in state) runInside(system, invocation, state as unknown as Inside);
    const given: Given = {
      options: { brief: false, oneline: false, details: false, statistics: 0, family: "" },
      netns: "",
      all: false,
      version: false,
    };
    const words = wordsOf(optionsOf(invocation.argv.slice(1), given));
    if (given.version) {
      print(system, "ip utility, iproute2-6.1.0, libbpf 1.1.2\n");
      return 0;
    }
    if (given.netns !== "") enterNamespace(system, given.netns);
    if (!words.more() || words.peek() === "help") {
      print(system, USAGE, 2);
      return 255;
    }
    const name = words.take();
    const object = OBJECTS.find(([full]) => isShortFor(name, full));
    if (object === undefined) return refuse(`Object "${name}" is unknown, try "ip help".`, 1);
    object[1]({ system, invocation, options: given.options, words }, given.all);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof IpRefusal)) throw thrown;
    if (thrown.text !== "") print(system, `${thrown.text}\n`, 2);
    return thrown.status;
  }
};
