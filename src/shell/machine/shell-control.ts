/**
 * Builtins that change what is done next: exit, return, break, continue, exec, set, shift, trap.
 *
 * @rule linux.shell.control
 * @source bash(1) SHELL BUILTIN COMMANDS
 */
import { SIGNAL_NAMES, signalByNumber, type SignalName, signalNumber } from "../../linux/process/signal-names";
import type { Builtin } from "./shell-builtins";
import { restingAction } from "./shell-job-control";
import { restore } from "./shell-redirect";
import { complain, environment, type Frame, giveUp, pop, push, type Shell, update, write } from "./shell-state";

/** Leaves frames behind until one is met; that one stays. Descriptors are put back on the way. */
function unwind(shell: Shell, until: (frame: Frame) => boolean): boolean {
  if (!shell.state.frames.some(until)) return false;
  for (;;) {
    const top = shell.state.frames.at(-1);
    if (top === undefined || until(top)) return true;
    pop(shell);
    if (top.kind === "restore") restore(shell, top.saved);
  }
}

function leave(shell: Shell, argv: readonly string[]): number {
  const [, text] = argv;
  if (shell.state.interactive && !shell.state.dash) {
    write(shell.system, 2, "exit\n");
    if (shell.state.warned !== true && shell.state.jobs.some((job) => job.stopped !== undefined)) {
      write(shell.system, 2, "There are stopped jobs.\n");
      update(shell, { warned: true });
      return 1;
    }
  }
  if (text !== undefined && !/^-?\d+$/.test(text)) {
    complain(shell, shell.state.dash ? `exit: Illegal number: ${text}` : `exit: ${text}: numeric argument required`);
    update(shell, { frames: [] });
    return 2;
  }
  update(shell, { frames: [] });
  return text === undefined ? shell.state.status : Number(text) & 255;
}

const giveBack: Builtin = (shell, argv) => {
  const status = argv[1] === undefined ? shell.state.status : Number(argv[1]) & 255;
  if (!unwind(shell, ({ kind }) => kind === "call")) {
    if (shell.state.dash && !shell.state.interactive) {
      update(shell, { frames: [] });
      return status;
    }
    complain(shell, "return: can only `return' from a function or sourced script");
    return 2;
  }
  return status;
};

function loopControl(again: boolean): Builtin {
  return (shell, argv) => {
    let left = Math.max(1, Number(argv[1] ?? 1));
    const inside = shell.state.frames.slice(shell.state.frames.findLastIndex(({ kind }) => kind === "call") + 1);
    const loops = inside.filter(({ kind }) => kind === "loop").length;
    if (loops === 0 && !shell.state.dash) complain(shell, `${argv[0] ?? ""}: only meaningful in a \`for', \`while', or \`until' loop`);
    left = Math.min(left, loops);
    for (; left > 0; left -= 1) {
      unwind(shell, ({ kind }) => kind === "loop");
      if (left > 1 || !again) pop(shell);
    }
    return 0;
  };
}

const exec: Builtin = (shell, argv) => {
  if (argv.length === 1) return 0;
  const plain = argv[1] === "-a" ? [argv[2] ?? "", ...argv.slice(4)] : argv[1] === "--" ? argv.slice(2) : argv.slice(1);
  push(shell, { kind: "exec", argv: plain, env: environment(shell), redirects: [], asked: true });
  return 0;
};

const LETTERS: Readonly<Record<string, string>> = {
  e: "errexit",
  u: "nounset",
  x: "xtrace",
  f: "noglob",
  m: "monitor",
  v: "verbose",
  C: "noclobber",
  a: "allexport",
  n: "noexec",
  h: "hashall",
  B: "braceexpand",
};

const OPTION_NAMES =
  "allexport braceexpand emacs errexit errtrace functrace hashall histexpand history ignoreeof interactive-comments keyword monitor noclobber noexec noglob nolog notify nounset onecmd physical pipefail posix privileged verbose vi xtrace".split(
    " ",
  );
const ALWAYS = ["braceexpand", "hashall", "interactive-comments"];

/** What `set -o` and `set +o` list. */
function listOptions(shell: Shell, commands: boolean): number {
  for (const name of OPTION_NAMES) {
    const on = shell.state.options[name] ?? ALWAYS.includes(name);
    write(shell.system, 1, commands ? `set ${on ? "-" : "+"}o ${name}\n` : `${name.padEnd(15)}\t${on ? "on" : "off"}\n`);
  }
  return 0;
}

const set: Builtin = (shell, argv) => {
  if (argv.length === 2 && (argv[1] === "-o" || argv[1] === "+o")) return listOptions(shell, argv[1] === "+o");
  const options = { ...shell.state.options };
  let index = 1;
  for (; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    if (argument === "--") {
      update(shell, { positional: argv.slice(index + 1), options });
      return 0;
    }
    if (argument === "-") {
      const { xtrace: _xtrace, verbose: _verbose, ...others } = options;
      update(shell, { options: others, ...(index + 1 < argv.length ? { positional: argv.slice(index + 1) } : {}) });
      return 0;
    }
    if (!/^[-+][a-zA-Z]+$/.test(argument)) break;
    for (const letter of argument.slice(1)) {
      const name = letter === "o" ? argv[(index += 1)] : LETTERS[letter];
      if (letter === "o" && name !== undefined && !OPTION_NAMES.includes(name)) {
        if (shell.state.dash) return giveUp(shell, `set: Illegal option -o ${name}`);
        complain(shell, `set: ${name}: invalid option name`);
        return 1;
      }
      if (name !== undefined) options[name] = argument.startsWith("-");
    }
  }
  update(shell, { options, ...(index < argv.length ? { positional: argv.slice(index) } : {}) });
  if (argv.length === 1) for (const [name, { text }] of Object.entries(shell.state.variables)) write(shell.system, 1, `${name}=${text ?? ""}\n`);
  return 0;
};

const shift: Builtin = (shell, argv) => {
  const count = Number(argv[1] ?? 1);
  if (shell.state.dash && argv[1] !== undefined && !/^\d+$/.test(argv[1])) return giveUp(shell, `shift: Illegal number: ${argv[1]}`);
  if (shell.state.dash && count > shell.state.positional.length) return giveUp(shell, "shift: can't shift that many");
  if (argv[1] !== undefined && !/^\d+$/.test(argv[1])) {
    complain(shell, /^-\d+$/.test(argv[1]) ? `shift: ${argv[1]}: shift count out of range` : `shift: ${argv[1]}: numeric argument required`);
    return 1;
  }
  if (count > shell.state.positional.length) return 1;
  update(shell, { positional: shell.state.positional.slice(count) });
  return 0;
};

/** Not modelled: what DEBUG and RETURN trap is kept but not run. */
const PSEUDO = ["ERR", "DEBUG", "RETURN"] as const;
type Pseudo = (typeof PSEUDO)[number];
const isPseudo = (name: string): name is Pseudo => PSEUDO.some((one) => one === name);

/** A signal by name, with or without SIG, or by number; `EXIT` is none but may be trapped. */
export function signalNamed(text: string): SignalName | "EXIT" | undefined {
  if (/^\d+$/.test(text)) return text === "0" ? "EXIT" : signalByNumber(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, "");
  return name === "EXIT" ? name : SIGNAL_NAMES.find((known) => known === name);
}

/** What may be trapped: a signal, or one of the moments that bash names like signals. */
function trapNamed(text: string): SignalName | "EXIT" | Pseudo | undefined {
  const name = text.toUpperCase().replace(/^SIG/, "");
  return isPseudo(name) ? name : signalNamed(text);
}

const trap: Builtin = (shell, argv) => {
  const given = argv.slice(argv[1] === "--" ? 2 : 1);
  if (given.length === 0 || given[0] === "-p") {
    const place = (name: string): number => (name === "EXIT" ? 0 : isPseudo(name) ? 100 : signalNumber(name as SignalName));
    const wanted = given.slice(1).map(trapNamed);
    for (const [name, text] of Object.entries(shell.state.traps).toSorted(([a], [b]) => place(a) - place(b))) {
      if (wanted.length > 0 && !wanted.some((one) => one === name)) continue;
      const shownName = name === "EXIT" || isPseudo(name) || shell.state.dash ? name : `SIG${name}`;
      write(shell.system, 1, `trap -- '${text.replaceAll("'", "'\\''")}' ${shownName}\n`);
    }
    return 0;
  }
  const [text = "", ...names] = given.length === 1 ? ["-", ...given] : given;
  let status = 0;
  for (const asked of names) {
    const name = trapNamed(asked);
    if (name === undefined) {
      if (shell.state.dash) write(shell.system, 2, `trap: ${asked}: bad trap\n`);
      else complain(shell, `trap: ${asked}: invalid signal specification`);
      status = 1;
      continue;
    }
    const { [name]: _before, ...traps } = shell.state.traps;
    update(shell, { traps: text === "-" ? traps : { ...traps, [name]: text } });
    if (name !== "EXIT" && !isPseudo(name))
      shell.system.sigaction(name, text === "-" ? restingAction(shell, name) : text === "" ? "ignore" : "handle");
  }
  return status;
};

export const controlBuiltins: Readonly<Record<string, Builtin>> = {
  exit: leave,
  logout: leave,
  return: giveBack,
  break: loopControl(false),
  continue: loopControl(true),
  exec,
  set,
  shift,
  trap,
};
