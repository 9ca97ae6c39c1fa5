/** The worker's entry: a session and what watches it. */
import { CourseChecker } from "../course/checker";
import { serveSession, type WorkerScope } from "../session/driver";

serveSession(
  globalThis as unknown as WorkerScope,
  () => ({ course: new CourseChecker() }),
  () => import("../session/machine-ground").then(({ ground }) => ground),
);
