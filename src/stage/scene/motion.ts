/** Where things are on their way: pure functions of simulated time, so that scrubbing and rewinding need no memory. */
import type { Micros } from "../readmodel/types";
import type { Motion, Point } from "./types";

const WALK_MS = 420;
const LEAST_MS = 60;

/** The cubic-bezier(.3, 0, .1, 1) of the visual language, as a polynomial close enough for the eye. */
export function eased(u: number): number {
  const t = Math.min(1, Math.max(0, u));
  return 1 - (1 - t) ** 3 * (1 + 2 * t) * (1 - 0.15 * t);
}

/** How far a walk that began at a time has come, 0 to 1. Paused worlds have arrived. */
export function progressOf(now: Micros, since: Micros | undefined, motion: Motion): number {
  if (since === undefined || !motion.playing) return 1;
  const span = Math.max(WALK_MS, LEAST_MS * motion.speed) * 1000;
  return eased((now - since) / span);
}

/** A walk on an arc above the straight line. */
export function along(from: Point, to: Point, u: number): Point {
  if (u >= 1) return to;
  const lift = Math.min(40, Math.abs(to.x - from.x) * 0.12) * 4 * u * (1 - u);
  return { x: from.x + (to.x - from.x) * u, y: from.y + (to.y - from.y) * u - lift };
}
