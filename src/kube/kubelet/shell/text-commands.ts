/** Filters: grep, wc, sort, uniq, cut, tr, seq, expr, tee, which. */
import type { Command, CommandContext, CommandOutcome } from "./commands";

const linesOf = (text: string): readonly string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

function input(context: CommandContext, paths: readonly string[]): string {
  return paths.length === 0 ? (context.stdin ?? "") : paths.map((path) => context.files.read(path, context.cwd) ?? "").join("");
}

function grep(context: CommandContext, args: readonly string[]): CommandOutcome {
  const options = args.filter((word) => /^-[a-zA-Z]/.test(word)).join("");
  const rest = args.filter((word) => !/^-[a-zA-Z]/.test(word));
  const pattern = rest[0] ?? "";
  const fixed = options.includes("F") ? pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : pattern;
  const ignore = options.includes("i") ? "i" : "";
  const matcher = compile(fixed, ignore);
  if (!matcher) return { err: "grep: bad regex\n", code: 2 };
  const found = linesOf(input(context, rest.slice(1))).filter((line) => matcher.test(line) !== options.includes("v"));
  const code = found.length > 0 ? 0 : 1;
  if (options.includes("q")) return { code };
  return { out: options.includes("c") ? `${found.length}\n` : textOf(found), code };
}

function compile(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

function sort(context: CommandContext, args: readonly string[]): CommandOutcome {
  const options = args.filter((word) => word.startsWith("-")).join("");
  const rows = [
    ...linesOf(
      input(
        context,
        args.filter((word) => !word.startsWith("-")),
      ),
    ),
  ];
  const sorted = rows.sort((a, b) => (options.includes("n") ? Number.parseFloat(a) - Number.parseFloat(b) : a < b ? -1 : a > b ? 1 : 0));
  const ordered = options.includes("r") ? sorted.reverse() : sorted;
  return { out: textOf(options.includes("u") ? [...new Set(ordered)] : ordered) };
}

function uniq(context: CommandContext, args: readonly string[]): CommandOutcome {
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(context.stdin ?? "")) {
    const last = groups[groups.length - 1];
    if (last?.line === line) last.count++;
    else groups.push({ line, count: 1 });
  }
  return { out: textOf(groups.map(({ line, count }) => (args.includes("-c") ? `${String(count).padStart(7)} ${line}` : line))) };
}

function cut(context: CommandContext, args: readonly string[]): CommandOutcome {
  const value = (flag: string): string => {
    const at = args.findIndex((word) => word.startsWith(flag));
    return at < 0 ? "" : (args[at] ?? "").length > 2 ? (args[at] ?? "").slice(2) : (args[at + 1] ?? "");
  };
  const delimiter = value("-d") || "\t";
  const wanted = value("-f").split(",").map(Number);
  return { out: textOf(linesOf(context.stdin ?? "").map((line) => wanted.map((n) => line.split(delimiter)[n - 1] ?? "").join(delimiter))) };
}

function tr(context: CommandContext, args: readonly string[]): CommandOutcome {
  const expand = (set: string): string =>
    set
      .replace(/([a-zA-Z0-9])-([a-zA-Z0-9])/g, (_, a: string, b: string) =>
        Array.from({ length: b.charCodeAt(0) - a.charCodeAt(0) + 1 }, (_v, i) => String.fromCharCode(a.charCodeAt(0) + i)).join(""),
      )
      .replace(/\\n/g, "\n");
  if (args[0] === "-d") return { out: [...(context.stdin ?? "")].filter((c) => !expand(args[1] ?? "").includes(c)).join("") };
  const from = expand(args[0] ?? "");
  const to = expand(args[1] ?? "");
  return { out: [...(context.stdin ?? "")].map((c) => (from.includes(c) ? (to[Math.min(from.indexOf(c), to.length - 1)] ?? "") : c)).join("") };
}

export const textCommands: Readonly<Record<string, Command>> = {
  grep,
  egrep: grep,
  sort,
  uniq,
  cut,
  tr,
  wc: (context, args) => {
    const text = input(
      context,
      args.filter((word) => !word.startsWith("-")),
    );
    const counts = [linesOf(text).length, text.split(/\s+/).filter((word) => word !== "").length, text.length];
    const chosen = args.includes("-l")
      ? counts.slice(0, 1)
      : args.includes("-w")
        ? counts.slice(1, 2)
        : args.includes("-c")
          ? counts.slice(2)
          : counts;
    return { out: `${chosen.join(" ")}\n` };
  },
  seq: (_, args) => {
    const [first, last] = args.length === 1 ? [1, Number(args[0])] : [Number(args[0]), Number(args[args.length - 1])];
    return { out: textOf(Array.from({ length: Math.max(0, Math.min(10000, last - first + 1)) }, (_v, i) => String(first + i))) };
  },
  expr: (_, args) => {
    const [a, op, b] = [Number(args[0]), args[1], Number(args[2])];
    const value = op === "+" ? a + b : op === "-" ? a - b : op === "*" ? a * b : op === "/" ? Math.trunc(a / b) : op === "%" ? a % b : a;
    return { out: `${value}\n`, code: value === 0 ? 1 : 0 };
  },
  tee: (context, args) => {
    for (const path of args.filter((word) => !word.startsWith("-"))) {
      const before = args.includes("-a") ? (context.files.read(path, context.cwd) ?? "") : "";
      context.files.write(path, context.cwd, before + (context.stdin ?? ""));
    }
    return { out: context.stdin ?? "" };
  },
  which: (_, args) => ({ out: args.map((name) => `/bin/${name}\n`).join("") }),
};
