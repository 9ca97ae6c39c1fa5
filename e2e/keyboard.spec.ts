/** By keyboard alone: from the first page to the lab, apply, step, inspect, ask why, go round the parts, read the picture as text. */
import { expect, type Page, test } from "@playwright/test";
import { pods, stateHash } from "./lab";

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    return `${activeElement?.getAttribute("href") ?? ""} ${activeElement?.textContent ?? ""} ${activeElement?.getAttribute("aria-label") ?? ""}`;
  });

async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    if (wanted.test(await focused(page))) return;
  }
  throw new Error(`no way by Tab to ${wanted}`);
}

test("the whole way without a mouse", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("./");
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await tabTo(page, /#\/lab\b/);
  await page.keyboard.press("Enter");
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect(page.locator(".terminal-screen .xterm")).toBeVisible();
  await page.keyboard.press("`");
  await expect(page.locator(".terminal-screen textarea")).toBeFocused();
  await page.keyboard.type("kubectl apply -f samples/web");
  await page.keyboard.press("Enter");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Space");
  const before = await stateHash(page);
  await page.keyboard.press(",");
  await expect.poll(() => stateHash(page)).not.toBe(before);
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Find an object" }).fill("pod web");
  await page.keyboard.press("Enter");
  const inspector = page.locator(".inspector");
  await expect(inspector).toContainText("web-");
  await expect(inspector.locator(".insp-why")).toContainText("You: kubectl apply -f samples/web");
  await page.keyboard.press("w");
  await expect(inspector.locator(".insp-rules").first()).toContainText("kube.");
  const regions = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press("F6");
    regions.add(await page.evaluate(() => document.activeElement?.closest("[data-region]")?.getAttribute("data-region") ?? ""));
  }
  for (const region of ["stage", "inspector", "score", "terminal", "editor"]) expect([...regions]).toContain(region);
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  await expect(page.getByRole("region", { name: "The picture as text" })).toBeVisible();
  await page.keyboard.press("a");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("l");
  await expect(page.getByRole("tab", { name: "터미널" })).toBeVisible();
});

test("Pods on the stage are reached and opened by keyboard", async ({ page }) => {
  await page.goto("#/lab");
  await expect(page.locator(".terminal-screen .xterm")).toBeVisible();
  await page.keyboard.press("`");
  await expect(page.locator(".terminal-screen textarea")).toBeFocused();
  await page.keyboard.type("kubectl apply -f samples/web");
  await page.keyboard.press("Enter");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
  await page.keyboard.press("Escape");
  const inStage = (): Promise<boolean> => page.evaluate(() => document.activeElement?.closest("[data-region=stage] .stage-mark") !== null);
  for (let i = 0; i < 8 && !(await inStage()); i++) await page.keyboard.press("F6");
  expect(await inStage()).toBe(true);
  for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"])
    for (let i = 0; i < 8 && !/Pod web-/.test(await focused(page)); i++) await page.keyboard.press(key);
  expect(await focused(page)).toMatch(/Pod web-/);
  await page.keyboard.press("Enter");
  await expect(page.locator(".inspector .insp-why")).toContainText("kubectl apply");
});
