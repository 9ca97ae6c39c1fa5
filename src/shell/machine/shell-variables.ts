/**
 * Builtins about variables: export, unset, local, declare, readonly.
 *
 * @rule linux.shell.variables
 * @source bash(1) SHELL BUILTIN COMMANDS
 */
import { ARRAY, ITEM } from "../language/bash-grammar";
import { arrayOf } from "./shell-simple";
import type { Builtin } from "./shell-builtins";
import { complain, getText, giveUp, setVariable, type Shell, unsetVariable, update, type Variable, write } from "./shell-state";

function split(argument: string): { readonly name: string; readonly append: boolean; readonly value?: string } {
  const match = /^([A-Za-z_]\w*)(\+?)=([\s\S]*)$/.exec(argument);
  return match === null ? { name: argument, append: false } : { name: match[1] ?? "", append: match[2] === "+", value: match[3] ?? "" };
}

/** Sets names given as `name` or `name=value`, with flags. */
function declareNames(shell: Shell, command: string, names: readonly string[], flags: Variable): number {
  let status = 0;
  for (const argument of names) {
    const { name, append, value } = split(argument);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      if (shell.state.dash) return giveUp(shell, `${command}: ${name}: bad variable name`);
      complain(shell, `${command}: \`${argument}': not a valid identifier`);
      status = 1;
      continue;
    }
    const before = Object.hasOwn(shell.state.variables, name) ? shell.state.variables[name] : undefined;
    const map = flags.map ?? before?.map;
    const items = value?.startsWith(ARRAY) === true ? value.slice(1).split(ITEM) : undefined;
    const text = value === undefined || items !== undefined ? undefined : (append ? (getText(shell, name) ?? "") : "") + value;
    const kind = flags.map !== undefined && before?.map !== undefined ? { ...flags, map: before.map } : flags;
    const whole = items === undefined ? {} : arrayOf(items, append ? (before?.list ?? []) : [], map, append);
    if (!setVariable(shell, name, text === undefined ? { ...kind, ...whole } : { ...flags, text })) {
      complain(shell, `${name}: readonly variable`);
      status = 1;
    }
  }
  return status;
}

const operands = (argv: readonly string[]): readonly string[] => argv.slice(1).filter((argument) => !argument.startsWith("-"));
const has = (argv: readonly string[], letter: string): boolean => argv.some((argument) => argument.startsWith("-") && argument.includes(letter));

const doubled = (text: string): string => `"${text.replace(/["$`\\]/g, "\\$&")}"`;

/** A variable as `declare -p` shows it. */
function declaration(name: string, variable: Variable): string {
  const { text, list, map, exported, integer, letters } = variable;
  const flags = [
    map !== undefined ? "A" : list !== undefined ? "a" : "",
    integer === true ? "i" : "",
    variable.readonly === true ? "r" : "",
    exported === true ? "x" : "",
    letters === undefined ? "" : letters.charAt(0),
  ].join("");
  const items =
    map === undefined ? list?.map((item, i) => `[${i}]=${doubled(item)}`) : Object.entries(map).map(([key, item]) => `[${key}]=${doubled(item)}`);
  const value =
    items !== undefined
      ? `=(${items.join(" ")}${map === undefined || items.length === 0 ? "" : " "})`
      : text === undefined
        ? ""
        : `=${doubled(text)}`;
  return `declare -${flags || "-"} ${name}${value}\n`;
}

function listed(shell: Shell, chosen: (variable: Variable) => boolean): void {
  const names = Object.keys(shell.state.variables).toSorted((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const variable = shell.state.variables[name];
    if (variable === undefined || !chosen(variable)) continue;
    const dash = `export ${name}${variable.text === undefined ? "" : `='${variable.text.replaceAll("'", "'\\''")}'`}\n`;
    write(shell.system, 1, shell.state.dash ? dash : declaration(name, variable));
  }
}

const exportNames: Builtin = (shell, argv) => {
  if (operands(argv).length === 0) listed(shell, ({ exported }) => exported === true);
  return declareNames(shell, "export", operands(argv), { exported: !has(argv, "n") });
};

const local: Builtin = (shell, argv) => {
  const at = shell.state.frames.findLastIndex(({ kind }) => kind === "call");
  const frame = shell.state.frames[at];
  if (frame?.kind !== "call") {
    if (shell.state.dash) return giveUp(shell, "local: not in a function");
    complain(shell, "local: can only be used in a function");
    return 1;
  }
  const locals = { ...frame.locals };
  for (const argument of operands(argv)) {
    const { name } = split(argument);
    if (!Object.hasOwn(locals, name)) locals[name] = shell.state.variables[name] ?? null;
    unsetVariable(shell, name);
  }
  update(shell, { frames: shell.state.frames.map((one, index) => (index === at ? { ...frame, locals } : one)) });
  return declareNames(
    shell,
    "local",
    operands(argv).filter((argument) => argument.includes("=")),
    {},
  );
};

const declare: Builtin = (shell, argv) => {
  if (has(argv, "f") || has(argv, "F")) {
    let status = 0;
    const names = operands(argv);
    for (const name of names.length > 0 ? names : Object.keys(shell.state.functions)) {
      const found = shell.state.functions[name];
      if (found === undefined) status = 1;
      else write(shell.system, 1, has(argv, "F") ? `${name}\n` : `${name} () \n${found.source}\n`);
    }
    return status;
  }
  if (has(argv, "p")) {
    const names = operands(argv);
    if (names.length === 0) listed(shell, () => true);
    let status = 0;
    for (const name of names) {
      const variable = Object.hasOwn(shell.state.variables, name) ? shell.state.variables[name] : undefined;
      if (variable !== undefined) write(shell.system, 1, declaration(name, variable));
      else {
        complain(shell, `declare: ${name}: not found`);
        status = 1;
      }
    }
    return status;
  }
  const flags: Variable = {
    ...(has(argv, "x") ? { exported: true } : {}),
    ...(has(argv, "r") ? { readonly: true } : {}),
    ...(has(argv, "i") ? { integer: true } : {}),
    ...(has(argv, "l") ? { letters: "lower" as const } : has(argv, "u") ? { letters: "upper" as const } : {}),
    ...(has(argv, "A") ? { map: {} } : {}),
  };
  if (shell.state.frames.some(({ kind }) => kind === "call") && !has(argv, "g")) local(shell, argv);
  return declareNames(shell, "declare", operands(argv), flags);
};

/** Not modelled: what is taken out of the middle of an indexed array leaves an empty item. */
function unsetItem(shell: Shell, name: string, key: string): void {
  const variable = shell.state.variables[name];
  if (variable?.map !== undefined) {
    const { [key]: _gone, ...map } = variable.map;
    setVariable(shell, name, { map });
  } else if (variable?.list !== undefined) {
    const at = Number(key) < 0 ? variable.list.length + Number(key) : Number(key);
    const list = at === variable.list.length - 1 ? variable.list.slice(0, -1) : variable.list.map((item, i) => (i === at ? "" : item));
    setVariable(shell, name, { list });
  }
}

const unset: Builtin = (shell, argv) => {
  let status = 0;
  for (const name of operands(argv)) {
    const [, array = "", key = ""] = /^(\w+)\[(.*)\]$/.exec(name) ?? [];
    if (array !== "") {
      unsetItem(shell, array, key);
      continue;
    }
    if (Object.hasOwn(shell.state.variables, name) && shell.state.variables[name]?.readonly === true) {
      complain(shell, `unset: ${name}: cannot unset: readonly variable`);
      status = 1;
      continue;
    }
    if (has(argv, "f") || !Object.hasOwn(shell.state.variables, name)) {
      const { [name]: _gone, ...functions } = shell.state.functions;
      update(shell, { functions });
    } else unsetVariable(shell, name);
  }
  return status;
};

export const variableBuiltins: Readonly<Record<string, Builtin>> = {
  export: exportNames,
  local,
  declare,
  typeset: declare,
  readonly: (shell, argv) => {
    if (operands(argv).length === 0) listed(shell, (variable) => variable.readonly === true);
    return declareNames(shell, "readonly", operands(argv), { readonly: true });
  },
  unset,
};
