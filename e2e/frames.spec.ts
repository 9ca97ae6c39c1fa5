/** While a hundred Pods roll the page keeps up: the longest piece of work on the main thread, as Chromium itself traces it. */
import { expect, test } from "@playwright/test";
import { objects, openLab, pause, run, session, type } from "./lab";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Processor time of the thread, which other work on the machine does not lengthen. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

test("no long slice on the main thread while 100 Pods roll", async ({ page, browser }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await openLab(page);
  await run(page, "kubectl create deployment many --image=nginx:1.27 --replicas=100");
  await expect
    .poll(async () => (await objects(page, "deployments")).find(({ metadata }) => metadata.name === "many")?.status["readyReplicas"], {
      timeout: 90_000,
    })
    .toBe(100);
  await type(page, "kubectl set image deployment/many nginx=nginx:1.28");
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await page.waitForTimeout(8000);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  await pause(page);
  const state = await session<readonly { metadata: { name: string } }[]>(page, "request", { kind: "objects", resource: "replicasets" });
  expect(state.filter(({ metadata }) => metadata.name.startsWith("many-")).length).toBe(2);
  const mains = new Set(
    trace.traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const slices = trace.traceEvents
    .filter(({ name, ph, pid, tid }) => ph === "X" && (name === "RunTask" || name === "ThreadControllerImpl::RunTask") && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = dur }) => tdur / 1000)
    .sort((a, b) => b - a);
  const over = slices.filter((ms) => ms > 8).length;
  const note = `main thread: ${slices.length} slices, longest ${slices
    .slice(0, 5)
    .map((ms) => ms.toFixed(1))
    .join(" ")} ms, over 8 ms: ${over}`;
  console.log(note);
  test.info().annotations.push({ type: "measure", description: note });
  expect(slices.length).toBeGreaterThan(100);
  // The aim of 8 ms is measured by the bench on a quiet machine; here other work shares the processors.
  expect(slices[0] ?? 0).toBeLessThan(Number(process.env["E2E_LONGEST_SLICE_MS"] ?? 100));
});
