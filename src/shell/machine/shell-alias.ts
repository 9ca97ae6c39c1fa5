/**
 * Builtins alias and unalias: a word at the front of a command that stands for others.
 *
 * Not modelled: an alias that ends in a blank, after which the next word is looked at too; `expand_aliases` in scripts.
 *
 * @rule linux.shell.alias
 * @source bash(1) ALIASES
 */
import type { Builtin } from "./shell-builtins";
import { complain, type Shell, update, write } from "./shell-state";

const shown = (shell: Shell, name: string, value: string): string =>
  `${shell.state.dash ? "" : "alias "}${name}='${value.replaceAll("'", "'\\''")}'\n`;

const alias: Builtin = (shell, argv) => {
  const aliases = shell.state.aliases ?? {};
  const given = argv.slice(1).filter((argument) => argument !== "-p" && argument !== "--");
  if (given.length === 0) {
    const names = Object.keys(aliases).toSorted((a, b) => (a < b ? -1 : 1));
    write(shell.system, 1, names.map((name) => shown(shell, name, aliases[name] ?? "")).join(""));
    return 0;
  }
  let status = 0;
  for (const argument of given) {
    const cut = argument.indexOf("=", 1);
    const name = cut < 0 ? argument : argument.slice(0, cut);
    if (cut > 0) update(shell, { aliases: { ...shell.state.aliases, [name]: argument.slice(cut + 1) } });
    else if (Object.hasOwn(aliases, name)) write(shell.system, 1, shown(shell, name, aliases[name] ?? ""));
    else {
      complain(shell, shell.state.dash ? `alias: ${name} not found` : `alias: ${name}: not found`);
      status = 1;
    }
  }
  return status;
};

const unalias: Builtin = (shell, argv) => {
  if (argv.length === 1) {
    write(shell.system, 2, "unalias: usage: unalias [-a] name [name ...]\n");
    return 2;
  }
  if (argv[1] === "-a") return (update(shell, { aliases: {} }), 0);
  let status = 0;
  for (const name of argv.slice(1)) {
    const { [name]: gone, ...aliases } = shell.state.aliases ?? {};
    if (gone !== undefined) update(shell, { aliases });
    else {
      if (shell.state.dash) write(shell.system, 2, `unalias: ${name} not found\n`);
      else complain(shell, `unalias: ${name}: not found`);
      status = 1;
    }
  }
  return status;
};

export const aliasBuiltins: Readonly<Record<string, Builtin>> = { alias, unalias };
