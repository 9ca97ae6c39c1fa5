/** What the page shows of a world that is broken, rolled and questioned: never other than what the world holds. */
import { expect, type Page, test } from "@playwright/test";
import type { Session, SessionState } from "../src/session/types";
import { openLab, pods, transcript, type } from "./lab";

interface Handle {
  readonly strata: Session;
}

async function ready(page: Page, count = 3): Promise<void> {
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(count, { timeout: 30_000 });
}

test("a node that loses its power: eviction and replacement, on the stage and in kubectl get", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await ready(page);
  const lost = await page.evaluate(() => {
    const { strata } = globalThis as unknown as Handle;
    const pod = strata.state()?.cluster.pods.find((one) => one.node === "node-b");
    return pod?.name ?? "";
  });
  expect(lost).not.toBe("");
  await page.getByRole("button", { name: "Break" }).click();
  await page.getByRole("button", { name: "Cut the power: node-b" }).click();
  await page.evaluate(() => {
    const { strata } = globalThis as unknown as Handle;
    strata.setSpeed(64);
    strata.play();
  });
  await expect(pods(page, new RegExp(`^Pod ${lost}.*(no report|unknown|draining|terminating)`, "i")).first()).toBeVisible({ timeout: 30_000 });
  await ready(page);
  const nodes = await page.evaluate(() => {
    const { strata } = globalThis as unknown as Handle;
    return strata
      .state()
      ?.cluster.pods.filter((pod) => pod.state.kind === "ready")
      .map((pod) => pod.node);
  });
  expect(nodes).not.toContain("node-b");
  await page.evaluate(() => (globalThis as unknown as Handle).strata.setSpeed(1));
  await type(page, "kubectl get nodes");
  await expect(transcript(page)).toContainText(/node-b\s+NotReady/);
});

test("a rolling update never breaks its budget", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await ready(page);
  await page.evaluate(() => {
    const { strata } = globalThis as unknown as Handle;
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    strata.subscribe((state: SessionState) => {
      const budget = state.cluster.deployments[0]?.budget;
      if (budget !== undefined) seen.push([budget.floor <= budget.available, budget.total <= budget.ceiling, state.cluster.deployments[0]?.rolling]);
    });
  });
  await type(page, "kubectl set image deployment/web web=strata/web:2.0");
  await type(page, "kubectl rollout status deployment/web");
  await expect(transcript(page)).toContainText("successfully rolled out", { timeout: 45_000 });
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: readonly (readonly boolean[])[] }).seen);
  expect(seen.some((one) => one[2])).toBe(true);
  expect(seen.filter((one) => !(one[0] && one[1]))).toEqual([]);
});

test("at random moments the picture's text says what the API server holds", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await ready(page);
  await type(page, "kubectl set image deployment/web web=strata/web:2.0");
  await ready(page);
  await expect(transcript(page)).toContainText("image updated");
  await page.evaluate(() => (globalThis as unknown as Handle).strata.pause());
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  const table = page.locator('table[data-section="pods"]');
  await expect(table).toBeVisible();
  const head = await page.evaluate(() => (globalThis as unknown as Handle).strata.state()?.now ?? 0);
  for (const share of [0.93, 0.31, 0.77, 0.52, 0.85, 0.64]) {
    const moment = Math.round(head * share);
    const held = await page.evaluate(async (at) => {
      const { strata } = globalThis as unknown as Handle;
      strata.seek(at);
      const objects = (await strata.request({ kind: "objects", resource: "pods" })) as unknown as readonly {
        metadata: { name: string; namespace: string };
      }[];
      return objects.filter((pod) => pod.metadata.namespace === "default").map((pod) => pod.metadata.name);
    }, moment);
    const shown = async (): Promise<readonly string[]> => (await table.locator("tbody tr td:first-child").allInnerTexts()).map((name) => name.trim());
    if (held.length === 0) await expect(table).toHaveCount(0);
    else await expect.poll(async () => (await shown()).toSorted()).toEqual(held.toSorted());
  }
});

test("why does it exist: the chain begins with the person's command, and its entries go to their moments", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await ready(page);
  await pods(page, /^Pod web-.*, ready/)
    .first()
    .click({ force: true });
  const inspector = page.locator(".inspector");
  await expect(inspector).toContainText("Why does it exist?");
  await expect(inspector).toContainText("kubectl apply -f samples/web");
  await page.evaluate(() => (globalThis as unknown as Handle).strata.pause());
  const before = await page.evaluate(() => (globalThis as unknown as Handle).strata.state()?.now ?? 0);
  await inspector
    .getByRole("button", { name: /kubectl apply/ })
    .first()
    .click();
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as Handle).strata.state()?.now ?? 0)).toBeLessThan(before);
});

test("the hand on the stage writes the equivalent command", async ({ page }) => {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await ready(page);
  await page
    .locator(".stage-figure")
    .getByLabel(/^Deployment web/)
    .first()
    .click({ force: true });
  await page.getByRole("toolbar", { name: "Actions" }).getByRole("button", { name: "Scale +1" }).click();
  await expect(transcript(page)).toContainText("kubectl scale deployment/web --replicas=4");
  await ready(page, 4);
  await page.getByRole("tab", { name: "Equivalent commands" }).click();
  await expect(page.locator(".command-log")).toContainText("kubectl scale deployment/web --replicas=4");
});
