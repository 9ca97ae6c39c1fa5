/**
 * Replacing what a process runs. An executable's bytes name the program; `#!` leads to an interpreter.
 *
 * Not modelled: argument size limits.
 *
 * @rule linux.process.exec
 * @source linux@6.12 fs/exec.c bprm_execve fs/binfmt_script.c load_script
 */
import { resolve } from "../fs/namei";
import { hasFlag } from "../fs/mount";
import { EXECUTE, mayAccess } from "../fs/permission";
import { superblockOf, typeOf } from "../fs/superblock";
import type { Attributes, Path } from "../fs/types";
import { enterTimeNamespace } from "../namespace/time";
import { idInside } from "../namespace/user";
import { failure, type Kernel, type Result, value } from "../types";
import { closeOnExec, ownFiles } from "./descriptor";
import { exitThread } from "./exit";
import { afterExec } from "./ids";
import { changeTask, taskOf, tasksBy, viewOf, type Disposition } from "./task";

const MARKER = /^\x7fELF:([^\n\0]*)/;
const MAX_INTERPRETERS = 5;
const COMM_LENGTH = 15;

export interface Image {
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Loaded extends Image {
  readonly path: Path;
  readonly attributes: Attributes;
}

/** What an executable's first bytes are, so that `cp` and `stat` have something to copy. */
export const executable = (program: string): string => `\x7fELF:${program}\n`;

function load(kernel: Kernel, task: number, path: string | Path, argv: readonly string[], env: Image["env"], depth: number): Result<Loaded> {
  const view = viewOf(kernel, taskOf(kernel, task));
  const found = typeof path === "string" ? resolve(kernel, view, path, true) : value(path);
  if (!found.ok) return found;
  const { ref } = found.value;
  const type = typeOf(kernel, ref.sb);
  const attributes = type.getattr(kernel, ref);
  if (attributes.kind !== "file" || hasFlag(kernel, found.value.mount, "noexec")) return failure("EACCES");
  const may = mayAccess(kernel, view.credentials, ref, EXECUTE);
  if (!may.ok) return may;
  const head = type.read(kernel, ref, 0, 256);
  if (!head.ok) return head;
  const program = MARKER.exec(head.value)?.[1];
  if (program !== undefined) return value({ program, argv, env, path: found.value, attributes });
  if (!head.value.startsWith("#!")) return failure("ENOEXEC");
  if (depth >= MAX_INTERPRETERS) return failure("ELOOP");
  const [, interpreter, argument] = /^#![ \t]*([^ \t\n]*)[ \t]*([^\n]*?)[ \t]*(?:\n|$)/.exec(head.value) ?? [];
  if (interpreter === undefined || interpreter === "") return failure("ENOEXEC");
  const script = typeof path === "string" ? path : "/dev/fd";
  const inner = [interpreter, ...(argument === undefined || argument === "" ? [] : [argument]), script, ...argv.slice(1)];
  return load(kernel, task, interpreter, inner, env, depth + 1);
}

/** Whose rights a set-user-ID or set-group-ID file gives. */
function giftOf(
  kernel: Kernel,
  task: number,
  { mount, ref: { sb } }: Path,
  { mode, uid, gid }: Attributes,
): { readonly uid?: number; readonly gid?: number } {
  const { credentials } = taskOf(kernel, task);
  const { userNamespace, noNewPrivs } = credentials;
  if (hasFlag(kernel, mount, "nosuid") || superblockOf(kernel, sb).owner !== undefined) return {};
  if (noNewPrivs || idInside(kernel, userNamespace, "uids", uid) === undefined || idInside(kernel, userNamespace, "gids", gid) === undefined)
    return {};
  return { ...((mode & 0o4000) !== 0 ? { uid } : {}), ...((mode & 0o2010) === 0o2010 ? { gid } : {}) };
}

/** Handlers are gone with the program that had them; what is ignored stays ignored. */
function ignoredOnly(dispositions: Readonly<Record<string, Disposition>>): Readonly<Record<string, Disposition>> {
  return Object.fromEntries(Object.entries(dispositions).filter(([, disposition]) => disposition === "ignore"));
}

/** The path a file is found under, as far as it is known: what was asked for. */
export function exec(kernel: Kernel, id: number, path: string, argv: readonly string[], env: Image["env"]): Result<Image> {
  const loaded = load(kernel, id, path, argv.length === 0 ? [""] : argv, env, 0);
  if (!loaded.ok) return loaded;
  const { program, attributes } = loaded.value;
  const before = taskOf(kernel, id);
  for (const thread of tasksBy(kernel, "thread", before.tgid)) if (thread.id !== id && thread.id !== thread.tgid) exitThread(kernel, thread.id);
  if (tasksBy(kernel, "files", before.files).length > 1) ownFiles(kernel, id);
  closeOnExec(kernel, id);
  const gift = giftOf(kernel, id, loaded.value.path, attributes);
  const credentials = afterExec(kernel, before.credentials, gift);
  const raised = credentials.euid !== before.credentials.euid || credentials.egid !== before.credentials.egid;
  changeTask(kernel, id, {
    comm: (path.split("/").at(-1) ?? path).slice(0, COMM_LENGTH),
    exe: path,
    argv: loaded.value.argv,
    env,
    credentials,
    dispositions: ignoredOnly(before.dispositions),
    dumpable: !raised,
    keepCaps: false,
    executed: true,
    ...(raised ? { deathSignal: "" as const } : {}),
  });
  enterTimeNamespace(kernel, id);
  kernel.tx.fired("linux.process.exec", `${kernel.machine}/${id}`);
  return value({ program, argv: loaded.value.argv, env });
}
