/**
 * The suite `cgroup`: commands in the root of a fresh hierarchy, and measured shares of the processor.
 *
 * A measured case is measured here too: busy loops for some virtual seconds, compared within two hundredths.
 */
import { commandWorld } from "../../linux/command-world";
import type { Runners } from "../runner";
import { NEEDS_PYTHON, REFERENCE } from "../skips";
import { measure } from "../../linux/cgroup-measures";

interface Given {
  /** A recording that is no test of this kernel, and of what. */
  readonly reference?: string;
  readonly steps: readonly { readonly cmd: string }[];
}

interface Answer {
  readonly steps: readonly { readonly exit: number; readonly stdout: string }[];
  readonly measured?: unknown;
}

const CPUS = 2;

/** A shell's words for a child that was killed have its number in them. */
const normalised = (text: string): string =>
  text
    .replace(/^bash: line \d+: +\d+ Killed .*$/gm, "Killed")
    .replace(/^ +dmesg\(1\).*$/gm, "")
    .replace(/\bbash: line \d+: /g, "bash: ")
    .replace(/\n$/, "");

function play({ steps, reference }: Given): Answer | { readonly skipped: string } {
  if (reference !== undefined) return { skipped: `${reference}: ${REFERENCE}` };
  if (steps.some(({ cmd }) => /\bpython3\b/.test(cmd))) return { skipped: NEEDS_PYTHON };
  const world = commandWorld(CPUS);
  // As whoever recorded it had mounted it.
  world.run("umount /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup");
  return {
    steps: steps.map(({ cmd }) => {
      const { exit, stdout } = world.run(`cd /sys/fs/cgroup\n${cmd}`);
      return { exit, stdout: normalised(stdout) };
    }),
  };
}

const TOLERANCE = 0.02;

/** Numbers within two hundredths (of a hundred for what is counted), everything else as it is. */
function isNear(got: unknown, expected: unknown): boolean {
  if (typeof expected === "number") return typeof got === "number" && Math.abs(got - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
  if (typeof expected !== "object" || expected === null) return got === expected;
  return Object.entries(expected).every(
    ([key, value]) => key.startsWith("expected") || isNear((got as Record<string, unknown> | undefined)?.[key], value),
  );
}

export const runners: Runners = {
  cgroup: {
    run: (given: Given) => {
      const played = play(given);
      if ("skipped" in played) return played;
      const measured = measure(given);
      return measured === undefined ? played : { ...played, measured };
    },
    same: (got, expected: Answer) => {
      const { steps, measured } = got as Answer;
      const said = expected.steps.every(({ exit, stdout }, i) => steps[i]?.exit === exit && steps[i]?.stdout === stdout);
      return said && (expected.measured === undefined || expected.measured === null || isNear(measured, expected.measured));
    },
  },
};
