/** The loop at work: a Pod, then a node is lost, and each step of the repair names who did it. */
import { expect, type Page, test } from "@playwright/test";
import { isReady, objects, openWeb, pass, pause, pods, run, session, type } from "./lab";

const sentence = (page: Page): Promise<string> => page.locator(".nowline .visually-hidden").innerText();

test("a killed Pod is replaced: the ReplicaSet controller asks, the scheduler places, a kubelet starts", async ({ page }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await pause(page);
  const before = (await objects(page, "pods")).filter((pod) => pod.metadata.labels?.["app"] === "web");
  const victim = before[0]?.metadata.name ?? "";
  await session(page, "type", "1", `kubectl delete pod ${victim} --wait=false`);
  await page.locator("main.stage").focus();
  const said: string[] = [];
  const added = async (): Promise<number> =>
    (await objects(page, "pods")).filter(
      (pod) => isReady(pod) && !before.some((one) => one.metadata.uid === pod.metadata.uid) && pod.metadata.labels?.["app"] === "web",
    ).length;
  for (let i = 0; i < 160 && (await added()) === 0; i++) {
    await page.keyboard.press(".");
    await expect.poll(() => sentence(page)).not.toBe(said.at(-1));
    said.push(await sentence(page));
  }
  expect(await added()).toBe(1);
  const first = (who: RegExp): number => said.findIndex((one) => who.test(one));
  const created = first(/^ReplicaSet controller → API server: store Pod/);
  const fresh = /store Pod (\S+?),/.exec(said[created] ?? "")?.[1] ?? "nobody";
  const placed = first(new RegExp(`^scheduler → API server: place Pod ${fresh} on node-`));
  const started = first(new RegExp(`^kubelet .* → API server: report on Pod ${fresh}, because its containers have started`));
  const asked = first(/^kubectl → API server: delete Pod/);
  expect(asked, said.join("\n")).toBeGreaterThanOrEqual(0);
  expect(created, said.join("\n")).toBeGreaterThan(asked);
  expect(placed, said.join("\n")).toBeGreaterThan(created);
  expect(started, said.join("\n")).toBeGreaterThan(placed);
  for (const lane of ["ReplicaSet controller", "scheduler", "etcd"])
    await expect(page.locator(".score-svg").getByText(lane, { exact: true }).first()).toBeVisible();
});

test("a node without power: NotReady, eviction after 300 s, replacement on the stage and in kubectl get", async ({ page }) => {
  test.setTimeout(180_000);
  await openWeb(page);
  await pause(page);
  const busy = (await objects(page, "pods")).find((pod) => pod.metadata.labels?.["app"] === "web");
  const node = String(busy?.spec["nodeName"]);
  await page.getByRole("button", { name: /^Break/ }).click();
  await page.getByRole("button", { name: `Cut the power: ${node}` }).click();
  await page.locator("main.stage").focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("]");
  const ready = async (): Promise<string> => {
    const found = (await objects(page, "nodes")).find((one) => one.metadata.name === node);
    return ((found?.status["conditions"] ?? []) as readonly { type: string; status: string }[]).find(({ type }) => type === "Ready")?.status ?? "";
  };
  await expect.poll(ready, { timeout: 60_000 }).toBe("Unknown");
  await pause(page);
  await run(page, "kubectl get nodes");
  await expect(page.getByTestId("transcript")).toContainText(new RegExp(`${node}\\s+NotReady`));
  await pause(page);
  // Not yet: nobody is evicted before the toleration of 300 s is over.
  await pass(page, 240);
  expect((await objects(page, "pods")).some((pod) => pod.metadata.uid === busy?.metadata.uid && pod.metadata.deletionTimestamp === undefined)).toBe(
    true,
  );
  await pass(page, 90);
  const after = (await objects(page, "pods")).filter((pod) => pod.metadata.labels?.["app"] === "web");
  const lost = after.find((pod) => pod.metadata.uid === busy?.metadata.uid);
  expect(lost === undefined || lost.metadata.deletionTimestamp !== undefined).toBe(true);
  const alive = after.filter((pod) => isReady(pod) && pod.spec["nodeName"] !== node);
  expect(alive).toHaveLength(3);
  for (const pod of alive) await expect(pods(page, new RegExp(`^Pod ${pod.metadata.name}.*, ready`))).toHaveCount(1, { timeout: 20_000 });
  await type(page, "kubectl get pods -o wide");
  for (const pod of alive)
    await expect(page.getByTestId("transcript")).toContainText(new RegExp(`${pod.metadata.name}\\s+1/1\\s+Running`), { timeout: 30_000 });
});
