/** Which lessons and exercises the curriculum has, in which stratum each stands, and which of them can be opened today. */
import type { Stratum } from "./glyphs/strata";

export type Place = Stratum | "sky";

/** Lessons per chapter of the curriculum. */
const LESSONS_IN: readonly number[] = [5, 5, 5, 6, 5, 5, 5, 6, 6, 6, 6, 5];

function placeOf(chapter: number, lesson: number): Place {
  if (chapter <= 2) return "hyp";
  if (chapter === 3) return "sky";
  if (chapter <= 5) return "kern";
  if (chapter === 6) return "fs";
  if (chapter === 7) return "ctr";
  if (chapter === 8) return lesson <= 2 ? "ctr" : "sky";
  return chapter === 10 ? "pod" : "orch";
}

export interface LessonEntry {
  /** `L9.2` */
  readonly id: string;
  readonly chapter: number;
  readonly place: Place;
}

export const LESSONS: readonly LessonEntry[] = LESSONS_IN.flatMap((count, c) =>
  Array.from({ length: count }, (_, l) => ({ id: `L${c + 1}.${l + 1}`, chapter: c + 1, place: placeOf(c + 1, l + 1) })),
);
/** What can be opened, in the order in which a newcomer meets it. */
export const BUILT_LESSONS: readonly string[] = ["L9.2", "L11.4", "L4.2", "L6.2"];
export const BUILT_EXERCISES: readonly { readonly id: string; readonly place: Place }[] = [
  { id: "E4.1", place: "kern" },
  { id: "E4.2", place: "kern" },
  { id: "E5.1", place: "kern" },
  { id: "E6.2", place: "fs" },
  { id: "E10.4", place: "pod" },
  { id: "E11.2", place: "orch" },
  { id: "E11.4", place: "orch" },
];
export const BUILT_STRATA: readonly Place[] = ["orch", "pod", "fs", "kern"];
export const DECKS: readonly string[] = ["loops", "kernel"];

export const lessonsAt = (place: Place): readonly LessonEntry[] => LESSONS.filter((lesson) => lesson.place === place);
export const isBuilt = (id: string): boolean => BUILT_LESSONS.includes(id) || BUILT_EXERCISES.some((exercise) => exercise.id === id);
export const placeOfId = (id: string): Place =>
  LESSONS.find((lesson) => lesson.id === id)?.place ?? BUILT_EXERCISES.find((exercise) => exercise.id === id)?.place ?? "orch";
/** Key of a title in the catalog's texts. */
export const titleKey = (id: string): string => `catalog.title.${id.replace(".", "_")}`;
