/** Back in time, on another branch, to somebody else, and found again. */
import { expect, type Page, test } from "@playwright/test";
import { objects, openLab, openWeb, pause, place, pods, run, session, stateHash, type } from "./lab";

const web = async (page: Page): Promise<number> =>
  (await objects(page, "pods")).filter(({ metadata }) => metadata.labels?.["app"] === "web" && metadata.deletionTimestamp === undefined).length;

test("fifty events back and forward again is the same state, in the middle of a rollout too", async ({ page }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await pause(page);
  await session(page, "type", "1", "kubectl set image deployment/web web=strata/web:2");
  const start = await place(page);
  for (const after of [0.6, 1.7, 4.1]) {
    await session(page, "seek", start.now + after * 1e6);
    const here = await place(page);
    const hash = await stateHash(page);
    for (let i = 0; i < 50; i++) await session(page, "stepBack");
    expect((await place(page)).position).toBe(here.position - 50);
    expect(await stateHash(page)).not.toBe(hash);
    for (let i = 0; i < 50; i++) await session(page, "stepForward");
    expect((await place(page)).position).toBe(here.position);
    expect(await stateHash(page)).toBe(hash);
  }
});

test("the keys step back and forth by messages, and Home goes to the beginning", async ({ page }) => {
  await openWeb(page);
  await pause(page);
  await page.locator("main.stage").focus();
  const end = await place(page);
  await page.keyboard.press(",");
  await expect.poll(async () => (await place(page)).position).toBeLessThan(end.position);
  await page.keyboard.press("Home");
  await expect.poll(async () => (await place(page)).now).toBe(0);
  await expect(pods(page, /^Pod web-/)).toHaveCount(0);
  await page.keyboard.press("End");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3);
});

test("a branch goes its own way; comparing names what differs; the parent is as it was", async ({ page }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await pause(page);
  const hash = await stateHash(page);
  await page.locator("main.stage").focus();
  await page.keyboard.press("b");
  await run(page, "kubectl scale deployment web --replicas=1");
  await expect.poll(() => web(page), { timeout: 30_000 }).toBe(1);
  await pause(page);
  await page.getByRole("button", { name: /^Branches/ }).click();
  const dialog = page.getByRole("dialog", { name: "Branches" });
  await dialog.getByRole("button", { name: "Compare" }).click();
  await expect(dialog.getByText(/Differs from/)).toBeVisible();
  const row = dialog.getByRole("row", { name: /^deployments default\/web/ });
  await expect(row).toContainText("spec.replicas");
  await dialog.getByRole("button", { name: "Stand here" }).click();
  await expect.poll(() => stateHash(page)).toBe(hash);
  expect(await web(page)).toBe(3);
});

test("a link opens the same state in a fresh profile, with its picture as a code", async ({ page, browser }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await run(page, "kubectl delete pod -l app=web --wait=false");
  await pause(page);
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  const link = await page.getByTestId("share-link").inputValue();
  expect(link.length).toBeLessThan(2000);
  const fresh = await browser.newContext({ locale: "ko-KR" });
  const other = await fresh.newPage();
  await other.goto(link);
  await expect(other.locator(".stage-figure svg").first()).toBeVisible();
  await expect.poll(() => stateHash(other), { timeout: 30_000 }).toBe(hash);
  await fresh.close();
});

test("a reload finds world, branches and the open terminal as they were left", async ({ page }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await page.locator("main.stage").focus();
  await page.keyboard.press("b");
  await run(page, "kubectl scale deployment web --replicas=2");
  await pause(page);
  const hash = await stateHash(page);
  await page.reload();
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect.poll(() => stateHash(page), { timeout: 30_000 }).toBe(hash);
  await expect(page.getByRole("button", { name: /^Branches/ })).toContainText("2");
  await expect(page.getByTestId("transcript")).toContainText("deployment.apps/web scaled");
});

test("Korean and English keep world, text in the editor and place in time", async ({ page }) => {
  await openWeb(page);
  await pause(page);
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "New file" }).click();
  await page.locator(".editor-text .cm-content").click();
  await page.keyboard.insertText("kind: Half");
  await page.getByRole("button", { name: "한국어" }).click();
  await expect(page.getByRole("tab", { name: "터미널" })).toBeVisible();
  await expect(page.locator(".editor-text .cm-content")).toContainText("kind: Half");
  expect(await stateHash(page)).toBe(hash);
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await expect(page.getByRole("tab", { name: "Terminal" })).toBeVisible();
  expect(await stateHash(page)).toBe(hash);
});

for (const [what, content, says] of [
  ["no session at all", "hello", "This is no session of Strata"],
  ["another format", JSON.stringify({ schema: "strata/session@9" }), "another format"],
  ["a file too large", " ".repeat(9 << 20), "larger than a page may hold"],
] as const) {
  test(`a file that cannot be opened (${what}) gets one sentence, and the world stays`, async ({ page }) => {
    await openWeb(page);
    await pause(page);
    const hash = await stateHash(page);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByTestId("session-picker").setInputFiles({ name: "save.json", mimeType: "application/json", buffer: Buffer.from(content) });
    await expect(page.getByText(says)).toBeVisible();
    expect(await stateHash(page)).toBe(hash);
  });
}

test("a broken link gets one sentence, and one's own lab is as it was", async ({ page }) => {
  await openWeb(page);
  await pause(page);
  const hash = await stateHash(page);
  for (const link of ["#/s/AAAA", `#/s/${"A".repeat(5000)}`, "#/embed/%7B%7D"]) {
    await page.goto(link);
    await expect(page.getByText("Your world is untouched.")).toBeVisible();
  }
  await page.getByRole("link", { name: "To your own lab" }).click();
  await expect.poll(() => stateHash(page).catch(() => ""), { timeout: 30_000 }).toBe(hash);
});

test("with the network cut, a reload still opens the lab, and it runs in both languages", async ({ page, context }) => {
  test.setTimeout(120_000);
  await page.goto("./");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(
    async () => (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0] ?? "")).keys()).length > 100,
  );
  await page.reload();
  await context.setOffline(true);
  await openLab(page);
  await page.reload();
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
  await page.getByRole("button", { name: "한국어" }).click();
  await expect(page.getByRole("tab", { name: "터미널" })).toBeVisible();
  await type(page, "kubectl scale deployment web --replicas=4");
  await expect.poll(() => web(page), { timeout: 30_000 }).toBe(4);
  await page.goto("#/lesson/L9.2");
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await context.setOffline(false);
});
