/**
 * Programs that change what is the root: `chroot` for one process, `pivot_root` for a mount namespace.
 *
 * @source coreutils@9.1 src/chroot.c; util-linux@2.38 sys-utils/pivot_root.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { complain, given, quoted, tryHelp } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { gidNamed, groupsOf, uidNamed, userByNumber } from "./passwd";
import { because, complain as complainPlain, print } from "./support";
import { execAlong, refused } from "./util-linux-run";

const CANCELED = 125;

interface Who {
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
}

/** `USER:GROUP`, and the groups of the user where none were named; a sentence for what is wrong. */
function who(system: System, invocation: Invocation, options: Parsed): Who | string {
  const spec = options.value("userspec");
  const [user = "", group = ""] = (spec ?? "").split(/[:.](.*)/s);
  const uid = user === "" ? undefined : uidNamed(system, user);
  if (user !== "" && uid === undefined) return "invalid user";
  const named = group === "" ? undefined : gidNamed(system, group);
  if (group !== "" && named === undefined) return "invalid group";
  const entry = uid === undefined ? undefined : userByNumber(system, uid);
  const gid = named ?? entry?.group;
  if (uid !== undefined && gid === undefined) return `no group specified for unknown uid: ${uid}`;
  const text = options.value("groups");
  if (text === undefined) {
    const groups = entry === undefined || gid === undefined ? undefined : [...new Set([gid, ...groupsOf(system, entry.name)])];
    return { uid, gid, groups };
  }
  const groups: number[] = [];
  for (const one of text.split(",").filter((part) => part !== "")) {
    const number = gidNamed(system, one);
    if (number === undefined) return `invalid group ${quoted(invocation, one)}`;
    groups.push(number);
  }
  return { uid, gid, groups };
}

export const chroot: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+", long: { "groups=": "groups", "userspec=": "userspec", "skip-chdir": "skip-chdir" } });
  if (options === undefined) return CANCELED;
  const [root, ...command] = options.operands;
  if (root === undefined) return tryHelp(system, invocation, "missing operand", CANCELED);
  const fail = (text: string): number => (complain(system, invocation, text), CANCELED);
  if (options.has("skip-chdir") && root !== "/")
    return tryHelp(system, invocation, `option --skip-chdir only permitted if NEWROOT is old ${quoted(invocation, "/")}`, CANCELED);
  const outside = who(system, invocation, options);
  const done = system.chroot(root);
  if (!done.ok) return fail(`cannot change root directory to ${quoted(invocation, root)}: ${because(done.errno)}`);
  if (!options.has("skip-chdir") && !system.chdir("/").ok) return fail("cannot chdir to root directory");
  // Names are looked up inside; what is not known there is as it was outside.
  const inside = who(system, invocation, options);
  const become = typeof inside === "string" ? outside : inside;
  if (typeof become === "string") return fail(become);
  const { uid, gid, groups } = become;
  const steps = [
    groups === undefined ? undefined : { text: "failed to set supplemental groups", done: system.setgroups(groups) },
    gid === undefined ? undefined : { text: "failed to set group-ID", done: system.setgid(gid) },
    uid === undefined ? undefined : { text: "failed to set user-ID", done: system.setuid(uid) },
  ];
  for (const step of steps) if (step?.done.ok === false) return fail(`${step.text}: ${because(step.done.errno)}`);
  const shell = invocation.env["SHELL"] ?? "/bin/sh";
  const argv = command.length === 0 ? [shell, "-i"] : command;
  const errno = execAlong(system, argv, invocation.env);
  complain(system, invocation, `failed to run command ${quoted(invocation, argv[0] ?? "")}: ${because(errno)}`);
  return errno === "ENOENT" ? 127 : 126;
};

export const pivotRoot: Program = (system, invocation) => {
  const [fresh, old, ...more] = invocation.argv.slice(1);
  if (fresh === undefined || old === undefined || more.length > 0) {
    complainPlain(system, invocation, "bad usage");
    print(system, "Try 'pivot_root --help' for more information.\n", 2);
    return 1;
  }
  const done = system.pivotRoot(fresh, old);
  return done.ok ? 0 : refused(system, invocation, { text: `failed to change root from \`${fresh}' to \`${old}'`, errno: done.errno });
};
