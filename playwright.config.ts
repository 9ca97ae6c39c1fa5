/** End to end: the built page in a system Chromium (CHROMIUM_PATH), as students, instructors and authors use it. */
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** A page that is already served, to test that one instead. */
const given = process.env["E2E_URL"];
const PORT = Number(process.env["E2E_PORT"] ?? 4179);
const browser = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  timeout: 120_000,
  expect: { timeout: 30_000 },
  fullyParallel: true,
  workers: 2,
  retries: 2,
  reporter: [["list"]],
  use: {
    baseURL: given ?? `http://127.0.0.1:${PORT}/`,
    locale: "en-US",
    viewport: { width: 1600, height: 1000 },
    trace: "retain-on-failure",
    launchOptions: { ...(browser === undefined ? {} : { executablePath: browser }), args: ["--no-sandbox"] },
  },
  ...(given === undefined
    ? {
        webServer: {
          command: "node tools/start.mjs --no-build",
          url: `http://127.0.0.1:${PORT}/`,
          env: { PORT: String(PORT) },
          reuseExistingServer: false,
        },
      }
    : {}),
});
