/**
 * Builtins about where the shell stands: cd, pwd, pushd, popd, dirs.
 *
 * Not modelled: CDPATH, `cd -e`, rotating with `pushd -N`, options of `dirs` beyond -c, -p and -v.
 *
 * @rule linux.shell.cd
 * @source bash(1) cd; bash@5.2 builtins/cd.def change_to_directory
 */
import { strerror } from "../../linux/errno";
import type { Builtin } from "./shell-builtins";
import { complain, getText, setVariable, type Shell, update, write } from "./shell-state";

function fail(shell: Shell, message: string, status = 1): number {
  complain(shell, message);
  return status;
}

/** The place by name, with `.` and `..` taken away as text. */
function logical(from: string, to: string): string {
  const names: string[] = [];
  for (const name of `${to.startsWith("/") ? "" : from}/${to}`.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** Goes there, by name unless `physical`; answers with why not. */
function move(shell: Shell, target: string, physical: boolean): string | undefined {
  const { system } = shell;
  const before = getText(shell, "PWD") ?? "/";
  const named = logical(before, target);
  const byName = physical ? undefined : system.chdir(named);
  const done = byName?.ok === true ? byName : system.chdir(target);
  if (!done.ok) return strerror(done.errno);
  const cwd = byName?.ok === true ? undefined : system.getcwd();
  setVariable(shell, "OLDPWD", { text: before, exported: true });
  setVariable(shell, "PWD", { text: cwd?.ok === true ? cwd.value : named, exported: true });
  return undefined;
}

const cd: Builtin = (shell, argv) => {
  let [at, physical] = [1, false];
  for (; /^-[LPe@]+$/.test(argv[at] ?? ""); at++) physical = (argv[at] ?? "").includes("P");
  if (argv[at] === "--") at++;
  const asked = argv[at];
  if (argv.length > at + 1 && !shell.state.dash) return fail(shell, "cd: too many arguments");
  const target = asked === "-" ? getText(shell, "OLDPWD") : (asked ?? getText(shell, "HOME"));
  if (target === undefined && shell.state.dash) return 0;
  if (target === undefined) return fail(shell, asked === "-" ? "cd: OLDPWD not set" : "cd: HOME not set");
  if (target === "") return 0;
  const why = move(shell, target, physical);
  if (why !== undefined) return fail(shell, shell.state.dash ? `cd: can't cd to ${target}` : `cd: ${target}: ${why}`, shell.state.dash ? 2 : 1);
  if (asked === "-") write(shell.system, 1, `${getText(shell, "PWD") ?? ""}\n`);
  return 0;
};

const pwd: Builtin = (shell, argv) => {
  if (argv[1] === "-P") {
    const real = shell.system.getcwd();
    if (real.ok) return (write(shell.system, 1, `${real.value}\n`), 0);
  }
  write(shell.system, 1, `${getText(shell, "PWD") ?? "/"}\n`);
  return 0;
};

const below = (shell: Shell): readonly string[] => shell.state.directories ?? [];

/** With the home directory as a tilde. */
function shortened(shell: Shell, path: string): string {
  const home = getText(shell, "HOME") ?? "";
  return home !== "" && home !== "/" && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}

const show = (shell: Shell): number => {
  const all = [getText(shell, "PWD") ?? "/", ...below(shell)];
  write(shell.system, 1, `${all.map((path) => shortened(shell, path)).join(" ")}\n`);
  return 0;
};

const dirs: Builtin = (shell, argv) => {
  if (argv[1] === "-c") return (update(shell, { directories: [] }), 0);
  const all = [getText(shell, "PWD") ?? "/", ...below(shell)].map((path) => shortened(shell, path));
  if (argv[1] !== "-p" && argv[1] !== "-v") return show(shell);
  write(shell.system, 1, all.map((path, i) => `${argv[1] === "-v" ? `${String(i).padStart(2)}  ` : ""}${path}\n`).join(""));
  return 0;
};

const pushd: Builtin = (shell, argv) => {
  const here = getText(shell, "PWD") ?? "/";
  const [first, ...rest] = below(shell);
  const target = argv[1] ?? first;
  if (target === undefined) return fail(shell, "pushd: no other directory");
  const why = move(shell, target, false);
  if (why !== undefined) return fail(shell, `pushd: ${target}: ${why}`);
  update(shell, { directories: argv[1] === undefined ? [here, ...rest] : [here, ...below(shell)] });
  return show(shell);
};

const popd: Builtin = (shell) => {
  const [first, ...rest] = below(shell);
  if (first === undefined) return fail(shell, "popd: directory stack empty");
  const why = move(shell, first, false);
  if (why !== undefined) return fail(shell, `popd: ${first}: ${why}`);
  update(shell, { directories: rest });
  return show(shell);
};

export const placeBuiltins: Readonly<Record<string, Builtin>> = { cd, pwd, pushd, popd, dirs };
