/** Starts the worker in which a world runs. */
import { openSession } from "../../session/client";
import type { Session, SessionFile } from "../../session/types";

export function openInWorker(file: SessionFile): Session {
  const worker = new Worker(new URL("../session-worker.ts", import.meta.url), { type: "module" });
  return openSession(worker, file);
}
