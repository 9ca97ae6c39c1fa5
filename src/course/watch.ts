/** What to watch for a lesson or an exercise. */
import type { Watch } from "./checker";
import type { Exercise, Fixture, Lesson } from "./types";

const startOf = (fixture: Fixture): number => fixture.until * 1e6;

export function watchOfExercise(exercise: Exercise, fixture: Fixture): Watch {
  const { predict } = exercise;
  return {
    startAt: startOf(fixture),
    goals: exercise.goal.map(({ id, check }) => ({ id, check })),
    wrong: exercise.wrong.map(({ id, when, kind }) => (kind === undefined ? { id, when } : { id, when, kind })),
    values: predict?.check === undefined ? [] : [{ id: predict.id, check: predict.check }],
  };
}

export function watchOfLesson(lesson: Lesson, fixture: Fixture): Watch {
  const values = lesson.steps.flatMap((step) => [
    ...(step.done === undefined ? [] : [{ id: `done ${step.id}`, check: step.done }]),
    ...(step.predict?.check === undefined ? [] : [{ id: step.predict.id, check: step.predict.check }]),
  ]);
  return { startAt: startOf(fixture), goals: [], wrong: [], values };
}
