/** The seven strata from the surface down, and the sky above them. */
export const STRATA = ["orch", "pod", "ctr", "fs", "kern", "hyp", "hw"] as const;
export type Stratum = (typeof STRATA)[number];
