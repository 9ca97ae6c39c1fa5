/** What a running awk program has: its variables, the record and its fields, what it reads and writes. */
import type { System } from "../../../linux/program";
import { AwkError } from "./text-awk-tokens";
import type { AwkProgram, Rule } from "./text-awk-tree";
import { matcher, textOf, type Value } from "./text-awk-values";
import type { LineSource } from "./text-input";

export type Cells = Map<string, Value>;
export type Held = Value | Cells;

export interface Awk {
  readonly system: System;
  readonly program: AwkProgram;
  readonly names: Map<string, Held>;
  /** Of the functions that are running, the innermost last. */
  readonly locals: Map<string, Held>[];
  fields: string[];
  readonly lines: () => LineSource;
  readonly out: (text: string) => void;
  readonly files: Map<string, number>;
  readonly sources: Map<string, LineSource>;
  readonly open: (path: string) => LineSource;
  /** Of all loops so far. */
  turns: number;
  /** Rules between their first and their second pattern. */
  readonly within: Set<Rule>;
}

export const SUBSEP = "\x1c";

export const scopeOf = (awk: Awk, name: string): Map<string, Held> => {
  const local = awk.locals.at(-1);
  return local?.has(name) === true ? local : awk.names;
};
export const variable = (awk: Awk, name: string): Value => {
  if (name === "NF") return awk.fields.length;
  const held = scopeOf(awk, name).get(name);
  return held instanceof Map ? undefined : held;
};
export function cellsOf(awk: Awk, name: string): Cells {
  const scope = scopeOf(awk, name);
  const held = scope.get(name);
  if (held instanceof Map) return held;
  const made: Cells = new Map();
  scope.set(name, made);
  return made;
}
export const special = (awk: Awk, name: string): string => textOf(variable(awk, name));

export function splitFields(text: string, separator: string): string[] {
  if (text === "") return [];
  if (separator === " ")
    return text
      .trim()
      .split(/[ \t\n]+/)
      .filter((part) => part !== "");
  if (separator.length === 1 && separator !== "\\") return text.split(separator);
  return text.split(new RegExp(matcher(separator).source));
}

export function setRecord(awk: Awk, text: string): void {
  awk.fields = splitFields(text, special(awk, "FS"));
  awk.names.set("$0", { text });
}
export const record = (awk: Awk): string => textOf(awk.names.get("$0") as Value);

export function setField(awk: Awk, index: number, text: string): void {
  if (index < 0) throw new AwkError(`negative field index $${index}`, 0);
  if (index === 0) return setRecord(awk, text);
  while (awk.fields.length < index) awk.fields.push("");
  awk.fields[index - 1] = text;
  awk.names.set("$0", { text: awk.fields.join(special(awk, "OFS")) });
}
