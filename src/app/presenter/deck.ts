/**
 * A deck as it is presented: the course's slides, each with the world its fixture stands for. A beat is one press of the clicker: a line
 * typed in the slide's terminal, or one of the runner's verbs (`run 5s`, `fault …`, `step`, `answer`).
 */
import { sessionOfFixture } from "../../course/fixture";
import type { CourseDeck, DeckSlide, Fixture, Text } from "../../course/types";
import type { SessionFile } from "../../session/types";

export interface Slide extends DeckSlide {
  readonly world: SessionFile;
}

export interface Deck {
  readonly id: string;
  readonly title: Text;
  readonly slides: readonly Slide[];
}

/** Slides whose fixture is missing are left out. */
export function deckOf(deck: CourseDeck, fixtures: Readonly<Record<string, Fixture>>): Deck {
  const slides = deck.slides.flatMap((slide) => {
    const fixture = fixtures[slide.fixture];
    return fixture === undefined ? [] : [{ ...slide, world: sessionOfFixture(fixture) }];
  });
  return { id: deck.id, title: deck.title, slides };
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
