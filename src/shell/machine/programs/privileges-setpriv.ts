/**
 * `setpriv`: runs a program as somebody else, with fewer rights, or says who one is.
 *
 * Not modelled: securebits, SELinux and AppArmor labels, `--reset-env`.
 *
 * @source util-linux@2.38 sys-utils/setpriv.c
 */
import { CAPABILITY_NAMES } from "../../../linux/process/capability-names";
import { SIGNAL_NAMES, signalByNumber } from "../../../linux/process/signal-names";
import type { Invocation, Program, System } from "../../../linux/program";
import type { Credentials } from "../../../linux/types";
import { optionsGiven, type Parsed } from "./getopt";
import { gidNamed, groupsOf, uidNamed, userName } from "./passwd";
import { complain, print } from "./support";
import { execAlong, type Refused, refused } from "./util-linux-run";

const SPEC = {
  short: "+dhV",
  long: {
    dump: "d",
    nnp: "nnp",
    "no-new-privs": "nnp",
    "inh-caps=": "inh-caps",
    "ambient-caps=": "ambient-caps",
    "bounding-set=": "bounding-set",
    "list-caps": "list-caps",
    "ruid=": "ruid",
    "euid=": "euid",
    "reuid=": "reuid",
    "rgid=": "rgid",
    "egid=": "egid",
    "regid=": "regid",
    "clear-groups": "clear-groups",
    "keep-groups": "keep-groups",
    "init-groups": "init-groups",
    "groups=": "groups",
    "pdeathsig=": "pdeathsig",
  },
};
const GROUP_OPTIONS = ["clear-groups", "keep-groups", "init-groups", "groups"];
/** The status when a right was missing or the options made no sense. */
const PRIVERR = 127;

type CapabilitySet = Credentials["bounding"];
const lower = (names: CapabilitySet): readonly string[] => CAPABILITY_NAMES.filter((name) => names.includes(name)).map((name) => name.toLowerCase());
const listed = (names: readonly (string | number)[], separator = ","): string => (names.length === 0 ? "[none]" : names.join(separator));

function dump(system: System): number {
  const who = system.credentials();
  if (!who.ok) return 1;
  const { uid, euid, gid, egid, groups, noNewPrivs, inheritable, ambient, bounding } = who.value;
  const lines = [
    `uid: ${uid}`,
    `euid: ${euid}`,
    `gid: ${gid}`,
    `egid: ${egid}`,
    `Supplementary groups: ${listed(groups)}`,
    `no_new_privs: ${noNewPrivs ? 1 : 0}`,
    `Inheritable capabilities: ${listed(lower(inheritable))}`,
    `Ambient capabilities: ${listed(lower(ambient))}`,
    `Capability bounding set: ${listed(lower(bounding))}`,
    "Securebits: [none]",
    "Parent death signal: [none]",
  ];
  print(system, lines.map((line) => `${line}\n`).join(""));
  return 0;
}

/** A set after `+name`, `-name`, `+all` and `-all`; a sentence when the text is none. */
function changed(set: CapabilitySet, text: string): CapabilitySet | string {
  let names = [...set];
  for (const word of text.split(",")) {
    const sign = word[0];
    const name = word.slice(1).toUpperCase();
    if (sign !== "+" && sign !== "-") return "bad capability string";
    const meant = name === "ALL" ? CAPABILITY_NAMES : CAPABILITY_NAMES.includes(name) ? [name] : undefined;
    if (meant === undefined) return `unknown capability "${word.slice(1)}"`;
    names = names.filter((one) => !meant.includes(one));
    if (sign === "+") names.push(...meant);
  }
  return names;
}

interface Wishes {
  readonly ruid?: number;
  readonly euid?: number;
  readonly rgid?: number;
  readonly egid?: number;
}

/** Ids by the options that give them; a sentence for what is wrong. */
function ids(system: System, given: Parsed): Wishes | string {
  const wishes: Record<string, number> = {};
  for (const { key, value = "" } of given.options) {
    const match = /^(r|e|re)([ug]id)$/.exec(key);
    if (match === null) continue;
    const kind = match[2] as "uid" | "gid";
    const found = kind === "uid" ? uidNamed(system, value) : gidNamed(system, value);
    if (found === undefined) return `failed to parse ${key}: '${value}'`;
    const names = match[1] === "re" ? [`r${kind}`, `e${kind}`] : [key];
    if (names.some((name) => name in wishes)) return match[1] === "re" ? `duplicate r${kind} or e${kind}` : `duplicate ${match[1]}${kind}`;
    for (const name of names) wishes[name] = found;
  }
  return wishes;
}

/** The groups that were asked for; undefined leaves them as they are. */
function groupsAsked(system: System, given: Parsed, { ruid, rgid }: Wishes): readonly number[] | undefined | string {
  if (given.has("clear-groups")) return [];
  if (given.has("init-groups")) {
    const name = userName(system, ruid ?? 0);
    if (name === undefined) return `uid ${ruid ?? 0} not found, --init-groups requires an user that can be found on the system`;
    return [...new Set([...(rgid === undefined ? [] : [rgid]), ...groupsOf(system, name)])];
  }
  const text = given.value("groups");
  if (text === undefined) return undefined;
  const numbers = text.split(",").map((one) => ({ one, gid: gidNamed(system, one) }));
  const wrong = numbers.find(({ gid }) => gid === undefined);
  return wrong === undefined ? numbers.flatMap(({ gid }) => gid ?? []) : `Invalid supplementary group id: '${wrong.one}'`;
}

/** Changes ids and groups; the permitted capabilities stay until the program is run. */
function become(system: System, wishes: Wishes, groups: readonly number[] | undefined): Refused | undefined {
  const { ruid, euid, rgid, egid } = wishes;
  const before = system.credentials();
  system.prctl({ keepCaps: true });
  if (ruid !== undefined || euid !== undefined) {
    const done = system.setresuid(ruid ?? -1, euid ?? -1, euid ?? -1);
    if (!done.ok) return { text: "setresuid failed", errno: done.errno };
    const now = system.credentials();
    if (before.ok && now.ok) {
      const { permitted, inheritable } = now.value;
      system.capset({ permitted, effective: permitted, inheritable });
    }
  }
  if (rgid !== undefined || egid !== undefined) {
    const done = system.setresgid(rgid ?? -1, egid ?? -1, egid ?? -1);
    if (!done.ok) return { text: "setresgid failed", errno: done.errno };
  }
  if (groups === undefined) return undefined;
  const done = system.setgroups(groups);
  return done.ok ? undefined : { text: "setgroups failed", errno: done.errno };
}

/** Bounding set, then what is inherited, then what stays over exec. */
function limit(system: System, given: Parsed): Refused | string | undefined {
  const who = system.credentials();
  if (!who.ok) return undefined;
  const { bounding, inheritable, ambient, permitted, effective } = who.value;
  const [bounds, inherit, stay] = [given.value("bounding-set"), given.value("inh-caps"), given.value("ambient-caps")];
  if (bounds !== undefined) {
    const wanted = changed(bounding, bounds);
    if (typeof wanted === "string") return wanted;
    const done = system.prctl({ dropBounding: bounding.filter((name) => !wanted.includes(name)) });
    if (!done.ok) return { text: "apply bounding set", errno: done.errno };
  }
  if (inherit !== undefined) {
    const wanted = changed(inheritable, inherit);
    if (typeof wanted === "string") return wanted;
    const done = system.capset({ permitted, effective, inheritable: wanted });
    if (!done.ok) return { text: "apply capabilities", errno: done.errno };
  }
  if (stay !== undefined) {
    const wanted = changed(ambient, stay);
    if (typeof wanted === "string") return wanted;
    const done = system.prctl({ ambient: wanted });
    if (!done.ok) return { text: "set ambient capabilities failed", errno: done.errno };
  }
  return undefined;
}

/** What the options contradict; undefined when they make sense. */
function contradiction(given: Parsed, wishes: Wishes): string | undefined {
  const groupWays = GROUP_OPTIONS.filter((name) => given.has(name));
  if (given.has("d") && given.options.some(({ key }) => key !== "d")) return "--dump is incompatible with all other options";
  if (given.has("d") || given.has("list-caps")) return undefined;
  if (groupWays.length > 1) return "mutually exclusive arguments: --clear-groups --keep-groups --init-groups --groups";
  if (given.operands.length === 0) return "No program specified";
  if ((wishes.rgid !== undefined || wishes.egid !== undefined) && groupWays.length === 0)
    return "--[re]gid requires --keep-groups, --clear-groups, --init-groups, or --groups";
  return given.has("init-groups") && wishes.ruid === undefined ? "--init-groups requires --ruid" : undefined;
}

function deathSignal(text: string): { readonly signal: string } | string {
  if (text === "keep" || text === "clear") return { signal: "" };
  const name = /^\d+$/.test(text) ? signalByNumber(Number(text)) : SIGNAL_NAMES.find((known) => known === text.toUpperCase().replace(/^SIG/, ""));
  return name === undefined ? `unknown signal: ${text}` : { signal: name };
}

export const setpriv: Program = (system, invocation: Invocation) => {
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  const fail = (text: string, status = 1): number => (complain(system, invocation, text), status);
  const wishes = ids(system, given);
  if (typeof wishes === "string") return fail(wishes);
  const problem = contradiction(given, wishes);
  if (problem !== undefined) return fail(problem);
  if (given.has("d")) return dump(system);
  if (given.has("list-caps")) return (print(system, CAPABILITY_NAMES.map((name) => `${name.toLowerCase()}\n`).join("")), 0);
  const groups = groupsAsked(system, given, wishes);
  if (typeof groups === "string") return fail(groups);
  const death = given.value("pdeathsig");
  const signal = death === undefined ? undefined : deathSignal(death);
  if (typeof signal === "string") return fail(signal);
  if (given.has("nnp")) system.prctl({ noNewPrivs: true });
  const refusal = become(system, wishes, groups) ?? limit(system, given);
  if (typeof refusal === "string") return fail(refusal);
  if (refusal !== undefined) return refused(system, invocation, refusal, PRIVERR);
  if (signal !== undefined) system.prctl({ deathSignal: signal.signal as "KILL" });
  const errno = execAlong(system, given.operands, invocation.env);
  return refused(system, invocation, { text: `failed to execute ${given.operands[0]}`, errno }, errno === "ENOENT" ? 127 : 126);
};
