/** What a course is made of, as compiled from `content/`: lessons, exercises, decks, and the worlds they start from. Plain JSON. */
import type { SessionConfig } from "../session/types";

export type Language = "ko" | "en";
export type Text = Readonly<Record<Language, string>>;

/** What the stage shows: a loop or a cluster; of a machine, its processes or its layers. */
export type StageKind = "thermostat" | "cluster" | "ledger" | "layers";

export interface Fixture {
  readonly config: SessionConfig;
  readonly files: Readonly<Record<string, string>>;
  /** Typed before the learner comes, at virtual seconds. */
  readonly commands: readonly { readonly at: number; readonly line: string }[];
  readonly until: number;
}

export interface Option {
  readonly v: string;
  readonly text: Text;
  /** The misconception that makes one choose it. */
  readonly m?: string;
}

export interface Question {
  readonly id: string;
  readonly ask: Text;
  /** None: the answer is written. */
  readonly options: readonly Option[];
}

export interface Prediction extends Question {
  readonly correct: string;
  /** CEL that gives the value of what really happens, for verification against the run. */
  readonly check?: string;
  readonly explain: Text;
  /** Where a curve may be drawn: seconds, highest count, count at the start. */
  readonly curve?: { readonly seconds: number; readonly max: number; readonly start: number };
}

export interface Goal {
  readonly id: string;
  readonly check: string;
  readonly say: Text;
}

export interface WrongAttempt {
  readonly id: string;
  readonly m?: string;
  /** Correct so far but not complete. */
  readonly kind?: "progress";
  readonly try: readonly string[];
  readonly when: string;
  readonly point?: readonly string[];
  readonly say: Text;
}

export interface Exercise {
  readonly id: string;
  readonly version: number;
  readonly chapter: number;
  readonly difficulty: number;
  readonly minutes: number;
  readonly title: Text;
  readonly task: Text;
  readonly fixture: string;
  readonly tools: { readonly allow: readonly string[] };
  readonly predict?: Prediction;
  readonly questions?: readonly Question[];
  readonly goal: readonly Goal[];
  readonly hints: readonly Text[];
  readonly solution: readonly { readonly do: string; readonly why: Text }[];
  readonly alternatives: readonly (readonly string[])[];
  readonly wrong: readonly WrongAttempt[];
  readonly after: { readonly explain: Text };
}

/** A hast root, as JSON. */
export interface HtmlRoot {
  readonly type: "root";
  readonly children: readonly unknown[];
}

export interface LessonStep {
  readonly id: string;
  readonly heading?: Text;
  /** Markdown; `:mark[word]{select="ghost"}` is a word linked with marks on the stage. */
  readonly text: Text;
  /** The text as a syntax tree of HTML, sanitized. */
  readonly body: Readonly<Record<Language, HtmlRoot>>;
  readonly predict?: Prediction;
  readonly command?: string;
  /** CEL that holds when the step is done. */
  readonly done?: string;
  /** Virtual seconds within which `done` comes true by itself after the command. */
  readonly limit?: number;
  readonly next?: string;
}

export interface Lesson {
  readonly id: string;
  readonly chapter: number;
  readonly stratum: string;
  readonly minutes: number;
  readonly title: Text;
  readonly fixture: string;
  readonly variant: StageKind;
  readonly panes: readonly ("terminal" | "editor" | "inspector" | "score")[];
  readonly follow: { readonly kind: string; readonly name: string };
  readonly recall: { readonly from: string; readonly say: Text; readonly ask: Text; readonly options: readonly Option[]; readonly correct: string };
  readonly steps: readonly LessonStep[];
}

export interface DeckSlide {
  readonly id: string;
  readonly lesson: string;
  readonly title: Text;
  readonly subtitle?: Text;
  readonly fixture: string;
  readonly variant: StageKind;
  readonly minutes: number;
  readonly beats?: readonly { readonly do: string; readonly say: Text }[];
  readonly answer?: Text;
  readonly notes: Text;
}

export interface CourseDeck {
  readonly id: string;
  readonly title: Text;
  readonly minutes: number;
  readonly slides: readonly DeckSlide[];
}

export interface Course {
  readonly fixtures: Readonly<Record<string, Fixture>>;
  readonly lessons: readonly Lesson[];
  readonly exercises: readonly Exercise[];
  readonly decks: readonly CourseDeck[];
}
