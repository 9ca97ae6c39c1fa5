/** Named spans of simulated time, in two profiles. Nothing in a world reacts in zero time. */
import type { Micros, Profile } from "./types";

export interface Delay {
  readonly name: string;
  readonly real: Micros;
  readonly teaching: Micros;
  /** A pinned citation, or "chosen". */
  readonly source: string;
}

export const defineDelay = (delay: Delay): Delay => delay;
export const delayOf = (tx: { readonly profile: Profile }, delay: Delay): Micros => delay[tx.profile];
