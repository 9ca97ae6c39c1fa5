/** What the tests do with the page, in a person's words. */
import { expect, type Locator, type Page } from "@playwright/test";

export async function openLab(page: Page, route = "#/lab"): Promise<void> {
  await page.goto(route);
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect(page.locator(".terminal-screen .xterm")).toBeVisible();
}

/** Types a line in the terminal and leaves the key focus there. */
export async function type(page: Page, line: string): Promise<void> {
  await page.locator(".terminal-screen").click();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

export const transcript = (page: Page): Locator => page.getByTestId("transcript");

/** The drawn Pods whose spoken name matches. */
export const pods = (page: Page, says: RegExp): Locator => page.locator(".stage-figure").getByLabel(says);

/** The state hash where the world of the page stands. */
export async function stateHash(page: Page): Promise<string> {
  return page.evaluate(() =>
    (globalThis as unknown as { strata: { request(request: { kind: "hash" }): Promise<string> } }).strata.request({ kind: "hash" }),
  );
}
