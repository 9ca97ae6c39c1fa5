/** One operation of a race made by system calls, and the answer to it. */
import type { System } from "../../../linux/program";
import type { Operation, Racer } from "../../../linux/fs/differences/operation";
import type { Result } from "../../../linux/types";
import { readFile } from "./support";

export interface Answer {
  readonly ok: boolean;
  readonly answer: string;
}

const DONE: Answer = { ok: true, answer: "ok" };
const answerOf = (result: Result<unknown>): Answer => (result.ok ? DONE : { ok: false, answer: result.errno });
const said = (answer: string): Answer => ({ ok: true, answer });

function put(system: System, path: string, text: string, append: boolean): Answer {
  const fd = system.open(path, { write: true, create: true, ...(append ? { append } : { truncate: true }) }, 0o644);
  if (!fd.ok) return answerOf(fd);
  const wrote = system.write(fd.value, `${text}\n`);
  system.close(fd.value);
  return answerOf(wrote);
}

function openOnly(system: System, path: string): Answer {
  const fd = system.open(path, { write: true, append: true }, 0);
  if (fd.ok) system.close(fd.value);
  return answerOf(fd);
}

function read(system: System, path: string): Answer {
  const found = readFile(system, path);
  return "text" in found ? said(found.text.trim().split("\n").join(" ")) : { ok: false, answer: found.errno };
}

function namesIn(system: System, path: string): Result<readonly string[]> {
  const fd = system.open(path, { read: true, directory: true }, 0);
  if (!fd.ok) return fd;
  const found = system.readdir(fd.value);
  system.close(fd.value);
  return found.ok ? { ok: true, value: found.value.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1)) } : found;
}

/** The mark of an overlay's opaque directory is no name in it. */
const OPAQUE = "trusted.overlay.opaque";

/** A listing in which a whiteout of either kind can be told from a thing, and an extended attribute shows. */
function look(system: System, path: string): Answer {
  const names = namesIn(system, path);
  if (!names.ok) return answerOf(names);
  const words = names.value.map((name) => {
    const found = system.lstat(`${path}/${name}`);
    const user = system.getxattr(`${path}/${name}`, "user.k");
    const kind = found.ok && found.value.kind === "char" ? "(0,0)" : "";
    return `${name}${kind}${user.ok ? "@" : ""}`;
  });
  const mark = system.getxattr(path, OPAQUE);
  return said([...words, ...(mark.ok && mark.value === "y" ? [`${OPAQUE}=y`] : [])].join(" "));
}

function links(system: System, path: string): Answer {
  const found = system.lstat(path);
  return found.ok ? said(String(found.value.nlink)) : answerOf(found);
}

function same(system: System, a: string, b: string): Answer {
  const [one, other] = [system.stat(a), system.stat(b)];
  if (!one.ok || !other.ok) return { ok: false, answer: "ENOENT" };
  return said(one.value.dev === other.value.dev && one.value.ino === other.value.ino ? "one file" : "two files");
}

function add(system: System, racer: Racer, place: string): Answer {
  const added = `${place}/new`;
  const data = { overlay: `lowerdir=${place}/mid:${place}/low:${added}`, aufs: `add:1:${added}=ro`, unionfs: `add=${place}/mid:${added}=ro` }[racer];
  return answerOf(system.mount({ source: "none", target: `${place}/m`, type: "", data, remount: true }));
}

/** As another user where the operation says so: with the effective id alone, which can be had back. */
export function perform(system: System, racer: Racer, place: string, operation: Operation): Answer {
  const { as } = operation;
  if (as === undefined) return act(system, racer, place, operation);
  system.setresuid(-1, as, -1);
  const answer = act(system, racer, place, operation);
  system.setresuid(-1, 0, -1);
  return answer;
}

function act(system: System, racer: Racer, place: string, operation: Operation): Answer {
  const base = `${place}/${operation.in ?? "m"}`;
  const at = (path: string): string => (path === "" ? base : `${base}/${path}`);
  switch (operation.do) {
    case "write":
      return put(system, at(operation.path), operation.text, false);
    case "append":
      return put(system, at(operation.path), operation.text, true);
    case "open":
      return openOnly(system, at(operation.path));
    case "read":
      return read(system, at(operation.path));
    case "list": {
      const names = namesIn(system, at(operation.path));
      return names.ok ? said(names.value.join(" ")) : answerOf(names);
    }
    case "look":
      return look(system, at(operation.path));
    case "unlink":
      return answerOf(system.unlink(at(operation.path)));
    case "rmdir":
      return answerOf(system.rmdir(at(operation.path)));
    case "mkdir":
      return answerOf(system.mkdir(at(operation.path), 0o755));
    case "links":
      return links(system, at(operation.path));
    case "rename":
      return answerOf(system.rename(at(operation.path), at(operation.to)));
    case "exchange":
      return answerOf(system.rename(at(operation.path), at(operation.to), { exchange: true }));
    case "link":
      return answerOf(system.link(at(operation.path), at(operation.to)));
    case "same":
      return same(system, at(operation.path), at(operation.to));
    case "chmod":
      return answerOf(system.chmod(at(operation.path), operation.mode));
    case "setxattr":
      return answerOf(system.setxattr(at(operation.path), operation.name, operation.text));
    case "add":
      return add(system, racer, place);
  }
}
