/** Text tools print what the real ones printed: lines recorded on a real machine, run in a simulated one. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromBytes, toBytes } from "../../src/sim/bytes";
import { shellWorld } from "./shell-world";

interface Recorded {
  readonly setup: string;
  readonly cases: readonly { readonly line: string; readonly out: string; readonly status: number }[];
}

const recorded = JSON.parse(readFileSync("fixtures/shell/text.json", "utf8")) as Recorded;

describe("linux.text.regexp and the tools that use it", () => {
  for (const { line, out, status } of recorded.cases) {
    test(line, () => {
      const answer = shellWorld(1, { LANG: "C.UTF-8" }).run(toBytes(`${recorded.setup}{ ${line}\n} 2>&1`));
      expect({ out: fromBytes(answer.out), status: answer.status }).toEqual({ out, status: { kind: "exited", code: status } });
    });
  }
});
