/**
 * What a program is: a plain synchronous function over system calls, whose whole state can be saved.
 *
 * A program that must wait does not hold a stack. Its process row keeps what it last marked and the answers of the calls made since;
 * when it goes on, it runs again from that mark and is given those answers, then acts anew from the call that waited. A program that
 * loops marks its state once per round, so that the kept answers stay few.
 *
 * Invariant: a program is a function of (arguments, marked state, answers) only. It has no clock, no randomness, no memory between calls.
 */
import type { Json } from "../sim/types";
import type { SystemCalls } from "./syscalls";

/** The calls as a program sees them: made as the calling task; waiting is not seen. */
export type System = {
  readonly [Name in keyof SystemCalls]: SystemCalls[Name];
} & {
  /** Forgets the answers kept so far: from here the program can go on with this state alone. */
  mark(state: Json): void;
};

export interface Invocation {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What was last marked; undefined at the start. */
  readonly state: Json | undefined;
}

/** Returns the exit status, 0–255. */
export type Program = (system: System, invocation: Invocation) => number;
