/**
 * Rows of the terminals: what was typed and printed, the running command with the answers it has had, the workspace. All of a
 * terminal's state, so that it travels in time with the world.
 */
import { defineTable } from "../sim/table";
import type { Address, Message, Micros } from "../sim/types";
import type { Answer, Piece, TerminalState } from "./program";

export const padded = (n: number): string => String(n).padStart(9, "0");

export interface TerminalRow extends TerminalState {
  readonly terminal: Address;
  /** The job that runs. */
  readonly job?: number;
  /** Lines typed while a job runs, oldest first. */
  readonly typedAhead: readonly string[];
  /** The beginning of a command that goes on in the next line. */
  readonly partial: string;
  /** Number of output rows so far, and the first that is still shown (`clear`). */
  readonly written: number;
  readonly shownFrom: number;
}
export const terminalTable = defineTable<TerminalRow>({ name: "shell.terminal", key: (row) => row.terminal });

/** What a job waits for: the reply with this id, a piece of some stream, a timer, a typed line, or an edited text. */
export type Waiting =
  | { readonly for: "reply"; readonly id: number; readonly timer: number }
  | { readonly for: "piece"; readonly streams: readonly string[]; readonly timer?: number; readonly catches?: boolean }
  | { readonly for: "timer"; readonly timer: number }
  | { readonly for: "line"; readonly prompt: string }
  | { readonly for: "edit"; readonly name: string; readonly text: string };

export interface JobRow {
  readonly id: number;
  readonly terminal: Address;
  readonly line: string;
  readonly startedAt: Micros;
  /** Number of answers had. */
  readonly answers: number;
  readonly waiting?: Waiting;
  readonly exitCode?: number;
}
export const jobTable = defineTable<JobRow, "terminal">({
  name: "shell.job",
  key: (row) => padded(row.id),
  indexes: { terminal: (row) => row.terminal },
});

/** The answers of running jobs; dropped when the job ends. */
export interface AnswerRow {
  readonly job: number;
  readonly index: number;
  readonly answer: Answer;
}
export const answerKey = (job: number, index: number): string => `${padded(job)}/${padded(index)}`;
export const answerTable = defineTable<AnswerRow>({ name: "shell.answer", key: (row) => answerKey(row.job, row.index) });

/** A watch or stream that a job has opened. */
export interface StreamRow {
  readonly stream: string;
  readonly job: number;
  readonly received: number;
  readonly taken: number;
}
export const streamTable = defineTable<StreamRow, "job">({
  name: "shell.stream",
  key: (row) => row.stream,
  indexes: { job: (row) => padded(row.job) },
});

/** Pieces that nobody has taken yet. */
export interface PieceRow {
  readonly stream: string;
  readonly index: number;
  readonly piece: Piece;
}
export const pieceKey = (stream: string, index: number): string => `${stream}/${padded(index)}`;
export const pieceTable = defineTable<PieceRow>({ name: "shell.piece", key: (row) => pieceKey(row.stream, row.index) });

/** Append-only; one row is what one event printed to one stream. `in` is the line as typed. */
export interface OutputRow {
  readonly terminal: Address;
  readonly index: number;
  readonly at: Micros;
  readonly job: number;
  readonly stream: "in" | "out" | "err";
  readonly text: string;
  /** What stood before a line typed to a program; nothing for the shell's own. */
  readonly prompt?: string;
}
export const outputTable = defineTable<OutputRow, "terminal">({
  name: "shell.output",
  key: (row) => `${row.terminal}/${padded(row.index)}`,
  indexes: { terminal: (row) => row.terminal },
});

export interface FileRow {
  /** Without a leading slash; folders are what lies before the last one. */
  readonly path: string;
  readonly text: string;
}
export const fileTable = defineTable<FileRow>({ name: "shell.file", key: (row) => row.path });

export interface TypeLine extends Message {
  readonly type: "terminal.type";
  readonly line: string;
}
export interface PressKey extends Message {
  readonly type: "terminal.key";
  readonly key: "ctrl-c" | "ctrl-d";
}
/** A text from the editor; without one the person gave up. */
export interface EditedText extends Message {
  readonly type: "terminal.edited";
  readonly job: number;
  readonly text?: string;
}
export interface WriteFile extends Message {
  readonly type: "workspace.write";
  readonly path: string;
  readonly text: string;
}
export interface DeleteFile extends Message {
  readonly type: "workspace.delete";
  readonly path: string;
}
