/**
 * Joins programs: pipes, redirections and captured output, by standing between a program and its steps.
 *
 * A pipe is pulled: the left program runs when the right one reads. So output streams, and a program that stops reading ends the one
 * that writes, as SIGPIPE does. Not modelled: both sides of a pipe waiting for the cluster at the same time.
 */
import { type Answer, NO_ANSWER, type Run, type Step } from "./program";

/** Runs `left | right`; the exit code is the right one's. */
export function* pipe(left: Run<number>, right: Run<number>): Run<number> {
  const source = new Source(left);
  let answer: Answer = NO_ANSWER;
  for (;;) {
    const step = right.next(answer);
    if (step.done) {
      yield* source.pull();
      return step.value;
    }
    if (step.value.do === "in") {
      const text = yield* source.pull();
      answer = text === undefined ? NO_ANSWER : { text };
    } else answer = yield step.value;
  }
}

/** The writing end: runs until it has written something. */
class Source {
  private ended = false;
  private answer: Answer = NO_ANSWER;
  private readonly run: Run<number>;

  constructor(run: Run<number>) {
    this.run = run;
  }

  *pull(): Run<string | undefined> {
    while (!this.ended) {
      const step = this.run.next(this.answer);
      if (step.done) this.ended = true;
      else if (step.value.do === "out") {
        this.answer = NO_ANSWER;
        return step.value.text;
      } else this.answer = yield step.value;
    }
    return undefined;
  }
}

/** Gives a program its steps back changed, swallowed (undefined) or answered on the spot. */
export function* intercepted<T>(run: Run<T>, handle: (step: Step) => Step | undefined | { readonly answer: Answer }): Run<T> {
  let answer: Answer = NO_ANSWER;
  for (;;) {
    const step = run.next(answer);
    if (step.done) return step.value;
    const handled = handle(step.value);
    if (handled === undefined) answer = NO_ANSWER;
    else if ("answer" in handled) answer = handled.answer;
    else answer = yield handled;
  }
}

/** Standard input from a text. */
export function withInput<T>(run: Run<T>, text: string): Run<T> {
  let given = false;
  return intercepted(run, (step) => {
    if (step.do !== "in") return step;
    const answer: Answer = given || text === "" ? NO_ANSWER : { text };
    given = true;
    return { answer };
  });
}

export interface OutputTarget {
  readonly stream: "out" | "err" | "both";
  /** Undefined throws the output away (`/dev/null`). */
  readonly path: string | undefined;
  readonly append: boolean;
}

/** Output into a file. The file exists (empty) before the program runs. */
export function* intoFile<T>(run: Run<T>, target: OutputTarget): Run<T> {
  const { path, stream, append } = target;
  if (path !== undefined && !append) yield { do: "write", path, text: "" };
  return yield* intercepted(run, (step) => {
    const taken = (step.do === "out" && stream !== "err") || (step.do === "err" && stream !== "out");
    if (!taken || (step.do !== "out" && step.do !== "err")) return step;
    return path === undefined ? undefined : { do: "write", path, text: step.text, append: true };
  });
}

/** `2>&1` and `1>&2`. */
export const merged = <T>(run: Run<T>, into: "out" | "err"): Run<T> =>
  intercepted(run, (step) => (step.do === "out" || step.do === "err" ? { do: into, text: step.text } : step));

/** Runs a program for what it writes to standard output. */
export function* captured(run: Run<number>): Run<{ readonly text: string; readonly exitCode: number }> {
  let text = "";
  const exitCode = yield* intercepted(run, (step) => {
    if (step.do !== "out") return step;
    text += step.text;
    return undefined;
  });
  return { text, exitCode };
}
