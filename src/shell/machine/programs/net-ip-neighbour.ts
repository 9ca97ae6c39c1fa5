/**
 * `ip neighbour`: who was found on the links.
 *
 * @source iproute2@6.1 ip/ipneigh.c
 */
import { formatAddress } from "../../../linux/net/address";
import type { NeighbourInfo } from "../../../linux/net/model";
import { isShow } from "./net-ip-link-show";
import { ask, type Ip, isShortFor, links, noDevice, prefix, refuse, say } from "./net-ip-words";

interface Wanted {
  device: string;
  mac: string;
  to?: { readonly address: number; readonly length: number };
  states: readonly string[];
}

function read(ip: Ip): Wanted {
  const wanted: Wanted = { device: "", mac: "", states: [] };
  const { words } = ip;
  while (words.more()) {
    const word = words.take();
    if (word === "dev") {
      wanted.device = words.value();
      if (!links(ip).some(({ name }) => name === wanted.device)) noDevice(wanted.device);
    } else if (word === "lladdr") wanted.mac = words.value().toLowerCase();
    else if (word === "nud") {
      const state = words.value();
      wanted.states = state === "all" ? [] : [...wanted.states, state.toUpperCase()];
    } else if (word === "permanent" || word === "router" || word === "proxy" || word === "unused" || word === "all") continue;
    else {
      const { address, length } = prefix(ip, word === "to" ? words.value() : word);
      wanted.to = { address, length };
    }
  }
  return wanted;
}

function found(ip: Ip, { device, to, states }: Wanted): readonly NeighbourInfo[] {
  return ask<readonly NeighbourInfo[]>(ip, { type: "neighbours" }).filter(
    (one) =>
      (device === "" || one.device === device) &&
      (to === undefined || one.address === to.address) &&
      (states.length === 0 || states.includes(one.state)),
  );
}

function show(ip: Ip): void {
  if (ip.options.family === "inet6") return;
  const wanted = read(ip);
  for (const { address, device, mac, state } of found(ip, wanted)) {
    const link = wanted.device === "" ? `dev ${device} ` : "";
    const known = state === "INCOMPLETE" || state === "FAILED" ? "" : `lladdr ${mac} `;
    if (ip.options.brief) say(ip, `${formatAddress(address).padEnd(39)} ${device.padEnd(16)} ${known === "" ? "" : mac}\n`);
    else say(ip, `${formatAddress(address)} ${link}${known}${state} \n`);
  }
}

function change(ip: Ip, type: "neighbour-add" | "neighbour-replace" | "neighbour-delete"): void {
  const { device, mac, to } = read(ip);
  if (device === "" || to === undefined) return refuse("Device and destination are required arguments.", 255);
  ask(ip, { type, device, address: to.address, mac });
}

function flush(ip: Ip): void {
  if (!ip.words.more()) refuse("Flush requires arguments.", 255);
  for (const { address, device, state, mac } of found(ip, read(ip)))
    if (state !== "PERMANENT") ask(ip, { type: "neighbour-delete", device, address, mac });
}

export function ipNeighbour(ip: Ip): void {
  const { words } = ip;
  if (!words.more()) return show(ip);
  const word = words.take();
  if (isShortFor(word, "add")) return change(ip, "neighbour-add");
  if (isShortFor(word, "change") || word === "chg" || isShortFor(word, "replace")) return change(ip, "neighbour-replace");
  if (isShortFor(word, "delete")) return change(ip, "neighbour-delete");
  if (word === "get") {
    const wanted = read(ip);
    const all = found(ip, wanted);
    if (all.length === 0) refuse("RTNETLINK answers: No such file or directory", 2);
    for (const one of all) say(ip, `${formatAddress(one.address)} dev ${one.device} lladdr ${one.mac} ${one.state} \n`);
    return;
  }
  if (isShow(word)) return show(ip);
  if (isShortFor(word, "flush")) return flush(ip);
  refuse(`Command "${word}" is unknown, try "ip neigh help".`, 255);
}
