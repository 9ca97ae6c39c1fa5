/**
 * Options as glibc's getopt_long takes them: bundled letters, values glued or apart, names cut short, and its sentences for what is wrong.
 *
 * @source glibc@2.36 posix/getopt.c
 */
import type { Invocation, System } from "../../../linux/program";
import { baseName, print } from "./support";

export interface Given {
  /** The letter, or the long name where there is none. */
  readonly key: string;
  readonly value?: string;
}

export interface Parsed {
  readonly options: readonly Given[];
  readonly operands: readonly string[];
  has(key: string): boolean;
  /** The value given last. */
  value(key: string): string | undefined;
  values(key: string): readonly string[];
}

export interface Spec {
  /** Letters, with `:` after one that takes a value and `::` where it may be glued on; a leading `+` stops at the first operand. */
  readonly short: string;
  /** Long names with `=` or `?` for a value, and the key they stand for. */
  readonly long?: Readonly<Record<string, string>>;
}

interface Long {
  readonly name: string;
  readonly takes: string;
  readonly key: string;
}

const longNames = ({ long = {} }: Spec): readonly Long[] =>
  Object.entries(long).map(([spelled, key]) => {
    const takes = /[=?]$/.exec(spelled)?.[0] ?? "";
    return { name: takes === "" ? spelled : spelled.slice(0, -1), takes, key };
  });

function longOption(spec: Spec, arg: string, next: string | undefined): { readonly given: Given; readonly used: boolean } | string {
  const cut = arg.indexOf("=");
  const name = cut < 0 ? arg.slice(2) : arg.slice(2, cut);
  const inline = cut < 0 ? undefined : arg.slice(cut + 1);
  const known = longNames(spec);
  const exact = known.find((one) => one.name === name);
  const near = exact === undefined ? known.filter((one) => one.name.startsWith(name)) : [exact];
  const [found] = near;
  if (found === undefined) return `unrecognized option '--${name}'`;
  if (near.some((one) => one.key !== found.key || one.takes !== found.takes))
    return `option '--${name}' is ambiguous; possibilities: ${near.map((one) => `'--${one.name}'`).join(" ")}`;
  if (found.takes === "")
    return inline === undefined ? { given: { key: found.key }, used: false } : `option '--${found.name}' doesn't allow an argument`;
  if (inline !== undefined) return { given: { key: found.key, value: inline }, used: false };
  if (found.takes === "?") return { given: { key: found.key }, used: false };
  return next === undefined ? `option '--${found.name}' requires an argument` : { given: { key: found.key, value: next }, used: true };
}

/** What was given, or the sentence of what is wrong. */
export function getopt(args: readonly string[], spec: Spec): Parsed | string {
  const stops = spec.short.startsWith("+");
  const short = stops ? spec.short.slice(1) : spec.short;
  const options: Given[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith("--")) {
      const one = longOption(spec, arg, args[at + 1]);
      if (typeof one === "string") return one;
      options.push(one.given);
      if (one.used) at++;
    } else if (arg.length > 1 && arg.startsWith("-")) {
      for (let i = 1; i < arg.length; i++) {
        const letter = arg[i] as string;
        const place = letter === ":" ? -1 : short.indexOf(letter);
        if (place < 0) return `invalid option -- '${letter}'`;
        if (short[place + 1] !== ":") {
          options.push({ key: letter });
          continue;
        }
        const glued = arg.slice(i + 1);
        if (glued !== "") options.push({ key: letter, value: glued });
        else if (short[place + 2] === ":") options.push({ key: letter });
        else {
          const next = args[++at];
          if (next === undefined) return `option requires an argument -- '${letter}'`;
          options.push({ key: letter, value: next });
        }
        break;
      }
    } else if (stops) {
      operands.push(...args.slice(at));
      break;
    } else operands.push(arg);
  }
  return {
    options,
    operands,
    has: (key) => options.some((one) => one.key === key),
    value: (key) => options.findLast((one) => one.key === key)?.value,
    values: (key) => options.flatMap((one) => (one.key === key && one.value !== undefined ? [one.value] : [])),
  };
}

/** The same, but what is wrong is said, with the hint where to read more. */
export function optionsGiven(system: System, { argv }: Invocation, spec: Spec): Parsed | undefined {
  const parsed = getopt(argv.slice(1), spec);
  if (typeof parsed !== "string") return parsed;
  const [name = ""] = argv;
  print(system, `${name}: ${parsed}\nTry '${hinted(name)} --help' for more information.\n`, 2);
  return undefined;
}

const hinted = (name: string): string => baseName(name);
