/**
 * `ip route`: the routes of a namespace, and which of them a packet would take. `ip rule` shows the three tables there are.
 *
 * Not modelled: IPv6, several next hops, rules, tables other than main and local.
 *
 * @source iproute2@6.1 ip/iproute.c
 */
import { formatAddress, within } from "../../../linux/net/address";
import type { Route, RouteKind, RouteWish } from "../../../linux/net/model";
import { isShow } from "./net-ip-link-show";
import {
  address as addressOf,
  ask,
  type Ip,
  invalid,
  isShortFor,
  links,
  noDevice,
  number,
  type Prefix,
  prefix,
  prefixText,
  refuse,
  say,
} from "./net-ip-words";

type ShownRoute = Route & { readonly deviceName: string; readonly linkDown: boolean };

interface Selector {
  table: "main" | "local" | "all";
  device: string;
  protocol: string;
  via?: number;
  scope: string;
  kind: string;
  exact?: Prefix;
  root?: Prefix;
  match?: Prefix;
  source?: number;
}

const KINDS: readonly string[] = ["unicast", "local", "broadcast", "unreachable", "blackhole", "prohibit"];
const PROTOCOLS: readonly string[] = ["kernel", "boot", "static"];

function deviceNamed(ip: Ip, name: string): string {
  return links(ip).some((link) => link.name === name) ? name : noDevice(name);
}

function tableOf(word: string): Selector["table"] {
  const known: Readonly<Record<string, Selector["table"]>> = { main: "main", "254": "main", local: "local", "255": "local", all: "all", "0": "all" };
  return known[word] ?? invalid(word, "table id value is invalid\n");
}

function selector(ip: Ip): Selector {
  const filter: Selector = { table: "main", device: "", protocol: "", scope: "", kind: "" };
  const { words } = ip;
  while (words.more()) {
    const word = words.take();
    if (isShortFor(word, "table")) filter.table = tableOf(words.value());
    else if (word === "dev" || word === "oif") filter.device = deviceNamed(ip, words.value());
    else if (isShortFor(word, "protocol")) filter.protocol = words.value();
    else if (word === "via") filter.via = addressOf(ip, words.value());
    else if (word === "scope") filter.scope = words.value();
    else if (word === "src") filter.source = addressOf(ip, words.value());
    else if (isShortFor(word, "type")) filter.kind = words.value();
    else if (word === "root") filter.root = prefix(ip, words.value());
    else if (word === "match") filter.match = prefix(ip, words.value());
    else filter.exact = prefix(ip, word === "exact" || word === "to" ? words.value() : word);
  }
  return filter;
}

function fits(route: ShownRoute, filter: Selector): boolean {
  const { exact, root, match } = filter;
  return (
    (filter.table === "all" || route.table === filter.table) &&
    (filter.device === "" || route.deviceName === filter.device) &&
    (filter.protocol === "" || route.protocol === filter.protocol) &&
    (filter.via === undefined || route.via === filter.via) &&
    (filter.scope === "" || filter.scope === "all" || route.scope === filter.scope) &&
    (filter.source === undefined || route.source === filter.source) &&
    (filter.kind === "" || route.kind === filter.kind) &&
    (exact === undefined || (route.network === exact.address && route.prefix === exact.length)) &&
    (root === undefined || (route.prefix >= root.length && within(route.network, root.address, root.length))) &&
    (match === undefined || (route.prefix <= match.length && within(match.address, route.network, route.prefix)))
  );
}

function lineOf(route: ShownRoute, filter: Selector): string {
  const parts = [
    ...(route.kind === "unicast" ? [] : [route.kind]),
    prefixText(route.network, route.prefix),
    ...(route.via === undefined || filter.via !== undefined ? [] : [`via ${formatAddress(route.via)}`]),
    ...(route.deviceName === "" || filter.device !== "" ? [] : [`dev ${route.deviceName}`]),
    ...(route.table === "local" && filter.table === "all" ? ["table local"] : []),
    ...(route.protocol === "boot" || filter.protocol !== "" ? [] : [`proto ${route.protocol}`]),
    ...(route.scope === "global" ? [] : [`scope ${route.scope}`]),
    ...(route.source === undefined ? [] : [`src ${formatAddress(route.source)}`]),
    ...(route.metric === 0 ? [] : [`metric ${route.metric}`]),
    ...(route.onlink === true ? ["onlink"] : []),
    ...(route.linkDown ? ["linkdown"] : []),
  ];
  return parts.map((part) => `${part} `).join("");
}

const routes = (ip: Ip): readonly ShownRoute[] => ask<readonly ShownRoute[]>(ip, { type: "routes" });

function show(ip: Ip): void {
  if (ip.options.family === "inet6") return;
  const filter = selector(ip);
  const found = routes(ip).filter((route) => fits(route, filter));
  // The main table is shown first.
  const ordered = [...found.filter(({ table }) => table === "main"), ...found.filter(({ table }) => table === "local")];
  for (const route of ordered) say(ip, `${lineOf(route, filter)}\n`);
}

function wishOf(ip: Ip): RouteWish {
  const { words } = ip;
  let kind: RouteKind = "unicast";
  let target: Prefix | undefined;
  let wish: Partial<RouteWish> = {};
  while (words.more()) {
    const word = words.take();
    if (word === "via") {
      if (words.peek() === "inet") words.take();
      wish = { ...wish, via: addressOf(ip, words.value()) };
    } else if (word === "dev" || word === "oif") wish = { ...wish, device: words.value() };
    else if (word === "src") wish = { ...wish, source: addressOf(ip, words.value()) };
    else if (isShortFor(word, "metric") || word === "priority" || word === "preference")
      wish = { ...wish, metric: number(words.value(), '"metric" value is invalid\n') };
    else if (word === "scope") {
      const scope = words.value();
      if (scope !== "global" && scope !== "link" && scope !== "host") invalid(scope, 'invalid "scope" value\n');
      wish = { ...wish, scope: scope as Route["scope"] };
    } else if (isShortFor(word, "protocol")) {
      const protocol = words.value();
      if (!PROTOCOLS.includes(protocol)) invalid(protocol, '"protocol" value is invalid\n');
      wish = { ...wish, protocol: protocol as Route["protocol"] };
    } else if (isShortFor(word, "table")) {
      const table = tableOf(words.value());
      if (table !== "all") wish = { ...wish, table };
    } else if (word === "onlink") wish = { ...wish, onlink: true };
    else if (word === "mtu" || word === "advmss" || word === "tos" || word === "weight") words.value();
    else {
      let text = word === "to" ? words.value() : word;
      if (target === undefined && KINDS.includes(text)) {
        kind = text as RouteKind;
        text = words.value();
      }
      if (target !== undefined) refuse(`Error: either "to" is duplicate, or "${text}" is a garbage.`, 255);
      target = prefix(ip, text);
    }
  }
  if (wish.device !== undefined) deviceNamed(ip, wish.device);
  return { ...wish, kind, network: target?.address ?? 0, prefix: target?.length ?? 0 };
}

function change(ip: Ip, how: "add" | "delete" | "replace" | "change"): void {
  if (!ip.words.more()) refuse("Usage: ip route { list | flush } SELECTOR\n       ip route { add | del | change | append | replace } ROUTE", 255);
  const route = wishOf(ip);
  if (how === "change") {
    const known = routes(ip).some(
      (one) => one.table === "main" && one.network === route.network && one.prefix === route.prefix && one.metric === (route.metric ?? 0),
    );
    if (!known) refuse("RTNETLINK answers: No such file or directory", 2);
  }
  ask(ip, { type: how === "delete" ? "route-delete" : how === "add" ? "route-add" : "route-replace", route });
}

interface Way {
  readonly device: string;
  readonly source: number;
  readonly hop: number;
  readonly local: boolean;
  readonly kind: string;
}

function get(ip: Ip): void {
  const { words } = ip;
  let target: number | undefined;
  while (words.more()) {
    const word = words.take();
    if (word === "from" || word === "iif" || word === "oif" || word === "dev" || word === "mark" || word === "uid") words.value();
    else target = prefix(ip, word === "to" ? words.value() : word).address;
  }
  if (target === undefined) return refuse("need at least a destination address", 1);
  const way = ask<Way>(ip, { type: "route-get", target });
  const self = ip.system.credentials();
  const kind = way.local ? "local " : way.kind === "broadcast" ? "broadcast " : "";
  const via = way.hop === target || way.local ? "" : `via ${formatAddress(way.hop)} `;
  const flags = way.local ? " <local> " : way.kind === "broadcast" ? " <local,brd> " : " ";
  const line = ip.options.oneline ? "\\" : "\n";
  say(
    ip,
    `${kind}${formatAddress(target)} ${via}dev ${way.device} src ${formatAddress(way.source)} uid ${self.ok ? self.value.uid : 0} ${line}    cache${flags}\n`,
  );
}

function flush(ip: Ip): void {
  if (!ip.words.more()) refuse('"ip route flush" requires arguments.', 255);
  if (ip.words.peek() === "cache") return;
  const filter = selector(ip);
  for (const route of routes(ip).filter((one) => fits(one, filter))) {
    const { deviceName, linkDown: _linkDown, device: _device, ...rest } = route;
    ask(ip, { type: "route-delete", route: deviceName === "" ? rest : { ...rest, device: deviceName } });
  }
}

export function ipRoute(ip: Ip): void {
  const { words } = ip;
  if (!words.more()) return show(ip);
  const word = words.take();
  if (isShow(word)) return show(ip);
  if (isShortFor(word, "get")) return get(ip);
  if (isShortFor(word, "add") || isShortFor(word, "append") || isShortFor(word, "prepend")) return change(ip, "add");
  if (isShortFor(word, "change") || word === "chg") return change(ip, "change");
  if (isShortFor(word, "replace")) return change(ip, "replace");
  if (isShortFor(word, "delete")) return change(ip, "delete");
  if (isShortFor(word, "flush")) return flush(ip);
  refuse(`Command "${word}" is unknown, try "ip route help".`, 255);
}

export function ipRule(ip: Ip): void {
  const word = ip.words.more() ? ip.words.take() : "list";
  if (!isShow(word)) refuse(`Command "${word}" is unknown, try "ip rule help".`, 255);
  say(ip, "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n");
}
