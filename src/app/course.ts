/** The compiled course, loaded when the first lesson, exercise or deck is opened. */
import { useEffect, useMemo, useState } from "react";
import { sessionOfFixture } from "../course/fixture";
import type { Course, Exercise, Fixture, Lesson, Text } from "../course/types";
import { useLanguage } from "../locales/i18n";
import type { SessionFile } from "../session/types";
import { inLanguage } from "./lab/machine-language";

let loaded: Promise<Course> | undefined;

export function loadCourse(): Promise<Course> {
  loaded ??= import("../course/generated.json").then((module) => module.default as unknown as Course);
  return loaded;
}

export type CourseItem =
  | { readonly kind: "lesson"; readonly lesson: Lesson; readonly world: SessionFile; readonly fixture: Fixture }
  | { readonly kind: "exercise"; readonly exercise: Exercise; readonly world: SessionFile; readonly fixture: Fixture };

export const titleOf = (item: CourseItem): Text => (item.kind === "lesson" ? item.lesson : item.exercise).title;

function itemOf(course: Course, kind: "lesson" | "exercise", id: string): CourseItem | "none" {
  if (kind === "lesson") {
    const lesson = course.lessons.find((one) => one.id === id);
    const fixture = lesson === undefined ? undefined : course.fixtures[lesson.fixture];
    return lesson === undefined || fixture === undefined ? "none" : { kind, lesson, world: sessionOfFixture(fixture), fixture };
  }
  const exercise = course.exercises.find((one) => one.id === id);
  const fixture = exercise === undefined ? undefined : course.fixtures[exercise.fixture];
  return exercise === undefined || fixture === undefined ? "none" : { kind, exercise, world: sessionOfFixture(fixture), fixture };
}

/** A lesson or exercise with the world in which it begins; undefined while the course is loading. */
export function useCourseItem(kind: "lesson" | "exercise", id: string): CourseItem | "none" | undefined {
  const [item, setItem] = useState<CourseItem | "none" | undefined>(undefined);
  const language = useLanguage();
  useEffect(() => {
    let gone = false;
    void loadCourse().then((course) => {
      if (!gone) setItem(itemOf(course, kind, id));
    });
    return () => {
      gone = true;
    };
  }, [kind, id]);
  return useMemo(() => (item === undefined || item === "none" ? item : { ...item, world: inLanguage(item.world, language) }), [item, language]);
}
