/** Small programs of the lab: something for a lesson to hold back, and a clean screen. */
import type { Program } from "../../../linux/program";
import { unionRace } from "./lab-race";
import { print } from "./support";

const TURN = 1_000_000;

/** Computes for ever: it wants a whole processor. */
const hog: Program = (system) => {
  for (;;) {
    system.mark(null);
    system.cpu(TURN);
  }
};

/** Wipes the screen and what lies above it. @source ncurses@6.4 clear(1) */
const clear: Program = (system) => {
  print(system, "\x1b[H\x1b[2J\x1b[3J");
  return 0;
};

export const labPrograms: Readonly<Record<string, Program>> = { hog, clear, "union-race": unionRace };
