/**
 * Checks are CEL. What CEL cannot say, history, is added as macros: `ever(e)`, `always(e)`, `never(e)`, `stable(e, seconds)` over the
 * samples so far, `start(e)` for the value at the start, `changed(e)` and `unchanged(e)` against it. A macro's argument is an expression
 * that is planned by itself; the macro's place in the check is taken by a variable.
 *
 * An expression that fails (a missing field, an index that is not there) is undefined, and undefined is not true.
 */
import { type CelEnv, type CelFunc, celEnv, isCelError, parse, plan } from "@bufbuild/cel";

export type MacroKind = "ever" | "always" | "never" | "stable" | "start" | "changed" | "unchanged";
const MACROS: ReadonlyMap<string, number> = new Map([
  ["ever", 1],
  ["always", 1],
  ["never", 1],
  ["stable", 2],
  ["start", 1],
  ["changed", 1],
  ["unchanged", 1],
]);

export type Bindings = Readonly<Record<string, unknown>>;
export type Evaluate = (bindings: Bindings) => unknown;

export interface Macro {
  readonly kind: MacroKind;
  /** The variable that stands for it. */
  readonly name: string;
  readonly inner: Evaluate;
  /** For `stable`: how long, in seconds. */
  readonly seconds: number;
}

export interface Check {
  readonly text: string;
  readonly macros: readonly Macro[];
  /** Undefined when the expression failed. Bindings hold the model's variables and one for each macro. */
  readonly evaluate: Evaluate;
}

/** A fault of whoever wrote the check: where it is and what it says. */
export class CheckError extends Error {}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

export class Checks {
  private readonly env: CelEnv;
  private count = 0;

  constructor(functions: CelFunc[]) {
    this.env = celEnv({ funcs: functions });
  }

  compile(text: string): Check {
    const macros: Macro[] = [];
    let parsed: ReturnType<typeof parse>;
    try {
      parsed = parse(text);
    } catch (error) {
      throw new CheckError(`${text}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const root = (parsed as unknown as Node)["expr"];
    this.replaceMacros(root, macros, false, text);
    return { text, macros, evaluate: this.plan(root) };
  }

  private plan(expression: unknown): Evaluate {
    const run = plan(this.env, expression as Parameters<typeof plan>[1]) as (bindings: unknown) => unknown;
    return (bindings) => {
      const value = run(bindings);
      return isCelError(value) ? undefined : value;
    };
  }

  /** Walks the syntax tree and puts a variable in each macro's place. */
  private replaceMacros(node: unknown, macros: Macro[], inside: boolean, text: string): void {
    if (Array.isArray(node)) {
      for (const item of node) this.replaceMacros(item, macros, inside, text);
      return;
    }
    if (!isNode(node)) return;
    const kind = node["exprKind"];
    if (isNode(kind) && kind["case"] === "callExpr" && isNode(kind["value"])) {
      const call = kind["value"];
      const arity = MACROS.get(String(call["function"]));
      if (arity !== undefined && call["target"] === undefined) {
        if (inside) throw new CheckError(`${text}: ${String(call["function"])} cannot stand inside another check of history`);
        const args = call["args"] as unknown[];
        if (args.length !== arity) throw new CheckError(`${text}: ${String(call["function"])} takes ${arity} argument(s)`);
        this.replaceMacros(args[0], macros, true, text);
        const name = `macro_${this.count++}`;
        macros.push({ kind: call["function"] as MacroKind, name, inner: this.plan(args[0]), seconds: numberOf(args[1]) });
        node["exprKind"] = { case: "identExpr", value: { $typeName: "cel.expr.Expr.Ident", name } };
        return;
      }
    }
    for (const [key, value] of Object.entries(node)) if (key !== "$typeName") this.replaceMacros(value, macros, inside, text);
  }
}

function numberOf(node: unknown): number {
  if (!isNode(node) || !isNode(node["exprKind"])) return 0;
  const constant = node["exprKind"]["value"];
  const value = isNode(constant) && isNode(constant["constantKind"]) ? constant["constantKind"]["value"] : undefined;
  return Number(value ?? 0);
}
