/**
 * Builtins about options and limits: getopts, umask, ulimit, times.
 *
 * Not modelled: limits that `ulimit` sets have no effect; the shell's own time.
 *
 * @rule linux.shell.getopts
 * @source bash(1) getopts umask ulimit times
 */
import type { Builtin } from "./shell-builtins";
import { complain, getText, giveUp, setVariable, type Shell, unsetVariable, update, write } from "./shell-state";

const getopts: Builtin = (shell, argv) => {
  const [, letters = "", name = "", ...given] = argv;
  if (argv.length < 3) {
    write(shell.system, 2, `${shell.state.name}: line ${shell.state.line}: getopts: usage: getopts optstring name [arg]\n`);
    return 2;
  }
  const args = given.length > 0 ? given : shell.state.positional;
  const quiet = letters.startsWith(":");
  const known = quiet ? letters.slice(1) : letters;
  // Within a bundle of letters the place is remembered behind a point.
  const [index = 1, letterAt = 1] = (getText(shell, "OPTIND") ?? "1").split(".").map(Number);
  const set = (letter: string, value: string | undefined, next: string): number => {
    setVariable(shell, name, { text: letter });
    if (value === undefined) unsetVariable(shell, "OPTARG");
    else setVariable(shell, "OPTARG", { text: value });
    setVariable(shell, "OPTIND", { text: next });
    return 0;
  };
  const arg = args[index - 1];
  if (arg === undefined || !/^-./s.test(arg) || arg === "--") {
    setVariable(shell, name, { text: "?" });
    unsetVariable(shell, "OPTARG");
    setVariable(shell, "OPTIND", { text: String(arg === "--" ? index + 1 : index) });
    return 1;
  }
  const letter = arg[letterAt] ?? "";
  const more = letterAt + 1 < arg.length;
  const next = more ? `${index}.${letterAt + 1}` : String(index + 1);
  const place = letter === ":" ? -1 : known.indexOf(letter);
  if (place < 0) {
    if (!quiet) write(shell.system, 2, `${shell.state.name}: illegal option -- ${letter}\n`);
    return set("?", quiet ? letter : undefined, next);
  }
  if (known[place + 1] !== ":") return set(letter, undefined, next);
  if (more) return set(letter, arg.slice(letterAt + 1), String(index + 1));
  const value = args[index];
  if (value !== undefined) return set(letter, value, String(index + 2));
  if (!quiet) write(shell.system, 2, `${shell.state.name}: option requires an argument -- ${letter}\n`);
  return set(quiet ? ":" : "?", quiet ? letter : undefined, String(index + 1));
};

/** `u=rwx,g=rx,o=` as the mask that leaves it. */
function symbolic(text: string, before: number): number | undefined {
  let allowed = ~before & 0o777;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(clause);
    if (match === null) return undefined;
    const [, who = "", operator, what = ""] = match;
    const bits = (what.includes("r") ? 4 : 0) | (what.includes("w") ? 2 : 0) | (/[xX]/.test(what) ? 1 : 0);
    for (const [letter, shift] of [
      ["u", 6],
      ["g", 3],
      ["o", 0],
    ] as const) {
      if (who !== "" && !who.includes("a") && !who.includes(letter)) continue;
      if (operator === "=") allowed = (allowed & ~(7 << shift)) | (bits << shift);
      else allowed = operator === "+" ? allowed | (bits << shift) : allowed & ~(bits << shift);
    }
  }
  return ~allowed & 0o777;
}

function maskOf(shell: Shell): number {
  const now = shell.system.umask(0);
  if (!now.ok) return 0;
  shell.system.umask(now.value);
  return now.value;
}

const umask: Builtin = (shell, argv) => {
  const [shows, wanted] = argv[1] === "-S" || argv[1] === "-p" ? [argv[1], argv[2]] : [undefined, argv[1]];
  const before = maskOf(shell);
  if (wanted !== undefined) {
    const octal = /^[0-7]{1,4}$/.test(wanted);
    const mask = octal ? Number.parseInt(wanted, 8) : symbolic(wanted, before);
    if (mask === undefined || mask > 0o777) {
      if (shell.state.dash) return giveUp(shell, `umask: Illegal number: ${wanted}`);
      const digits = /^\d/.test(wanted);
      const sign = wanted.replace(/^[ugoa]*/, "").charAt(0);
      complain(
        shell,
        digits
          ? `umask: ${wanted}: octal number out of range`
          : `umask: \`${sign}': invalid symbolic mode ${/^[-+=]/.test(sign) ? "character" : "operator"}`,
      );
      return 1;
    }
    shell.system.umask(mask);
    return 0;
  }
  const triple = (shift: number): string => ["r", "w", "x"].filter((_, i) => ((before >> shift) & (4 >> i)) === 0).join("");
  const digits = before.toString(8).padStart(4, "0");
  if (shows === "-S") write(shell.system, 1, `u=${triple(6)},g=${triple(3)},o=${triple(0)}\n`);
  else write(shell.system, 1, `${shows === "-p" ? "umask " : ""}${digits}\n`);
  return 0;
};

const LIMITS: readonly (readonly [letter: string, title: string, unit: string, value: string])[] = [
  ["R", "real-time non-blocking time", "(microseconds, -R)", "unlimited"],
  ["c", "core file size", "(blocks, -c)", "0"],
  ["d", "data seg size", "(kbytes, -d)", "unlimited"],
  ["e", "scheduling priority", "(-e)", "0"],
  ["f", "file size", "(blocks, -f)", "unlimited"],
  ["i", "pending signals", "(-i)", "15000"],
  ["l", "max locked memory", "(kbytes, -l)", "8192"],
  ["m", "max memory size", "(kbytes, -m)", "unlimited"],
  ["n", "open files", "(-n)", "1024"],
  ["p", "pipe size", "(512 bytes, -p)", "8"],
  ["q", "POSIX message queues", "(bytes, -q)", "819200"],
  ["r", "real-time priority", "(-r)", "0"],
  ["s", "stack size", "(kbytes, -s)", "8192"],
  ["t", "cpu time", "(seconds, -t)", "unlimited"],
  ["u", "max user processes", "(-u)", "15000"],
  ["v", "virtual memory", "(kbytes, -v)", "unlimited"],
  ["x", "file locks", "(-x)", "unlimited"],
];

const ulimit: Builtin = (shell, argv) => {
  const options = argv.slice(1).filter((argument) => argument.startsWith("-"));
  const letters = options.join("").replace(/[-HS]/g, "");
  if (letters.includes("a")) {
    for (const [, title, unit, value] of LIMITS) write(shell.system, 1, `${title.padEnd(20)}${unit.padStart(20)} ${value}\n`);
    return 0;
  }
  const [letter = "f"] = letters;
  const limit = LIMITS.find(([known]) => known === letter);
  if (limit === undefined) {
    complain(shell, `ulimit: -${letter}: invalid option`);
    return 2;
  }
  if (argv.slice(1).some((argument) => !argument.startsWith("-"))) return 0;
  write(shell.system, 1, `${limit[3]}\n`);
  return 0;
};

const times: Builtin = (shell) => (write(shell.system, 1, "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n"), 0);

const SHOPTS =
  "autocd cdspell checkhash checkjobs checkwinsize cmdhist dotglob execfail expand_aliases extglob failglob globstar histappend huponexit inherit_errexit lastpipe nocaseglob nocasematch nullglob progcomp promptvars sourcepath xpg_echo".split(
    " ",
  );
const SHOPTS_ON = ["checkwinsize", "cmdhist", "progcomp", "promptvars", "sourcepath"];

/** Not modelled: options other than nullglob and dotglob are kept, but change nothing. */
const shopt: Builtin = (shell, argv) => {
  const letters = argv
    .slice(1)
    .filter((argument) => /^-[a-z]+$/.test(argument))
    .join("");
  const names = argv.slice(1).filter((argument) => !argument.startsWith("-"));
  const unknown = names.find((name) => !SHOPTS.includes(name));
  if (unknown !== undefined) {
    complain(shell, `shopt: ${unknown}: invalid shell option name`);
    return 1;
  }
  if (names.length > 0 && /[su]/.test(letters)) {
    const on = letters.includes("s");
    update(shell, { options: { ...shell.state.options, ...Object.fromEntries(names.map((name) => [name, on])) } });
    return 0;
  }
  const isOn = (name: string): boolean => shell.state.options[name] ?? SHOPTS_ON.includes(name);
  if (!letters.includes("q"))
    for (const name of names.length > 0 ? names : SHOPTS)
      write(
        shell.system,
        1,
        letters.includes("p") ? `shopt -${isOn(name) ? "s" : "u"} ${name}\n` : `${name.padEnd(15)}\t${isOn(name) ? "on" : "off"}\n`,
      );
  return names.every(isOn) ? 0 : 1;
};

export const optionBuiltins: Readonly<Record<string, Builtin>> = { getopts, shopt, umask, ulimit, times };
