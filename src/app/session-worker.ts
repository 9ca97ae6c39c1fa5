/** The worker's entry: a session and what watches it. */
import { serveSession, type WorkerScope } from "../session/driver";

serveSession(globalThis as unknown as WorkerScope, () => ({}));
