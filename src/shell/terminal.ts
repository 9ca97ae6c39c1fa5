/**
 * A terminal as an actor: lines typed are inputs to it, and what programs ask for becomes messages and rows.
 *
 * A program is a generator; the rows keep only the line and the answers it has had. The live generator is remembered beside its last
 * answer's row and is run again from the recorded answers when it is not there (after a rewind, on a branch, in a saved world).
 * Invariant: nothing here depends on whether a generator was remembered.
 */
import { delayOf } from "../sim/delays";
import { stoppedTable } from "../sim/faults";
import type { Actor, Address, Message, Tx } from "../sim/types";
import type { ApiCall, ApiReply, ApiRequest, ApiResponse, ApiStreamPiece, ApiUnwatch, ApiWatchEvents } from "../kube/apiserver/door";
import { TERMINAL_REFUSED, TERMINAL_REQUEST, TERMINAL_TIMEOUT } from "./delays";
import { interpret, isIncomplete } from "./interpreter";
import { changeTerminal, print, terminalRow } from "./output";
import { type Answer, NO_ANSWER, type Piece, type Run, type Step } from "./program";
import {
  answerKey,
  type AnswerRow,
  answerTable,
  type DeleteFile,
  type EditedText,
  fileTable,
  type JobRow,
  jobTable,
  padded,
  pieceKey,
  pieceTable,
  type PressKey,
  streamTable,
  type TypeLine,
  type Waiting,
  type WriteFile,
} from "./tables";

const SERVER = "apiserver/main";
const FAULTS = "fault/main";
/** Nothing reacts in zero time. */
const SOON = 1;
/** Steps that a program may take without waiting for anything. */
const MOST_STEPS = 200_000;
const MOST_HISTORY = 500;
export const MOST_FILE_BYTES = 1 << 20;

const generators = new WeakMap<AnswerRow, Run<number>>();

export const terminalActor: Actor = {
  kind: "terminal",
  receive(tx: Tx, _name, message): void {
    if (message.type === "terminal.type") typed(tx, (message as TypeLine).line);
    else if (message.type === "terminal.key") interrupt(tx, (message as PressKey).key);
    else if (message.type === "terminal.edited") edited(tx, message as EditedText);
    else if (message.type === "workspace.write") writeFile(tx, message as WriteFile);
    else if (message.type === "workspace.delete") tx.write(fileTable).delete((message as DeleteFile).path);
    else if (message.type === "shell.timer") timer(tx);
    else if (message.type === "api.reply") replied(tx, message as ApiReply);
    else if (message.type === "api.events") {
      const { watch, events, closed } = message as ApiWatchEvents;
      arrived(tx, watch, { events, ...(closed === true ? { closed } : {}) });
    } else if (message.type === "api.stream") {
      const { stream, out, err, done, exitCode } = message as ApiStreamPiece;
      arrived(tx, stream, { out, err, exitCode, ...(done === true ? { closed: true } : {}) });
    }
  },
};

function typed(tx: Tx, line: string): void {
  const row = terminalRow(tx, tx.self);
  const job = waitingJob(tx);
  if (job?.waiting.for === "line") {
    print(tx, tx.self, job.id, "in", line, job.waiting.prompt);
    return resume(tx, job.id, { text: line });
  }
  if (row.job !== undefined) {
    changeTerminal(tx, tx.self, { typedAhead: [...row.typedAhead, line] });
    return;
  }
  const text = row.partial === "" ? line : `${row.partial}\n${line}`;
  if (isIncomplete(text)) {
    print(tx, tx.self, 0, "in", line);
    changeTerminal(tx, tx.self, { partial: text });
    return;
  }
  const id = tx.nextId("shell.job");
  print(tx, tx.self, id, "in", line);
  const history = text.trim() === "" ? row.history : [...row.history, text].slice(-MOST_HISTORY);
  changeTerminal(tx, tx.self, { partial: "", history, job: id });
  tx.write(jobTable).put({ id, terminal: tx.self, line: text, startedAt: tx.now, answers: 0 });
  resume(tx, id, NO_ANSWER);
}

function interrupt(tx: Tx, key: PressKey["key"]): void {
  if (key === "ctrl-d") {
    const reader = waitingJob(tx);
    if (reader?.waiting.for === "line") resume(tx, reader.id, NO_ANSWER);
    return;
  }
  const row = terminalRow(tx, tx.self);
  print(tx, tx.self, row.job ?? 0, "out", "^C\n");
  changeTerminal(tx, tx.self, { partial: "", typedAhead: [] });
  const job = row.job === undefined ? undefined : tx.read(jobTable).get(padded(row.job));
  if (job === undefined) return;
  const { waiting } = job;
  const timerSeq = waiting !== undefined && "timer" in waiting ? waiting.timer : undefined;
  if (timerSeq !== undefined) tx.cancel(timerSeq);
  if (waiting?.for === "line" || (waiting?.for === "piece" && waiting.catches === true)) return resume(tx, job.id, { interrupted: true });
  finish(tx, job, 130);
}

function edited(tx: Tx, message: EditedText): void {
  const job = tx.read(jobTable).get(padded(message.job));
  if (job?.waiting?.for === "edit") resume(tx, job.id, message.text === undefined ? NO_ANSWER : { text: message.text });
}

function writeFile(tx: Tx, { path, text }: WriteFile): void {
  if (text.length > MOST_FILE_BYTES) return print(tx, tx.self, 0, "err", `${path}: File too large\n`);
  tx.write(fileTable).put({ path, text });
}

function waitingJob(tx: Tx): (JobRow & { readonly waiting: Waiting }) | undefined {
  const id = terminalRow(tx, tx.self).job;
  const job = id === undefined ? undefined : tx.read(jobTable).get(padded(id));
  return job?.waiting === undefined ? undefined : { ...job, waiting: job.waiting };
}

const connectionFailure = (message: string): ApiResponse => ({ code: 0, body: { kind: "Status", status: "Failure", message } });

function timer(tx: Tx): void {
  const job = waitingJob(tx);
  if (job === undefined || !("timer" in job.waiting) || job.waiting.timer !== tx.event) return;
  if (job.waiting.for !== "reply") return resume(tx, job.id, NO_ANSWER);
  const response = connectionFailure(job.waiting.id === 0 ? "connection refused" : "TLS handshake timeout");
  resume(tx, job.id, { response });
}

const openedBy = (response: ApiResponse): string | undefined => {
  const body = response.body as { readonly watch?: unknown; readonly stream?: unknown; readonly kind?: unknown } | null;
  if (response.code !== 200 || typeof body !== "object" || body === null || body.kind !== undefined) return undefined;
  const id = body.watch ?? body.stream;
  return typeof id === "string" ? id : undefined;
};

function replied(tx: Tx, { id, response }: ApiReply): void {
  const job = waitingJob(tx);
  const opened = openedBy(response);
  if (job?.waiting.for !== "reply" || job.waiting.id !== id) {
    if (opened !== undefined) unwatch(tx, opened);
    return;
  }
  tx.cancel(job.waiting.timer);
  if (opened !== undefined) tx.write(streamTable).put({ stream: opened, job: job.id, received: 0, taken: 0 });
  resume(tx, job.id, { response });
}

function arrived(tx: Tx, stream: string, piece: Piece): void {
  const streams = tx.write(streamTable);
  const row = streams.get(stream);
  if (row === undefined) return;
  const job = waitingJob(tx);
  if (job?.waiting.for === "piece" && job.waiting.streams.includes(stream)) {
    if (job.waiting.timer !== undefined) tx.cancel(job.waiting.timer);
    return resume(tx, job.id, { piece, stream });
  }
  tx.write(pieceTable).put({ stream, index: row.received, piece });
  streams.put({ ...row, received: row.received + 1 });
}

function unwatch(tx: Tx, watch: string): void {
  const message: ApiUnwatch = { type: "api.unwatch", watch };
  tx.send(SERVER, message, delayOf(tx, TERMINAL_REQUEST));
}

function closeStream(tx: Tx, stream: string): void {
  const row = tx.read(streamTable).get(stream);
  if (row === undefined) return;
  for (let i = row.taken; i < row.received; i++) tx.write(pieceTable).delete(pieceKey(stream, i));
  tx.write(streamTable).delete(stream);
  unwatch(tx, stream);
}

/** Gives a job its answer and runs it until it waits again or ends. */
function resume(tx: Tx, id: number, first: Answer): void {
  const answers = tx.write(answerTable);
  let job = tx.read(jobTable).get(padded(id)) as JobRow;
  let last = answers.get(answerKey(id, job.answers - 1));
  const program = (last === undefined ? undefined : generators.get(last)) ?? replayed(tx, job);
  if (last !== undefined) generators.delete(last);
  let answer = first;
  const record = (): void => {
    last = { job: id, index: job.answers, answer };
    answers.put(last);
    job = { ...job, answers: job.answers + 1, waiting: undefined };
  };
  record();
  for (let steps = 0; ; steps++) {
    const step = program.next(answer);
    if (step.done) return finish(tx, job, step.value);
    if (steps > MOST_STEPS) {
      print(tx, job.terminal, id, "err", "Killed\n");
      return finish(tx, job, 137);
    }
    const result = perform(tx, job, step.value);
    if ("for" in result) {
      job = { ...job, waiting: result };
      tx.write(jobTable).put(job);
      if (last !== undefined) generators.set(last, program);
      return;
    }
    answer = result;
    if (isQuestion(step.value)) record();
  }
}

const isQuestion = (step: Step): boolean => !EFFECTS.has(step.do);
const EFFECTS: ReadonlySet<Step["do"]> = new Set(["out", "err", "close", "write", "remove", "set", "clear", "fault"]);

/** The program as it stood before the answer to come, from its recorded answers. */
function replayed(tx: Tx, job: JobRow): Run<number> {
  const program = interpret(job.line);
  let step: IteratorResult<Step, number> | undefined;
  for (let i = 0; i < job.answers; i++) {
    step = program.next(tx.read(answerTable).get(answerKey(job.id, i))?.answer ?? NO_ANSWER);
    while (!step.done && !isQuestion(step.value)) step = program.next(NO_ANSWER);
  }
  return program;
}

function perform(tx: Tx, job: JobRow, step: Step): Answer | Waiting {
  const { terminal } = job;
  switch (step.do) {
    case "out":
    case "err":
      print(tx, terminal, job.id, step.do, step.text);
      return NO_ANSWER;
    case "request":
      return sendRequest(tx, step.request);
    case "next":
      return takePiece(tx, step);
    case "close":
      closeStream(tx, step.stream);
      return NO_ANSWER;
    case "sleep":
      return { for: "timer", timer: tx.send(tx.self, TIMER, step.span) };
    case "line":
      return takeLine(tx, job, step.prompt);
    case "edit":
      return { for: "edit", name: step.name, text: step.text };
    case "state": {
      const { namespace, cwd, variables, history, exitCode } = terminalRow(tx, terminal);
      return { state: { namespace, cwd, variables, history, exitCode } };
    }
    case "set":
      changeTerminal(tx, terminal, step.state);
      return NO_ANSWER;
    case "now":
      return { now: tx.now };
    case "clear":
      changeTerminal(tx, terminal, { shownFrom: terminalRow(tx, terminal).written });
      return NO_ANSWER;
    case "fault":
      tx.send(FAULTS, step.fault, SOON);
      return NO_ANSWER;
    case "in":
      return NO_ANSWER;
    default:
      return touchFiles(tx, step);
  }
}

/** The next line typed ahead, or the one that is typed next. */
function takeLine(tx: Tx, { id, terminal }: JobRow, prompt: string): Answer | Waiting {
  const [first, ...rest] = terminalRow(tx, terminal).typedAhead;
  if (first === undefined) return { for: "line", prompt };
  changeTerminal(tx, terminal, { typedAhead: rest });
  print(tx, terminal, id, "in", first, prompt);
  return { text: first };
}

function touchFiles(tx: Tx, step: Extract<Step, { readonly do: "read" | "paths" | "write" | "remove" }>): Answer {
  const files = tx.write(fileTable);
  if (step.do === "read") {
    const file = files.get(step.path);
    return file === undefined ? NO_ANSWER : { text: file.text };
  }
  if (step.do === "paths") return { paths: files.keys() };
  if (step.do === "remove") files.delete(step.path);
  else files.put({ path: step.path, text: (step.append === true ? (files.get(step.path)?.text ?? "") : "") + step.text });
  return NO_ANSWER;
}

const TIMER: Message = { type: "shell.timer" };

function sendRequest(tx: Tx, request: ApiRequest): Waiting {
  if (tx.read(stoppedTable).has(SERVER)) return { for: "reply", id: 0, timer: tx.send(tx.self, TIMER, delayOf(tx, TERMINAL_REFUSED)) };
  const id = tx.nextId("shell.call");
  const timerSeq = tx.send(tx.self, TIMER, delayOf(tx, TERMINAL_TIMEOUT));
  const call: ApiCall = { type: "api.request", id, replyTo: tx.self, request };
  tx.send(SERVER, call, delayOf(tx, TERMINAL_REQUEST));
  return { for: "reply", id, timer: timerSeq };
}

function takePiece(tx: Tx, { streams, within, catches }: Extract<Step, { readonly do: "next" }>): Answer | Waiting {
  for (const stream of streams) {
    const row = tx.read(streamTable).get(stream);
    if (row === undefined) return { piece: { closed: true }, stream };
    if (row.taken === row.received) continue;
    const key = pieceKey(stream, row.taken);
    const piece = tx.read(pieceTable).get(key)?.piece;
    tx.write(pieceTable).delete(key);
    tx.write(streamTable).put({ ...row, taken: row.taken + 1 });
    return { piece, stream };
  }
  const timer = within === undefined ? {} : { timer: tx.send(tx.self, TIMER, within) };
  return { for: "piece", streams, ...timer, ...(catches === true ? { catches } : {}) };
}

function finish(tx: Tx, job: JobRow, exitCode: number): void {
  for (const row of tx.read(streamTable).by("job", padded(job.id))) closeStream(tx, row.stream);
  for (let i = 0; i < job.answers; i++) tx.write(answerTable).delete(answerKey(job.id, i));
  tx.write(jobTable).put({ ...job, waiting: undefined, exitCode });
  const { typedAhead } = changeTerminal(tx, job.terminal as Address, { job: undefined, exitCode });
  const [next, ...rest] = typedAhead;
  if (next === undefined) return;
  changeTerminal(tx, job.terminal, { typedAhead: rest });
  typed(tx, next);
}
