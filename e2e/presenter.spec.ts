/** A lecture: the hall's window, the speaker's window, a clicker. */
import { expect, type Page, test } from "@playwright/test";
import { pods, stateHash } from "./lab";

test.use({ viewport: { width: 1280, height: 720 } });

async function openDeck(page: Page): Promise<void> {
  await page.goto("#/present/loops");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
}

test("the clicker plays beats on a live world, and a slide is found again as it was left", async ({ page }) => {
  await openDeck(page);
  await page.keyboard.press("PageDown");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Delete one Pod");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  const start = await stateHash(page);
  await page.keyboard.press("PageDown");
  await expect.poll(() => stateHash(page)).not.toBe(start);
  const left = await stateHash(page);
  await page.keyboard.press("PageUp");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Who keeps three Pods alive?");
  await page.keyboard.press("2");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Delete one Pod");
  await expect.poll(() => stateHash(page)).toBe(left);
  await page.keyboard.press("r");
  await expect.poll(() => stateHash(page)).toBe(start);
});

test("two windows: notes, next beat and the same place in both", async ({ page, context }) => {
  await openDeck(page);
  const [speaker] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("n")]);
  await expect(speaker.getByTestId("notes")).toContainText("Ask for hands first");
  await speaker.keyboard.press("PageDown");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Delete one Pod");
  await expect(speaker.getByRole("heading", { level: 1 })).toHaveText("Delete one Pod");
  await page.keyboard.press("3");
  await expect(speaker.getByRole("heading", { level: 1 })).toContainText("They close gaps");
  await speaker.getByRole("button", { name: "Blank" }).click();
  await expect(page.locator(".presenter-blank")).toBeVisible();
  await page.keyboard.press("k");
  await expect(page.locator(".presenter-blank")).toHaveCount(0);
});

test("freeze keeps the hall's picture, H shows the answer, the terminal is large", async ({ page }) => {
  await openDeck(page);
  await page.keyboard.press("2");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.keyboard.press("h");
  await expect(page.getByText("A Pod with a new name appears")).toBeVisible();
  await page.keyboard.press("f");
  await page.keyboard.press("3");
  await expect(page.locator(".hall-still h1")).toHaveText("Delete one Pod");
  await page.keyboard.press("f");
  await expect(page.locator(".hall h1")).toContainText("They close gaps");
  await page.keyboard.press("`");
  await expect(page.locator(".presenter-console .xterm")).toBeVisible();
  const size = await page.locator(".presenter-console .xterm-rows").evaluate((rows) => Number.parseFloat(getComputedStyle(rows).fontSize));
  expect(size).toBeGreaterThanOrEqual(20);
});

test("nothing that the hall reads is smaller than 20 px", async ({ page }) => {
  await openDeck(page);
  const small = await page.locator(".hall").evaluate((hall) => {
    const found: string[] = [];
    for (const element of hall.querySelectorAll("*")) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "");
      if (!own || element.closest(".visually-hidden, option") !== null) continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < 20) found.push(`${size}px ${element.textContent}`);
    }
    return found;
  });
  expect(small).toEqual([]);
});

test("T runs the timer in the speaker's window, and the clicker works in both", async ({ page, context }) => {
  await openDeck(page);
  const [speaker] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("n")]);
  const clock = speaker.getByRole("timer");
  await expect(clock).toHaveText("0:00");
  await page.bringToFront();
  await page.keyboard.press("t");
  await expect(clock).not.toHaveText("0:00", { timeout: 15_000 });
  await speaker.bringToFront();
  await speaker.keyboard.press("t");
  await speaker.keyboard.press("6");
  await expect(page.locator(".hall h1")).toHaveText("One node is lost");
  await speaker.keyboard.press("PageUp");
  await expect(page.locator(".hall h1")).toHaveText("Two loops, one budget");
  await expect(speaker.locator(".speaker-next")).toContainText("edit one line");
});
