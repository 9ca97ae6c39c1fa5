/** A rolling update, looked at every tenth of a simulated second: the budget is never broken. */
import { expect, test } from "@playwright/test";
import { openWeb, pass, run, session } from "./lab";

interface Look {
  readonly at: number;
  readonly available: number;
  readonly total: number;
  readonly updated: number;
}

test("never fewer than the floor, never more than the ceiling, and in the end all are new", async ({ page }) => {
  test.setTimeout(120_000);
  await openWeb(page);
  await run(page, "kubectl scale deployment web --replicas=8");
  await pass(page, 30);
  await session(page, "type", "1", "kubectl set image deployment/web web=strata/web:2");
  const looks = await page.evaluate(async (): Promise<readonly Look[]> => {
    type Pod = {
      metadata: { labels?: Record<string, string>; deletionTimestamp?: string };
      spec: { containers: { image: string }[] };
      status: { conditions?: { type: string; status: string }[] };
    };
    const { strata } = globalThis as unknown as {
      strata: { seek(at: number): void; request(request: object): Promise<unknown>; record(one: boolean): Promise<{ branches: { now: number }[] }> };
    };
    const start = (await strata.record(true)).branches[0]?.now ?? 0;
    const found: Look[] = [];
    for (let i = 1; i <= 900; i++) {
      strata.seek(start + i * 100_000);
      const all = ((await strata.request({ kind: "objects", resource: "pods" })) as Pod[]).filter((pod) => pod.metadata.labels?.["app"] === "web");
      const staying = all.filter((pod) => pod.metadata.deletionTimestamp === undefined);
      const ready = staying.filter((pod) => pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True"));
      const updated = ready.filter((pod) => pod.spec.containers[0]?.image === "strata/web:2").length;
      found.push({ at: i, available: ready.length, total: staying.length, updated });
      if (updated === 8 && all.length === 8) break;
    }
    return found;
  });
  // 25 % of 8 is 2: floor 6, ceiling 10.
  expect(looks.filter(({ available }) => available < 6)).toEqual([]);
  expect(looks.filter(({ total }) => total > 10)).toEqual([]);
  expect(Math.min(...looks.map(({ available }) => available))).toBe(6);
  expect(Math.max(...looks.map(({ total }) => total))).toBe(10);
  expect(looks.at(-1)).toMatchObject({ available: 8, total: 8, updated: 8 });
  expect(await run(page, "kubectl rollout status deployment/web")).toContain('deployment "web" successfully rolled out');
});
