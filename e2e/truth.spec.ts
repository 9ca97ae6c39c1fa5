/** The picture says what the API server holds: at random moments of a rollout the table behind it equals the objects and `kubectl get -o json`. */
import { expect, type Page, test } from "@playwright/test";
import { isReady, objects, openWeb, pass, pause, place, printed, run, session, type StoredObject } from "./lab";

const SEED = Number(process.env["E2E_SEED"] ?? 20_260_101);

/** Park and Miller's numbers: the same moments for the same seed. */
function numbers(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Status {
  readonly podIP?: string;
  readonly containerStatuses?: readonly { readonly restartCount: number }[];
}

/** Columns of a Pod's row that can be read off its object. */
function rowOf(pod: StoredObject): readonly string[] {
  const status = pod.status as Status;
  const restarts = (status.containerStatuses ?? []).reduce((sum, one) => sum + one.restartCount, 0);
  return [pod.metadata.name, pod.metadata.namespace ?? "", String(pod.spec["nodeName"] ?? ""), String(restarts), status.podIP ?? ""];
}

const own = (pods: readonly StoredObject[]): readonly StoredObject[] => pods.filter((pod) => pod.metadata.namespace === "default");
const byName = (a: readonly string[], b: readonly string[]): number => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1);

interface Table {
  readonly pods: readonly (readonly string[])[];
  readonly states: Readonly<Record<string, string>>;
  readonly wants: string;
}

async function table(page: Page): Promise<Table> {
  const cells = (section: string): Promise<string[][]> =>
    page
      .locator(`table[data-section=${section}] tbody tr`)
      .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent ?? "")));
  const rows = await cells("pods");
  const deployments = await cells("deployments");
  return {
    pods: rows.map(([name = "", namespace = "", , node = "", , restarts = "", ip = ""]) => [name, namespace, node, restarts, ip]).sort(byName),
    states: Object.fromEntries(rows.map(([name = "", , state = ""]) => [name, state])),
    wants: deployments.find(([name]) => name === "web")?.[2] ?? "",
  };
}

async function compare(page: Page): Promise<void> {
  const pods = own(await objects(page, "pods"));
  const deployment = (await objects(page, "deployments")).find((one) => one.metadata.name === "web");
  const expected = pods.map(rowOf).slice().sort(byName);
  // The page follows a moment later; it must arrive at exactly this.
  await expect.poll(async () => (await table(page)).pods, { timeout: 20_000 }).toEqual(expected);
  const { states, wants } = await table(page);
  expect(wants).toBe(String(deployment?.spec["replicas"]));
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    if (isReady(pod)) expect(states[name]).toBe("ready");
    else expect(states[name]).not.toBe("ready");
    if (deletionTimestamp !== undefined) expect(states[name]).toMatch(/draining|no report/);
    else if (pod.spec["nodeName"] === undefined) expect(states[name]).toBe("no node yet");
  }
}

test(`the text of the stage equals the objects at random moments (seed ${SEED})`, async ({ page }) => {
  test.setTimeout(180_000);
  const next = numbers(SEED);
  await openWeb(page);
  await pause(page);
  const start = (await place(page)).now;
  await session(page, "type", "1", "kubectl set image deployment/web web=strata/web:2");
  await pass(page, 60);
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  await expect(page.getByRole("region", { name: "The picture as text" })).toBeVisible();
  for (let i = 0; i < 12; i++) {
    await session(page, "seek", start + Math.round(next() * 25e6));
    await compare(page);
  }
});

test(`the text of the stage equals kubectl get -o json at random moments (seed ${SEED})`, async ({ page }) => {
  test.setTimeout(180_000);
  const next = numbers(SEED + 1);
  await openWeb(page);
  await pause(page);
  await session(page, "type", "1", "kubectl set image deployment/web web=strata/web:2");
  await pass(page, 1 + next() * 2);
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  for (let i = 0; i < 4; i++) {
    await pass(page, next() * 4);
    await session(page, "type", "1", "kubectl get pods -o json");
    await pass(page, 1.5);
    await expect.poll(() => printed(page), { timeout: 20_000 }).toMatch(/^\}$/m);
    const list = JSON.parse(await printed(page)) as { items: readonly StoredObject[] };
    const versions = (items: readonly StoredObject[]): string =>
      items
        .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
        .sort((a, b) => (a < b ? -1 : 1))
        .join("\n");
    // Back to the moment at which the answer was true.
    const answered = await place(page);
    for (let steps = 0; steps < 2000 && versions(own(await objects(page, "pods"))) !== versions(list.items); steps++) await session(page, "stepBack");
    expect(versions(own(await objects(page, "pods")))).toBe(versions(list.items));
    expect(own(await objects(page, "pods")).map(({ metadata, spec, status }) => ({ metadata, spec, status }))).toEqual(
      list.items.map(({ metadata, spec, status }) => ({ metadata, spec, status })),
    );
    await compare(page);
    await session(page, "seek", answered.now);
  }
});

test("kubectl and the stage agree when it is quiet", async ({ page }) => {
  await openWeb(page);
  const list = JSON.parse(await run(page, "kubectl get pods -o json")) as { items: readonly StoredObject[] };
  await pause(page);
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  await expect.poll(async () => (await table(page)).pods).toEqual(list.items.map(rowOf).slice().sort(byName));
});
