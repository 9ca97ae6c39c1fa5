/** What a student does in the free lab, on real input. */
import { expect, type Page, test } from "@playwright/test";
import { openLab, pods, stateHash, transcript, type } from "./lab";

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 3
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
`;

/** Replaces what stands in the editor. */
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "New file" }).click();
  const editor = page.locator(".editor-text .cm-content");
  await editor.click();
  await page.evaluate((content) => navigator.clipboard.writeText(content), text).catch(() => undefined);
  await page.keyboard.insertText(text);
}

async function dropFolder(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  // A drop of a folder cannot be made by hand here; its files go in the way the picker takes a folder.
  await page
    .getByTestId("file-picker")
    .setInputFiles(Object.entries(files).map(([name, text]) => ({ name, mimeType: "text/yaml", buffer: Buffer.from(text) })));
}

test("a manifest from the editor becomes ready Pods on the stage", async ({ page }) => {
  await openLab(page);
  await write(page, MANIFEST);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(transcript(page)).toContainText("deployment.apps/shop created");
  await expect(pods(page, /^Pod shop-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
});

test("files taken into the workspace are there for kubectl apply", async ({ page }) => {
  await openLab(page);
  await dropFolder(page, { "shop.yaml": MANIFEST });
  await expect(page.getByText("kubectl apply -f shop.yaml")).toBeVisible();
  await type(page, "kubectl apply -f shop.yaml");
  await expect(pods(page, /^Pod shop-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
});

test("a deleted Pod is replaced by another, and each step names its actor", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  const before = await pods(page, /^Pod web-.*, ready/).evaluateAll((marks) => marks.map((mark) => mark.getAttribute("aria-label")?.split(",")[0]));
  const name = before[0]?.replace("Pod ", "") ?? "";
  await type(page, `kubectl delete pod ${name} --wait=false`);
  await expect(pods(page, new RegExp(`^Pod ${name}`))).toHaveCount(0, { timeout: 45_000 });
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await expect(page.locator(".nowline b").first()).toContainText("→");
});

test("fifty events back and forward again is the same state", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.evaluate(() => (globalThis as unknown as { strata: { pause(): void } }).strata.pause());
  const hash = await stateHash(page);
  const step = (by: "stepBack" | "stepForward"): Promise<void> =>
    page.evaluate((name) => {
      const session = (globalThis as unknown as { strata: Record<string, () => void> }).strata;
      for (let i = 0; i < 50; i++) session[name]?.();
    }, by);
  await step("stepBack");
  expect(await stateHash(page)).not.toBe(hash);
  await step("stepForward");
  expect(await stateHash(page)).toBe(hash);
});

test("a shared link opens the same state in a fresh profile, and leaves it alone there", async ({ page, browser }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.evaluate(() => (globalThis as unknown as { strata: { pause(): void } }).strata.pause());
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.getByTestId("share-link").inputValue();
  await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  const fresh = await browser.newContext({ locale: "en-US" });
  const other = await fresh.newPage();
  await other.goto(link);
  await expect(pods(other, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  expect(await stateHash(other)).toBe(hash);
  await fresh.close();
});

test("a reload finds the world where it was left", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.evaluate(() => (globalThis as unknown as { strata: { pause(): void } }).strata.pause());
  const hash = await stateHash(page);
  await page.reload();
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  expect(await stateHash(page)).toBe(hash);
});

test("Korean and English keep the world", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.evaluate(() => (globalThis as unknown as { strata: { pause(): void } }).strata.pause());
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "한국어" }).click();
  await expect(page.getByRole("tab", { name: "터미널" })).toBeVisible();
  expect(await stateHash(page)).toBe(hash);
  await expect(transcript(page)).toContainText("deployment.apps/web created");
});

test("a command in the past makes a branch that leaves its parent alone", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.locator("main.stage").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press(",");
  await page.keyboard.press(",");
  await type(page, "kubectl scale deployment web --replicas=1");
  await expect(page.getByRole("button", { name: /^Branches/ })).toContainText("2");
  await page.getByRole("button", { name: /^Branches/ }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText(/Differs from/)).toBeVisible();
});

test("a broken manifest is refused at its line, and the world stays as it is", async ({ page }) => {
  await openLab(page);
  await write(page, MANIFEST.replace("replicas: 3", "replicas: many"));
  await expect(page.locator(".cm-lint-marker-error")).toBeVisible();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(transcript(page)).toContainText(/cannot unmarshal|Invalid value|invalid/i);
  await type(page, "kubectl get deployments");
  await expect(transcript(page)).toContainText("No resources found");
});

test("the whole way by keyboard alone", async ({ page }) => {
  await openLab(page);
  await page.keyboard.press("`");
  await expect(page.locator(".terminal-screen textarea")).toBeFocused();
  await page.keyboard.type("kubectl apply -f samples/web");
  await page.keyboard.press("Enter");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Space");
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Find an object" }).fill("pod web");
  await page.keyboard.press("Enter");
  await expect(page.locator(".inspector")).toContainText("web-");
  await page.keyboard.press("F6");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});
