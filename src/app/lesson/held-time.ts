/** Lessons hold the time, so that each message can be stepped. A command runs until it has answered, then time stands again. */
import type { Session, SessionState } from "../../session/types";

/** Virtual time after which a command that still runs is left running, with the world. */
const PATIENCE = 10_000_000;

export function runHeld(session: Session, terminal: string): void {
  const start = session.state()?.now ?? 0;
  let seenBusy = false;
  session.play();
  const stop = session.subscribe((state) => {
    const busy = state.terminals[terminal]?.busy === true;
    seenBusy ||= busy || state.now > start + 100_000;
    if ((busy || !seenBusy) && state.now < start + PATIENCE) return;
    stop();
    session.pause();
  });
}

/** Plays until something holds of a state, then stands there. Returns a way to break off. */
export function runUntil(session: Session, holds: (state: SessionState) => boolean): () => void {
  session.play();
  const stop = session.subscribe((state) => {
    if (!holds(state)) return;
    stop();
    session.pause();
  });
  return stop;
}
