/** Decks by id, from the course. */
import { loadCourse } from "../course";
import { type Deck, deckOf } from "./deck";

export async function deckNamed(id: string): Promise<Deck | undefined> {
  const course = await loadCourse();
  const found = course.decks.find((deck) => deck.id === id);
  return found === undefined ? undefined : deckOf(found, course.fixtures);
}
