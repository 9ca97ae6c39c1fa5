/**
 * `newuidmap` and `newgidmap`: map ids of a user namespace to those that /etc/subuid and /etc/subgid give away. They run as root, whoever
 * calls them.
 *
 * @source shadow@4.13 src/newuidmap.c src/newgidmap.c libmisc/idmapping.c
 */
import type { Program, System } from "../../../linux/program";
import { ranges, userName } from "./passwd";
import { because, complain, print } from "./support";

interface Range {
  readonly inner: number;
  readonly outer: number;
  readonly count: number;
}

const WHOLE = /^\d+$/;

function rangesOf(words: readonly string[]): readonly Range[] | undefined {
  if (words.length === 0 || words.length % 3 !== 0 || !words.every((word) => WHOLE.test(word))) return undefined;
  return Array.from({ length: words.length / 3 }, (_none, i) => {
    const [inner = 0, outer = 0, count = 0] = words.slice(3 * i, 3 * i + 3).map(Number);
    return { inner, outer, count };
  });
}

const isWithin = ({ outer, count }: Range, first: number, length: number): boolean => outer >= first && outer + count <= first + length;

function mayMap(system: System, kind: "uid" | "gid", caller: { readonly uid: number; readonly gid: number }, range: Range): boolean {
  if (range.count === 1 && range.outer === caller[kind]) return true;
  return ranges(system, kind, caller.uid).some(({ first, count }) => isWithin(range, first, count));
}

function writeTo(system: System, path: string, text: string): { readonly what: "open" | "write"; readonly why: string } | undefined {
  const fd = system.open(path, { write: true }, 0);
  if (!fd.ok) return { what: "open", why: because(fd.errno) };
  const wrote = system.write(fd.value, text);
  system.close(fd.value);
  return wrote.ok ? undefined : { what: "write", why: because(wrote.errno) };
}

const newMap =
  (kind: "uid" | "gid"): Program =>
  (system, invocation) => {
    const name = `new${kind}map`;
    const fail = (text: string): number => (complain(system, invocation, text), 1);
    const [pid = "", ...words] = invocation.argv.slice(1);
    const wanted = rangesOf(words);
    if (!WHOLE.test(pid) || wanted === undefined) {
      print(system, `usage: ${name} <pid> <${kind}> <lower${kind}> <count> [ <${kind}> <lower${kind}> <count> ] ... \n`, 2);
      return 1;
    }
    const who = system.credentials();
    const target = system.stat(`/proc/${pid}`);
    if (!target.ok) return fail(`Could not open proc directory for target ${pid}`);
    if (!who.ok) return 1;
    const { uid, gid } = who.value;
    const { uid: targetUid, gid: targetGid } = target.value;
    if (uid !== targetUid || gid !== targetGid)
      return fail(
        `Target process ${pid} is owned by a different user: uid:${uid} pw_uid:${uid} st_uid:${targetUid}, gid:${gid} pw_gid:${gid} st_gid:${targetGid}`,
      );
    if (userName(system, uid) === undefined) return fail("Cannot determine your user name.");
    for (const range of wanted) {
      if (mayMap(system, kind, { uid, gid }, range)) continue;
      const { inner, outer, count } = range;
      return fail(`${kind} range [${inner}-${inner + count}) -> [${outer}-${outer + count}) not allowed`);
    }
    if (kind === "gid" && !wanted.every((range) => ranges(system, kind, uid).some(({ first, count }) => isWithin(range, first, count))))
      writeTo(system, `/proc/${pid}/setgroups`, "deny");
    const text = wanted.map(({ inner, outer, count }) => `${inner} ${outer} ${count}\n`).join("");
    const problem = writeTo(system, `/proc/${pid}/${kind}_map`, text);
    if (problem === undefined) return 0;
    return fail(problem.what === "open" ? `open of ${kind}_map failed: ${problem.why}` : `write to ${kind}_map failed: ${problem.why}`);
  };

export const newuidmap = newMap("uid");
export const newgidmap = newMap("gid");
