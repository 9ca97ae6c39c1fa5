/** Where a presentation goes from one step to the next. A value and a pure function. */
import type { Deck, PresenterPlace } from "./deck";

export type PresenterStep =
  | { readonly do: "beatNext" | "beatBack" | "blank" | "freeze" | "hide" | "timer" | "reset" }
  | { readonly do: "answer" }
  | { readonly do: "jump"; readonly slide: number }
  | { readonly do: "tick"; readonly milliseconds: number };

export const START: PresenterPlace = { slide: 0, beat: 0, blank: false, frozen: false, answer: false, elapsed: 0, running: false };

/** `beat` counts the beats that were played on the slide. */
export function stepped(deck: Deck, at: PresenterPlace, step: PresenterStep): PresenterPlace {
  const beats = deck.slides[at.slide]?.beats?.length ?? 0;
  const to = (slide: number): PresenterPlace =>
    slide < 0 || slide >= deck.slides.length || slide === at.slide ? at : { ...at, slide, beat: 0, answer: false };
  switch (step.do) {
    case "beatNext":
      return at.beat < beats ? { ...at, beat: at.beat + 1, running: at.running || at.elapsed === 0 } : to(at.slide + 1);
    case "beatBack":
      return to(at.slide - 1);
    case "jump":
      return to(step.slide);
    case "reset":
      return { ...at, beat: 0, answer: false };
    case "blank":
      return { ...at, blank: !at.blank };
    case "freeze":
      return { ...at, frozen: !at.frozen };
    case "hide":
      return { ...at, answer: !at.answer };
    case "answer":
      return { ...at, answer: true };
    case "timer":
      return { ...at, running: !at.running };
    case "tick":
      return at.running ? { ...at, elapsed: at.elapsed + step.milliseconds } : at;
  }
}
