/** The transcripts of fixtures/scenarios print what they say. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const FOLDER = "fixtures/scenarios";

describe("scenarios", () => {
  it("print what they say", { timeout: 300_000 }, () => {
    const files = readdirSync(FOLDER)
      .sort()
      .map((name) => `${FOLDER}/${name}`);
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "tools/scenario.ts", ...files], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    expect(`${stdout}${stderr}`.trim()).toBe(files.map((file) => `${file}: ok`).join("\n"));
  });
});
