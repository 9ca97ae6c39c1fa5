import { expect, test } from "vitest";
import { sessionOf } from "../../session/types";
import { spanOf, withNames } from "./beats";
import type { Deck, PresenterPlace, Slide } from "./deck";
import { type PresenterStep, stepped } from "./presenter-steps";

const text = (value: string): Slide["title"] => ({ en: value, ko: value });
const world = sessionOf({ seed: 1, profile: "teaching", nodes: 1, controlPlane: false, kubeSystem: false });
const slide = (id: string, beats: number): Slide => ({
  id,
  lesson: "L9.2",
  title: text(id),
  notes: text(""),
  fixture: "f",
  variant: "cluster",
  minutes: 1,
  world,
  beats: Array.from({ length: beats }, () => ({ do: "run 1s", say: text("") })),
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

test("spans and names in a beat's line", () => {
  expect(spanOf("1m30s")).toBe(90e6);
  expect(spanOf("500ms")).toBe(500e3);
  const pod = (name: string, createdAt: number): object => ({ name, createdAt, uid: name, labels: { app: "web" } });
  const cluster = { pods: [pod("web-b", 1), pod("web-a", 2)], deployments: [], replicaSets: [], services: [], nodes: [] } as never;
  expect(withNames("kubectl delete pod $(pod web 1)", cluster)).toBe("kubectl delete pod web-b");
});
