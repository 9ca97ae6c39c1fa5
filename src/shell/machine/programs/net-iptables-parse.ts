/**
 * What `iptables` is asked to do: its options, the matches and targets of a rule, and the sentences for what is wrong.
 *
 * Not modelled: matches other than tcp, udp, icmp, multiport, state, conntrack, comment and addrtype; --tcp-flags other than --syn's.
 *
 * @source iptables@1.8.9 iptables/xshared.c do_parse
 */
import type { Match, Matching, Rule, TableName } from "../../../linux/net/model";
import { FilterRefusal, ICMP_TYPES, networks, ports, range, REJECTIONS, span, wrong } from "./net-iptables-values";

export type Verb = "A" | "I" | "D" | "R" | "C" | "L" | "S" | "F" | "Z" | "N" | "X" | "P" | "E";

export interface Command {
  readonly table: TableName;
  readonly verb: Verb;
  readonly chain?: string;
  /** A number, a policy or a name after the chain. */
  readonly extra?: string;
  readonly rules: readonly Rule[];
  readonly numeric: boolean;
  readonly verbose: boolean;
  readonly exact: boolean;
  readonly lineNumbers: boolean;
}

const LONG: Readonly<Record<string, string>> = {
  "--append": "-A",
  "--insert": "-I",
  "--delete": "-D",
  "--replace": "-R",
  "--check": "-C",
  "--list": "-L",
  "--list-rules": "-S",
  "--flush": "-F",
  "--zero": "-Z",
  "--new-chain": "-N",
  "--new": "-N",
  "--delete-chain": "-X",
  "--policy": "-P",
  "--rename-chain": "-E",
  "--table": "-t",
  "--protocol": "-p",
  "--proto": "-p",
  "--source": "-s",
  "--src": "-s",
  "--destination": "-d",
  "--dst": "-d",
  "--in-interface": "-i",
  "--out-interface": "-o",
  "--jump": "-j",
  "--goto": "-g",
  "--match": "-m",
  "--numeric": "-n",
  "--verbose": "-v",
  "--exact": "-x",
  "--wait": "-w",
  "--source-port": "--sport",
  "--destination-port": "--dport",
  "--source-ports": "--sports",
  "--destination-ports": "--dports",
  "--to": "--to-destination",
};

const VERBS = "AIDRCLSFZNXPE";
const PROTOCOLS: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "0": "", all: "", tcp: "tcp", udp: "udp", icmp: "icmp" };
const MATCHES = ["tcp", "udp", "icmp", "multiport", "state", "conntrack", "comment", "addrtype"];
const STATES = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];
interface Draft {
  sources: readonly Matching<readonly [number, number]>[];
  targets: readonly Matching<readonly [number, number]>[];
  rule: Rule;
  loaded: string[];
  matches: Match[];
}

/** An option needs its match to be loaded. */
function within(draft: Draft, kind: Match["kind"], option: string): void {
  if (!draft.loaded.includes(kind)) wrong(`unknown option "${option}"`);
}

/** The ports' match so far. */
function transport(draft: Draft, kind: "tcp" | "udp", option: string): Extract<Match, { kind: "tcp" | "udp" }> {
  within(draft, kind, option);
  const found = draft.matches.find((one) => one.kind === kind);
  return found?.kind === "tcp" || found?.kind === "udp" ? found : { kind };
}

function put(draft: Draft, match: Match): void {
  const at = draft.matches.findIndex(({ kind }) => kind === match.kind);
  if (at < 0) draft.matches.push(match);
  else draft.matches[at] = match;
}

function states(text: string): readonly string[] {
  const given = text.split(",").map((one) => one.toUpperCase());
  for (const one of given) if (!STATES.includes(one)) wrong(`Bad ctstate "${one}"`);
  return STATES.filter((one) => given.includes(one));
}

/** One option of a match or a target; false when it is none of them. */
function extension(draft: Draft, option: string, not: boolean, value: () => string): boolean {
  const protocol = draft.rule.protocol?.is ?? "";
  const ported = protocol === "tcp" || protocol === "udp";
  const { rule } = draft;
  switch (option) {
    case "--sport":
    case "--dport": {
      if (!ported) return wrong(`unknown option "${option}"`);
      const match = transport(draft, protocol, option);
      put(draft, { ...match, [option.slice(2)]: { is: ports(value(), protocol), not } });
      return true;
    }
    case "--syn": {
      const match = transport(draft, "tcp", option);
      put(draft, { ...match, ...(not ? { notSyn: true } : { syn: true }) });
      return true;
    }
    case "--tcp-flags": {
      const [mask, flags] = [value(), value()];
      if (mask !== "SYN,RST,ACK,FIN" && mask !== "FIN,SYN,RST,ACK") wrong(`unknown option "${option}"`);
      put(draft, { ...transport(draft, "tcp", option), ...(flags === "SYN" ? { syn: true } : {}) });
      return true;
    }
    case "--sports":
    case "--dports":
    case "--ports":
      within(draft, "multiport", option);
      put(draft, {
        kind: "multiport",
        side: option.slice(2) as "ports",
        ports: value()
          .split(",")
          .map((one) => ports(one, protocol)),
      });
      return true;
    case "--icmp-type": {
      const text = value();
      const named =
        ICMP_TYPES[text] ?? (/^\d+(\/\d+)?$/.test(text) ? (text.split("/").map(Number) as [number, number?]) : wrong(`Invalid ICMP type \`${text}'`));
      within(draft, "icmp", option);
      put(draft, { kind: "icmp", type: { is: named[0], not }, ...(named[1] === undefined ? {} : { code: named[1] }) });
      return true;
    }
    case "--state":
    case "--ctstate": {
      const kind = option === "--state" ? "state" : "conntrack";
      within(draft, kind, option);
      put(draft, { kind, states: { is: states(value()), not } });
      return true;
    }
    case "--comment":
      within(draft, "comment", option);
      put(draft, { kind: "comment", text: value() });
      return true;
    case "--src-type":
    case "--dst-type":
      within(draft, "addrtype", option);
      put(draft, { kind: "addrtype", side: option.slice(2, 5) as "dst", type: { is: value().toUpperCase(), not } });
      return true;
    default:
      return target(draft, option, value, rule, ported);
  }
}

function target(draft: Draft, option: string, value: () => string, rule: Rule, ported: boolean): boolean {
  const set = (more: Partial<Rule>): true => {
    draft.rule = { ...rule, ...more };
    return true;
  };
  if (option === "--reject-with" && rule.jump === "REJECT") {
    const text = value();
    const full = REJECTIONS[text] ?? (Object.values(REJECTIONS).includes(text) ? text : wrong(`unknown reject type "${text}"`));
    return set({ with: full });
  }
  if (option === "--to-destination" && (rule.jump === "DNAT" || rule.jump === "SNAT")) return set({ to: range(value(), ported) });
  if (option === "--to-source" && rule.jump === "SNAT") return set({ to: range(value(), ported) });
  if ((option === "--to-ports" || option === "--to-destination") && (rule.jump === "MASQUERADE" || rule.jump === "REDIRECT")) {
    if (!ported) wrong("Need TCP, UDP, SCTP or DCCP with port specification");
    return set({ to: { ports: span(value()) } });
  }
  if (option === "--log-prefix" && rule.jump === "LOG") return set({ prefix: value() });
  if (option === "--log-level" && rule.jump === "LOG") return value() !== "";
  return false;
}

interface Reading {
  table: TableName;
  verb: Verb | "";
  chain?: string;
  extra?: string;
  numeric: boolean;
  verbose: boolean;
  exact: boolean;
  lineNumbers: boolean;
}

function general(reading: Reading, draft: Draft, option: string, not: boolean, value: () => string): boolean {
  const { rule } = draft;
  switch (option) {
    case "-p": {
      const text = value();
      const name = PROTOCOLS[text.toLowerCase()] ?? wrong(`unknown protocol "${text}" specified`);
      const { protocol: _protocol, ...rest } = rule;
      draft.rule = name === "" ? rest : { ...rest, protocol: { is: name, not } };
      if (name !== "") draft.loaded.push(name);
      return true;
    }
    case "-s":
      draft.sources = networks(value(), not);
      return true;
    case "-d":
      draft.targets = networks(value(), not);
      return true;
    case "-i":
      draft.rule = { ...rule, input: { is: value(), not } };
      return true;
    case "-o":
      draft.rule = { ...rule, output: { is: value(), not } };
      return true;
    case "-j":
    case "-g": {
      const jump = value();
      draft.rule = { ...rule, jump, ...(option === "-g" ? { go: true } : {}), ...(jump === "REJECT" ? { with: "icmp-port-unreachable" } : {}) };
      return true;
    }
    case "-m": {
      const name = value();
      if (!MATCHES.includes(name)) wrong(`Couldn't load match \`${name}':No such file or directory\n`);
      draft.loaded.push(name);
      return true;
    }
    case "-n":
      reading.numeric = true;
      return true;
    case "-v":
      reading.verbose = true;
      return true;
    case "-x":
      reading.exact = true;
      return true;
    case "--line-numbers":
      reading.lineNumbers = true;
      return true;
    case "-w":
      return true;
    default:
      return false;
  }
}

const isOption = (word: string | undefined): boolean => word === undefined || word.startsWith("-") || word === "!";

export function commandOf(args: readonly string[]): Command {
  const draft: Draft = { sources: [], targets: [], rule: { matches: [], jump: "", packets: 0, bytes: 0 }, loaded: [], matches: [] };
  const reading: Reading = { table: "filter", verb: "", numeric: false, verbose: false, exact: false, lineNumbers: false };
  const words = args.flatMap((word) => spelledOut(word));
  let not = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const option = LONG[word] ?? word;
    const value = (): string => (at + 1 < words.length ? (words[++at] ?? "") : wrong(`option "${word}" requires an argument`));
    if (word === "!") {
      not = true;
      continue;
    }
    if (option === "-t") {
      const name = value();
      if (!["filter", "nat", "mangle", "raw"].includes(name))
        throw new FilterRefusal(`table '${name}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.`, 3);
      reading.table = name as TableName;
    } else if (/^-[A-Z]$/.test(option) && VERBS.includes(option[1] ?? "")) {
      if (reading.verb !== "") wrong(`Cannot use -${option[1]} with -${reading.verb}\n`);
      reading.verb = option[1] as Verb;
      if (!isOption(words[at + 1])) reading.chain = value();
      else if ("AIDRCNPE".includes(reading.verb)) wrong(`option "${word}" requires an argument`);
      if ("IDRLSPE".includes(reading.verb) && !isOption(words[at + 1])) reading.extra = value();
    } else if (!general(reading, draft, option, not, value) && !extension(draft, option, not, value)) {
      if (!option.startsWith("-")) throw new FilterRefusal(`\0Bad argument \`${word}'`, 2, true);
      wrong(`unknown option "${word}"`);
    }
    not = false;
  }
  return finished(reading, draft);
}

/** `-nvL` is `-n -v -L`; `-I3` stays. */
function spelledOut(word: string): readonly string[] {
  return /^-[nvx]+[A-Znvx]$/.test(word) ? Array.from(word.slice(1), (letter) => `-${letter}`) : [word];
}

function finished(reading: Reading, draft: Draft): Command {
  if (reading.verb === "") return wrong("no command specified");
  const { chain, extra, verb } = reading;
  if (chain === "INPUT" || chain === "PREROUTING") if (draft.rule.output !== undefined) wrong(`Can't use -o with ${chain}\n`);
  if (chain === "OUTPUT" || chain === "POSTROUTING") if (draft.rule.input !== undefined) wrong(`Can't use -i with ${chain}\n`);
  const { jump, to } = draft.rule;
  if ((jump === "DNAT" || jump === "SNAT") && to === undefined)
    wrong(`${jump}: option "--to-${jump === "DNAT" ? "destination" : "source"}" must be specified\n`);
  if (draft.rule.with === "tcp-reset" && draft.rule.protocol?.is !== "tcp") wrong("REJECT: tcp-reset invalid for non-tcp");
  const matches = orderOf(draft);
  const sources = draft.sources.length === 0 ? [undefined] : draft.sources;
  const targets = draft.targets.length === 0 ? [undefined] : draft.targets;
  const any = (one: Matching<readonly [number, number]> | undefined): boolean => one === undefined || (one.is[1] === 0 && !one.not);
  const rules = sources.flatMap((source) =>
    targets.map(
      (destination): Rule => ({
        ...draft.rule,
        matches,
        ...(any(source) || source === undefined ? {} : { source }),
        ...(any(destination) || destination === undefined ? {} : { target: destination }),
      }),
    ),
  );
  const { table, numeric, verbose, exact, lineNumbers } = reading;
  return {
    table,
    verb,
    rules,
    numeric,
    verbose,
    exact,
    lineNumbers,
    ...(chain === undefined ? {} : { chain }),
    ...(extra === undefined ? {} : { extra }),
  };
}

/** Matches in the order in which they were loaded. */
function orderOf({ loaded, matches }: Draft): readonly Match[] {
  return [...new Set(loaded)].flatMap((kind) => matches.filter((match) => match.kind === kind));
}
