/**
 * One open world of the page: the session, its latest state, and its keeping. A world is kept under its place (the free lab, a lesson, a
 * link) a moment after each change, and taken up again from there after a reload.
 */
import { create, type StoreApi, type UseBoundStore } from "zustand";
import { type Session, type SessionConfig, type SessionFile, type SessionState, sessionOf } from "../../session/types";
import { keep, kept } from "../storage/keeping";
import { openInWorker } from "./open-session";

export interface Lab {
  readonly place: string | undefined;
  readonly session: Session;
  readonly useState: UseBoundStore<StoreApi<{ readonly state: SessionState | undefined }>>;
  /** Whether the world was taken up from the browser's storage. */
  readonly restored: boolean;
  readonly close: () => void;
}

const SAVE_AFTER_MS = 800;

export function freshConfig(change: Partial<SessionConfig> = {}): SessionConfig {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  return { seed, profile: "teaching", nodes: 3, controlPlane: true, kubeSystem: true, ...change };
}

/** What must be saved again when it changes: the inputs and where the playhead stands, not every event of a running world. */
function fingerprint(state: SessionState): string {
  return [state.commands.length, Object.keys(state.files).length, state.branches.map((branch) => `${branch.id}:${branch.active}`), state.playing]
    .concat(state.playing ? [Math.floor(state.now / 5e6)] : [state.position, state.length])
    .join("|");
}

function autosave(place: string, session: Session): () => void {
  let last = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    timer = undefined;
    session
      .record()
      .then((file) => keep(place, file))
      .catch(() => undefined);
  };
  const now = (): void => {
    if (document.visibilityState !== "hidden" || timer === undefined) return;
    clearTimeout(timer);
    save();
  };
  document.addEventListener("visibilitychange", now);
  const unsubscribe = session.subscribe((state) => {
    if (state.busy !== undefined) return;
    const next = fingerprint(state);
    if (next === last) return;
    last = next;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  return () => {
    unsubscribe();
    document.removeEventListener("visibilitychange", now);
    if (timer !== undefined) {
      clearTimeout(timer);
      save();
    }
  };
}

/** Opens the world of a place: as it was kept, or as `initial` describes it. Without a place nothing is kept. */
export async function openLab(place: string | undefined, initial: SessionFile | undefined): Promise<Lab> {
  const found = place === undefined ? undefined : await kept(place);
  const session = openInWorker(found ?? initial ?? sessionOf(freshConfig()));
  const useState = create<{ readonly state: SessionState | undefined }>()(() => ({ state: session.state() }));
  // Reading a message and drawing what it says are two tasks, so that neither holds up input; a newer message replaces one not yet drawn.
  const task = new MessageChannel();
  let due = false;
  task.port1.onmessage = () => {
    due = false;
    useState.setState({ state: session.state() });
  };
  const unsubscribe = session.subscribe(() => {
    if (!due) task.port2.postMessage(undefined);
    due = true;
  });
  const stopSaving = place === undefined ? () => undefined : autosave(place, session);
  // For the curious at the browser's console, and for tests: the handle that the page itself uses.
  Object.assign(globalThis, { strata: session });
  const close = (): void => {
    stopSaving();
    unsubscribe();
    task.port1.close();
    // The last save asks the worker once more; it ends after that answer.
    setTimeout(() => session.close(), 500);
  };
  return { place, session, useState, restored: found !== undefined, close };
}
