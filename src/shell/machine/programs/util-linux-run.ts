/**
 * What programs that run others have in common: finding the file, the words when it cannot be run, ending as a child ended.
 *
 * @source util-linux@2.38 lib/exec_shell.c include/c.h errexec
 */
import type { Errno } from "../../../linux/errno";
import type { Invocation, System } from "../../../linux/program";
import { because, complain } from "./support";

/** What was tried, and why it did not succeed. */
export interface Refused {
  readonly text: string;
  readonly errno: Errno;
}

export function refused(system: System, invocation: Invocation, { text, errno }: Refused, status = 1): number {
  complain(system, invocation, `${text}: ${because(errno)}`);
  return status;
}

/**
 * Takes the program's place by what a name along the path leads to; answers with why not.
 *
 * @source glibc@2.36 posix/execvpe.c
 */
export function execAlong(system: System, argv: readonly string[], env: Invocation["env"]): Errno {
  const [name = ""] = argv;
  if (name === "") return "ENOENT";
  if (name.includes("/")) return asScript(system, name, argv, env);
  let denied = false;
  for (const directory of (env["PATH"] ?? "/bin:/usr/bin").split(":")) {
    const errno = asScript(system, `${directory === "" ? "." : directory}/${name}`, argv, env);
    if (errno === "EACCES") denied = true;
    else if (errno !== "ENOENT" && errno !== "ENOTDIR" && errno !== "ESTALE") return errno;
  }
  return denied ? "EACCES" : "ENOENT";
}

/** What is no executable is given to the shell. */
function asScript(system: System, path: string, argv: readonly string[], env: Invocation["env"]): Errno {
  const { errno } = system.exec(path, argv, env);
  return errno === "ENOEXEC" ? system.exec("/bin/sh", ["/bin/sh", path, ...argv.slice(1)], env).errno : errno;
}

/** Runs a command, or a login shell when there is none. */
export function executeOr(system: System, invocation: Invocation, command: readonly string[]): number {
  const { env } = invocation;
  if (command.length > 0) {
    const errno = execAlong(system, command, env);
    return refused(system, invocation, { text: `failed to execute ${command[0]}`, errno }, errno === "ENOENT" ? 127 : 126);
  }
  const shell = env["SHELL"] ?? "/bin/sh";
  const { errno } = system.exec(shell, [`-${shell.slice(shell.lastIndexOf("/") + 1)}`], env);
  return refused(system, invocation, { text: `failed to execute ${shell}`, errno }, errno === "ENOENT" ? 127 : 126);
}

/** Waits for a child and ends as it did: with its status, or by its signal. */
export function killedLike(system: System, pid: number): number {
  for (;;) {
    const waited = system.wait4(pid, {});
    if (!waited.ok && waited.errno === "EINTR") continue;
    if (!waited.ok || waited.value === null) return 1;
    const { status } = waited.value;
    if (status.kind === "exited") return status.code;
    if (status.kind !== "signaled") continue;
    system.sigaction(status.signal, "default");
    const self = system.identity();
    if (self.ok) system.kill(self.value.pid, status.signal);
    return 1;
  }
}
