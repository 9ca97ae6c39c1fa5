/** Programs that only the lab has: something for a lesson to hold back. */
import type { Program } from "../../../linux/program";

const TURN = 1_000_000;

/** Computes for ever: it wants a whole processor. */
const hog: Program = (system) => {
  for (;;) {
    system.mark(null);
    system.cpu(TURN);
  }
};

export const labPrograms: Readonly<Record<string, Program>> = { hog };
