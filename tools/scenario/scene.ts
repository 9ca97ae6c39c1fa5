/** What a scenario plays on, whether a cluster or a machine. */
import { texts } from "../../src/locales/en/index";
import type { Facts } from "../../src/session/ground";
import { parseDuration } from "../../src/shell/kubectl/flags";
import { seconds } from "../../src/sim/time";
import type { Timeline } from "../../src/sim/timeline";
import type { Micros } from "../../src/sim/types";

export interface Scene {
  readonly timeline: Timeline;
  /** What checks may ask of machines. */
  readonly facts?: Facts;
  run(span: Micros): void;
  at(time: Micros): void;
  /** Types a command, waits until it has ended, and returns what it printed. */
  type(command: string): string;
  key(key: string): void;
  fault(line: string): void;
  /** A line with its references to what the world knows. */
  resolved(line: string): string;
  why(text: string): string;
  span(text: string): Micros;
  hash(): string;
}

/** A command that has not ended by then gets a Ctrl-C. */
export const LONGEST_COMMAND = seconds(600);
export const STEP: Micros = 50_000;

/** A text of the interface in English, with its parts. */
export function fill(key: string, params: Readonly<Record<string, unknown>> | undefined): string {
  let tree: unknown = texts;
  for (const part of key.split(".")) tree = typeof tree === "object" && tree !== null ? (tree as Record<string, unknown>)[part] : undefined;
  if (typeof tree !== "string") return [key, ...Object.values(params ?? {}).map(String)].join(" ");
  return tree.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => String(params?.[name] ?? ""));
}

export function spanOf(text: string): Micros {
  const span = parseDuration(text.trim());
  if (span === undefined) throw new Error(`${text}: not a duration such as 20s`);
  return span;
}
