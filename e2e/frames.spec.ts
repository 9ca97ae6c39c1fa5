/** While a hundred Pods roll the page keeps up: the longest piece of work on the main thread, as Chromium itself traces it. */
import { expect, test } from "@playwright/test";
import { objects, openLab, pause, place, run, session, type } from "./lab";

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
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
  const from = (await place(page)).now;
  await expect.poll(async () => (await place(page)).now - from, { timeout: 60_000, intervals: [2000] }).toBeGreaterThan(8e6);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  await pause(page);
  const state = await session<readonly { metadata: { name: string } }[]>(page, "request", { kind: "objects", resource: "replicasets" });
  expect(state.filter(({ metadata }) => metadata.name.startsWith("many-")).length).toBe(2);
  const mains = new Set(
    trace.traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const own = trace.traceEvents.filter(({ ph, pid, tid }) => ph === "X" && mains.has(`${pid} ${tid}`));
  const cost = ({ dur = 0, tdur = dur }: TraceEvent): number => tdur / 1000;
  // Scripts are all loaded by now: what is evaluated in this time is the test's own.
  const tests = own.filter(({ name }) => name === "EvaluateScript");
  const isOurs = ({ ts, dur = 0 }: TraceEvent): boolean => !tests.some((one) => one.ts >= ts && one.ts < ts + dur);
  const tasks = own.filter((task) => task.name === "RunTask" && isOurs(task)).sort((a, b) => cost(b) - cost(a));
  const slices = tasks.map(cost);
  const over = slices.filter((ms) => ms > 8).length;
  /** What a slice spent its time on. */
  const parts = (task: TraceEvent): string =>
    own
      .filter((one) => one !== task && !/RunTask/.test(one.name) && one.ts >= task.ts && one.ts < task.ts + (task.dur ?? 0))
      .sort((a, b) => cost(b) - cost(a))
      .slice(0, 4)
      .map((one) => `${one.name} ${cost(one).toFixed(1)}`)
      .join(", ");
  const note = [
    `main thread: ${slices.length} slices, over 8 ms: ${over}`,
    ...tasks.slice(0, 6).map((task) => `${cost(task).toFixed(1)} ms: ${parts(task)}`),
  ].join("\n");
  console.log(note);
  test.info().annotations.push({ type: "measure", description: note });
  expect(slices.length).toBeGreaterThan(100);
  // The aim is 8 ms; what is held here is that nothing is ever felt, also where tracing itself and other work share the processors.
  expect(slices[0] ?? 0).toBeLessThan(Number(process.env["E2E_LONGEST_SLICE_MS"] ?? 50));
});
