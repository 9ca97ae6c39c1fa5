/**
 * A deck: slides whose pictures are live worlds. A slide begins in its fixture; its beats are what the clicker does to that world one
 * after the other. Leaving and returning finds a slide's world where it was left.
 */
import type { SessionFile } from "../../session/types";
import type { Language } from "../../locales/i18n";

export type Localized = Readonly<Record<Language, string>>;
/** One press of the clicker. Its parts happen in this order. */
export interface Beat {
  /** Goes to a moment, in microseconds. */
  readonly seek?: number;
  /** Lines typed in the slide's terminal. */
  readonly commands?: readonly string[];
  readonly faults?: readonly { readonly to: string; readonly message: { readonly type: string } }[];
  /** Plays this much virtual time at once, in microseconds. */
  readonly run?: number;
  /** Steps so many strokes of the Score. */
  readonly strokes?: number;
  /** Sets the world going at this speed, or stops it (0). */
  readonly play?: number;
  /** Selects the first object whose name begins with this. */
  readonly select?: string;
  /** Shows the answer. */
  readonly answer?: boolean;
}

export interface Slide {
  readonly title: Localized;
  readonly subtitle?: Localized;
  readonly notes: Localized;
  /** Hidden until the hall has predicted. */
  readonly question?: Localized;
  readonly answer?: Localized;
  readonly fixture: SessionFile;
  /** Name of the ReplicaSet or Deployment that the picture is about; the first one when absent. */
  readonly focus?: string;
  readonly beats?: readonly Beat[];
}

export interface Deck {
  readonly id: string;
  readonly title: Localized;
  readonly slides: readonly Slide[];
}

/** What the presenter's and the speaker's window tell each other. */
export type PresenterMessage =
  | { readonly type: "hello" }
  | { readonly type: "do"; readonly action: string }
  | { readonly type: "jump"; readonly slide: number }
  | { readonly type: "at"; readonly at: PresenterPlace };

export interface PresenterPlace {
  readonly slide: number;
  readonly beat: number;
  readonly blank: boolean;
  readonly frozen: boolean;
  readonly answer: boolean;
  /** Milliseconds that the timer has counted, and whether it runs. */
  readonly elapsed: number;
  readonly running: boolean;
}

export const channelOf = (deck: string): string => `strata-present-${deck}`;
