/** Lets the world's checker watch for a lesson or an exercise, and tells what it saw. */
import { useEffect } from "react";
import type { CourseMessage, CourseState } from "../../course/checker";
import { watchOfExercise, watchOfLesson } from "../../course/watch";
import type { Json } from "../../sim/types";
import type { Session } from "../../session/types";
import type { CourseItem } from "../course";
import { useSession, useWorld } from "../lab/lab-context";

export function tellCourse(session: Session, message: CourseMessage): Promise<CourseState> {
  return session
    .request({ kind: "extension", name: "course", message: message as unknown as Json })
    .then((answer) => answer as unknown as CourseState);
}

export function useCourseWatch(item: CourseItem, answers: Readonly<Record<string, string>>): CourseState | undefined {
  const session = useSession();
  useEffect(() => {
    const watch = item.kind === "lesson" ? watchOfLesson(item.lesson, item.fixture) : watchOfExercise(item.exercise, item.fixture);
    void tellCourse(session, { do: "open", watch }).then(() => {
      // Answers given before a reload are given again; they are the person's, not the world's.
      for (const [id, value] of Object.entries(answers)) void tellCourse(session, { do: "answer", id, value });
    });
    // The watch is opened once for its item; later answers are told as they come.
  }, [session, item]);
  return useWorld((state) => state.extensions["course"] as unknown as CourseState | undefined);
}
