/** The suite `overlay`: sequences of calls on a mounted overlay, recorded from the real kernel. */
import { isDeepStrictEqual } from "node:util";
import { type OverlayInput, playOverlay } from "../../linux/overlay-case";
import type { Runners } from "../runner";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const runners: Runners = {
  overlay: {
    run: (given: OverlayInput) => playOverlay(given),
    same: (got, expected: Readonly<Record<string, unknown>>) => {
      const ours = plain(got) as Readonly<Record<string, unknown>>;
      return Object.keys(expected).every((key) => isDeepStrictEqual(ours[key], expected[key]));
    },
  },
};
