/**
 * kubectl 1.35: which command a line means, and how it ends.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/cmd.go; github.com/spf13/cobra@1.10 command.go
 * Not modelled: plugins, kuberc, and commands that need a network outside the cluster.
 */
import { err, type Run } from "../program";
import { COMMANDS } from "./commands";
import { Exit } from "./failure";
import { flagSpecs } from "./flags";
import { GLOBAL_FLAGS } from "./context";
import { helpText } from "./help";
import { out } from "../program";

export function* kubectl(args: readonly string[]): Run<number> {
  try {
    return yield* dispatch(args);
  } catch (exit) {
    if (!(exit instanceof Exit)) throw exit;
    yield* err(exit.text);
    return exit.code;
  }
}

/** Global flags may stand before the command's name; they are handed to it. */
function commandWord(args: readonly string[]): number {
  const specs = flagSpecs(GLOBAL_FLAGS);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!arg.startsWith("-")) return i;
    const spec = specs.find((each) => arg === `--${each.name}` || arg === `-${each.short}`);
    if (spec !== undefined && spec.type !== "bool") i += 1;
  }
  return -1;
}

function* dispatch(args: readonly string[]): Run<number> {
  const at = commandWord(args);
  const name = at < 0 ? "" : (args[at] ?? "");
  const rest = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 1)];
  const wantsHelp = args.slice(0, args.includes("--") ? args.indexOf("--") : undefined).some((arg) => arg === "--help" || arg === "-h");
  if (name === "" || name === "help" || wantsHelp) {
    const topic = name === "help" ? (args[at + 1] ?? "") : name;
    yield* out(helpText(topic));
    return 0;
  }
  const command = COMMANDS.get(name);
  if (command === undefined) throw unknownCommand(name);
  const user = impersonated(args);
  return yield* user === undefined ? command(rest, name) : actingAs(user, command(rest, name));
}

/** Who `--as` names. */
function impersonated(args: readonly string[]): string | undefined {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  const at = own.findIndex((arg) => arg === "--as" || arg.startsWith("--as="));
  if (at < 0) return undefined;
  const word = own[at] ?? "";
  return (word === "--as" ? own[at + 1] : word.slice(5)) || undefined;
}

/** Every request of a command in somebody else's name. */
function* actingAs(user: string, run: Run<number>): Run<number> {
  let step = run.next();
  while (step.done !== true) {
    const { value } = step;
    step = run.next(yield value.do === "request" ? { do: "request", request: { ...value.request, as: user } } : value);
  }
  return step.value;
}

function unknownCommand(name: string): Exit {
  const near = [...COMMANDS.keys()]
    .filter((known) => distance(known, name) <= 2 || known.startsWith(name.toLowerCase()))
    .sort((a, b) => (a < b ? -1 : 1));
  const hint = near.length === 0 ? "" : `\n\nDid you mean this?\n${near.map((known) => `\t${known}\n`).join("")}`;
  return new Exit(`error: unknown command ${JSON.stringify(name)} for "kubectl"${hint === "" ? "\n" : hint}`);
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const before = row;
    row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (before[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
  }
  return row[b.length] ?? 0;
}
