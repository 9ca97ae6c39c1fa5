/** Input of text tools: lines as they come, from files or from what is piped in. */
import type { Invocation, System } from "../../../linux/program";
import { because, complain } from "./support";

const CHUNK = 4096;

export interface LineSource {
  /** The next line without its end; undefined at the end of all input. */
  next(): string | undefined;
  /** Whether the line that came last had an end. */
  ended(): boolean;
  /** The file it came from. */
  name(): string;
  /** Whether a line is still to come. */
  more(): boolean;
  /** A file could not be read. */
  failed(): boolean;
}

export interface LineOptions {
  /** What ends a line. */
  readonly end?: string;
  readonly onError?: (path: string, why: string) => void;
}

/** Lines of files one after another; `-` and no file at all are what is piped in. Reads no more than it needs. */
export function linesFrom(system: System, invocation: Invocation, paths: readonly string[], options: LineOptions = {}): LineSource {
  const { end = "\n" } = options;
  const rest = paths.length === 0 ? ["-"] : [...paths];
  let fd: number | undefined;
  let held = "";
  let over = false;
  let [name, ended, failed] = ["", true, false];
  const refuse = (path: string, why: string): void => {
    failed = true;
    if (options.onError === undefined) complain(system, invocation, `${path}: ${why}`);
    else options.onError(path, why);
  };
  const open = (): boolean => {
    for (let path = rest.shift(); path !== undefined; path = rest.shift()) {
      name = path;
      if (path === "-") {
        fd = 0;
        return true;
      }
      const opened = system.open(path, { read: true }, 0);
      if (opened.ok) {
        fd = opened.value;
        return true;
      }
      refuse(path, because(opened.errno));
    }
    return false;
  };
  const fill = (): boolean => {
    if (fd === undefined && !open()) return false;
    const got = system.read(fd as number, CHUNK);
    if (!got.ok) refuse(name, because(got.errno));
    if (got.ok && got.value !== "") {
      held += got.value;
      return true;
    }
    if (fd !== 0) system.close(fd as number);
    fd = undefined;
    return false;
  };
  const take = (): string | undefined => {
    for (;;) {
      const at = held.indexOf(end);
      if (at >= 0) {
        const line = held.slice(0, at);
        held = held.slice(at + end.length);
        ended = true;
        return line;
      }
      if (fill()) continue;
      if (held !== "") {
        const line = held;
        held = "";
        ended = false;
        return line;
      }
      if (rest.length === 0) {
        over = true;
        return undefined;
      }
    }
  };
  let ahead: { readonly line: string; readonly ended: boolean; readonly name: string } | undefined;
  let current = { ended: true, name: "" };
  return {
    next: () => {
      if (ahead !== undefined) {
        const found = ahead;
        ahead = undefined;
        current = found;
        return found.line;
      }
      const line = over ? undefined : take();
      current = { ended, name };
      return line;
    },
    more: () => {
      if (ahead !== undefined) return true;
      const line = over ? undefined : take();
      if (line === undefined) return false;
      ahead = { line, ended, name };
      return true;
    },
    ended: () => current.ended,
    name: () => current.name,
    failed: () => failed,
  };
}
