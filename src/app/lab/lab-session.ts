/**
 * One open world of the page: the session, its latest state, and its keeping. A world is kept under its place (the free lab, a lesson, a
 * link) a moment after each change, and taken up again from there after a reload.
 */
import { create, type StoreApi, type UseBoundStore } from "zustand";
import { type Session, type SessionConfig, type SessionFile, type SessionState, sessionOf } from "../../session/types";
import type { Language } from "../../locales/i18n";
import { keep, kept } from "../storage/keeping";
import { keepStanding, keptStanding, standingIn, standingOf } from "../storage/standing";
import { LOCALES } from "./machine-language";
import { openInWorker } from "./open-session";

export interface Lab {
  readonly place: string | undefined;
  readonly session: Session;
  readonly useState: UseBoundStore<StoreApi<{ readonly state: SessionState | undefined }>>;
  /** Whether the world was taken up from the browser's storage. */
  readonly restored: boolean;
  readonly close: () => void;
}

/** A change is kept this soon; several in a row at once. */
const SAVE_AFTER_MS = 300;
/** While a world plays, where it stands is kept this often. */
const STAND_EVERY_MS = 1000;
/** Where that cannot be kept, the world is recorded instead, which costs more. */
const RECORD_EVERY_MS = 5000;

export function freshConfig(change: Partial<SessionConfig> = {}): SessionConfig {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  return { seed, profile: "teaching", nodes: 3, controlPlane: true, kubeSystem: true, ...change };
}

/** A machine with a kernel and nothing above it, whose manual speaks the page's language. */
export const machineConfig = (language: Language): SessionConfig =>
  freshConfig({ nodes: 0, controlPlane: false, kubeSystem: false, machines: [{ name: "host", locale: LOCALES[language] }] });

/** What must be recorded again when it changes: inputs, files and branches. Where a playing world stands is kept apart. */
function fingerprint(state: SessionState): string {
  return [state.commands.length, Object.keys(state.files).length, state.branches.map((branch) => `${branch.id}:${branch.active}`), state.playing]
    .concat(state.playing ? [] : [state.position, state.length, state.now])
    .join("|");
}

function autosave(place: string, session: Session): () => void {
  let last = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stoodAt = 0;
  let stands = true;
  const save = (): void => {
    timer = undefined;
    session
      .record()
      .then((file) => keep(place, file))
      .catch(() => undefined);
  };
  const stand = (): void => {
    const state = session.state();
    if (state === undefined || state.busy !== undefined) return;
    stoodAt = performance.now();
    stands = keepStanding(place, standingOf(state));
  };
  /** The page may be gone in a moment: what can be written at once is, and the record is asked for. */
  const leave = (): void => {
    stand();
    if (timer === undefined) return;
    clearTimeout(timer);
    save();
  };
  const hidden = (): void => {
    if (document.visibilityState === "hidden") leave();
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", leave);
  const unsubscribe = session.subscribe((state) => {
    if (state.busy !== undefined) return;
    if (state.playing && performance.now() - stoodAt > (stands ? STAND_EVERY_MS : RECORD_EVERY_MS)) {
      stand();
      if (!stands) timer ??= setTimeout(save, 0);
    }
    const next = fingerprint(state);
    if (next === last) return;
    last = next;
    stand();
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  return () => {
    unsubscribe();
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", leave);
    stand();
    if (timer === undefined && session.state()?.playing !== true) return;
    clearTimeout(timer);
    save();
  };
}

/** Opens the world of a place: as it was kept, or as `initial` describes it. Without a place nothing is kept. */
export async function openLab(place: string | undefined, initial: SessionFile | undefined): Promise<Lab> {
  const record = place === undefined ? undefined : await kept(place);
  const found = place === undefined || record === undefined ? undefined : standingIn(record, keptStanding(place));
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
