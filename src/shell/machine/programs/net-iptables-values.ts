/**
 * Values in the options of `iptables`: addresses, ports, names of ICMP messages; and the sentence for a wrong one.
 *
 * @source iptables@1.8.9 libxtables/xtables.c xtables_ipparse_multiple xtables_parse_port; extensions/libxt_icmp.h
 */
import { networkOf, parseAddress } from "../../../linux/net/address";
import type { Matching, Rule } from "../../../linux/net/model";
import { servicePort } from "./net-names";

/** Ends the command; `hinted` ends with where to read more. */
export class FilterRefusal extends Error {
  constructor(
    readonly text: string,
    readonly status: number,
    readonly hinted = false,
  ) {
    super(text);
  }
}

export const wrong = (text: string): never => {
  throw new FilterRefusal(text, 2, true);
};

export const ICMP_TYPES: Readonly<Record<string, readonly [type: number, code?: number]>> = {
  any: [255],
  "echo-reply": [0],
  pong: [0],
  "destination-unreachable": [3],
  "network-unreachable": [3, 0],
  "host-unreachable": [3, 1],
  "protocol-unreachable": [3, 2],
  "port-unreachable": [3, 3],
  "fragmentation-needed": [3, 4],
  redirect: [5],
  "echo-request": [8],
  ping: [8],
  "time-exceeded": [11],
  "ttl-zero-during-transit": [11, 0],
};
export const REJECTIONS: Readonly<Record<string, string>> = {
  "net-unreach": "icmp-net-unreachable",
  "host-unreach": "icmp-host-unreachable",
  "proto-unreach": "icmp-proto-unreachable",
  "port-unreach": "icmp-port-unreachable",
  "net-prohib": "icmp-net-prohibited",
  "host-prohib": "icmp-host-prohibited",
  "admin-prohib": "icmp-admin-prohibited",
  "tcp-rst": "tcp-reset",
};

function port(text: string, protocol: string): number {
  const found = /^\d+$/.test(text) ? Number(text) : servicePort(text, protocol);
  return found === undefined || found > 65535 ? wrong(`invalid port/service \`${text}' specified`) : found;
}

export function ports(text: string, protocol: string): readonly [number, number] {
  const [low = "", high] = text.split(":", 2);
  const first = low === "" ? 0 : port(low, protocol);
  return [first, high === undefined ? first : high === "" ? 65535 : port(high, protocol)];
}

export function networks(text: string, not: boolean): readonly Matching<readonly [number, number]>[] {
  return text.split(",").flatMap((one) => {
    const [host = "", bits] = one.split("/", 2);
    const address = host === "localhost" ? 0x7f000001 : parseAddress(host, 1);
    const mask = bits === undefined ? 32 : /^\d{1,2}$/.test(bits) ? Number(bits) : prefixOf(parseAddress(bits));
    if (address === undefined) return wrong(`host/network \`${host}' not found`);
    if (mask === undefined || mask > 32) return wrong(`invalid mask \`${bits}' specified`);
    return [{ is: [networkOf(address, mask), mask] as const, not }];
  });
}

function prefixOf(mask: number | undefined): number | undefined {
  return Array.from({ length: 33 }, (_, n) => n).find((n) => (n === 0 ? 0 : (0xffffffff << (32 - n)) >>> 0) === mask);
}

export function range(text: string, ported: boolean): NonNullable<Rule["to"]> {
  const [host = "", numbers] = text.split(":", 2);
  const [first = "", last] = host.split("-", 2);
  const address = first === "" ? undefined : parseAddress(first);
  if (first !== "" && address === undefined) wrong(`Bad IP address "${first}"`);
  const end = last === undefined ? undefined : parseAddress(last);
  if (last !== undefined && end === undefined) wrong(`Bad IP address "${last}"`);
  if (numbers !== undefined && !ported) wrong("Need TCP, UDP, SCTP or DCCP with port specification");
  return {
    ...(address === undefined ? {} : { address }),
    ...(end === undefined ? {} : { last: end }),
    ...(numbers === undefined ? {} : { ports: span(numbers) }),
  };
}

export function span(text: string): readonly [number, number] {
  const parts = /^(\d+)(?:-(\d+))?$/.exec(text);
  const low = Number(parts?.[1] ?? 0);
  if (parts === null || low < 1 || low > 65535) return wrong(`Port \`${text}' not valid`);
  return [low, parts[2] === undefined ? low : Number(parts[2])];
}
