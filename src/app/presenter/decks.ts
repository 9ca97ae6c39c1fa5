/** Decks by id, loaded when they are opened. */
import type { Deck } from "./deck";

const DECKS: Readonly<Record<string, () => Promise<Deck>>> = {
  loop: () => import("./content/loop-deck").then((module) => module.loopDeck),
};

export async function deckNamed(id: string): Promise<Deck | undefined> {
  return Object.hasOwn(DECKS, id) ? DECKS[id]?.() : undefined;
}
