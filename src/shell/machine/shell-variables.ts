/**
 * Builtins about variables: export, unset, local, declare, readonly.
 *
 * @rule linux.shell.variables
 * @source bash(1) SHELL BUILTIN COMMANDS
 */
import type { Builtin } from "./shell-builtins";
import { complain, getText, setVariable, type Shell, unsetVariable, update, type Variable, write } from "./shell-state";

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
      complain(shell, `${command}: \`${argument}': not a valid identifier`);
      status = 1;
      continue;
    }
    const text = value === undefined ? undefined : (append ? (getText(shell, name) ?? "") : "") + value;
    if (!setVariable(shell, name, text === undefined ? flags : { ...flags, text })) {
      complain(shell, `${name}: readonly variable`);
      status = 1;
    }
  }
  return status;
}

const operands = (argv: readonly string[]): readonly string[] => argv.slice(1).filter((argument) => !argument.startsWith("-"));
const has = (argv: readonly string[], letter: string): boolean => argv.some((argument) => argument.startsWith("-") && argument.includes(letter));

function listed(shell: Shell, chosen: (variable: Variable) => boolean): void {
  for (const [name, variable] of Object.entries(shell.state.variables)) {
    if (chosen(variable))
      write(
        shell.system,
        1,
        `declare -${variable.exported === true ? "x" : variable.readonly === true ? "r" : "-"} ${name}="${variable.text ?? ""}"\n`,
      );
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
    listed(shell, (variable) => names.length === 0 || names.some((name) => shell.state.variables[name] === variable));
    return 0;
  }
  const flags = { ...(has(argv, "x") ? { exported: true } : {}), ...(has(argv, "r") ? { readonly: true } : {}) };
  if (shell.state.frames.some(({ kind }) => kind === "call") && !has(argv, "g")) local(shell, argv);
  return declareNames(shell, "declare", operands(argv), flags);
};

const unset: Builtin = (shell, argv) => {
  for (const name of operands(argv)) {
    if (has(argv, "f") || !Object.hasOwn(shell.state.variables, name)) {
      const { [name]: _gone, ...functions } = shell.state.functions;
      update(shell, { functions });
    } else unsetVariable(shell, name);
  }
  return 0;
};

export const variableBuiltins: Readonly<Record<string, Builtin>> = {
  export: exportNames,
  local,
  declare,
  typeset: declare,
  readonly: (shell, argv) => declareNames(shell, "readonly", operands(argv), { readonly: true }),
  unset,
};
