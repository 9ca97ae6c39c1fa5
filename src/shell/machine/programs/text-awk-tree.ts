/** An awk program as data. */

export type Expr =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  /** An expression alone stands for its match with the record. */
  | { readonly kind: "expression"; readonly source: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "element"; readonly name: string; readonly subscripts: readonly Expr[] }
  | { readonly kind: "field"; readonly of: Expr }
  | { readonly kind: "group"; readonly of: readonly Expr[] }
  | { readonly kind: "assign"; readonly target: Expr; readonly operator: string; readonly value: Expr }
  | { readonly kind: "choose"; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: "both" | "either"; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "in"; readonly subscripts: readonly Expr[]; readonly name: string }
  | { readonly kind: "match"; readonly left: Expr; readonly right: Expr; readonly negated: boolean }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "unary"; readonly operator: string; readonly of: Expr }
  | { readonly kind: "step"; readonly target: Expr; readonly by: 1 | -1; readonly before: boolean }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: "getline"; readonly target?: Expr; readonly file?: Expr };

export interface Output {
  readonly how: ">" | ">>" | "|";
  readonly to: Expr;
}

export type Statement =
  | { readonly kind: "expression"; readonly of: Expr }
  | { readonly kind: "print"; readonly args: readonly Expr[]; readonly output?: Output }
  | { readonly kind: "printf"; readonly args: readonly Expr[]; readonly output?: Output }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "if"; readonly test: Expr; readonly yes: Statement; readonly no?: Statement }
  | { readonly kind: "while"; readonly test: Expr; readonly body: Statement }
  | { readonly kind: "do"; readonly test: Expr; readonly body: Statement }
  | { readonly kind: "for"; readonly first?: Statement; readonly test?: Expr; readonly step?: Statement; readonly body: Statement }
  | { readonly kind: "each"; readonly name: string; readonly of: string; readonly body: Statement }
  | { readonly kind: "break" | "continue" | "next" }
  | { readonly kind: "exit" | "return"; readonly value?: Expr }
  | { readonly kind: "delete"; readonly name: string; readonly subscripts?: readonly Expr[] };

export interface Rule {
  readonly when: "begin" | "end" | "record";
  readonly from?: Expr;
  readonly to?: Expr;
  /** None: the record is printed. */
  readonly body?: readonly Statement[];
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: readonly Statement[];
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}
