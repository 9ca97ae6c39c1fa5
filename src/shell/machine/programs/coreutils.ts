/**
 * `id`: who one is, or another.
 *
 * @source coreutils@9.1 src/id.c
 */
import type { Program } from "../../../linux/program";
import { complain, given, quoted } from "./coreutils-support";
import { groupName, groupsOf, userByName, userByNumber, userName } from "./passwd";
import { print } from "./support";

export const id: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "augGnrzZ", long: { user: "u", group: "g", groups: "G", name: "n", real: "r", zero: "z" } });
  if (options === undefined) return 1;
  const chosen = ["u", "g", "G"].filter((key) => options.has(key));
  if (chosen.length > 1) return (complain(system, invocation, 'cannot print "only" of more than one choice'), 1);
  if (chosen.length === 0 && (options.has("n") || options.has("r")))
    return (complain(system, invocation, "cannot print only names or real IDs in default format"), 1);
  if (chosen.length === 0 && options.has("z")) return (complain(system, invocation, "option --zero not permitted in default format"), 1);
  const own = system.credentials();
  if (!own.ok) return 1;
  const mine = own.value;
  const end = options.has("z") ? "\0" : "\n";
  let status = 0;
  for (const user of options.operands.length === 0 ? [undefined] : options.operands) {
    const entry = user === undefined ? undefined : (userByName(system, user) ?? byNumber(system, user));
    if (user !== undefined && entry === undefined) {
      complain(system, invocation, `${quoted(invocation, user)}: no such user`);
      status = 1;
      continue;
    }
    const [ruid, euid] = entry === undefined ? [mine.uid, mine.euid] : [entry.number, entry.number];
    const [rgid, egid] = entry === undefined ? [mine.gid, mine.egid] : [entry.group, entry.group];
    const groups = [...new Set([egid, ...(entry === undefined ? mine.groups : groupsOf(system, entry.name))])];
    const named = (number: number, name: string | undefined): string => (name === undefined ? String(number) : `${number}(${name})`);
    const short = (number: number, kind: "user" | "group"): string => {
      const name = kind === "user" ? userName(system, number) : groupName(system, number);
      if (options.has("n") && name === undefined) {
        complain(system, invocation, `cannot find name for ${kind} ID ${number}`);
        status = 1;
      }
      return options.has("n") && name !== undefined ? name : String(number);
    };
    const real = options.has("r");
    if (options.has("u")) print(system, short(real ? ruid : euid, "user") + end);
    else if (options.has("g")) print(system, short(real ? rgid : egid, "group") + end);
    else if (options.has("G")) print(system, groups.map((group) => short(group, "group")).join(options.has("z") ? "\0" : " ") + end);
    else {
      const effective = [
        ...(euid === ruid ? [] : [`euid=${named(euid, userName(system, euid))}`]),
        ...(egid === rgid ? [] : [`egid=${named(egid, groupName(system, egid))}`]),
      ];
      const all = groups.map((group) => named(group, groupName(system, group))).join(",");
      const parts = [`uid=${named(ruid, userName(system, ruid))}`, `gid=${named(rgid, groupName(system, rgid))}`, ...effective, `groups=${all}`];
      print(system, `${parts.join(" ")}\n`);
    }
  }
  return status;
};

const byNumber = (system: Parameters<typeof userByName>[0], text: string): ReturnType<typeof userByName> =>
  /^\+?\d+$/.test(text) ? userByNumber(system, Number(text.replace("+", ""))) : undefined;
