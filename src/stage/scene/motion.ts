/** Where things are on their way: pure functions of simulated time, so that scrubbing and rewinding need no memory. */
import { easeCubicInOut, interpolateNumber } from "d3";
import type { Micros } from "../readmodel/types";
import type { Motion, Point } from "./types";

const WALK_MS = 420;
const LEAST_MS = 60;
/** Bends the symmetric ease to the visual language's cubic-bezier(.3, 0, .1, 1): it leaves soon and arrives slowly. */
const HASTE = 0.6;

export const eased = (u: number): number => easeCubicInOut(Math.min(1, Math.max(0, u)) ** HASTE);

/** How long a walk lasts, in simulated time. */
export const walkOf = (motion: Motion): Micros => Math.max(WALK_MS, LEAST_MS * motion.speed) * 1000;

/** How far a walk that began at a time has come, 0 to 1. Paused worlds have arrived. */
export function progressOf(now: Micros, since: Micros | undefined, motion: Motion): number {
  return since === undefined || !motion.playing ? 1 : eased((now - since) / walkOf(motion));
}

/** A walk on an arc above the straight line. */
export function along(from: Point, to: Point, u: number): Point {
  if (u >= 1) return to;
  const lift = Math.min(40, Math.abs(to.x - from.x) * 0.12) * 4 * u * (1 - u);
  return { x: interpolateNumber(from.x, to.x)(u), y: interpolateNumber(from.y, to.y)(u) - lift };
}
