/**
 * Devices as `ip link show` and `ip address show` print them, long, brief, or a line each.
 *
 * Not modelled: groups, limits of segmentation offload (constants), temporary addresses.
 *
 * @source iproute2@6.1 ip/ipaddress.c print_linkinfo print_addrinfo
 */
import { formatAddress, networkOf } from "../../../linux/net/address";
import type { InterfaceAddress, LinkInfo } from "../../../linux/net/model";
import { duplicate, type Ip, invalid, isShortFor, links, namespaceNames, numberOfNamespace, prefix, refuse, say } from "./net-ip-words";

interface Filter {
  device: string;
  up: boolean;
  master?: string;
  type: string;
  scope: string;
  label: string;
  to?: { readonly address: number; readonly length: number };
  secondary?: boolean;
}

const SCOPES = ["global", "site", "link", "host", "nowhere"];

function filterOf(ip: Ip, addresses: boolean): Filter {
  const filter: Filter = { device: "", up: false, type: "", scope: "", label: "" };
  const { words } = ip;
  const all = links(ip);
  while (words.more()) {
    const word = words.take();
    if (word === "up") filter.up = true;
    else if (word === "master") {
      const name = words.value();
      if (!all.some((link) => link.name === name)) invalid(name, "Device does not exist\n");
      filter.master = name;
    } else if (word === "type") filter.type = words.value();
    else if (word === "group" || word === "vrf") words.value();
    else if (addresses && word === "scope") {
      filter.scope = words.value();
      if (filter.scope === "all") filter.scope = "";
      else if (!SCOPES.includes(filter.scope)) invalid(filter.scope, 'invalid "scope"\n');
    } else if (addresses && word === "label") filter.label = words.value();
    else if (addresses && word === "to") {
      const found = prefix(ip, words.value());
      filter.to = { address: found.address, length: found.length };
    } else if (addresses && word === "primary") filter.secondary = false;
    else if (addresses && word === "secondary") filter.secondary = true;
    else if (addresses && (word === "dynamic" || word === "permanent" || word === "tentative" || word === "deprecated")) continue;
    else {
      const name = word === "dev" ? words.value() : word;
      if (filter.device !== "") duplicate("dev", name);
      filter.device = name;
    }
  }
  if (filter.device !== "" && !all.some(({ name }) => name === filter.device)) refuse(`Device "${filter.device}" does not exist.`, 1);
  return filter;
}

function fits(link: LinkInfo, filter: Filter): boolean {
  return (
    (filter.device === "" || link.name === filter.device) &&
    (!filter.up || link.flags.includes("UP")) &&
    (filter.master === undefined || link.master === filter.master) &&
    (filter.type === "" || link.kind === filter.type)
  );
}

/** `v0@v1`, `eth0@if5`. */
function nameOf(link: LinkInfo, all: readonly LinkInfo[]): string {
  if (link.link === undefined) return link.name;
  const { index, netns } = link.link;
  const peer = netns === undefined ? all.find((other) => other.index === index) : undefined;
  return `${link.name}@${peer?.name ?? `if${index}`}`;
}

function otherNamespace(ip: Ip, link: LinkInfo): string {
  const { netns } = link.link ?? {};
  if (netns === undefined) return "";
  const name = namespaceNames(ip.system).find((one) => numberOfNamespace(ip.system, one) === netns);
  return name === undefined ? ` link-netnsid ${netns}` : ` link-netns ${name}`;
}

const OFFLOADS = "gso_max_size 65536 gso_max_segs 65535 tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536 ";

function details({ kind, mac, master, promiscuity }: LinkInfo, line: string): string {
  const id = `8000.${mac
    .split(":")
    .map((part) => part.replace(/^0(?=.)/, ""))
    .join(":")}`;
  const queues = kind === "veth" ? 2 : 1;
  const own =
    kind === "bridge"
      ? `bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0 vlan_protocol 802.1Q bridge_id ${id} designated_root ${id} root_port 0 root_path_cost 0 topology_change 0 topology_change_detected 0 `
      : kind === "loopback"
        ? ""
        : `${kind} `;
  const slave =
    master === ""
      ? ""
      : `${line}    bridge_slave state forwarding priority 32 cost 2 hairpin off guard off root_block off fastleave off learning on flood on `;
  const limits = kind === "loopback" ? "minmtu 0 maxmtu 0" : `minmtu 68 maxmtu ${kind === "dummy" ? 0 : 65535}`;
  return ` promiscuity ${promiscuity}  allmulti ${promiscuity} ${limits} ${own === "" ? "" : `${line}    ${own}`}${slave}addrgenmode eui64 numtxqueues ${queues} numrxqueues ${queues} ${OFFLOADS}`;
}

function statistics({ counters }: LinkInfo, line: string, twice: boolean): string {
  const rx = [counters.rxBytes, counters.rxPackets, 0, counters.rxDropped, 0, 0];
  const tx = [counters.txBytes, counters.txPackets, 0, counters.txDropped, 0, 0];
  const widths = [10, 7, 6, 7, 7, 7].map((least, i) => Math.max(least, String(rx[i]).length, String(tx[i]).length));
  const head = (side: string, names: readonly string[]): string =>
    `${line}    ${side} ${names.map((name, i) => name.padStart((widths[i] ?? 0) - (i === 0 ? side.length + 1 - 0 : 0))).join(" ")} ${"".padStart(10)}`;
  const cells = (values: readonly number[]): string => `${line}    ${values.map((one, i) => `${String(one).padStart(widths[i] ?? 0)} `).join("")}`;
  const errors = (side: string, names: readonly string[]): string => {
    const shown = names.map((name, i) => name.padStart((widths[i + 1] ?? 7) - 0));
    return `${line}    ${side} errors:${" ".repeat(Math.max(1, (widths[0] ?? 10) - 9))}${shown.join(" ")}${line}    ${" ".repeat(widths[0] ?? 10)} ${names
      .map((_, i) => `${"0".padStart(widths[i + 1] ?? 7)} `)
      .join("")}`;
  };
  const receive = head("RX:", ["bytes", "packets", "errors", "dropped", "missed", "mcast"]) + cells(rx);
  const send = head("TX:", ["bytes", "packets", "errors", "dropped", "carrier", "collsns"]) + cells(tx);
  if (!twice) return receive + send;
  return (
    receive + errors("RX", ["length", "crc", "frame", "fifo", "overrun"]) + send + errors("TX", ["aborted", "fifo", "window", "heartbt", "transns"])
  );
}

/** The head of a device, without an end of line. */
function head(ip: Ip, link: LinkInfo, all: readonly LinkInfo[], addresses: boolean): string {
  const { options } = ip;
  const line = options.oneline ? "\\" : "\n";
  const six = options.family === "inet6";
  const master = link.master === "" || (six && addresses) ? "" : `master ${link.master} `;
  const first = `${link.index}: ${nameOf(link, all)}: <${link.flags.join(",")}> mtu ${link.mtu} ${six ? "" : `qdisc ${link.qdisc} `}${master}state ${link.state} ${addresses ? "" : "mode DEFAULT "}${six ? "" : "group default "}qlen ${link.queueLength}`;
  if (options.family !== "" && addresses) return first;
  const kind = link.kind === "loopback" ? "loopback" : "ether";
  const broadcast = link.kind === "loopback" ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff";
  const second = `${line}    link/${kind} ${link.mac} brd ${broadcast}${otherNamespace(ip, link)}`;
  return (
    first +
    second +
    (options.details ? details(link, line) : "") +
    (link.alias === "" ? "" : `${line}    alias ${link.alias}`) +
    (options.statistics > 0 ? statistics(link, line, options.statistics > 1) : "")
  );
}

function brief(link: LinkInfo, all: readonly LinkInfo[]): string {
  return `${nameOf(link, all).padEnd(16)} ${link.state.padEnd(14)} `;
}

export function showLinks(ip: Ip, addresses: boolean): void {
  const filter = filterOf(ip, addresses);
  const all = links(ip);
  for (const link of all.filter((one) => fits(one, filter)))
    if (addresses) showAddresses(ip, link, all, filter);
    else if (ip.options.brief) say(ip, `${brief(link, all)}${link.mac} <${link.flags.join(",")}> \n`);
    else say(ip, `${head(ip, link, all, false)}\n`);
}

interface Shown {
  readonly brief: string;
  readonly line: string;
}

function four({ address, prefix: bits, broadcast, scope, secondary, label }: InterfaceAddress): Shown {
  const text = `${formatAddress(address)}/${bits}`;
  const brd = broadcast === undefined ? "" : `brd ${formatAddress(broadcast)} `;
  return { brief: text, line: `inet ${text} ${brd}scope ${scope} ${secondary ? "secondary " : ""}${label}` };
}

function six({ address, prefix: bits, scope, tentative }: LinkInfo["sixes"][number]): Shown {
  const text = `${address}/${bits}`;
  return { brief: text, line: `inet6 ${text} scope ${scope} ${tentative ? "tentative " : ""}` };
}

const glob = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".")}$`,
  ).test(text);

function shownOf(ip: Ip, link: LinkInfo, filter: Filter): readonly Shown[] {
  const { to, label, scope, secondary } = filter;
  const inScope = (of: string): boolean => scope === "" || of === scope;
  const fours = link.addresses.filter(
    (one) =>
      inScope(one.scope) &&
      (label === "" || glob(label, one.label)) &&
      (secondary === undefined || one.secondary === secondary) &&
      (to === undefined || (networkOf(one.address, to.length) === networkOf(to.address, to.length) && one.prefix >= 0)),
  );
  const sixes = to !== undefined || label !== "" || secondary === true ? [] : link.sixes.filter((one) => inScope(one.scope));
  return [...(ip.options.family === "inet6" ? [] : fours.map(four)), ...(ip.options.family === "inet" ? [] : sixes.map(six))];
}

const FOREVER = "       valid_lft forever preferred_lft forever";

function showAddresses(ip: Ip, link: LinkInfo, all: readonly LinkInfo[], filter: Filter): void {
  const shown = shownOf(ip, link, filter);
  const narrow = ip.options.family !== "" || filter.to !== undefined || filter.label !== "" || filter.secondary !== undefined;
  if (shown.length === 0 && (narrow || ip.options.oneline)) return;
  if (ip.options.brief) return say(ip, `${brief(link, all)}${shown.map((one) => `${one.brief} `).join("")}\n`);
  if (ip.options.oneline) return say(ip, shown.map(({ line }) => `${link.index}: ${link.name}    ${line}\\${FOREVER}\n`).join(""));
  say(ip, `${head(ip, link, all, true)}\n${shown.map(({ line }) => `    ${line}\n${FOREVER}\n`).join("")}`);
}

export const isShow = (word: string): boolean => isShortFor(word, "show") || isShortFor(word, "lst") || isShortFor(word, "list");
