/** Runs an awk program over its input. */
import { type Awk, cellsOf, type Held, record, scopeOf, setField, setRecord, special, splitFields, SUBSEP, variable } from "./text-awk-state";
import { AwkError } from "./text-awk-tokens";
import type { Expr, Output, Rule, Statement } from "./text-awk-tree";
import { compared, formatted, matcher, numberOf, textOf, truthOf, type Value } from "./text-awk-values";

class Jump {
  readonly kind: "break" | "continue" | "next" | "exit" | "return";
  readonly value: Value;
  constructor(kind: Jump["kind"], value?: Value) {
    this.kind = kind;
    this.value = value;
  }
}

/** Turns of all loops together; awk itself would go on for ever. */
const MOST_TURNS = 2_000_000;
function assign(awk: Awk, target: Expr, value: Value): Value {
  if (target.kind === "field") setField(awk, numberOf(evaluate(awk, target.of)), textOf(value));
  else if (target.kind === "element") cellsOf(awk, target.name).set(subscript(awk, target.subscripts), value);
  else if (target.kind === "name" && target.name === "NF") {
    const count = numberOf(value);
    while (awk.fields.length < count) awk.fields.push("");
    awk.fields.length = count;
    awk.names.set("$0", { text: awk.fields.join(special(awk, "OFS")) });
  } else if (target.kind === "name") scopeOf(awk, target.name).set(target.name, value);
  return value;
}

const subscript = (awk: Awk, parts: readonly Expr[]): string => parts.map((part) => textOf(evaluate(awk, part))).join(SUBSEP);
/** The source of an expression, written between slashes or computed. */
const patternOf = (awk: Awk, of: Expr): string => (of.kind === "expression" ? of.source : textOf(evaluate(awk, of)));

function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new AwkError("division by zero", 0);
      return a / b;
    case "%":
      if (b === 0) throw new AwkError("division by zero in %", 0);
      return a % b;
    default:
      return a ** b;
  }
}

function comparison(operator: string, order: number): number {
  const holds = { "<": order < 0, "<=": order <= 0, "==": order === 0, "!=": order !== 0, ">": order > 0, ">=": order >= 0 }[operator];
  return holds === true ? 1 : 0;
}

export function evaluate(awk: Awk, of: Expr): Value {
  switch (of.kind) {
    case "number":
    case "string":
      return of.value;
    case "expression":
      return matcher(of.source).test(record(awk)) ? 1 : 0;
    case "name":
      return variable(awk, of.name);
    case "element": {
      const cells = cellsOf(awk, of.name);
      const key = subscript(awk, of.subscripts);
      if (!cells.has(key)) cells.set(key, undefined);
      return cells.get(key);
    }
    case "field": {
      const index = numberOf(evaluate(awk, of.of));
      if (index < 0) throw new AwkError(`negative field index $${index}`, 0);
      const text = index === 0 ? record(awk) : awk.fields[index - 1];
      return text === undefined ? undefined : { text };
    }
    case "group":
      return of.of.length === 1 ? evaluate(awk, of.of[0] as Expr) : subscript(awk, of.of);
    case "assign": {
      const value = evaluate(awk, of.value);
      if (of.operator === "") return assign(awk, of.target, value);
      return assign(awk, of.target, arithmetic(of.operator, numberOf(evaluate(awk, of.target)), numberOf(value)));
    }
    case "choose":
      return evaluate(awk, truthOf(evaluate(awk, of.test)) ? of.yes : of.no);
    case "both":
      return truthOf(evaluate(awk, of.left)) && truthOf(evaluate(awk, of.right)) ? 1 : 0;
    case "either":
      return truthOf(evaluate(awk, of.left)) || truthOf(evaluate(awk, of.right)) ? 1 : 0;
    case "in":
      return cellsOf(awk, of.name).has(subscript(awk, of.subscripts)) ? 1 : 0;
    case "match":
      return matcher(patternOf(awk, of.right)).test(textOf(evaluate(awk, of.left))) !== of.negated ? 1 : 0;
    case "binary": {
      const [left, right] = [evaluate(awk, of.left), evaluate(awk, of.right)];
      if (of.operator === "") return textOf(left, special(awk, "CONVFMT")) + textOf(right, special(awk, "CONVFMT"));
      if (/[<=>!]/.test(of.operator)) return comparison(of.operator, compared(left, right));
      return arithmetic(of.operator, numberOf(left), numberOf(right));
    }
    case "unary": {
      const value = evaluate(awk, of.of);
      return of.operator === "!" ? (truthOf(value) ? 0 : 1) : of.operator === "-" ? -numberOf(value) : numberOf(value);
    }
    case "step": {
      const before = numberOf(evaluate(awk, of.target));
      assign(awk, of.target, before + of.by);
      return of.before ? before + of.by : before;
    }
    case "call":
      return call(awk, of.name, of.args);
    case "getline":
      return getline(awk, of);
  }
}

function getline(awk: Awk, { target, file }: Extract<Expr, { readonly kind: "getline" }>): number {
  const path = file === undefined ? undefined : textOf(evaluate(awk, file));
  let source = path === undefined ? awk.lines() : awk.sources.get(path);
  if (path !== undefined && source === undefined) awk.sources.set(path, (source = awk.open(path)));
  const line = source?.next();
  if (line === undefined) return source?.failed() === true ? -1 : 0;
  if (path === undefined) for (const name of ["NR", "FNR"]) awk.names.set(name, numberOf(variable(awk, name)) + 1);
  if (target === undefined) setRecord(awk, line);
  else assign(awk, target, { text: line });
  return 1;
}

/** `sub` and `gsub`: `&` is what was found, unless a backslash stands before it. */
function substitute(awk: Awk, args: readonly Expr[], all: boolean): number {
  const [pattern, by, target = { kind: "field", of: { kind: "number", value: 0 } } as Expr] = args;
  if (pattern === undefined || by === undefined) return 0;
  const replacement = textOf(evaluate(awk, by));
  let count = 0;
  const next = textOf(evaluate(awk, target)).replace(matcher(patternOf(awk, pattern)), (found: string) => {
    if (!all && count > 0) return found;
    count++;
    return replacement.replace(/\\\\|\\&|&/g, (sign) => (sign === "&" ? found : sign.slice(1)));
  });
  if (count > 0) assign(awk, target, next);
  return count;
}

function splitInto(awk: Awk, args: readonly Expr[]): number {
  const [text, array, by] = args;
  if (text === undefined || array?.kind !== "name") return 0;
  const whole = textOf(evaluate(awk, text));
  const parts = splitFields(whole, by === undefined ? special(awk, "FS") : patternOf(awk, by));
  const cells = cellsOf(awk, array.name);
  cells.clear();
  parts.forEach((part, i) => cells.set(String(i + 1), { text: part }));
  return parts.length;
}

function call(awk: Awk, name: string, args: readonly Expr[]): Value {
  const made = awk.program.functions.get(name);
  if (made !== undefined) return callOwn(awk, made.parameters, made.body, args);
  const value = (i: number): Value => (args[i] === undefined ? undefined : evaluate(awk, args[i] as Expr));
  const text = (i: number): string => textOf(value(i));
  switch (name) {
    case "length": {
      const [of] = args;
      if (of?.kind === "name" && scopeOf(awk, of.name).get(of.name) instanceof Map) return cellsOf(awk, of.name).size;
      return (of === undefined ? record(awk) : text(0)).length;
    }
    case "substr": {
      const whole = text(0);
      const from = Math.round(numberOf(value(1)));
      const end = args[2] === undefined ? Number.POSITIVE_INFINITY : from + Math.round(numberOf(value(2)));
      return whole.slice(Math.max(0, from - 1), Math.max(0, end - 1));
    }
    case "index":
      return text(0).indexOf(text(1)) + 1;
    case "split":
      return splitInto(awk, args);
    case "sub":
    case "gsub":
      return substitute(awk, args, name === "gsub");
    case "match": {
      const found = matcher(args[1] === undefined ? "" : patternOf(awk, args[1])).exec(text(0));
      awk.names.set("RSTART", found === null ? 0 : found.index + 1);
      awk.names.set("RLENGTH", found === null ? -1 : found[0].length);
      return found === null ? 0 : found.index + 1;
    }
    case "sprintf":
      return formatted(
        text(0),
        args.slice(1).map((one) => evaluate(awk, one)),
      );
    case "int":
      return Math.trunc(numberOf(value(0)));
    case "sqrt":
      return Math.sqrt(numberOf(value(0)));
    case "tolower":
      return text(0).toLowerCase();
    case "toupper":
      return text(0).toUpperCase();
    case "close": {
      const fd = awk.files.get(text(0));
      if (fd !== undefined) awk.system.close(fd);
      awk.sources.delete(text(0));
      return awk.files.delete(text(0)) ? 0 : -1;
    }
    case "fflush":
    case "srand":
      return 0;
    default:
      throw new AwkError(`function ${name} never defined`, 0);
  }
}

function callOwn(awk: Awk, parameters: readonly string[], body: readonly Statement[], args: readonly Expr[]): Value {
  if (awk.locals.length > 200) throw new AwkError("function call nesting too deep", 0);
  const frame = new Map<string, Held>();
  parameters.forEach((parameter, i) => {
    const given = args[i];
    const isName = given?.kind === "name";
    const held = isName ? scopeOf(awk, given.name).get(given.name) : undefined;
    // An array is handed over itself; a name that was never used may become one.
    frame.set(parameter, held instanceof Map ? held : given === undefined ? undefined : evaluate(awk, given));
  });
  awk.locals.push(frame);
  try {
    for (const one of body) execute(awk, one);
    return undefined;
  } catch (jump) {
    if (jump instanceof Jump && jump.kind === "return") return jump.value;
    throw jump;
  } finally {
    awk.locals.pop();
  }
}

function write(awk: Awk, text: string, output: Output | undefined): void {
  if (output === undefined) return awk.out(text);
  const path = textOf(evaluate(awk, output.to));
  if (output.how === "|") throw new AwkError("output to a command is not modelled", 0);
  if (path === "/dev/stdout") return awk.out(text);
  let fd = path === "/dev/stderr" ? 2 : awk.files.get(path);
  if (fd === undefined) {
    const opened = awk.system.open(path, { write: true, create: true, ...(output.how === ">" ? { truncate: true } : { append: true }) }, 0o666);
    if (!opened.ok) throw new AwkError(`cannot open "${path}" for output`, 0);
    fd = opened.value;
    awk.files.set(path, fd);
  }
  awk.system.write(fd, text);
}

function loop(awk: Awk, body: () => void, goesOn: () => boolean, first: boolean): void {
  for (let once = first; once || goesOn(); once = false) {
    if (++awk.turns > MOST_TURNS) throw new AwkError("the program goes round without end", 0);
    try {
      body();
    } catch (jump) {
      if (!(jump instanceof Jump) || (jump.kind !== "break" && jump.kind !== "continue")) throw jump;
      if (jump.kind === "break") return;
    }
  }
}

function execute(awk: Awk, one: Statement): void {
  switch (one.kind) {
    case "expression":
      evaluate(awk, one.of);
      return;
    case "print": {
      const parts = one.args.length === 0 ? [record(awk)] : one.args.map((arg) => textOf(evaluate(awk, arg), special(awk, "OFMT")));
      return write(awk, parts.join(special(awk, "OFS")) + special(awk, "ORS"), one.output);
    }
    case "printf": {
      const [format = "", ...args] = one.args.map((arg) => evaluate(awk, arg));
      return write(awk, formatted(textOf(format), args), one.output);
    }
    case "block":
      for (const inner of one.body) execute(awk, inner);
      return;
    case "if":
      if (truthOf(evaluate(awk, one.test))) execute(awk, one.yes);
      else if (one.no !== undefined) execute(awk, one.no);
      return;
    case "while":
    case "do":
      return loop(
        awk,
        () => execute(awk, one.body),
        () => truthOf(evaluate(awk, one.test)),
        one.kind === "do",
      );
    case "for": {
      if (one.first !== undefined) execute(awk, one.first);
      let begun = false;
      return loop(
        awk,
        () => execute(awk, one.body),
        () => {
          if (begun && one.step !== undefined) execute(awk, one.step);
          begun = true;
          return one.test === undefined || truthOf(evaluate(awk, one.test));
        },
        false,
      );
    }
    case "each": {
      const keys = [...cellsOf(awk, one.of).keys()];
      let at = 0;
      return loop(
        awk,
        () => {
          assign(awk, { kind: "name", name: one.name }, { text: keys[at++] ?? "" });
          execute(awk, one.body);
        },
        () => at < keys.length,
        false,
      );
    }
    case "delete":
      if (one.subscripts === undefined) cellsOf(awk, one.name).clear();
      else cellsOf(awk, one.name).delete(subscript(awk, one.subscripts));
      return;
    case "exit":
    case "return":
      throw new Jump(one.kind, one.value === undefined ? undefined : evaluate(awk, one.value));
    default:
      throw new Jump(one.kind);
  }
}

function applies(awk: Awk, rule: Rule): boolean {
  if (rule.from === undefined) return true;
  if (rule.to === undefined) return truthOf(evaluate(awk, rule.from));
  if (!awk.within.has(rule)) {
    if (!truthOf(evaluate(awk, rule.from))) return false;
    awk.within.add(rule);
  }
  if (truthOf(evaluate(awk, rule.to))) awk.within.delete(rule);
  return true;
}

const bodyOf = (awk: Awk, { body }: Rule): void => {
  if (body === undefined) awk.out(record(awk) + special(awk, "ORS"));
  else for (const one of body) execute(awk, one);
};

function records(awk: Awk, rules: readonly Rule[]): void {
  let file = "";
  for (;;) {
    const lines = awk.lines();
    const line = lines.next();
    if (line === undefined) return;
    if (lines.name() !== file) {
      file = lines.name();
      awk.names.set("FILENAME", file === "-" ? "" : file);
      awk.names.set("FNR", 0);
    }
    for (const name of ["NR", "FNR"]) awk.names.set(name, numberOf(variable(awk, name)) + 1);
    setRecord(awk, line);
    try {
      for (const rule of rules) if (applies(awk, rule)) bodyOf(awk, rule);
    } catch (jump) {
      if (!(jump instanceof Jump) || jump.kind !== "next") throw jump;
    }
  }
}

/** Returns the exit status. */
export function runAwk(awk: Awk): number {
  const of = (when: Rule["when"]): readonly Rule[] => awk.program.rules.filter((rule) => rule.when === when);
  let status = 0;
  const part = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (jump) {
      if (!(jump instanceof Jump) || jump.kind !== "exit") throw jump;
      if (jump.value !== undefined) status = numberOf(jump.value) & 0xff;
      return false;
    }
  };
  const begun = part(() => of("begin").forEach((rule) => bodyOf(awk, rule)));
  if (begun && (of("record").length > 0 || of("end").length > 0)) part(() => records(awk, of("record")));
  if (begun || of("end").length > 0) part(() => of("end").forEach((rule) => bodyOf(awk, rule)));
  return status;
}
