/**
 * Processes found and signalled: pgrep, pkill, pidof, kill, pstree.
 *
 * @source procps-ng@4.0.2 src/pgrep.c src/pidof.c; psmisc@23.6 src/pstree.c; util-linux@2.38 misc-utils/kill.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { SIGNAL_NAMES, type SignalName, signalByNumber, signalNumber } from "../../../linux/process/signal-names";
import { optionsGiven, type Parsed } from "./getopt";
import { uidNamed } from "./passwd";
import { look, lookAtAll, type Seen } from "./process-table";
import { command, ps } from "./procps";
import { baseName, because, complain, print } from "./support";
import { expressionOf, ExpressionError } from "./text-regexp";

/** A signal by name or number; undefined when there is none. */
function signalNamed(text: string): SignalName | undefined {
  if (/^\d+$/.test(text)) return signalByNumber(Number(text));
  const name = text.toUpperCase().replace(/^SIG/, "");
  return SIGNAL_NAMES.find((one) => one === name);
}

const FIND = {
  short: "xfnocvLlaP:g:s:u:U:t:d:iewAr:",
  long: {
    exact: "x",
    full: "f",
    newest: "n",
    oldest: "o",
    count: "c",
    inverse: "v",
    "list-name": "l",
    "list-full": "a",
    "parent=": "P",
    "pgroup=": "g",
    "session=": "s",
    "euid=": "u",
    "uid=": "U",
    "delimiter=": "d",
    "ignore-case": "i",
    echo: "e",
    "ns=": "ns",
    "nslist=": "nslist",
  },
} as const;

type Meant = { readonly status: number } | { readonly options: Parsed; readonly found: readonly Seen[] };

/** The processes that pgrep and pkill mean, oldest number first; undefined when something was wrong and said. */
function meant(system: System, invocation: Invocation, argv: readonly string[]): Meant {
  const options = optionsGiven(system, { ...invocation, argv }, FIND);
  if (options === undefined) return { status: 2 };
  const [pattern] = options.operands;
  const narrowed = ["P", "g", "s", "u", "U", "n", "o", "ns"].some((key) => options.has(key));
  const name = baseName(invocation.argv[0] ?? "");
  if (pattern === undefined && !narrowed) {
    print(system, `${name}: no matching criteria specified\nTry \`${name} --help' for more information.\n`, 2);
    return { status: 2 };
  }
  let expression: RegExp | undefined;
  try {
    if (pattern !== undefined) {
      const source = options.has("x") ? `^(${pattern})$` : pattern;
      expression = expressionOf(source, { extended: true, ignoreCase: options.has("i") });
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    complain(system, invocation, error.message);
    return { status: 2 };
  }
  const self = system.identity();
  const own = self.ok ? self.value.pid : 0;
  const among = (key: string, of: (seen: Seen) => number): ((seen: Seen) => boolean) => {
    const list = options
      .value(key)
      ?.split(",")
      .map((text) => (key === "u" || key === "U" ? (uidNamed(system, text) ?? -1) : Number(text)));
    return (seen) => list === undefined || list.includes(of(seen));
  };
  const tests = [
    among("P", ({ ppid }) => ppid),
    among("g", ({ group }) => group),
    among("s", ({ session }) => session),
    among("u", ({ euid }) => euid),
    among("U", ({ uid }) => uid),
  ];
  const fits = (seen: Seen): boolean =>
    tests.every((test) => test(seen)) &&
    (expression === undefined || expression.test(options.has("f") ? seen.cmdline.join(" ") || seen.comm : seen.comm));
  const all = lookAtAll(system).toSorted((a, b) => a.pid - b.pid);
  const found = all.filter((seen) => seen.pid !== own && fits(seen) !== options.has("v"));
  const byAge = found.toSorted((a, b) => a.started - b.started || a.pid - b.pid);
  const one = options.has("n") ? byAge.slice(-1) : options.has("o") ? byAge.slice(0, 1) : found;
  return { options, found: one };
}

const pgrep: Program = (system, invocation) => {
  const result = meant(system, invocation, invocation.argv);
  if (!("found" in result)) return result.status;
  const { options, found } = result;
  if (options.has("c")) print(system, `${found.length}\n`);
  else if (found.length > 0) {
    const line = (seen: Seen): string =>
      options.has("a") ? `${seen.pid} ${command(seen)}` : options.has("l") ? `${seen.pid} ${seen.comm}` : String(seen.pid);
    print(system, `${found.map(line).join(options.value("d") ?? "\n")}\n`);
  }
  return found.length > 0 ? 0 : 1;
};

const pkill: Program = (system, invocation) => {
  const given = invocation.argv.findIndex((arg, i) => i > 0 && /^-(?:\d+|[A-Z][A-Z0-9]+)$/.test(arg) && signalNamed(arg.slice(1)) !== undefined);
  const long = invocation.argv.findIndex((arg) => arg.startsWith("--signal"));
  const named = given > 0 ? invocation.argv[given]?.slice(1) : long > 0 ? invocation.argv[long]?.replace(/^--signal=?/, "") : "TERM";
  const signal = signalNamed(named ?? "TERM") ?? "TERM";
  const result = meant(
    system,
    invocation,
    invocation.argv.filter((_, i) => i !== given && i !== long),
  );
  if (!("found" in result)) return result.status;
  let reached = 0;
  for (const { pid, comm } of result.found) {
    const sent = system.kill(pid, signal);
    if (sent.ok) {
      reached++;
      if (result.options.has("e")) print(system, `${comm} killed (pid ${pid})\n`);
    } else complain(system, invocation, `killing pid ${pid} failed: ${because(sent.errno)}`);
  }
  return reached > 0 ? 0 : 1;
};

const pidof: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "sxqo:cd:", long: { "single-shot": "s" } });
  if (options === undefined) return 1;
  const self = system.identity();
  const all = lookAtAll(system).filter(({ pid }) => !self.ok || pid !== self.value.pid);
  const found = options.operands.flatMap((name) =>
    all
      .filter((seen) => seen.comm === baseName(name) || baseName(seen.cmdline[0] ?? "").replace(/^-/, "") === baseName(name))
      .map(({ pid }) => pid)
      .toSorted((a, b) => b - a),
  );
  if (found.length === 0) return 1;
  if (!options.has("q")) print(system, `${(options.has("s") ? found.slice(0, 1) : found).join(options.value("d") ?? " ")}\n`);
  return 0;
};

const kill: Program = (system, invocation) => {
  const args = invocation.argv.slice(1);
  const [first = ""] = args;
  if (first === "-l" || first === "--list" || first === "-L") {
    const [, number] = args;
    if (number === undefined) print(system, `${SIGNAL_NAMES.join(" ")}\n`);
    else {
      const name = signalByNumber(Number(number) & 127);
      print(system, `${name ?? signalNumber(number.replace(/^SIG/, "") as SignalName) ?? number}\n`);
    }
    return 0;
  }
  let signal: SignalName | undefined = "TERM";
  let zero = false;
  let rest = args;
  const text = first === "-s" || first === "-n" || first === "--signal" ? args[1] : /^-(?:\d+|[A-Za-z]\w+)$/.test(first) ? first.slice(1) : undefined;
  if (text !== undefined) {
    rest = args.slice(first.startsWith("-s") || first === "-n" || first === "--signal" ? 2 : 1);
    zero = text === "0" || text === "EXIT";
    signal = zero ? undefined : signalNamed(text);
    if (signal === undefined && !zero) {
      complain(system, invocation, `unknown signal ${text}; valid signals: \n${SIGNAL_NAMES.join(" ")}`);
      return 1;
    }
  }
  if (rest[0] === "--") rest = rest.slice(1);
  if (rest.length === 0) {
    print(system, "kill: not enough arguments\n", 2);
    return 1;
  }
  let status = 0;
  for (const one of rest) {
    if (!/^-?\d+$/.test(one)) {
      complain(system, invocation, `cannot find process "${one}"`);
      status = 1;
      continue;
    }
    const sent = system.kill(Number(one), zero ? undefined : signal);
    if (sent.ok) continue;
    complain(system, invocation, `sending signal to ${one} failed: ${because(sent.errno)}`);
    status = 1;
  }
  return status;
};

/** Processes as a tree of names; equal leaves are counted. */
const pstree: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "+pAUalnuhgstTN:", long: { "show-pids": "p", ascii: "A", arguments: "a" } });
  if (options === undefined) return 1;
  const all = lookAtAll(system).toSorted((a, b) => a.pid - b.pid);
  const [root] = options.operands;
  const top = root === undefined ? all.find(({ pid }) => pid === 1) : look(system, Number(root));
  if (top === undefined) return 1;
  const label = (seen: Seen): string => `${seen.comm}${options.has("p") ? `(${seen.pid})` : ""}`;
  const lines = (seen: Seen): readonly string[] => {
    const children = all.filter(({ ppid }) => ppid === seen.pid).toSorted((a, b) => (a.comm < b.comm ? -1 : a.comm > b.comm ? 1 : a.pid - b.pid));
    const name = label(seen);
    const parts = children.map(lines);
    const groups: { text: readonly string[]; count: number }[] = [];
    for (const text of parts) {
      const same = options.has("p") ? undefined : groups.find((group) => group.text.join("\n") === text.join("\n"));
      if (same === undefined) groups.push({ text, count: 1 });
      else same.count++;
    }
    const blocks = groups.map(({ text, count }) =>
      count === 1 ? text : text.map((line, i) => (i === 0 ? `${count}*[${line}]` : `${" ".repeat(String(count).length + 2)}${line}`)),
    );
    if (blocks.length === 0) return [name];
    const indent = " ".repeat(name.length);
    return blocks.flatMap((block, b) => {
      const [only, last] = [blocks.length === 1, b === blocks.length - 1];
      return block.map((line, i) => {
        if (i > 0) return `${indent} ${last ? " " : "|"} ${line}`;
        const head = b === 0 ? name : indent;
        return `${head}${b === 0 ? "-" : " "}${only ? "-" : b === 0 ? "+" : last ? "`" : "|"}-${line}`;
      });
    });
  };
  print(system, `${lines(top).join("\n")}\n`);
  return 0;
};

export const processPrograms: Readonly<Record<string, Program>> = { ps, pgrep, pkill, pidof, kill, pstree };
