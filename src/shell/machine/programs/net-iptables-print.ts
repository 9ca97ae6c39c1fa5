/**
 * Rules as `iptables -S` writes them, and as `-L` lists them.
 *
 * @source iptables@1.8.9 iptables/xshared.c save_rule_details print_rule_details; extensions/libxt_tcp.c and others
 */
import { formatAddress } from "../../../linux/net/address";
import type { Chain, Match, Matching, Rule } from "../../../linux/net/model";
import type { Command } from "./net-iptables-parse";
import { ICMP_TYPES } from "./net-iptables-values";
import { serviceName } from "./net-names";

type Range = readonly [number, number];

const not = (matching: Matching<unknown>): string => (matching.not ? "! " : "");
const spanText = ([low, high]: Range): string => (low === high ? String(low) : `${low}:${high}`);

function savedMatch(match: Match): string {
  switch (match.kind) {
    case "tcp":
    case "udp": {
      const { sport, dport } = match;
      const parts = [
        ...(sport === undefined ? [] : [`${not(sport)}--sport ${spanText(sport.is)}`]),
        ...(dport === undefined ? [] : [`${not(dport)}--dport ${spanText(dport.is)}`]),
        ...(match.syn === true ? ["--tcp-flags FIN,SYN,RST,ACK SYN"] : []),
        ...(match.notSyn === true ? ["! --tcp-flags FIN,SYN,RST,ACK SYN"] : []),
      ];
      return [`-m ${match.kind}`, ...parts].join(" ");
    }
    case "multiport":
      return `-m multiport --${match.side} ${match.ports.map(spanText).join(",")}`;
    case "icmp":
      return `-m icmp ${not(match.type)}--icmp-type ${match.type.is === 255 ? "any" : `${match.type.is}${match.code === undefined ? "" : `/${match.code}`}`}`;
    case "state":
      return `-m state ${not(match.states)}--state ${match.states.is.join(",")}`;
    case "conntrack":
      return `-m conntrack ${not(match.states)}--ctstate ${match.states.is.join(",")}`;
    case "comment":
      return `-m comment --comment ${/^[\w.-]+$/.test(match.text) ? match.text : `"${match.text.replace(/(["\\'])/g, "\\$1")}"`}`;
    case "addrtype":
      return `-m addrtype ${not(match.type)}--${match.side}-type ${match.type.is}`;
  }
}

function reach({ to }: Rule): string {
  if (to === undefined) return "";
  const address = to.address === undefined ? "" : formatAddress(to.address);
  const last = to.last === undefined || to.last === to.address ? "" : `-${formatAddress(to.last)}`;
  const ports = to.ports === undefined ? "" : `:${to.ports[0]}${to.ports[0] === to.ports[1] ? "" : `-${to.ports[1]}`}`;
  return `${address}${last}${ports}`;
}

const portsText = ({ to }: Rule): string => reach({ to: { ports: to?.ports ?? [0, 0] } } as unknown as Rule).slice(1);

function savedTarget(rule: Rule): string {
  switch (rule.jump) {
    case "REJECT":
      return ` --reject-with ${rule.with}`;
    case "DNAT":
      return ` --to-destination ${reach(rule)}`;
    case "SNAT":
      return ` --to-source ${reach(rule)}`;
    case "MASQUERADE":
    case "REDIRECT":
      return rule.to?.ports === undefined ? "" : ` --to-ports ${portsText(rule)}`;
    case "LOG":
      return rule.prefix === undefined ? "" : ` --log-prefix "${rule.prefix}"`;
    default:
      return "";
  }
}

const netText = ([address, length]: Range): string => `${formatAddress(address)}/${length}`;

export function savedRule(chain: string, rule: Rule, counters: boolean): string {
  const { source, target, input, output, protocol } = rule;
  return [
    `-A ${chain}`,
    ...(source === undefined ? [] : [`${not(source)}-s ${netText(source.is)}`]),
    ...(target === undefined ? [] : [`${not(target)}-d ${netText(target.is)}`]),
    ...(input === undefined ? [] : [`${not(input)}-i ${input.is}`]),
    ...(output === undefined ? [] : [`${not(output)}-o ${output.is}`]),
    ...(protocol === undefined ? [] : [`${not(protocol)}-p ${protocol.is}`]),
    ...rule.matches.map(savedMatch),
    ...(counters ? [`-c ${rule.packets} ${rule.bytes}`] : []),
    ...(rule.jump === "" ? [] : [`${rule.go === true ? "-g" : "-j"} ${rule.jump}${savedTarget(rule)}`]),
  ].join(" ");
}

/** Thousands are cut where a number is long. */
function counted(value: number, exact: boolean): string {
  if (exact) return String(value).padStart(8);
  if (value <= 99_999) return String(value).padStart(5);
  let short = Math.round(value / 1000);
  for (const unit of ["K", "M", "G"]) {
    if (short <= 9999 || unit === "G") return `${String(short).padStart(4)}${unit}`;
    short = Math.round(short / 1000);
  }
  return "";
}

const NUMBERS: Readonly<Record<string, string>> = { tcp: "6", udp: "17", icmp: "1" };

function listedPort(name: string, { is: [low, high], not: inverted }: Matching<Range>, protocol: string, numeric: boolean): string {
  const one = (port: number): string => (numeric ? String(port) : (serviceName(port, protocol) ?? String(port)));
  const mark = inverted ? "!" : "";
  return low === high ? ` ${name}:${mark}${one(low)}` : ` ${name}s:${mark}${one(low)}:${one(high)}`;
}

function icmpText(match: Extract<Match, { kind: "icmp" }>, numeric: boolean): string {
  const { is, not: inverted } = match.type;
  const mark = inverted ? "!" : "";
  const name = Object.entries(ICMP_TYPES).find(([, [type, code]]) => type === is && code === match.code)?.[0];
  if (!numeric && name !== undefined) return ` icmp ${mark}${name}`;
  if (is === 255) return ` icmp ${mark}any`;
  return ` icmptype ${mark}${is}${match.code === undefined ? "" : ` code ${match.code}`}`;
}

function listedMatch(match: Match, rule: Rule, numeric: boolean): string {
  switch (match.kind) {
    case "tcp":
    case "udp": {
      const { kind, sport, dport } = match;
      const flags =
        match.syn === true || match.notSyn === true
          ? ` flags:${match.notSyn === true ? "!" : ""}${numeric ? "0x17/0x02" : "FIN,SYN,RST,ACK/SYN"}`
          : "";
      return ` ${kind}${sport === undefined ? "" : listedPort("spt", sport, kind, numeric)}${dport === undefined ? "" : listedPort("dpt", dport, kind, numeric)}${flags}`;
    }
    case "multiport": {
      const one = (port: number): string => (numeric ? String(port) : (serviceName(port, rule.protocol?.is ?? "tcp") ?? String(port)));
      return ` multiport ${match.side} ${match.ports.map(([low, high]) => (low === high ? one(low) : `${one(low)}:${one(high)}`)).join(",")}`;
    }
    case "icmp":
      return icmpText(match, numeric);
    case "state":
      return `${match.states.not ? " !" : ""} state ${match.states.is.join(",")}`;
    case "conntrack":
      return `${match.states.not ? " !" : ""} ctstate ${match.states.is.join(",")}`;
    case "comment":
      return ` /* ${match.text} */`;
    case "addrtype":
      return ` ADDRTYPE match ${match.side}-type ${match.type.not ? "!" : ""}${match.type.is}`;
  }
}

function listedTarget(rule: Rule, numeric: boolean): string {
  switch (rule.jump) {
    case "REJECT":
      return ` reject-with ${rule.with}`;
    case "DNAT":
    case "SNAT":
      return ` to:${reach(rule)}`;
    case "MASQUERADE":
      return rule.to?.ports === undefined ? "" : ` masq ports: ${portsText(rule)}`;
    case "REDIRECT":
      return rule.to?.ports === undefined ? "" : ` redir ports ${portsText(rule)}`;
    case "LOG":
      return `${numeric ? " LOG flags 0 level 4" : " LOG level warn"}${rule.prefix === undefined ? "" : ` prefix "${rule.prefix}"`}`;
    default:
      return rule.go === true ? "[goto] " : "";
  }
}

function place(matching: Matching<Range> | undefined, numeric: boolean): string {
  if (matching === undefined) return ` ${(numeric ? "0.0.0.0/0" : "anywhere").padEnd(19)} `;
  const [address, length] = matching.is;
  const text = length === 32 ? (!numeric && address === 0x7f000001 ? "localhost" : formatAddress(address)) : netText(matching.is);
  return `${matching.not ? "!" : " "}${text.padEnd(19)} `;
}

export function listedRule(rule: Rule, at: number, { numeric, verbose, exact, lineNumbers }: Command): string {
  const device = (matching: Matching<string> | undefined): string =>
    (matching === undefined ? (numeric ? "*" : "any") : `${matching.not ? "!" : ""}${matching.is}`).padEnd(6);
  const { protocol } = rule;
  const named = protocol === undefined ? (numeric ? "0" : "all") : numeric ? (NUMBERS[protocol.is] ?? "0") : protocol.is;
  return [
    lineNumbers ? `${String(at + 1).padEnd(4)} ` : "",
    verbose ? `${counted(rule.packets, exact)} ${counted(rule.bytes, exact)} ` : "",
    `${rule.jump.padEnd(9)}  `,
    `${protocol?.not === true ? "!" : ""}${named}`.padEnd(4),
    " -- ",
    verbose ? ` ${device(rule.input)} ${device(rule.output)} ` : "",
    place(rule.source, numeric),
    place(rule.target, numeric),
    ...rule.matches.map((match) => listedMatch(match, rule, numeric)),
    listedTarget(rule, numeric),
  ].join("");
}

export function listedChain(chain: Chain, references: number, command: Command): string {
  const { verbose, exact, lineNumbers } = command;
  const counts = verbose ? ` ${counted(chain.packets, exact).trim()} packets, ${counted(chain.bytes, exact).trim()} bytes` : "";
  const what = chain.policy === undefined ? `${references} references` : `policy ${chain.policy}${counts}`;
  const wide = exact ? "    pkts      bytes " : " pkts bytes ";
  const heads = `${lineNumbers ? "num  " : ""}${verbose ? wide : ""}target     prot opt ${verbose ? "in     out     " : ""}source               destination         `;
  const rules = chain.rules.map((rule, at) => `${listedRule(rule, at, command)}\n`).join("");
  return `Chain ${chain.name} (${what})\n${heads}\n${rules}`;
}
