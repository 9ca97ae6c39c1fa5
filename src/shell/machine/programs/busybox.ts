/**
 * `busybox`: many programs in one file, told apart by the name under which it is called or by its first word. Its applets do what the
 * programs of the same name do, with busybox's own words where something is wrong.
 *
 * Not modelled: options of GNU's programs that busybox lacks are taken too; usages.
 *
 * @source busybox@1.35 libbb/appletlib.c run_applet_and_exit busybox_main
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { ls, mount, ps, umount } from "./busybox-applets";
import { df } from "./busybox-df";
import { reworded } from "./busybox-words";
import { baseName, print } from "./support";

const OWN: Readonly<Record<string, Program>> = { df, ls, mount, ps, umount };
/** Applets that another program of the machine does. */
const BORROWED =
  "awk base64 basename cat chgrp chmod chown chroot cmp cp cut date dd diff dirname du echo egrep env expr false fgrep find free grep groups head hexdump hostname id install ip kill ln logname md5sum mkdir mkfifo mknod mktemp mv nc nice nohup nproc od paste pgrep pidof ping pivot_root pkill printenv printf pstree pwd readlink realpath rev rm rmdir sed seq setsid sh sha256sum sleep sort stat strings sync tac tail tee test timeout touch tr true truncate tty umount uname uniq unlink unshare uptime wc which whoami xargs xxd yes [".split(
    " ",
  );
const BANNER = "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1) multi-call binary.\n";

/** The same system, but what is complained is said in busybox's words. */
function speaking(system: System, applet: string): System {
  const write: System["write"] = (fd, data) => {
    if (fd !== 2 || !data.endsWith("\n")) return system.write(fd, data);
    const lines = data.slice(0, -1).split("\n");
    const done = system.write(fd, lines.map((line) => reworded(applet, line)).join(""));
    return done.ok ? { ok: true, value: data.length } : done;
  };
  return { ...system, write };
}

const appletsOf = (programs: Readonly<Record<string, Program>>): readonly string[] =>
  [...new Set([...Object.keys(OWN), "busybox", ...BORROWED.filter((name) => name in programs)])].sort((a, b) => (a < b ? -1 : 1));

function run(programs: Readonly<Record<string, Program>>, system: System, invocation: Invocation, applet: string): number {
  const program = OWN[applet] ?? (BORROWED.includes(applet) ? programs[applet] : undefined);
  if (program === undefined) {
    print(system, `${applet}: applet not found\n`, 2);
    return 127;
  }
  // Busybox speaks plain English, whatever the locale; a shell hands its environment on.
  const env = applet === "sh" ? invocation.env : { ...invocation.env, LC_ALL: "C" };
  return program(speaking(system, applet), { ...invocation, env });
}

export const busyboxWith = (programs: Readonly<Record<string, Program>>): Program => {
  const busybox: Program = (system, invocation) => {
    const name = baseName(invocation.argv[0] ?? "").replace(/^-/, "");
    if (name !== "busybox") return run(programs, system, invocation, name);
    const [first, ...rest] = invocation.argv.slice(1);
    if (first === "--list")
      return (
        print(
          system,
          appletsOf(programs)
            .map((one) => `${one}\n`)
            .join(""),
        ),
        0
      );
    if (first === undefined || first === "--help") {
      print(
        system,
        `${BANNER}\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\nCurrently defined functions:\n\t${appletsOf(programs).join(", ")}\n`,
      );
      return 0;
    }
    return run(programs, system, { ...invocation, argv: [first, ...rest] }, first);
  };
  return busybox;
};
