import { expect, test } from "vitest";
import { sessionOf } from "../../session/types";
import type { Deck, PresenterPlace, Slide } from "./deck";
import { type PresenterStep, stepped } from "./presenter-steps";

const text = (value: string): Slide["title"] => ({ en: value, ko: value });
const fixture = sessionOf({ seed: 1, profile: "teaching", nodes: 1, controlPlane: false, kubeSystem: false });
const slide = (name: string, beats: number): Slide => ({
  title: text(name),
  notes: text(""),
  fixture,
  beats: Array.from({ length: beats }, () => ({})),
});
const deck: Deck = { id: "d", title: text("d"), slides: [slide("a", 2), slide("b", 0), slide("c", 1)] };
const start: PresenterPlace = { slide: 0, beat: 0, blank: false, frozen: false, answer: false, elapsed: 0, running: false };
const walk = (...names: readonly PresenterStep["do"][]): PresenterPlace =>
  names.reduce((at, name) => stepped(deck, at, { do: name } as PresenterStep), start);

test("the clicker plays a slide's beats, then turns to the next slide", () => {
  expect(walk("beatNext", "beatNext")).toMatchObject({ slide: 0, beat: 2 });
  expect(walk("beatNext", "beatNext", "beatNext")).toMatchObject({ slide: 1, beat: 0 });
  expect(walk("beatNext", "beatNext", "beatNext", "beatNext")).toMatchObject({ slide: 2 });
});

test("nothing turns past the ends", () => {
  expect(walk("beatBack")).toEqual(start);
  expect(stepped(deck, start, { do: "jump", slide: 9 })).toEqual(start);
});

test("reset begins the slide anew; blank, freeze and answer are switches", () => {
  expect(walk("beatNext", "answer", "reset")).toMatchObject({ beat: 0, answer: false });
  expect(walk("blank", "freeze", "hide")).toMatchObject({ blank: true, frozen: true, answer: true });
  expect(walk("blank", "blank")).toMatchObject({ blank: false });
});
