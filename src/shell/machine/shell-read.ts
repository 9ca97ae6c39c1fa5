/**
 * Builtins that read: read, mapfile.
 *
 * Not modelled: `read -e` and `-i`, the callbacks of `mapfile`.
 *
 * @rule linux.shell.read
 * @source bash(1) read mapfile
 */
import type { Builtin } from "./shell-builtins";
import { noteSignals } from "./shell-fork";
import { complain, getText, setVariable, type Shell, write } from "./shell-state";

interface Wishes {
  readonly raw: boolean;
  readonly array: string | undefined;
  readonly end: string;
  readonly most: number | undefined;
  /** Exactly so many characters, ends of lines among them. */
  readonly exactly: boolean;
  readonly silent: boolean;
  readonly fd: number;
  readonly prompt: string | undefined;
  readonly seconds: number | undefined;
  readonly names: readonly string[];
}

const USAGE = "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]";
const VALUED = "adinNptu";

function wishesOf(argv: readonly string[]): Wishes | string {
  const given = new Map<string, string>();
  let at = 1;
  for (; /^-./.test(argv[at] ?? ""); at++) {
    const word = argv[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? "";
      if (!`${VALUED}ers`.includes(letter)) return `-${letter}: invalid option`;
      if (!VALUED.includes(letter)) {
        given.set(letter, "");
        continue;
      }
      const glued = word.slice(i + 1);
      const value = glued === "" ? argv[++at] : glued;
      if (value === undefined) return `-${letter}: option requires an argument`;
      given.set(letter, value);
      break;
    }
  }
  const most = given.get("N") ?? given.get("n");
  const delimiter = given.get("d");
  const timeout = given.get("t");
  if (timeout !== undefined && !/^\d*\.?\d+$/.test(timeout)) return `${timeout}: invalid timeout specification`;
  return {
    raw: given.has("r"),
    array: given.get("a"),
    end: delimiter === undefined ? "\n" : delimiter === "" ? "\0" : delimiter.slice(0, 1),
    most: most === undefined ? undefined : Number(most),
    exactly: given.has("N"),
    silent: given.has("s"),
    fd: Number(given.get("u") ?? 0),
    prompt: given.get("p"),
    seconds: timeout === undefined ? undefined : Number(timeout),
    names: argv.slice(at),
  };
}

const INTERRUPTED = 130;
/** More than 128: the time was over. */
const LATE = 142;

const clock = (shell: Shell): number => {
  const now = shell.system.clock("monotonic");
  return now.ok ? now.value : 0;
};

/** Reads one line, a byte at a time, so that what follows is left to others. */
const read: Builtin = (shell, argv) => {
  const wishes = wishesOf(argv);
  if (typeof wishes === "string") {
    complain(shell, `read: ${wishes}`);
    if (wishes.endsWith("option")) write(shell.system, 2, `read: usage: ${USAGE}\n`);
    return 2;
  }
  const { raw, end, most, exactly, fd, names } = wishes;
  const bad = names.find((name) => !/^[A-Za-z_]\w*(?:\[.*\])?$/.test(name));
  if (bad !== undefined) {
    complain(shell, shell.state.dash ? `read: ${bad}: bad variable name` : `read: \`${bad}': not a valid identifier`);
    return shell.state.dash ? 2 : 1;
  }
  const terminal = shell.system.terminal(fd);
  if (wishes.prompt !== undefined && terminal.ok) write(shell.system, 2, wishes.prompt);
  const modes = terminal.ok && (wishes.silent || most !== undefined) ? terminal.value.modes : undefined;
  if (modes !== undefined) shell.system.tcsetattr(fd, { echo: !wishes.silent && modes.echo, canonical: most === undefined && modes.canonical });
  const until = wishes.seconds === undefined ? undefined : clock(shell) + Math.round(wishes.seconds * 1e6);
  const got = takeLine(shell, { fd, raw, end, most, exactly, until });
  if (modes !== undefined) shell.system.tcsetattr(fd, { echo: modes.echo, canonical: modes.canonical });
  if (got.status === INTERRUPTED) return INTERRUPTED;
  const text = raw ? got.line : got.line.replace(/\\(.)/gs, "$1");
  if (exactly) setVariable(shell, names[0] ?? "REPLY", { text });
  else assignFields(shell, text, wishes.array === undefined ? names : [wishes.array], wishes.array !== undefined);
  return got.status;
};

interface Taking extends Pick<Wishes, "fd" | "raw" | "end" | "most" | "exactly"> {
  readonly until: number | undefined;
}

function takeLine(shell: Shell, { fd, raw, end, most, exactly, until }: Taking): { readonly line: string; readonly status: number } {
  let line = "";
  for (let count = 0; most === undefined || count < most; ) {
    if (until !== undefined && clock(shell) >= until) return { line, status: LATE };
    const got = until === undefined ? shell.system.read(fd, 1) : readBy(shell, fd, until);
    if (got === undefined) return { line, status: LATE };
    if (!got.ok && got.errno === "EINTR") {
      noteSignals(shell);
      return { line, status: INTERRUPTED };
    }
    if (!got.ok || got.value === "") return { line, status: 1 };
    const { value } = got;
    const escaped = !raw && /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
    if (value === "\n" && escaped && !exactly) {
      line = line.slice(0, -1);
      continue;
    }
    if (value === end && !exactly && !escaped) return { line, status: 0 };
    // Strings end at a zero: there can be none in a variable.
    if (value !== "\0") line += value;
    if (!(value === "\\" && !raw && !escaped)) count++;
  }
  return { line, status: 0 };
}

/** Reads as soon as something is there; undefined when the time is over first. */
function readBy(shell: Shell, fd: number, until: number) {
  const ready = shell.system.poll([{ fd }], Math.max(0, until - clock(shell)));
  if (!ready.ok) return ready;
  return ready.value.length === 0 ? undefined : shell.system.read(fd, 1);
}

function assignFields(shell: Shell, text: string, names: readonly string[], array: boolean): void {
  const ifs = getText(shell, "IFS") ?? " \t\n";
  const blank = [...ifs].filter((c) => " \t\n".includes(c)).join("");
  const isBreak = (c: string | undefined): boolean => c !== undefined && ifs.includes(c);
  let rest = text;
  const trim = (): void => {
    while (rest !== "" && blank.includes(rest[0] ?? "x")) rest = rest.slice(1);
  };
  const next = (): string => {
    let length = 0;
    while (length < rest.length && !isBreak(rest[length])) length += 1;
    const field = rest.slice(0, length);
    rest = rest.slice(length);
    trim();
    if (isBreak(rest[0])) rest = rest.slice(1);
    trim();
    return field;
  };
  if (names.length === 0) return void setVariable(shell, "REPLY", { text });
  trim();
  while (rest !== "" && blank.includes(rest.at(-1) ?? "x")) rest = rest.slice(0, -1);
  if (array) {
    const list: string[] = [];
    while (rest !== "") list.push(next());
    return void setVariable(shell, names[0] ?? "REPLY", { list });
  }
  for (const name of names.slice(0, -1)) setVariable(shell, name, { text: next() });
  setVariable(shell, names.at(-1) ?? "REPLY", { text: rest });
}

/** All lines of what is piped in, as an array. */
const mapfile: Builtin = (shell, argv) => {
  const options = argv.slice(1).filter((argument) => argument.startsWith("-"));
  const trims = options.some((option) => option.includes("t"));
  const valued = new Set(["-n", "-s", "-d", "-O", "-u"]);
  const valueOf = (option: string): string | undefined => (argv.includes(option) ? argv[argv.indexOf(option) + 1] : undefined);
  const [name = "MAPFILE"] = argv.slice(1).filter((argument, i) => !argument.startsWith("-") && !valued.has(argv[i] ?? ""));
  const end = valueOf("-d") === "" ? "\0" : (valueOf("-d")?.slice(0, 1) ?? "\n");
  let text = "";
  const fd = Number(valueOf("-u") ?? 0);
  for (let got = shell.system.read(fd, 65_536); got.ok && got.value !== ""; got = shell.system.read(fd, 65_536)) text += got.value;
  const pieces = text === "" ? [] : text.split(end);
  const whole = pieces.at(-1) === "" ? pieces.slice(0, -1) : pieces;
  const lines = whole.map((line, i) => (trims || (i === whole.length - 1 && !text.endsWith(end)) ? line : line + end));
  const skip = Number(valueOf("-s") ?? 0);
  const most = Number(valueOf("-n") ?? 0);
  setVariable(shell, name, { list: lines.slice(skip, most > 0 ? skip + most : undefined) });
  return 0;
};

export const readBuiltins: Readonly<Record<string, Builtin>> = { read, mapfile, readarray: mapfile };
