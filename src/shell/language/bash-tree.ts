/**
 * A script of the machine's shell as a tree of plain data, so that a shell's whole state, with what it still has to do, can be saved.
 *
 * The small tree beside it (`syntax.ts`) serves the terminal that stands outside of any machine.
 */

export type BashPart =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | Parameter
  | { readonly kind: "command"; readonly script: BashScript; readonly quoted: boolean }
  | { readonly kind: "arithmetic"; readonly text: BashWord; readonly quoted: boolean };
export type BashWord = readonly BashPart[];

/** `$name`, `${name[index]op argument}`. */
export interface Parameter {
  readonly kind: "parameter";
  readonly name: string;
  readonly quoted: boolean;
  /** Of an array: `@`, `*` or arithmetic. */
  readonly index?: BashWord;
  /** `length` for `${#x}`, `indirect` for `${!x}`, `names` for `${!x*}`, else the operator as written, such as `:-`, `%%`, `/`, `:`. */
  readonly operator?: string;
  readonly argument?: BashWord;
  /** What replaces after `/`, how long after `:`. */
  readonly second?: BashWord;
}

export interface BashRedirect {
  /** `<`, `>`, `>>`, `>|`, `<>`, `<&`, `>&`, `&>`, `&>>`, `<<`, `<<<`. A here-document's target is its text. */
  readonly operator: string;
  readonly fd?: number;
  /** `{name}>`: a descriptor is chosen and its number put into the variable. */
  readonly variable?: string;
  readonly target: BashWord;
}

export interface Assignment {
  readonly name: string;
  readonly index?: BashWord;
  readonly append: boolean;
  readonly value: BashWord | { readonly array: readonly BashWord[] };
}

export type Test =
  | { readonly kind: "word"; readonly word: BashWord }
  | { readonly kind: "unary"; readonly operator: string; readonly word: BashWord }
  | { readonly kind: "binary"; readonly operator: string; readonly left: BashWord; readonly right: BashWord }
  | { readonly kind: "not"; readonly of: Test }
  | { readonly kind: "and" | "or"; readonly left: Test; readonly right: Test };

export interface CaseItem {
  readonly patterns: readonly BashWord[];
  readonly body: BashScript;
  readonly end: ";;" | ";&" | ";;&";
}

export interface SimpleCommand {
  readonly kind: "simple";
  readonly assignments: readonly Assignment[];
  readonly words: readonly BashWord[];
}

type Bare =
  | SimpleCommand
  | { readonly kind: "subshell" | "group"; readonly body: BashScript }
  | { readonly kind: "for"; readonly variable: string; readonly words?: readonly BashWord[]; readonly body: BashScript }
  | { readonly kind: "arithmetic-for"; readonly parts: readonly BashWord[]; readonly body: BashScript }
  | { readonly kind: "while"; readonly until: boolean; readonly condition: BashScript; readonly body: BashScript }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly condition: BashScript; readonly body: BashScript }[];
      readonly otherwise?: BashScript;
    }
  | { readonly kind: "case"; readonly word: BashWord; readonly items: readonly CaseItem[] }
  | { readonly kind: "function"; readonly name: string; readonly body: BashCommand; readonly source: string }
  | { readonly kind: "test"; readonly test: Test }
  | { readonly kind: "arithmetic"; readonly text: BashWord };

export type BashCommand = Bare & { readonly redirects: readonly BashRedirect[]; readonly line: number };

export interface BashPipeline {
  readonly commands: readonly BashCommand[];
  readonly negated: boolean;
  readonly timed: boolean;
  /** What decides whether it runs: the status of the one before. */
  readonly after: ";" | "&&" | "||";
}

/** Pipelines joined by `&&` and `||`. */
export interface BashList {
  readonly pipelines: readonly BashPipeline[];
  readonly background: boolean;
  /** As written, for the list of jobs. */
  readonly source: string;
}
export type BashScript = readonly BashList[];

export type BashParsed = { readonly script: BashScript } | { readonly error: string; readonly line: number } | { readonly incomplete: true };
