/** From a manifest to ready Pods: written in the editor, picked as a folder, dropped as a folder. */
import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isReady, objects, openLab, pods, transcript, type, write } from "./lab";

const FOLDER = fileURLToPath(new URL("shop", import.meta.url));
const SHOP = readFileSync(`${FOLDER}/shop.yaml`, "utf8");

test("several documents written in the editor become ready Pods behind a Service", async ({ page }) => {
  await openLab(page);
  await write(page, SHOP);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(transcript(page)).toContainText("deployment.apps/shop created");
  await expect(transcript(page)).toContainText("service/shop created");
  await expect(pods(page, /^Pod shop-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
  const ready = (await objects(page, "pods")).filter((pod) => pod.metadata.labels?.["app"] === "shop" && isReady(pod));
  expect(ready).toHaveLength(3);
});

test("a dropped folder is applied with all that is in it", async ({ page }) => {
  await openLab(page);
  const box = await page.locator("main.stage").boundingBox();
  const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 200];
  const devtools = await page.context().newCDPSession(page);
  for (const kind of ["dragEnter", "dragOver", "drop"] as const) {
    await devtools.send("Input.dispatchDragEvent", { type: kind, x, y, data: { items: [], files: [FOLDER], dragOperationsMask: 1 } });
  }
  await expect(page.getByText("kubectl apply -f shop")).toBeVisible();
  await type(page, "kubectl apply -R -f shop");
  await expect(pods(page, /^Pod shop-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
  await expect(pods(page, /^Pod cache-.*, ready/)).toHaveCount(1, { timeout: 45_000 });
});

test("a file is read on the terminal's standard input too", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web/config.yaml");
  await expect(transcript(page)).toContainText("configmap/web created");
  await type(page, "cat samples/web/deployment.yaml | kubectl apply -f -");
  await expect(transcript(page)).toContainText("deployment.apps/web created");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
});
