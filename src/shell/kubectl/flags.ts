/**
 * Command-line flags as kubectl's library reads them: long and short, grouped, with optional values, in any place before `--`.
 * @source github.com/spf13/pflag@1.0 flag.go parseArgs
 */

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: "bool" | "string" | "int" | "list" | "array" | "duration";
  /** Value that a flag without one takes (`--dry-run`). */
  readonly bare?: string;
  readonly initial?: string;
}

/**
 * `"watch w bool; output o string; dry-run string?unchanged=none"`: name, short name, type, `?` value when bare, `=` initial value.
 */
export function flagSpecs(text: string): readonly FlagSpec[] {
  return text
    .split(";")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const match = /^(\S+)(?: (\S))? (bool|string|int|list|array|duration)(?:\?([^=]*))?(?:=(.*))?$/.exec(entry);
      if (match === null) throw new Error(`bad flag: ${entry}`);
      return { name: match[1] ?? "", short: match[2], type: (match[3] ?? "string") as FlagSpec["type"], bare: match[4], initial: match[5] };
    });
}

export interface Flags {
  /** Arguments that are no flags. */
  readonly args: readonly string[];
  /** Number of arguments before `--`; -1 without it. */
  readonly dash: number;
  /** Whether it was given. */
  has(name: string): boolean;
  /** As given last, or the initial value, or "". */
  text(name: string): string;
  bool(name: string): boolean;
  number(name: string): number;
  /** All values, those of `list` split at commas. */
  all(name: string): readonly string[];
}

export type FlagResult = { readonly flags: Flags } | { readonly error: string } | { readonly help: true };

export function parseFlags(specs: readonly FlagSpec[], args: readonly string[]): FlagResult {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byShort = new Map(specs.filter((spec) => spec.short !== undefined).map((spec) => [spec.short, spec]));
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  let dash = -1;
  const set = (spec: FlagSpec, value: string, shown: string): string | undefined => {
    const problem = invalid(spec, value);
    if (problem !== undefined) return `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${problem}`;
    given.set(spec.name, [...(given.get(spec.name) ?? []), value]);
    return undefined;
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      dash = rest.length;
      rest.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      rest.push(arg);
      continue;
    }
    if (arg === "--help" || arg === "-h") return { help: true };
    if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
      const spec = byName.get(name);
      if (spec === undefined) return { error: `unknown flag: --${name}` };
      const bare = spec.type === "bool" ? "true" : spec.bare;
      let value = equals < 0 ? bare : arg.slice(equals + 1);
      if (value === undefined) {
        if (i + 1 >= args.length) return { error: `flag needs an argument: --${name}` };
        value = args[++i] ?? "";
      }
      const problem = set(spec, value, spec.short === undefined ? `--${name}` : `-${spec.short}, --${name}`);
      if (problem !== undefined) return { error: problem };
      continue;
    }
    for (let shorts = arg.slice(1); shorts !== ""; ) {
      const spec = byShort.get(shorts[0]);
      if (spec === undefined) return { error: `unknown shorthand flag: '${shorts[0]}' in -${arg.slice(1)}` };
      const bare = spec.type === "bool" ? "true" : spec.bare;
      let value: string;
      if (shorts[1] === "=") [value, shorts] = [shorts.slice(2), ""];
      else if (bare !== undefined) [value, shorts] = [bare, shorts.slice(1)];
      else if (shorts.length > 1) [value, shorts] = [shorts.slice(1), ""];
      else {
        if (i + 1 >= args.length) return { error: `flag needs an argument: '${shorts[0]}' in -${arg.slice(1)}` };
        [value, shorts] = [args[++i] ?? "", ""];
      }
      const problem = set(spec, value, `-${spec.short}, --${spec.name}`);
      if (problem !== undefined) return { error: problem };
    }
  }
  const last = (name: string): string => given.get(name)?.at(-1) ?? byName.get(name)?.initial ?? "";
  const flags: Flags = {
    args: rest,
    dash,
    has: (name) => given.has(name),
    text: last,
    bool: (name) => /^(1|t|true)$/i.test(last(name)),
    number: (name) => Number(last(name)),
    all: (name) => {
      const values = given.get(name) ?? (byName.get(name)?.initial ? [byName.get(name)?.initial ?? ""] : []);
      return byName.get(name)?.type === "list" ? values.flatMap((value) => value.split(",")).filter((value) => value !== "") : values;
    },
  };
  return { flags };
}

function invalid(spec: FlagSpec, value: string): string | undefined {
  if (spec.type === "bool" && !/^(1|0|t|f|true|false)$/i.test(value)) return `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
  if (spec.type === "int" && !/^[-+]?\d+$/.test(value)) return `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`;
  if (spec.type === "duration" && parseDuration(value) === undefined)
    return /^[-+.\d]+$/.test(value) && value !== ""
      ? `time: missing unit in duration ${JSON.stringify(value)}`
      : `time: invalid duration ${JSON.stringify(value)}`;
  return undefined;
}

const UNITS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, µs: 1, ms: 1000, s: 1e6, m: 60e6, h: 3600e6 };

/** A Go duration such as `1m30s` in microseconds. @source go@1.25 src/time/format.go ParseDuration */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  const match = /^([-+]?)((?:\d*\.?\d+(?:ns|us|µs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, amount, unit] of (match[2] ?? "").matchAll(/(\d*\.?\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return Math.round(match[1] === "-" ? -total : total);
}
