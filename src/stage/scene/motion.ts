/** Where things are on their way: pure functions of simulated time, so that scrubbing and rewinding need no memory. */
import { easeCubicInOut, interpolateNumber } from "d3";
import type { Micros, PodView } from "../readmodel/types";
import type { Motion, Point } from "./types";

const WALK_MS = 420;
const LEAST_MS = 60;
/** Without travel: how long the way that was not walked is shown. */
const TRAIL_MS = 1600;
/** Bends the symmetric ease to the visual language's cubic-bezier(.3, 0, .1, 1): it leaves soon and arrives slowly. */
const HASTE = 0.6;

export const eased = (u: number): number => easeCubicInOut(Math.min(1, Math.max(0, u)) ** HASTE);

/** How long a walk lasts, in simulated time. */
export const walkOf = ({ speed, trails = false }: Motion): Micros => (trails ? TRAIL_MS * speed : Math.max(WALK_MS, LEAST_MS * speed)) * 1000;

/** How far a walk that began at a time has come, 0 to 1. Paused worlds have arrived. */
export function progressOf(now: Micros, since: Micros | undefined, motion: Motion): number {
  return since === undefined || !motion.playing ? 1 : eased((now - since) / walkOf(motion));
}

/** More marks at once than an eye can follow stand in their place instead. */
export const MOST_WALKING = 12;

/**
 * Who walks now. In the order in which they were bound, a Pod walks when fewer than `MOST_WALKING` are on their way at that moment: that
 * depends on times alone, so it holds from the first step to the last, and never more walk at once.
 */
export function walkers(pods: readonly Pick<PodView, "uid" | "boundAt">[], now: Micros, motion: Motion): ReadonlySet<string> {
  if (!motion.playing && motion.trails !== true) return new Set();
  const walk = walkOf(motion);
  const bound = pods.flatMap(({ uid, boundAt }) => (boundAt === undefined || boundAt > now ? [] : [{ uid, at: boundAt }]));
  const last = bound.reduce((latest, { at }) => Math.max(latest, at), 0);
  if (last <= now - walk) return new Set();
  bound.sort((a, b) => a.at - b.at || (a.uid < b.uid ? -1 : 1));
  const begun: { readonly uid: string; readonly at: Micros }[] = [];
  for (const one of bound) {
    const before = begun.at(-MOST_WALKING);
    if (before === undefined || before.at <= one.at - walk) begun.push(one);
  }
  return new Set(begun.filter(({ at }) => at > now - walk).map(({ uid }) => uid));
}

/** A walk on an arc above the straight line. */
export function along(from: Point, to: Point, u: number): Point {
  if (u >= 1) return to;
  const lift = Math.min(40, Math.abs(to.x - from.x) * 0.12) * 4 * u * (1 - u);
  return { x: interpolateNumber(from.x, to.x)(u), y: interpolateNumber(from.y, to.y)(u) - lift };
}
