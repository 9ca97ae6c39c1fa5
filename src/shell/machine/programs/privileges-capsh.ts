/**
 * `capsh`: says what the capabilities are, changes them, and runs a shell with what is left. Its options are carried out in their order.
 *
 * Not modelled: securebits, modes, `--explain`, `--suggest`, `--forkfor`, `--iab`.
 *
 * @source libcap@2.66 progs/capsh.c
 */
import { CAPABILITY_NAMES } from "../../../linux/process/capability-names";
import type { Invocation, Program, System } from "../../../linux/program";
import type { Credentials } from "../../../linux/types";
import { groupName, groupsOf, userByName, userName } from "./passwd";
import { capabilityNamed, capabilityText, capsText, iabText, setsFrom, setText } from "./privileges-text";
import { because, print } from "./support";

const WHOLE = /^\d+$/;
/** The status to end with; undefined goes on. */
type Done = number | undefined;

interface Act {
  readonly system: System;
  readonly invocation: Invocation;
  readonly who: Credentials;
}

const say = (system: System, text: string): number => (print(system, text, 2), 1);

function printState({ system, who }: Act): void {
  const user = (id: number): string => `${id}(${userName(system, id) ?? "???"})`;
  const group = (id: number): string => `${id}(${groupName(system, id) ?? "???"})`;
  const lines = [
    `Current: ${capsText(who)}`,
    `Bounding set =${setText(who.bounding)}`,
    `Ambient set =${setText(who.ambient)}`,
    `Current IAB: ${iabText(who)}`,
    `Securebits: 00/0x0/1'b0 (no-new-privs=${who.noNewPrivs ? 1 : 0})`,
    ...["noroot", "no-suid-fixup", "keep-caps", "no-ambient-raise"].map((bit) => ` secure-${bit}: no (unlocked)`),
    `uid=${user(who.uid)} euid=${user(who.euid)}`,
    `gid=${group(who.gid)}`,
    `groups=${who.groups.map(group).join(",")}`,
    "Guessed mode: HYBRID (4)",
  ];
  print(system, lines.map((line) => `${line}\n`).join(""));
}

/** Names of a list; `all` is every one. The name that there is not comes back as a string. */
function named(text: string): readonly string[] | string {
  if (text === "all") return CAPABILITY_NAMES;
  const names: string[] = [];
  for (const word of text.split(",")) {
    const name = capabilityNamed(word);
    if (name === undefined) return word;
    names.push(name);
  }
  return names;
}

function drop({ system }: Act, text: string): Done {
  const names = named(text);
  if (typeof names === "string") return say(system, `capability [${names}] is unknown to libcap\n`);
  for (const name of names) {
    const done = system.prctl({ dropBounding: [name] });
    if (!done.ok) return say(system, `failed to drop [${capabilityText(name)}=${CAPABILITY_NAMES.indexOf(name)}]: ${because(done.errno)}\n`);
  }
  return undefined;
}

function caps({ system }: Act, text: string): Done {
  const sets = setsFrom(text);
  if (sets === undefined) return say(system, `unable to interpret [${text}]\n`);
  const done = system.capset(sets);
  return done.ok ? undefined : say(system, `Unable to set capabilities [${text}]\n`);
}

function inherit({ system, who }: Act, text: string): Done {
  const names = named(text);
  if (typeof names === "string") return say(system, `capability [${names}] is unknown to libcap\n`);
  const done = system.capset({ permitted: who.permitted, effective: who.effective, inheritable: names });
  return done.ok ? undefined : say(system, "Unable to set inheritable capabilities\n");
}

function ambient({ system, who }: Act, text: string, raise: boolean): Done {
  const names = named(text);
  if (typeof names === "string") return say(system, `capability [${names}] is unknown to libcap\n`);
  for (const name of names) {
    const others = who.ambient.filter((one) => !names.includes(one));
    const done = system.prctl({ ambient: raise ? [...others, ...names] : others });
    if (!done.ok) return say(system, `failed to ${raise ? "raise" : "lower"} ambient [${capabilityText(name)}=${CAPABILITY_NAMES.indexOf(name)}]\n`);
  }
  return undefined;
}

function change(act: Act, what: "uid" | "gid", text: string): Done {
  const { system } = act;
  if (!WHOLE.test(text)) return say(system, `invalid --${what} value: want non-negative integer, got "${text}"\n`);
  const done = what === "uid" ? system.setuid(Number(text)) : system.setgid(Number(text));
  return done.ok ? undefined : say(system, `Failed to set ${what}=${text}: ${because(done.errno)}\n`);
}

function become({ system }: Act, name: string): Done {
  const user = userByName(system, name);
  if (user === undefined) return say(system, `User [${name}] not known\n`);
  const groups = [...new Set([user.group, ...groupsOf(system, name)])];
  const done = system.setgroups(groups);
  if (!done.ok) return say(system, `Unable to set group list for user: ${because(done.errno)}\n`);
  if (!system.setgid(user.group).ok || !system.setuid(user.number).ok) return say(system, `Failed to set uid=${user.number}(user=${name})\n`);
  return undefined;
}

function setGroups({ system }: Act, text: string): Done {
  const done = system.setgroups(
    text
      .split(",")
      .filter((one) => one !== "")
      .map(Number),
  );
  return done.ok ? undefined : say(system, "Failed to setgroups.\n");
}

function enter({ system }: Act, path: string): Done {
  const done = system.chroot(path);
  return done.ok && system.chdir("/").ok ? undefined : say(system, `Unable to chroot/chdir to [${path}]`);
}

function has({ system, who }: Act, set: "p" | "i" | "a" | "b", text: string): Done {
  const name = capabilityNamed(text);
  if (name === undefined) return say(system, `cap[${text}] not recognized by library\n`);
  const names = { p: who.permitted, i: who.inheritable, a: who.ambient, b: who.bounding }[set];
  const word = { p: "permitted", i: "inheritable", a: "in ambient set", b: "in bounding set" }[set];
  return names.includes(name) ? undefined : say(system, `cap[${text}] not ${word}\n`);
}

function decode({ system }: Act, text: string): Done {
  const names = CAPABILITY_NAMES.filter((_name, i) => (BigInt(`0x${text}`) >> BigInt(i)) % 2n === 1n).map(capabilityText);
  print(system, `0x${text.padStart(16, "0")}=${names.join(",")}\n`);
  return undefined;
}

const is = ({ system, who }: Act, what: "uid" | "gid", text: string): Done =>
  who[what] === Number(text) ? undefined : say(system, `${what}: got=${who[what]}, want=${text}\n`);

const ACTS: Readonly<Record<string, (act: Act, value: string) => Done>> = {
  "--print": (act) => void printState(act),
  "--current": ({ system, who }) => void print(system, `Current: ${capsText(who)}\nCurrent IAB: ${iabText(who)}\n`),
  "--drop": drop,
  "--caps": caps,
  "--inh": inherit,
  "--addamb": (act, text) => ambient(act, text, true),
  "--delamb": (act, text) => ambient(act, text, false),
  "--noamb": ({ system }) => void system.prctl({ ambient: [] }),
  "--uid": (act, text) => change(act, "uid", text),
  "--cap-uid": (act, text) => change(act, "uid", text),
  "--gid": (act, text) => change(act, "gid", text),
  "--user": become,
  "--groups": setGroups,
  "--keep": ({ system }, text) => void system.prctl({ keepCaps: text === "1" }),
  "--chroot": enter,
  "--has-p": (act, text) => has(act, "p", text),
  "--has-i": (act, text) => has(act, "i", text),
  "--has-a": (act, text) => has(act, "a", text),
  "--has-b": (act, text) => has(act, "b", text),
  "--has-ambient": () => undefined,
  "--has-no-new-privs": ({ system, who }) => (who.noNewPrivs ? undefined : say(system, "no-new-privs not set\n")),
  "--is-uid": (act, text) => is(act, "uid", text),
  "--is-gid": (act, text) => is(act, "gid", text),
  "--no-new-privs": ({ system }) => void system.prctl({ noNewPrivs: true }),
  "--supports": ({ system }, text) => (capabilityNamed(text) === undefined ? say(system, `cap[${text}] not recognized by library\n`) : undefined),
  "--decode": decode,
  "--mode": ({ system }) => void print(system, "Mode: HYBRID\n"),
  "--modes": ({ system }) => void print(system, "Supported modes: NOPRIV PURE1E_INIT PURE1E HYBRID\n"),
  "--quiet": () => undefined,
  "--noenv": () => undefined,
};

function usage(system: System): void {
  print(
    system,
    `usage: capsh [args ...]\n${Object.keys(ACTS)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => `  ${name}\n`)
      .join("")}  --             remaining arguments are for /bin/bash\n`,
  );
}

export const capsh: Program = (system, invocation) => {
  let shell = "/bin/bash";
  for (let i = 1; i < invocation.argv.length; i++) {
    const arg = invocation.argv[i] as string;
    const rest = invocation.argv.slice(i + 1);
    if (arg === "--" || arg === "==") {
      const path = arg === "--" ? shell : "/usr/bin/capsh";
      const { errno } = system.exec(path, [path, ...rest], invocation.env);
      return say(system, `execve '${path}' failed!: ${because(errno)}\n`);
    }
    const cut = arg.indexOf("=");
    const [name, value] = cut < 0 ? [arg, ""] : [arg.slice(0, cut), arg.slice(cut + 1)];
    if (name === "--shell") {
      shell = value;
      continue;
    }
    const act = ACTS[name];
    const who = system.credentials();
    if (act === undefined || !who.ok) {
      usage(system);
      return name === "--help" || name === "-h" ? 0 : 1;
    }
    const status = act({ system, invocation, who: who.value }, value);
    if (status !== undefined) return status;
  }
  return 0;
};
