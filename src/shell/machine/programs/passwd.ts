/**
 * Names of users and groups, as the files in /etc say.
 *
 * @source man-pages@6.9 passwd(5) group(5); shadow@4.13 subuid(5)
 */
import type { System } from "../../../linux/program";
import { linesOf, readFile } from "./support";

interface Entry {
  readonly name: string;
  readonly number: number;
  /** Of a user: the first group; of a group: nothing. */
  readonly group: number;
  readonly members: readonly string[];
  readonly home: string;
  readonly shell: string;
}

function entries(system: System, path: string): readonly Entry[] {
  const all = readFile(system, path);
  if ("errno" in all) return [];
  return linesOf(all.text).flatMap((line) => {
    const [name = "", , number, fourth = "", , home = "", shell = ""] = line.split(":");
    if (number === undefined || !/^\d+$/.test(number)) return [];
    return [{ name, number: Number(number), group: Number(fourth), members: fourth.split(",").filter((one) => one !== ""), home, shell }];
  });
}

const users = (system: System): readonly Entry[] => entries(system, "/etc/passwd");
const groups = (system: System): readonly Entry[] => entries(system, "/etc/group");

export const userByName = (system: System, name: string): Entry | undefined => users(system).find((one) => one.name === name);
export const userByNumber = (system: System, number: number): Entry | undefined => users(system).find((one) => one.number === number);
export const userName = (system: System, number: number): string | undefined => userByNumber(system, number)?.name;
export const groupName = (system: System, number: number): string | undefined => groups(system).find((one) => one.number === number)?.name;
/** Groups that name a user as a member. */
export const groupsOf = (system: System, user: string): readonly number[] =>
  groups(system).flatMap((one) => (one.members.includes(user) ? [one.number] : []));

const number = (text: string): number | undefined => (/^\d+$/.test(text) && Number(text) < 4294967295 ? Number(text) : undefined);

/** A user by name or number. */
export const uidNamed = (system: System, text: string): number | undefined => userByName(system, text)?.number ?? number(text);
export const gidNamed = (system: System, text: string): number | undefined => groups(system).find((one) => one.name === text)?.number ?? number(text);

/** Names for many numbers, the files read once. */
export function namesOf(system: System, kind: "users" | "groups"): (of: number) => string {
  const known = new Map((kind === "users" ? users(system) : groups(system)).map((one) => [one.number, one.name]));
  return (of) => known.get(of) ?? String(of);
}

/** Ranges of ids a user may give away, from /etc/subuid or /etc/subgid. */
export function ranges(system: System, kind: "uid" | "gid", uid: number): readonly { readonly first: number; readonly count: number }[] {
  const all = readFile(system, `/etc/sub${kind}`);
  const name = userName(system, uid);
  if ("errno" in all) return [];
  return linesOf(all.text).flatMap((line) => {
    const [who, first, count] = line.split(":");
    return who === name || who === String(uid) ? [{ first: Number(first), count: Number(count) }] : [];
  });
}

export function subordinate(
  system: System,
  kind: "uid" | "gid",
  uid: number,
): { readonly outer: number; readonly inner: number; readonly count: number } | undefined {
  const [range] = ranges(system, kind, uid);
  return range === undefined ? undefined : { outer: range.first, inner: 0, count: range.count };
}
