/**
 * Small programs over files, as coreutils 9.1 has them: what people use, in its words.
 *
 * @source coreutils@9.1
 */
import type { Program } from "../../../linux/program";
import { complain, given, quoted, tryHelp } from "./coreutils-support";
import { groupName, groupsOf, userByName, userName } from "./passwd";
import { because, linesOf, optionsOf, print, readFile, slurp } from "./support";

export const cat: Program = (system, invocation) => {
  const { rest } = optionsOf(invocation.argv.slice(1), { short: "u" });
  let status = 0;
  for (const path of rest.length === 0 ? ["-"] : rest) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, `${path}: ${because(all.errno)}`);
      status = 1;
    } else print(system, all.text);
  }
  return status;
};

export const wc: Program = (system, { argv }) => {
  const { given, rest } = optionsOf(argv.slice(1), { short: "lwc" });
  const all = rest[0] === undefined ? slurp(system, 0) : readFile(system, rest[0]);
  if ("errno" in all) return 1;
  const { text } = all;
  const counts = { l: text.split("\n").length - 1, w: text.split(/\s+/).filter((word) => word !== "").length, c: text.length };
  const wanted = (["l", "w", "c"] as const).filter((key) => given.size === 0 || given.has(key));
  const shown = wanted.length === 1 ? String(counts[wanted[0] ?? "l"]) : wanted.map((key) => String(counts[key]).padStart(7)).join(" ");
  print(system, `${shown}${rest[0] === undefined ? "" : ` ${rest[0]}`}\n`);
  return 0;
};

export const sort: Program = (system, { argv }) => {
  const { given, rest } = optionsOf(argv.slice(1), { short: "nrk:u" });
  const all = rest[0] === undefined ? slurp(system, 0) : readFile(system, rest[0]);
  if ("errno" in all) return 2;
  const field = Number(typeof given.get("k") === "string" ? given.get("k") : 0);
  const keyOf = (line: string): string => (field > 0 ? (line.split(/\s+/)[field - 1] ?? "") : line);
  const number = (line: string): number => Number.parseFloat(keyOf(line)) || 0;
  const sign = given.has("r") ? -1 : 1;
  const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const lines = linesOf(all.text).toSorted(
    (a, b) => sign * (given.has("n") ? number(a) - number(b) || plain(a, b) : plain(keyOf(a), keyOf(b)) || plain(a, b)),
  );
  print(system, (given.has("u") ? [...new Set(lines)] : lines).map((line) => `${line}\n`).join(""));
  return 0;
};

export const id: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "ugGnrz", long: { user: "u", group: "g", groups: "G", name: "n", real: "r", zero: "z" } });
  if (options === undefined) return tryHelp(system, invocation);
  const own = system.credentials();
  if (!own.ok) return 1;
  const [user] = options.operands;
  const entry = user === undefined ? undefined : userByName(system, user);
  if (user !== undefined && entry === undefined) {
    complain(system, invocation, `${quoted(invocation, user)}: no such user`);
    return 1;
  }
  const mine = own.value;
  const [ruid, euid] = entry === undefined ? [mine.uid, mine.euid] : [entry.number, entry.number];
  const [rgid, egid] = entry === undefined ? [mine.gid, mine.egid] : [entry.group, entry.group];
  const groups = [...new Set([egid, ...(entry === undefined ? mine.groups : groupsOf(system, entry.name))])];
  const named = (number: number, name: string | undefined): string => (name === undefined ? String(number) : `${number}(${name})`);
  const short = (number: number, name: string | undefined): string => (options.has("n") && name !== undefined ? name : String(number));
  const real = options.has("r");
  if (options.has("u")) print(system, `${short(real ? ruid : euid, userName(system, real ? ruid : euid))}\n`);
  else if (options.has("g")) print(system, `${short(real ? rgid : egid, groupName(system, real ? rgid : egid))}\n`);
  else if (options.has("G")) print(system, `${groups.map((group) => short(group, groupName(system, group))).join(" ")}\n`);
  else {
    const effective = [
      ...(euid === ruid ? [] : [`euid=${named(euid, userName(system, euid))}`]),
      ...(egid === rgid ? [] : [`egid=${named(egid, groupName(system, egid))}`]),
    ];
    const all = groups.map((group) => named(group, groupName(system, group))).join(",");
    print(
      system,
      `${[`uid=${named(ruid, userName(system, ruid))}`, `gid=${named(rgid, groupName(system, rgid))}`, ...effective, `groups=${all}`].join(" ")}\n`,
    );
  }
  return 0;
};
