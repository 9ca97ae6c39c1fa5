/**
 * `ip address`: adding, deleting and flushing addresses of devices.
 *
 * Not modelled: IPv6 addresses given by hand, lifetimes, peers.
 *
 * @source iproute2@6.1 ip/ipaddress.c ipaddr_modify ipaddr_flush
 */
import { broadcastOf, formatAddress } from "../../../linux/net/address";
import type { InterfaceAddress } from "../../../linux/net/model";
import { isShow, showLinks } from "./net-ip-link-show";
import { address as addressOf, ask, duplicate, type Ip, invalid, isShortFor, links, noDevice, prefix, refuse, say } from "./net-ip-words";

const SCOPES: readonly string[] = ["global", "link", "host"];

function scopeOf(word: string): InterfaceAddress["scope"] {
  const scope = word === "0" ? "global" : word;
  return SCOPES.includes(scope) ? (scope as InterfaceAddress["scope"]) : invalid(word, "invalid scope value.\n");
}

type How = "add" | "replace" | "change" | "delete";

function change(ip: Ip, how: How): void {
  const { words } = ip;
  let device = "";
  let local: ReturnType<typeof prefix> | undefined;
  let spelled = "";
  let label = "";
  let scope: InterfaceAddress["scope"] | undefined;
  let broadcast: number | "+" | undefined;
  while (words.more()) {
    const word = words.take();
    if (word === "dev") device = words.value();
    else if (word === "broadcast" || isShortFor(word, "brd")) {
      const value = words.value();
      broadcast = value === "+" ? "+" : value === "-" ? undefined : addressOf(ip, value);
    } else if (word === "scope") scope = scopeOf(words.value());
    else if (word === "label") label = words.value();
    else if (word === "nodad" || word === "home" || word === "noprefixroute" || word === "mngtmpaddr" || word === "autojoin") continue;
    else if (word === "metric" || word === "valid_lft" || word === "preferred_lft" || word === "proto") words.value();
    else {
      spelled = isShortFor(word, "local") && words.more() ? words.take() : word;
      if (local !== undefined) duplicate("local", spelled);
      local = prefix(ip, spelled);
    }
  }
  if (device === "") refuse('Not enough information: "dev" argument is required.', 1);
  if (!links(ip).some(({ name }) => name === device)) noDevice(device);
  if (local === undefined) return refuse("RTNETLINK answers: Invalid argument", 2);
  if (label !== "" && !label.startsWith(device)) refuse(`"dev" (${device}) must match "label" (${label}).`, 1);
  const { address, length } = local;
  if (local.bare && how === "delete") warn(ip, address);
  const row = {
    address,
    prefix: length,
    scope: scope ?? (address >>> 24 === 127 ? ("host" as const) : ("global" as const)),
    label: label === "" ? device : label,
    ...(broadcast === undefined ? {} : { broadcast: broadcast === "+" ? broadcastOf(address, length) : broadcast }),
  };
  if (how === "delete") return void ask(ip, { type: "address-delete", device, address: bare(ip, device, row, local.bare) });
  const known = links(ip).some(({ name, addresses }) => name === device && addresses.some((one) => one.address === address && one.prefix === length));
  if (known && how !== "add") return;
  ask(ip, { type: "address-add", device, address: row });
}

/** Without a length any address that is equal goes. */
function bare<Row extends { readonly address: number; readonly prefix: number }>(ip: Ip, device: string, row: Row, any: boolean): Row {
  if (!any) return row;
  const found = links(ip)
    .find(({ name }) => name === device)
    ?.addresses.find((one) => one.address === row.address);
  return { ...row, prefix: found?.prefix ?? row.prefix };
}

function warn({ system }: Ip, address: number): void {
  const name = formatAddress(address);
  system.write(
    2,
    `Warning: Executing wildcard deletion to stay compatible with old scripts.
         Explicitly specify the prefix length (${name}/32) to avoid this warning.
         This special behaviour is likely to disappear in further releases,
         fix your scripts!
`,
  );
}

function flush(ip: Ip): void {
  const { words } = ip;
  let device = "";
  while (words.more()) {
    const word = words.take();
    if (word === "scope" || word === "to" || word === "label") words.value();
    else device = word === "dev" ? words.value() : word;
  }
  if (device === "") refuse("Flush requires arguments.", 255);
  if (!links(ip).some(({ name }) => name === device)) refuse(`Device "${device}" does not exist.`, 1);
  ask(ip, { type: "address-flush", device, sixToo: ip.options.family !== "inet" });
}

export function ipAddress(ip: Ip): void {
  const { words } = ip;
  if (!words.more()) return showLinks(ip, true);
  const word = words.take();
  if (isShortFor(word, "add")) return change(ip, "add");
  if (isShortFor(word, "change") || word === "chg") return change(ip, "change");
  if (isShortFor(word, "replace")) return change(ip, "replace");
  if (isShortFor(word, "delete")) return change(ip, "delete");
  if (isShow(word)) return showLinks(ip, true);
  if (isShortFor(word, "flush")) return flush(ip);
  if (word === "help") return say(ip, "Usage: ip address {add|change|replace} IFADDR dev IFNAME [ LIFETIME ]\n");
  refuse(`Command "${word}" is unknown, try "ip address help".`, 255);
}
