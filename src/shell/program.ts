/**
 * What a simulated program is: a generator that yields steps (an API request, a line of output, a pause) and is resumed with answers.
 * It holds no handle on the world and reads no clock, so a run is a pure function of its answers: recording these is enough to stop it,
 * save it, rewind it and run it again.
 *
 * SIGINT ends a program, unless it waits with `catches` or for a typed line: then it is answered with `interrupted`.
 * Not modelled: other signals, and two programs of one pipeline waiting at the same time (see `pipeline.ts`).
 */
import type { ApiRequest, ApiResponse, WatchEvent } from "../kube/apiserver/door";
import type { Micros } from "../sim/types";
import type { Fault } from "./fault-line";

/** What a terminal remembers between commands. */
export interface TerminalState {
  readonly namespace: string;
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly history: readonly string[];
  readonly exitCode: number;
}

/** One message of a watch (`events`) or of a stream (`out`, `err`), or its end. */
export interface Piece {
  readonly events?: readonly WatchEvent[];
  readonly out?: string;
  readonly err?: string;
  readonly closed?: boolean;
  readonly exitCode?: number;
}

export type Step =
  /** Answered with `response`. When its body names a watch or stream, pieces of that follow. */
  | { readonly do: "request"; readonly request: ApiRequest }
  /** Answered with the next `piece` of any of the streams and which one, or without when `within` has passed. */
  | { readonly do: "next"; readonly streams: readonly string[]; readonly within?: Micros; readonly catches?: boolean }
  | { readonly do: "close"; readonly stream: string }
  | { readonly do: "sleep"; readonly span: Micros }
  | { readonly do: "out" | "err"; readonly text: string }
  /** Next chunk of standard input: answered with `text`, without one at its end. */
  | { readonly do: "in" }
  /** A person types a line to the program: answered with `text`, without one at the end of input (Ctrl-D). */
  | { readonly do: "line"; readonly prompt: string }
  /** Answered with `text` of a workspace file, without one when there is none. */
  | { readonly do: "read"; readonly path: string }
  /** Answered with the `paths` of all workspace files, ascending. */
  | { readonly do: "paths" }
  | { readonly do: "write"; readonly path: string; readonly text: string; readonly append?: boolean }
  | { readonly do: "remove"; readonly path: string }
  /** A person edits a text: answered with `text`, without one when they gave up. */
  | { readonly do: "edit"; readonly name: string; readonly text: string }
  /** Something breaks, or works again. */
  | { readonly do: "fault"; readonly fault: Fault }
  | { readonly do: "state" }
  | { readonly do: "set"; readonly state: Partial<TerminalState> }
  | { readonly do: "now" }
  | { readonly do: "clear" };

export interface Answer {
  readonly response?: ApiResponse;
  readonly piece?: Piece;
  readonly stream?: string;
  readonly text?: string;
  readonly paths?: readonly string[];
  readonly state?: TerminalState;
  readonly now?: Micros;
  /** Ctrl-C was pressed. */
  readonly interrupted?: boolean;
}

export type Run<T> = Generator<Step, T, Answer>;
/** Returns the exit code. `args` are without the program's name. */
export type Program = (args: readonly string[], name: string) => Run<number>;

export const NO_ANSWER: Answer = Object.freeze({});
const NO_RESPONSE: ApiResponse = { code: 0, body: null };

export function* request(call: ApiRequest): Run<ApiResponse> {
  return (yield { do: "request", request: call }).response ?? NO_RESPONSE;
}
export function* next(stream: string, within?: Micros): Run<Piece | undefined> {
  return (yield { do: "next", streams: [stream], ...(within === undefined ? {} : { within: Math.max(0, within) }) }).piece;
}
/** Of several streams, whichever has something. */
export function* nextOf(streams: readonly string[]): Run<{ readonly stream: string; readonly piece: Piece } | undefined> {
  const { stream, piece } = yield { do: "next", streams };
  return stream === undefined || piece === undefined ? undefined : { stream, piece };
}
export function* close(stream: string): Run<void> {
  yield { do: "close", stream };
}
export function* sleep(span: Micros): Run<void> {
  yield { do: "sleep", span };
}
export function* out(text: string): Run<void> {
  if (text !== "") yield { do: "out", text };
}
export function* err(text: string): Run<void> {
  if (text !== "") yield { do: "err", text };
}
export function* readFile(path: string): Run<string | undefined> {
  return (yield { do: "read", path }).text;
}
export function* filePaths(): Run<readonly string[]> {
  return (yield { do: "paths" }).paths ?? [];
}
export function* readInput(): Run<string | undefined> {
  return (yield { do: "in" }).text;
}
/** Of a stream whose program wants to hear of Ctrl-C itself: then without a piece. */
export function* nextOrInterrupt(stream: string): Run<Piece | "interrupted" | undefined> {
  const { piece, interrupted } = yield { do: "next", streams: [stream], catches: true };
  return interrupted === true ? "interrupted" : piece;
}
export function* typedLine(prompt: string): Run<{ readonly text?: string; readonly interrupted?: boolean }> {
  return yield { do: "line", prompt };
}
/** All of standard input. */
export function* readAllInput(): Run<string> {
  let all = "";
  for (let text = yield* readInput(); text !== undefined; text = yield* readInput()) all += text;
  return all;
}
const EMPTY_STATE: TerminalState = { namespace: "default", cwd: "", variables: {}, history: [], exitCode: 0 };
export function* terminalState(): Run<TerminalState> {
  return (yield { do: "state" }).state ?? EMPTY_STATE;
}
export function* setState(state: Partial<TerminalState>): Run<void> {
  yield { do: "set", state };
}
export function* now(): Run<Micros> {
  return (yield { do: "now" }).now ?? 0;
}
