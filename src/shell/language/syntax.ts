/** The tree of a command line, in bash's words. */

export type Part =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | { readonly kind: "variable"; readonly name: string; readonly quoted: boolean; readonly otherwise?: string }
  | { readonly kind: "command"; readonly script: Script; readonly quoted: boolean };
export type Word = readonly Part[];

export interface Redirect {
  readonly kind: "in" | "out" | "append" | "here-string" | "here-document" | "merge";
  readonly stream: "out" | "err" | "both";
  readonly target: Word;
}

export interface SimpleCommand {
  readonly kind: "simple";
  readonly assignments: readonly { readonly name: string; readonly value: Word }[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}
export interface ForLoop {
  readonly kind: "for";
  readonly variable: string;
  readonly words: readonly Word[];
  readonly body: Script;
}
export interface WhileLoop {
  readonly kind: "while";
  readonly until: boolean;
  readonly condition: Script;
  readonly body: Script;
}
export interface IfCommand {
  readonly kind: "if";
  readonly branches: readonly { readonly condition: Script; readonly body: Script }[];
  readonly otherwise?: Script;
}
export type Command = SimpleCommand | ForLoop | WhileLoop | IfCommand;

export interface Pipeline {
  readonly commands: readonly Command[];
  readonly negated: boolean;
  /** What decides whether it runs: the exit code of the one before. */
  readonly after: ";" | "&&" | "||";
}
export type Script = readonly Pipeline[];

export type Parsed = { readonly script: Script } | { readonly error: string } | { readonly incomplete: true };
