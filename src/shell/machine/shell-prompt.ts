/**
 * What the shell prints before it reads a line: the prompt's escapes, then its expansions.
 *
 * A variable that no real shell has, `namespaces`, names the kinds of namespace in which the shell stands apart from the machine's first
 * process; the prompt that is given where none is set shows it before the rest, as Debian's shows `debian_chroot`.
 *
 * @rule linux.shell.prompt
 * @source bash(1) PROMPTING
 */
import { sourceOf } from "../language/bash-grammar";
import { expanded } from "../language/bash-word";
import { asText } from "./expansion";
import { getText, type Shell } from "./shell-state";
import { surroundings } from "./shell-words";

const NAMESPACES = "${namespaces:+[$namespaces] }";
export const DEFAULT_PROMPT = `${NAMESPACES}\\u@\\h:\\w\\$ `;
const MORE_PROMPT = "> ";
/** dash knows no escapes. */
const dashPrompt = (root: boolean): string => `${NAMESPACES}${root ? "#" : "$"} `;

const DAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number): string => String(number).padStart(2, "0");

interface Calendar {
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
  readonly seconds: number;
}

/** The day of a second since 1970, in UTC. */
function calendar(second: number): Calendar {
  const days = Math.floor(second / 86_400);
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const year = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  return {
    day: ofYear - Math.floor((153 * month + 2) / 5) + 1,
    month: (month + 2) % 12,
    weekday: ((days % 7) + 7) % 7,
    seconds: second - days * 86_400,
  };
}

function clockText(shell: Shell, how: string): string {
  const clock = shell.system.clock("realtime");
  const { day, month, weekday, seconds } = calendar(clock.ok ? Math.floor(clock.value / 1e6) : 0);
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const twelve = two(hour % 12 === 0 ? 12 : hour % 12);
  switch (how) {
    case "d":
      return `${DAYS[weekday]} ${MONTHS[month]} ${two(day)}`;
    case "t":
      return `${two(hour)}:${two(minute)}:${two(second)}`;
    case "T":
      return `${twelve}:${two(minute)}:${two(second)}`;
    case "@":
      return `${twelve}:${two(minute)} ${hour < 12 ? "AM" : "PM"}`;
  }
  return `${two(hour)}:${two(minute)}`;
}

/** The name that belongs to a number in /etc/passwd. */
export function userName(shell: Shell, uid: number): string {
  const { system } = shell;
  const opened = system.open("/etc/passwd", { read: true, cloexec: true }, 0);
  if (!opened.ok) return "I have no name!";
  const text = system.read(opened.value, 65_536);
  system.close(opened.value);
  const line = (text.ok ? text.value : "").split("\n").find((one) => one.split(":")[2] === String(uid));
  return line?.split(":")[0] ?? "I have no name!";
}

function effectiveId(shell: Shell): number {
  const who = shell.system.credentials();
  return who.ok ? who.value.euid : 0;
}

function place(shell: Shell, short: boolean): string {
  const path = getText(shell, "PWD") ?? "/";
  const home = getText(shell, "HOME");
  if (home !== undefined && home !== "/" && home !== "" && path === home) return "~";
  if (short) return path === "/" ? path : path.slice(path.lastIndexOf("/") + 1);
  return home !== undefined && home !== "/" && home !== "" && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function escape(shell: Shell, letter: string): string {
  switch (letter) {
    case "u":
      return userName(shell, effectiveId(shell));
    case "h":
    case "H": {
      const found = shell.system.uname();
      const name = found.ok ? found.value.nodename : "";
      return letter === "h" ? (name.split(".")[0] ?? name) : name;
    }
    case "w":
    case "W":
      // What stands in a name is not expanded again.
      return place(shell, letter === "W").replace(/[\\$`]/g, "\\$&");
    case "$":
      return effectiveId(shell) === 0 ? "#" : "\\$";
    case "s":
      return shell.state.name.replace(/^-/, "").split("/").at(-1) ?? "";
    case "v":
      return "5.2";
    case "V":
      return "5.2.15";
    case "j":
      return String(shell.state.jobs.length);
    case "!":
    case "#":
      return String((shell.state.history ?? []).length + 1);
    case "l": {
      const terminal = shell.system.terminal(0);
      return terminal.ok ? (terminal.value.name.split("/").at(-1) ?? "") : "tty";
    }
    case "d":
    case "t":
    case "T":
    case "@":
    case "A":
      return clockText(shell, letter);
  }
  return PLAIN[letter] ?? `\\\\${letter}`;
}

const PLAIN: Readonly<Record<string, string>> = { n: "\n", r: "\r", a: "\x07", e: "\x1b", "\\": "\\\\", "[": "\x01", "]": "\x02" };

/** A prompt as it is printed. */
export function promptText(shell: Shell, more: boolean): string {
  const template = more ? (getText(shell, "PS2") ?? MORE_PROMPT) : (getText(shell, "PS1") ?? standard(shell));
  const decoded = shell.state.dash
    ? template
    : template.replace(/\\([0-7]{3})|\\([\s\S])/g, (_all, octal?: string, letter?: string) =>
        octal === undefined ? escape(shell, letter ?? "") : String.fromCharCode(Number.parseInt(octal, 8) & 255),
      );
  return asText(surroundings(shell), expanded(sourceOf(decoded, 1), ""));
}

const standard = (shell: Shell): string => (shell.state.dash ? dashPrompt(effectiveId(shell) === 0) : DEFAULT_PROMPT);
