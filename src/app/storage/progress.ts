/**
 * What a person has done: lessons finished, exercises solved with their best record, and what was measured in their worlds. Kept in the
 * browser, exported and imported as a file. A file from outside is checked before it replaces anything.
 */
import { create } from "zustand";
import { useKeeping } from "./keeping";

export interface Progress {
  readonly schema: "strata/progress@1";
  /** Finished lessons and solved exercises by id. */
  readonly done: Readonly<Record<string, true>>;
  /** Predictions and answers, as `L9.2/after`. */
  readonly answers: Readonly<Record<string, string>>;
  /** Step of an unfinished lesson. */
  readonly steps: Readonly<Record<string, number>>;
  /** Last measured spans of virtual time, in microseconds. */
  readonly measured: Readonly<Record<string, number>>;
  /** Where the person was last, for example `L9.2`. */
  readonly last?: string;
}

const STORAGE = "strata.progress";
const EMPTY: Progress = { schema: "strata/progress@1", done: {}, answers: {}, steps: {}, measured: {} };
const ID = /^[A-Za-z][A-Za-z0-9.-]{0,30}$/;
const ANSWER = /^[A-Za-z0-9./-]{1,60}$/;
const MOST = 1000;
/** A drawn curve is the longest answer. */
const LONGEST = 400;

function numbers(value: unknown): Record<string, number> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(([id, n]) => ID.test(id) && typeof n === "number" && Number.isFinite(n));
  return Object.fromEntries(entries.slice(0, MOST)) as Record<string, number>;
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).filter(([id, text]) => ANSWER.test(id) && typeof text === "string" && text.length <= LONGEST);
  return Object.fromEntries(entries.slice(0, MOST)) as Record<string, string>;
}

/** A checked copy, or undefined when this is no progress file. */
export function parseProgress(text: string): Progress | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const fields = value as { schema?: unknown; done?: unknown; answers?: unknown; steps?: unknown; measured?: unknown; last?: unknown };
    if (fields.schema !== "strata/progress@1" || typeof fields.done !== "object" || fields.done === null) return undefined;
    const done = Object.fromEntries(
      Object.keys(fields.done)
        .filter((id) => ID.test(id))
        .slice(0, MOST)
        .map((id) => [id, true as const]),
    );
    const last = typeof fields.last === "string" && ID.test(fields.last) ? { last: fields.last } : {};
    return {
      schema: "strata/progress@1",
      done,
      answers: texts(fields.answers),
      steps: numbers(fields.steps),
      measured: numbers(fields.measured),
      ...last,
    };
  } catch {
    return undefined;
  }
}

function read(): Progress {
  try {
    return parseProgress(localStorage.getItem(STORAGE) ?? "") ?? EMPTY;
  } catch {
    return EMPTY;
  }
}

export const useProgress = create<Progress>()(() => read());

function keep(change: Partial<Progress>): void {
  useProgress.setState(change);
  try {
    localStorage.setItem(STORAGE, JSON.stringify(useProgress.getState()));
    useKeeping.setState({ progressLost: false });
  } catch {
    // It lasts as long as the page, which says so; the settings offer the file.
    useKeeping.setState({ progressLost: true });
  }
}

export const progress = {
  finish: (id: string): void => keep({ done: { ...useProgress.getState().done, [id]: true } }),
  step: (id: string, step: number): void => keep({ last: id, steps: { ...useProgress.getState().steps, [id]: step } }),
  answer: (id: string, value: string): void => keep({ answers: { ...useProgress.getState().answers, [id]: value } }),
  measured: (name: string, micros: number): void => keep({ measured: { ...useProgress.getState().measured, [name]: micros } }),
  replace: (next: Progress): void => keep(next),
  forget: (): void => keep({ ...EMPTY, last: undefined }),
};
