/** The transcripts of fixtures/scenarios print what they say. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const FOLDER = "fixtures/scenarios";

describe("scenarios", () => {
  for (const name of readdirSync(FOLDER).sort())
    it(name, () => {
      const { status, stdout, stderr } = spawnSync("npx", ["tsx", "tools/scenario.ts", `${FOLDER}/${name}`], { encoding: "utf8" });
      expect(`${stdout}${stderr}`.trim()).toBe(`${FOLDER}/${name}: ok`);
      expect(status).toBe(0);
    });
});
