/**
 * `ip link`: making, changing and deleting devices.
 *
 * Not modelled: types other than veth, bridge, dummy; groups, xdp, vf, vrf; options of a bridge are read and do nothing.
 *
 * @source iproute2@6.1 ip/iplink.c ip/link_veth.c
 */
import type { LinkWish } from "../../../linux/net/model";
import { showLinks } from "./net-ip-link-show";
import { ask, duplicate, type Ip, invalid, isShortFor, links, namespaceNamed, noDevice, number, refuse } from "./net-ip-words";

interface Wanted {
  name: string;
  dev: string;
  type: string;
  wish: LinkWish;
  peer: LinkWish;
}

const isName = (word: string): boolean => word !== "" && word !== "." && word !== ".." && !/[/\s]/.test(word);
const isMac = (word: string): boolean => /^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(word);
const fullMac = (word: string): string =>
  word
    .split(":")
    .map((part) => part.toLowerCase().padStart(2, "0"))
    .join(":");

function named(word: string, key: string): string {
  return isName(word) ? word : invalid(word, `"${key}" not a valid ifname`);
}

const SWITCHES = ["multicast", "arp", "dynamic", "allmulticast", "promisc", "trailers", "carrier", "protodown"];

function switched(ip: Ip, key: string): void {
  const word = ip.words.value();
  if (word !== "on" && word !== "off") refuse(`Error: argument of "${key}" must be "on" or "off", not "${word}"`, 255);
}

const VALUES: Readonly<Record<string, (ip: Ip, wanted: Wanted, word: string) => LinkWish>> = {
  name: (_ip, wanted, word) => {
    wanted.name = named(word, "name");
    return { name: word };
  },
  mtu: (_ip, _wanted, word) => ({ mtu: number(word, 'Invalid "mtu" value\n') }),
  address: (_ip, _wanted, word) => ({ mac: isMac(word) ? fullMac(word) : refuse(`"${word}" is invalid lladdr.`, 1) }),
  alias: (_ip, _wanted, word) => ({ alias: word }),
  txqueuelen: (_ip, _wanted, word) => ({ queueLength: number(word, 'Invalid "txqueuelen" value\n') }),
  netns: (ip, _wanted, word) => ({ netns: namespaceNamed(ip, word) }),
  master: (ip, _wanted, word) => {
    if (!links(ip).some(({ name }) => name === word)) invalid(word, "Device does not exist\n");
    return { master: word };
  },
  link: (ip, _wanted, word) => (links(ip).some(({ name }) => name === word) ? {} : noDevice(word)),
  index: () => ({}),
  group: () => ({}),
  broadcast: () => ({}),
  numtxqueues: () => ({}),
  numrxqueues: () => ({}),
};

const SPELLED: Readonly<Record<string, string>> = { qlen: "txqueuelen", txqlen: "txqueuelen", brd: "broadcast" };

/** Reads what is wished of a device, up to its type's own words. */
function read(ip: Ip, wanted: Wanted, ofPeer = false): LinkWish {
  let wish: LinkWish = {};
  const { words } = ip;
  while (words.more()) {
    const word = words.take();
    const key = SPELLED[word] ?? word;
    const takes = VALUES[key];
    if (word === "up" || word === "down") wish = { ...wish, up: word === "up" };
    else if (word === "nomaster") wish = { ...wish, master: "" };
    else if (takes !== undefined) wish = { ...wish, ...takes(ip, wanted, words.value()) };
    else if (SWITCHES.includes(word)) switched(ip, word);
    else if (isShortFor(word, "type") && !ofPeer) {
      wanted.type = words.value();
      typed(ip, wanted);
    } else {
      const name = word === "dev" ? words.value() : word;
      if (wanted.dev !== "") duplicate("dev", name);
      wanted.dev = named(name, "dev");
    }
  }
  if (wish.name === undefined && wanted.dev !== "" && ofPeer) wish = { ...wish, name: wanted.dev };
  return wish;
}

function typed(ip: Ip, wanted: Wanted): void {
  const { words } = ip;
  if (!words.more()) return;
  if (wanted.type === "veth") {
    const word = words.take();
    if (word !== "peer") {
      ip.system.write(
        2,
        `veth: unknown option "${word}"?\nUsage: ip link <options> type veth [peer <options>]\nTo get <options> type 'ip link add help'\n`,
      );
      refuse("", 255);
    }
    wanted.peer = read(ip, { name: "", dev: "", type: "", wish: {}, peer: {} }, true);
  } else if (wanted.type === "bridge") while (words.more()) words.take();
  else refuse(`Garbage instead of arguments "${words.rest()[0]} ...". Try "ip link help".`, 255);
}

function change(ip: Ip, adds: boolean): void {
  const wanted: Wanted = { name: "", dev: "", type: "", wish: {}, peer: {} };
  const wish = read(ip, wanted);
  if (adds) {
    if (wanted.type === "") refuse('Not enough information: "type" argument is required', 1);
    const name = wanted.name === "" ? wanted.dev : wanted.name;
    const peer = wanted.type === "veth" ? { peer: wanted.peer } : {};
    ask(ip, { type: "link-add", kind: wanted.type, wish: name === "" ? wish : { ...wish, name }, ...peer });
    return;
  }
  const device = wanted.dev === "" ? wanted.name : wanted.dev;
  if (device === "") refuse('Not enough information: "dev" argument is required.', 255);
  if (!links(ip).some(({ name }) => name === device)) noDevice(device);
  ask(ip, { type: "link-set", name: device, wish });
}

function remove(ip: Ip): void {
  const wanted: Wanted = { name: "", dev: "", type: "", wish: {}, peer: {} };
  read(ip, wanted);
  const name = wanted.dev === "" ? wanted.name : wanted.dev;
  if (name === "") refuse('Not enough information: "dev" argument is required.', 255);
  if (!links(ip).some((link) => link.name === name)) noDevice(name);
  ask(ip, { type: "link-delete", name });
}

export function ipLink(ip: Ip): void {
  const { words } = ip;
  if (!words.more()) return showLinks(ip, false);
  const word = words.take();
  if (isShortFor(word, "add")) return change(ip, true);
  if (isShortFor(word, "set") || isShortFor(word, "change")) return change(ip, false);
  if (isShortFor(word, "replace")) return change(ip, true);
  if (isShortFor(word, "delete")) return remove(ip);
  if (isShortFor(word, "show") || isShortFor(word, "lst") || isShortFor(word, "list")) return showLinks(ip, false);
  refuse(`Command "${word}" is unknown, try "ip link help".`, 255);
}
