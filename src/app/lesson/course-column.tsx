/** The text of a lesson or an exercise beside its world. */
import { type ReactNode, useState } from "react";
import type { CourseItem } from "../course";
import { useProgress } from "../storage/progress";
import { useCourseWatch } from "./course-watch";
import { ExerciseColumn } from "./exercise-column";
import { LessonColumn } from "./lesson-column";
import "./lesson.css";

/** Answers to an exercise's questions that were given before, by question. */
function givenBefore(item: CourseItem): Readonly<Record<string, string>> {
  if (item.kind === "lesson") return {};
  const { answers } = useProgress.getState();
  return Object.fromEntries(
    (item.exercise.questions ?? []).flatMap(({ id }) => {
      const given = answers[`${item.exercise.id}/${id}`];
      return given === undefined ? [] : [[id, given] as const];
    }),
  );
}

export function CourseColumn({ item }: { readonly item: CourseItem }): ReactNode {
  const [before] = useState(() => givenBefore(item));
  const course = useCourseWatch(item, before);
  return item.kind === "lesson" ? (
    <LessonColumn lesson={item.lesson} course={course} />
  ) : (
    <ExerciseColumn exercise={item.exercise} course={course} world={item.world} />
  );
}
