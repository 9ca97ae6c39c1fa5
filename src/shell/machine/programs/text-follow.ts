/**
 * `tail -f`: what is added to files, as it comes; looked for once a second.
 *
 * Not modelled: inotify, so that news may come a second late.
 *
 * @source coreutils@9.1 src/tail.c tail_forever
 */
import type { Invocation, System } from "../../../linux/program";
import { because, complain, print } from "./support";

interface Followed {
  readonly path: string;
  /** -1 while it is not there. */
  readonly fd: number;
  readonly at: number;
}

export interface Following {
  readonly files: readonly Followed[];
  /** Whose lines were printed last. */
  readonly last: number;
}

export interface FollowOptions {
  /** By name: what takes the file's place is followed. */
  readonly byName: boolean;
  readonly titles: boolean;
  readonly micros: number;
  /** Ends when this process is gone. */
  readonly pid: string | undefined;
}

/** Opens what was printed, at the place up to which it was. */
export function following(system: System, read: readonly (readonly [path: string, length: number])[]): Following {
  const files = read.flatMap(([path, length]): readonly Followed[] => {
    const fd = path === "-" ? ({ ok: true, value: 0 } as const) : system.open(path, { read: true, cloexec: true }, 0);
    if (!fd.ok) return [];
    if (path !== "-") system.lseek(fd.value, length, "set");
    return [{ path, fd: fd.value, at: length }];
  });
  return { files, last: files.length - 1 };
}

function replaced(system: System, invocation: Invocation, file: Followed): Followed {
  const there = system.stat(file.path);
  if (!there.ok) {
    if (file.fd < 0) return file;
    complain(system, invocation, `'${file.path}' has become inaccessible: ${because(there.errno)}`);
    system.close(file.fd);
    return { ...file, fd: -1 };
  }
  const own = file.fd < 0 ? undefined : system.fstat(file.fd);
  if (own?.ok === true && own.value.ino === there.value.ino && own.value.dev === there.value.dev) return file;
  const fd = system.open(file.path, { read: true, cloexec: true }, 0);
  if (!fd.ok) return file;
  complain(system, invocation, `'${file.path}' has ${file.fd < 0 ? "appeared" : "been replaced"};  following new file`);
  if (file.fd >= 0) system.close(file.fd);
  return { path: file.path, fd: fd.value, at: 0 };
}

export function follow(system: System, invocation: Invocation, from: Following, options: FollowOptions): number {
  let { files, last } = from;
  for (;;) {
    system.mark({ files: files.map((file) => ({ ...file })), last });
    files = files.map((file, i) => {
      const now = options.byName ? replaced(system, invocation, file) : file;
      if (now.fd < 0) return now;
      let { at } = now;
      const found = system.fstat(now.fd);
      if (found.ok && found.value.kind === "file" && found.value.size < at) {
        complain(system, invocation, `${now.path}: file truncated`);
        system.lseek(now.fd, 0, "set");
        at = 0;
      }
      // What is a pipe is read to its end once; then nothing more comes.
      for (let got = system.read(now.fd, 65_536); got.ok && got.value !== ""; got = system.read(now.fd, 65_536)) {
        if (options.titles && last !== i) print(system, `\n==> ${now.path} <==\n`);
        last = i;
        print(system, got.value);
        at += got.value.length;
      }
      return { ...now, at };
    });
    if (options.pid !== undefined && !system.stat(`/proc/${options.pid}`).ok) return 0;
    if (files.length === 0 || (!options.byName && files.every(({ path }) => path === "-"))) return 0;
    system.sleep(options.micros);
  }
}
