/** Lessons and exercises, as a learner goes through them. */
import { expect, type Page, test } from "@playwright/test";
import { objects, pods, stateHash, type StoredObject } from "./lab";

async function typeLine(page: Page, line: string): Promise<void> {
  await page.locator(".terminal-screen").click();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

/** Names of the Pods on the stage, in order of name. */
async function names(page: Page): Promise<readonly string[]> {
  const labels = await pods(page, /^Pod web-.*, ready/).evaluateAll((marks) => marks.map((mark) => mark.getAttribute("aria-label") ?? ""));
  return labels.map((label) => label.split(",")[0]?.replace("Pod ", "") ?? "").sort();
}

/** How often the containers of a Pod were started again. */
function restarts(all: readonly StoredObject[], name: string): number {
  const { status } = all.find(({ metadata }) => metadata.name === name) ?? {};
  return ((status?.["containerStatuses"] ?? []) as readonly { restartCount: number }[]).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

test("L9.2: recall, predict, delete, and watch who compares, places and starts", async ({ page }) => {
  await page.goto("#/lesson/L9.2");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  const next = page.getByRole("button", { name: /^Next(?! message)/ });
  await expect(next).toBeDisabled();
  await page.getByRole("button", { name: "the API server" }).click();
  await next.click();
  const run = page.getByRole("button", { name: "Run the command" });
  await expect(run).toBeDisabled();
  await page.getByRole("radio", { name: "A new Pod with a new name appears" }).check();
  await page.getByRole("button", { name: "Commit" }).click();
  const before = await names(page);
  await run.click();
  await next.click();
  await expect(page.getByText("Who compares?")).toBeVisible();
  for (let i = 0; i < 3; i++) await page.keyboard.press(".");
  // A step may already be done by the messages that were stepped.
  const letItRun = async (): Promise<void> => {
    const button = page.getByRole("button", { name: "Let it run" });
    await expect(button.or(next)).toBeVisible();
    if (await button.isVisible()) await button.click();
    await next.click();
  };
  await letItRun();
  await expect(page.getByText("Who places it?")).toBeVisible();
  await letItRun();
  await page.getByRole("button", { name: "Let it run" }).or(next).click();
  await expect(page.getByText("What happened:")).toBeVisible();
  await next.click();
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  expect(await names(page)).not.toEqual(before);
});

test("E10.4: a wrong attempt gets its own answer, then the exercise is solved", async ({ page }) => {
  await page.goto("#/exercise/E10.4");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.getByRole("radio", { name: "It stays the same" }).check();
  await page.getByRole("button", { name: "Commit" }).click();
  const start = await names(page);
  const [first = "", second = ""] = start;
  await typeLine(page, `kubectl delete pod ${first}`);
  await typeLine(page, `kubectl delete pod ${second}`);
  await expect(page.getByTestId("feedback")).toHaveAttribute("data-wrong", "both-delete", { timeout: 60_000 });
  await page.getByRole("button", { name: "Start over" }).click();
  await expect.poll(() => names(page), { timeout: 30_000 }).toEqual(start);
  const [a = "", b = ""] = start;
  await typeLine(page, `kubectl exec ${a} -- kill 1`);
  await expect.poll(async () => restarts(await objects(page, "pods"), a), { timeout: 30_000 }).toBe(1);
  await typeLine(page, `kubectl delete pod ${b}`);
  await page
    .getByRole("group", { name: /You ended a process/ })
    .getByRole("radio", { name: "a restart" })
    .check();
  await page
    .getByRole("group", { name: /You deleted a Pod/ })
    .getByRole("radio", { name: "a replacement" })
    .check();
  await expect(page.getByTestId("solved")).toBeVisible({ timeout: 60_000 });
  await page.goto("#/stratum/pod");
  await expect(page.getByText("done")).toBeVisible();
});

test("a lesson is found again where it was left, in the other language", async ({ page }) => {
  await page.goto("#/lesson/L9.2");
  await page.getByRole("button", { name: "the API server" }).click();
  await page.getByRole("button", { name: /^Next(?! message)/ }).click();
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "한국어" }).click();
  await expect(page.getByRole("group", { name: "나의 예측" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("group", { name: "나의 예측" })).toBeVisible();
  await expect.poll(() => stateHash(page)).toBe(hash);
});
