/** The house itself: home, languages, themes, offline, accessibility, first load. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { gzipSync } from "node:zlib";
import { openLab } from "./lab";

const ROUTES = ["#/", "#/lab", "#/stratum/orch", "#/instructors", "#/settings", "#/present/loops", "#/s/broken"] as const;

/** How many animations that end are still running; in the page. */
function fading(): number {
  return document
    .getAnimations()
    .filter(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY).length;
}

async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await expect(page.getByRole("heading", { level: 1 }).or(page.locator(".stage-figure svg")).first()).toBeVisible();
  // What fades in has its final colours only at its end; a cursor blinks for ever.
  await expect.poll(() => page.evaluate(fading)).toBe(0);
}

for (const route of ROUTES) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing serious on ${route}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto(route);
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
    });
  }
}

test("the language switch keeps the page and its state", async ({ page }) => {
  await page.goto("#/stratum/orch");
  await page.getByRole("button", { name: "한국어" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("오케스트레이션");
  await expect(page).toHaveURL(/#\/stratum\/orch$/);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("오케스트레이션");
  await page.getByRole("button", { name: "EN" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orchestration");
});

test("what is not built yet says so", async ({ page }) => {
  await page.goto("#/stratum/fs");
  await expect(page.getByText("not built yet").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Glass plates" })).toHaveCount(0);
});

test("a broken link gets one clear sentence", async ({ page }) => {
  await page.goto("#/s/AAAA");
  await expect(page.getByText("Your world is untouched.")).toBeVisible();
});

test("after one visit the page opens with the network cut, in both languages", async ({ page, context }) => {
  await page.goto("./");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(
    async () => (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0] ?? "")).keys()).length > 100,
  );
  await page.reload();
  await context.setOffline(true);
  await page.goto("#/settings");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await page.getByRole("button", { name: "한국어" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("설정");
  await page.goto("#/lab");
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect(page.locator(".xterm")).toBeVisible();
});

test("first load stays under 150 kB of gzipped JavaScript, with terminal and editor left for later", async ({ page }) => {
  const scripts: Promise<number>[] = [];
  page.on("response", (response) => {
    if (/\.js(\?|$)/.test(response.url()) && !/sw\.js|workbox/.test(response.url())) {
      scripts.push(response.body().then((body) => gzipSync(body).length));
    }
  });
  await page.goto("./");
  await settled(page);
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeLessThan(150_000);
});

test("keys can be changed and switched off", async ({ page }) => {
  await page.goto("#/settings");
  await page.getByRole("button", { name: "Change the key: Branch here" }).click();
  await page.keyboard.press("n");
  await expect(page.getByRole("button", { name: "Change the key: Branch here" })).toHaveText("n");
  await openLab(page);
  await page.locator("body").press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
