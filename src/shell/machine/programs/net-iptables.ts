/**
 * `iptables`: asks the kernel to change the chains of the caller's network namespace, or shows them.
 *
 * @source iptables@1.8.9 iptables/nft.c iptables/xtables.c
 */
import { type Errno, strerror } from "../../../linux/errno";
import type { Chain, FilterRequest, NetAnswer, Rule } from "../../../linux/net/model";
import type { Invocation, Program, System } from "../../../linux/program";
import { type Command, commandOf } from "./net-iptables-parse";
import { FilterRefusal, wrong } from "./net-iptables-values";
import { listedChain, listedRule, savedRule } from "./net-iptables-print";
import { baseName, print } from "./support";

const HOOKS: Readonly<Record<string, readonly string[]>> = {
  MASQUERADE: ["POSTROUTING"],
  SNAT: ["POSTROUTING", "INPUT"],
  DNAT: ["PREROUTING", "OUTPUT"],
  REDIRECT: ["PREROUTING", "OUTPUT"],
};

const plain = (text: string, status = 1): never => {
  throw new FilterRefusal(`\0iptables: ${text}`, status);
};
const failed = (what: string, errno: Errno, chain: string): never => {
  throw new FilterRefusal(` ${what} failed (${strerror(errno)}): ${chain}`, 4);
};
const NO_CHAIN = "No chain/target/match by that name.";

function ask(system: System, request: FilterRequest): NetAnswer<readonly Chain[]> {
  const answer = system.netfilter(request);
  if (!answer.ok) throw new FilterRefusal(strerror(answer.errno), 4);
  const found = answer.value as NetAnswer<readonly Chain[]>;
  if ("errno" in found && found.errno === "EPERM")
    throw new FilterRefusal("Could not fetch rule set generation id: Permission denied (you must be root)", 4);
  return found;
}

/** Those that were there from the start, then the others by name. */
function chainsOf(system: System, { table }: Command): readonly Chain[] {
  const answer = ask(system, { type: "list", table });
  const all = "done" in answer ? answer.done : [];
  const own = all.filter(({ policy }) => policy === undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [...all.filter(({ policy }) => policy !== undefined), ...own];
}

function chosen(chains: readonly Chain[], { chain, table }: Command): readonly Chain[] {
  if (chain === undefined) return chains;
  const found = chains.filter(({ name }) => name === chain);
  if (found.length === 0) throw new FilterRefusal(`chain \`${chain}' in table \`${table}' is incompatible, use 'nft' tool.`, 1);
  return found;
}

const references = (chains: readonly Chain[], name: string): number =>
  chains.reduce((sum, { rules }) => sum + rules.filter(({ jump }) => jump === name).length, 0);

function list(system: System, command: Command): void {
  const chains = chainsOf(system, command);
  const shown = chosen(chains, command);
  const at = Number(command.extra ?? 0);
  if (at > 0) {
    const rule = shown[0]?.rules[at - 1];
    if (rule !== undefined) print(system, `${listedRule(rule, at - 1, command)}\n`);
    return;
  }
  print(system, shown.map((chain) => listedChain(chain, references(chains, chain.name), command)).join("\n"));
}

function save(system: System, command: Command): void {
  const shown = chosen(chainsOf(system, command), command);
  const at = Number(command.extra ?? 0);
  if (at > 0) {
    const rule = shown[0]?.rules[at - 1];
    if (rule !== undefined) print(system, `${savedRule(shown[0]?.name ?? "", rule, command.verbose)}\n`);
    return;
  }
  const counts = ({ packets, bytes }: Chain): string => (command.verbose ? ` -c ${packets} ${bytes}` : "");
  const heads = shown.map((chain) => (chain.policy === undefined ? `-N ${chain.name}\n` : `-P ${chain.name} ${chain.policy}${counts(chain)}\n`));
  const rules = shown.flatMap(({ name, rules: own }) => own.map((rule) => `${savedRule(name, rule, command.verbose)}\n`));
  print(system, [...heads, ...rules].join(""));
}

/** Whether a target may stand in a chain. */
function check(command: Command, rule: Rule, chains: readonly Chain[], what: string): void {
  const { chain = "", table } = command;
  const hooks = HOOKS[rule.jump];
  const builtIn = chains.find(({ name }) => name === chain)?.policy !== undefined;
  const misplaced =
    (hooks !== undefined && (table !== "nat" || (builtIn && !hooks.includes(chain)))) || (rule.jump === "REJECT" && table !== "filter");
  if (misplaced) failed(what, "EINVAL", `rule in chain ${chain}`);
}

const isNumber = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text);

function put(system: System, command: Command): void {
  const { table, chain = "", extra, verb, rules } = command;
  const chains = chainsOf(system, command);
  if (!chains.some(({ name }) => name === chain)) plain(NO_CHAIN);
  const what = verb === "A" ? "RULE_APPEND" : verb === "I" ? "RULE_INSERT" : "RULE_REPLACE";
  if (extra !== undefined && !isNumber(extra)) wrong(`Invalid rule number \`${extra}'`);
  if (verb === "R" && extra === undefined) wrong("-R requires a rule number");
  for (const rule of verb === "I" ? rules.toReversed() : rules) {
    check(command, rule, chains, what);
    const at = Number(extra ?? 1);
    const answer = ask(
      system,
      verb === "A" ? { type: "append", table, chain, rule } : { type: verb === "I" ? "insert" : "replace", table, chain, at, rule },
    );
    if ("done" in answer) continue;
    if (answer.errno === "ENODATA") wrong(`Chain '${rule.jump}' does not exist`);
    if (answer.errno === "E2BIG") plain(`Index of ${verb === "I" ? "insertion" : "replacement"} too big.`);
    failed(what, answer.errno, `rule in chain ${chain}`);
  }
}

function take(system: System, command: Command): void {
  const { table, chain = "", extra, verb, rules } = command;
  if (!chainsOf(system, command).some(({ name }) => name === chain)) plain(NO_CHAIN);
  if (verb === "D" && extra !== undefined) {
    const answer = ask(system, { type: "delete-at", table, chain, at: Number(extra) });
    if ("errno" in answer) plain("Index of deletion too big.");
    return;
  }
  for (const rule of rules) {
    const answer = ask(system, { type: verb === "D" ? "delete" : "check", table, chain, rule });
    if ("errno" in answer) plain("Bad rule (does a matching rule exist in that chain?).");
  }
}

function changeChain(system: System, command: Command): void {
  const { table, chain, extra = "", verb } = command;
  const of = chain === undefined ? {} : { chain };
  const name = chain ?? "";
  if (verb === "F" || verb === "Z") {
    if ("errno" in ask(system, { type: verb === "F" ? "flush" : "zero", table, ...of })) plain(NO_CHAIN);
  } else if (verb === "N") {
    if (name.length > 28) wrong(`chain name \`${name}' too long (must be under 29 chars)`);
    if ("errno" in ask(system, { type: "new-chain", table, chain: name })) plain("Chain already exists.");
  } else if (verb === "X") {
    const answer = ask(system, { type: "delete-chain", table, ...of });
    if ("done" in answer) return;
    if (answer.errno === "ENOENT") plain(NO_CHAIN);
    failed("CHAIN_DEL", "EBUSY", `chain ${name}`);
  } else if (verb === "E") {
    const answer = ask(system, { type: "rename-chain", table, chain: name, to: extra });
    if ("errno" in answer) plain(answer.errno === "EEXIST" ? "File exists." : NO_CHAIN);
  } else {
    const known = chainsOf(system, command).find((one) => one.name === name);
    if (known?.policy === undefined) plain("Bad built-in chain name.");
    if (extra !== "ACCEPT" && extra !== "DROP") return plain("Bad policy name. Run `dmesg' for more information.");
    ask(system, { type: "policy", table, chain: name, policy: extra });
  }
}

const HINT = "Try `iptables -h' or 'iptables --help' for more information.";

function run(system: System, { argv }: Invocation): number {
  if (argv.includes("--version") || argv.includes("-V")) {
    print(system, "iptables v1.8.9 (nf_tables)\n");
    return 0;
  }
  const command = commandOf(argv.slice(1));
  const { verb } = command;
  if (verb === "L") list(system, command);
  else if (verb === "S") save(system, command);
  else if (verb === "A" || verb === "I" || verb === "R") put(system, command);
  else if (verb === "D" || verb === "C") take(system, command);
  else changeChain(system, command);
  return 0;
}

export const iptables: Program = (system, invocation) => {
  try {
    return run(system, invocation);
  } catch (thrown) {
    if (!(thrown instanceof FilterRefusal)) throw thrown;
    const name = baseName(invocation.argv[0] ?? "iptables");
    const text = thrown.text.startsWith("\0") ? thrown.text.slice(1) : `${name} v1.8.9 (nf_tables): ${thrown.text}`;
    print(system, `${text}\n${thrown.hinted ? `${HINT}\n` : ""}`, 2);
    return thrown.status;
  }
};
