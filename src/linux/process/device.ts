/**
 * Character devices: null, zero, full, random, and the terminals.
 *
 * A terminal has a line being typed, lines that are ready to be read, what was printed, and the process group in front of it.
 *
 * @rule linux.device.memory
 * @source linux@6.12 drivers/char/mem.c drivers/tty/n_tty.c
 */
import { defineTable } from "../../sim/table";
import { failure, type Kernel, type Outcome, type Result, value, DONE } from "../types";
import type { FileRow } from "./descriptor";
import { typeOf } from "../fs/superblock";
import { sendSignal } from "./signal";
import type { SignalName } from "./signal-names";
import { changeTask, leaderOf, taskOf, tasksBy } from "./task";
import { wake } from "./wake";

export interface TerminalRow {
  readonly machine: string;
  readonly id: number;
  /** The session it controls, and the group in front; 0 for none. */
  readonly session: number;
  readonly foreground: number;
  readonly typed: string;
  readonly ready: string;
  readonly ended: boolean;
  readonly printed: string;
  readonly echo: boolean;
  /** Lines are edited here and handed over whole; else every key is handed over at once. */
  readonly canonical: boolean;
  /** ^C, ^\\ and ^Z become signals. */
  readonly signals: boolean;
  /** The return key is read as a newline. */
  readonly mapReturn: boolean;
  /** How much of what was printed is no longer kept. */
  readonly dropped: number;
  readonly columns: number;
  readonly rows: number;
}

export const terminalTable = defineTable<TerminalRow>({ name: "linux.terminal", key: (row) => `${row.machine}/${row.id}` });
/** What a program may set of a terminal: of termios ECHO, ICANON, ISIG, ICRNL. */
export type TerminalModes = Pick<TerminalRow, "echo" | "canonical" | "signals" | "mapReturn">;

const MEMORY = 1;
/** What is kept of what was printed: more than any screen shows. */
const MOST_PRINTED = 262_144;
const TERMINAL = 5;
const SLAVE = 136;

export const findTerminal = (kernel: Kernel, id: number): TerminalRow | undefined => kernel.tx.read(terminalTable).get(`${kernel.machine}/${id}`);
const put = (kernel: Kernel, row: TerminalRow): void => kernel.tx.write(terminalTable).put(row);

function printed(row: TerminalRow, text: string): Pick<TerminalRow, "printed" | "dropped"> {
  const all = row.printed + text;
  if (all.length <= 2 * MOST_PRINTED) return { printed: all, dropped: row.dropped };
  return { printed: all.slice(-MOST_PRINTED), dropped: row.dropped + all.length - MOST_PRINTED };
}

/** Terminal `/dev/pts/N` has id N + 1, so that 0 is none. */
function terminalFor(kernel: Kernel, task: number, [major, minor]: readonly [number, number]): number {
  if (major === SLAVE) return minor + 1;
  return major === TERMINAL ? leaderOf(kernel, task).terminal : 0;
}

const rdevOf = (kernel: Kernel, { path }: FileRow): readonly [number, number] => typeOf(kernel, path.ref.sb).getattr(kernel, path.ref).rdev;

export function readDevice(kernel: Kernel, task: number, file: FileRow, length: number): Outcome<string> {
  const [major, minor] = rdevOf(kernel, file);
  if (major === MEMORY) {
    if (minor === 3) return value("");
    if (minor === 5 || minor === 7) return value("\0".repeat(length));
    if (minor === 8 || minor === 9) return value(randomBytes(kernel, length));
  }
  const terminal = findTerminal(kernel, terminalFor(kernel, task, [major, minor]));
  return terminal === undefined ? failure(major === TERMINAL ? "ENXIO" : "ENXIO") : readTerminal(kernel, task, terminal, length);
}

function randomBytes(kernel: Kernel, length: number): string {
  let bytes = "";
  for (let i = 0; i < length; i++) bytes += String.fromCharCode(Math.floor(kernel.tx.random(`linux.random/${kernel.machine}`) * 256));
  return bytes;
}

export function writeDevice(kernel: Kernel, task: number, file: FileRow, data: string): Outcome<number> {
  const [major, minor] = rdevOf(kernel, file);
  if (major === MEMORY) {
    if (minor === 7) return failure("ENOSPC");
    if (minor === 3 || minor === 5 || minor === 8 || minor === 9) return value(data.length);
  }
  const terminal = findTerminal(kernel, terminalFor(kernel, task, [major, minor]));
  if (terminal === undefined) return failure("ENXIO");
  put(kernel, { ...terminal, ...printed(terminal, data.replace(/\n/g, "\r\n")) });
  return value(data.length);
}

/**
 * A group that is not in front may not read: it is stopped.
 *
 * @rule linux.terminal.foreground
 * @source linux@6.12 drivers/tty/tty_jobctrl.c __tty_check_change
 */
function readTerminal(kernel: Kernel, task: number, terminal: TerminalRow, length: number): Outcome<string> {
  const self = leaderOf(kernel, task);
  if (self.terminal === terminal.id && terminal.foreground !== 0 && self.group !== terminal.foreground) {
    if (self.dispositions["TTIN"] === "ignore" || self.blocked.includes("TTIN")) return failure("EIO");
    for (const row of tasksBy(kernel, "group", self.group)) sendSignal(kernel, row.tgid, "TTIN", undefined);
    return { blocked: { queues: [`terminal/${terminal.id}`] } };
  }
  if (terminal.ready === "") {
    if (!terminal.ended) return { blocked: { queues: [`terminal/${terminal.id}`] } };
    put(kernel, { ...terminal, ended: false });
    return value("");
  }
  const newline = terminal.canonical ? terminal.ready.indexOf("\n") : -1;
  const line = terminal.ready.slice(0, Math.min(length, newline < 0 ? length : newline + 1));
  put(kernel, { ...terminal, ready: terminal.ready.slice(line.length) });
  return value(line);
}

export function newTerminal(kernel: Kernel, columns: number, rows: number): number {
  const id = kernel.tx.nextId(`linux.terminal/${kernel.machine}`);
  const empty = { session: 0, foreground: 0, typed: "", ready: "", ended: false, printed: "", dropped: 0 };
  put(kernel, { machine: kernel.machine, id, ...empty, ...COOKED, columns, rows });
  return id;
}

/** A terminal as it is opened. */
const COOKED: TerminalModes = { echo: true, canonical: true, signals: true, mapReturn: true };
const SIGNALS: Readonly<Record<string, SignalName>> = { "\x03": "INT", "\x1c": "QUIT", "\x1a": "TSTP" };

/**
 * What a terminal does with keys is set by programs. What was typed and not yet handed over may be read at once after a change.
 *
 * @rule linux.terminal.modes
 * @source linux@6.12 drivers/tty/n_tty.c n_tty_set_termios
 */
export function setModes(kernel: Kernel, terminal: TerminalRow, modes: Partial<TerminalModes>): Result<true> {
  const now = { ...terminal, ...modes };
  put(kernel, now.canonical === terminal.canonical ? now : { ...now, typed: "", ready: terminal.ready + terminal.typed });
  if (now.canonical !== terminal.canonical) wake(kernel, `terminal/${terminal.id}`);
  return DONE;
}

/**
 * The window has another size: the group in front is told.
 *
 * @rule linux.terminal.size
 * @source linux@6.12 drivers/tty/tty_io.c tty_do_resize
 */
export function resize(kernel: Kernel, id: number, columns: number, rows: number): void {
  const terminal = findTerminal(kernel, id);
  if (terminal === undefined || (terminal.columns === columns && terminal.rows === rows)) return;
  put(kernel, { ...terminal, columns, rows });
  if (terminal.foreground !== 0) for (const row of tasksBy(kernel, "group", terminal.foreground)) sendSignal(kernel, row.tgid, "WINCH", undefined);
}

/**
 * Keys as they are struck: lines are edited here; ^C, ^\ and ^Z become signals for the group in front.
 *
 * @rule linux.terminal.keys
 * @source linux@6.12 drivers/tty/n_tty.c n_tty_receive_char_special
 */
export function strike(kernel: Kernel, id: number, keys: string): void {
  for (const key of keys) {
    const terminal = findTerminal(kernel, id);
    if (terminal === undefined) return;
    const signal = terminal.signals ? SIGNALS[key] : undefined;
    if (signal === undefined) put(kernel, { ...terminal, ...struck(terminal, key === "\r" && terminal.mapReturn ? "\n" : key) });
    else {
      put(kernel, { ...terminal, typed: "", ready: "", ...printed(terminal, echoed(terminal, key)) });
      for (const row of tasksBy(kernel, "group", terminal.foreground)) sendSignal(kernel, row.tgid, signal, undefined);
    }
  }
  wake(kernel, `terminal/${id}`);
}

/** A key as the terminal shows it. */
function echoed({ echo }: TerminalRow, key: string): string {
  if (!echo) return "";
  if (key === "\n") return "\r\n";
  return key === "\x7f" ? "^?" : key < " " && key !== "\t" ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key;
}

function struck(terminal: TerminalRow, key: string): Partial<TerminalRow> {
  const { typed, ready } = terminal;
  const echo = printed(terminal, echoed(terminal, key));
  if (!terminal.canonical) return { ready: ready + key, ...echo };
  switch (key) {
    case "\n":
      return { typed: "", ready: `${ready}${typed}\n`, ...echo };
    case "\x04":
      return { typed: "", ready: ready + typed, ended: typed === "" && ready === "" };
    case "\x7f":
      return erased(terminal, typed.replace(CHARACTER, ""));
    case "\x17":
      return erased(terminal, typed.replace(/[^ \t]*[ \t]*$/, ""));
    case "\x15":
      return erased(terminal, "");
  }
  return { typed: typed + key, ...echo };
}

/** The last character, of however many bytes. */
const CHARACTER = /[\0-\x7f\xc0-\xff]?[\x80-\xbf]*$/;

/** Takes back what was typed, on the screen too: a character with all its bytes, a control character with both its columns. */
function erased(terminal: TerminalRow, left: string): Partial<TerminalRow> {
  if (!terminal.echo) return { typed: left };
  let columns = 0;
  for (const gone of terminal.typed.slice(left.length)) columns += gone >= "\x80" && gone < "\xc0" ? 0 : gone < " " ? 2 : gone >= "\xe3" ? 2 : 1;
  return { typed: left, ...printed(terminal, "\b \b".repeat(columns)) };
}

/** Makes a terminal the one that controls the caller's session, which the caller leads. */
export function takeTerminal(kernel: Kernel, task: number, id: number): Result<true> {
  const self = leaderOf(kernel, task);
  const terminal = findTerminal(kernel, id);
  if (terminal === undefined) return failure("ENOTTY");
  if (self.session !== self.id || self.terminal !== 0) return failure("EPERM");
  if (terminal.session !== 0 && terminal.session !== self.session) return failure("EPERM");
  put(kernel, { ...terminal, session: self.session, foreground: self.group });
  for (const row of tasksBy(kernel, "session", self.session)) changeTask(kernel, row.id, { terminal: id });
  return DONE;
}

/** The terminal an open file is. */
export const terminalOf = (kernel: Kernel, task: number, file: FileRow): TerminalRow | undefined =>
  file.kind === "char" ? findTerminal(kernel, terminalFor(kernel, task, rdevOf(kernel, file))) : undefined;

export function setForeground(kernel: Kernel, task: number, terminal: TerminalRow, group: number): Result<true> {
  const self = taskOf(kernel, task);
  if (leaderOf(kernel, task).terminal !== terminal.id || self.session !== terminal.session) return failure("ENOTTY");
  if (!tasksBy(kernel, "group", group).some((row) => row.session === self.session)) return failure("EPERM");
  put(kernel, { ...terminal, foreground: group });
  wake(kernel, `terminal/${terminal.id}`);
  return DONE;
}
