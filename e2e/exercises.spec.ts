/**
 * Every exercise, through the page: its reference solution and its other routes solve it, and each wrong attempt does not, but gets its own
 * answer. The scripts are those of the course; commands are typed in the terminal, questions answered with the mouse, faults caused from the
 * dialog, and time is let pass at once.
 */
import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { addressed, numbersOf, withNumbers } from "../src/course/terminals";
import type { SessionState } from "../src/session/types";
import { idle, objects, pass, pause, type } from "./lab";

interface Text {
  readonly en: string;
}
interface Exercise {
  readonly id: string;
  readonly solution: readonly { readonly do: string }[];
  readonly alternatives: readonly (readonly string[])[];
  readonly wrong: readonly { readonly id: string; readonly try: readonly string[]; readonly say: Text }[];
  readonly questions?: readonly {
    readonly id: string;
    readonly ask: Text;
    readonly options: readonly { readonly v: string; readonly text: Text }[];
  }[];
}

const COURSE = JSON.parse(readFileSync(fileURLToPath(new URL("../src/course/generated.json", import.meta.url)), "utf8")) as {
  readonly exercises: readonly Exercise[] | Readonly<Record<string, Exercise>>;
};

const state = (page: Page): Promise<SessionState | undefined> =>
  page.evaluate(() => (globalThis as unknown as { strata: { state(): SessionState | undefined } }).strata.state());

async function resolve(page: Page, line: string): Promise<string> {
  const [machine] = (await state(page))?.machines ?? [];
  if (machine !== undefined) return withNumbers(line, numbersOf(machine));
  if (!line.includes("$(pod ")) return line;
  const pods = await objects(page, "pods");
  return line.replace(/\$\(pod ([a-z0-9-]+) (\d+)\)/g, (_all, app: string, index: string) => {
    const own = pods
      .filter(({ metadata }) => metadata.namespace === "default" && metadata.labels?.["app"] === app && metadata.deletionTimestamp === undefined)
      .sort((a, b) => (`${a.metadata.creationTimestamp} ${a.metadata.name}` < `${b.metadata.creationTimestamp} ${b.metadata.name}` ? -1 : 1));
    return own[Number(index)]?.metadata.name ?? "nobody";
  });
}

async function answer(page: Page, exercise: Exercise, id: string, value: string): Promise<void> {
  const question = exercise.questions?.find((one) => one.id === id);
  const group = page.getByRole("group", { name: question?.ask.en ?? "" });
  if (question?.options.length === 0) {
    await group.getByRole("textbox").fill(value);
    return group.getByRole("button", { name: "Answer" }).click();
  }
  const option = question?.options.find((one) => one.v === value);
  await group.getByRole("radio", { name: option?.text.en ?? "", exact: true }).check();
}

/** A line at a machine's terminal, which is opened if it is not there yet. */
async function typeAt(page: Page, given: string): Promise<void> {
  const { terminal, line } = addressed(given);
  const tab = page.getByRole("tab", { name: new RegExp(`^Terminal ${terminal},`) });
  if ((await tab.count()) === 0) await page.getByRole("button", { name: "New terminal" }).click();
  await tab.click();
  await expect.poll(() => idle(page, terminal), { timeout: 30_000 }).toBe(true);
  await type(page, line);
  const printed = async (): Promise<string> => (await state(page))?.terminals[terminal]?.screen?.text ?? "";
  await expect.poll(printed, { timeout: 30_000 }).toContain(line.slice(0, 60));
  await expect.poll(() => idle(page, terminal), { timeout: 60_000 }).toBe(true);
}

async function fault(page: Page, words: readonly string[]): Promise<void> {
  expect(words[0]).toBe("kill");
  await page.getByRole("button", { name: /^Break/ }).click();
  await page.getByRole("button", { name: `Kill the process: ${words[1]}` }).click();
}

async function perform(page: Page, exercise: Exercise, line: string): Promise<void> {
  const resolved = await resolve(page, line);
  const [verb = "", ...words] = resolved.split(" ");
  if (verb === "run") return pass(page, Number.parseFloat(words[0] ?? "0"));
  if (verb === "answer") return answer(page, exercise, words[0] ?? "", words.slice(1).join(" "));
  if (verb === "fault") return fault(page, words);
  if ((await state(page))?.machines[0] !== undefined) return typeAt(page, resolved);
  await type(page, resolved);
  await expect(page.getByTestId("transcript")).toContainText(resolved.slice(0, 60), { timeout: 30_000 });
  await expect.poll(() => idle(page), { timeout: 60_000 }).toBe(true);
}

async function open(page: Page, id: string): Promise<void> {
  await page.goto(`#/exercise/${id}`);
  await page.getByRole("button", { name: "I have no idea" }).click();
  await expect(page.locator(".terminal-screen .xterm")).toBeVisible();
  const there = async (): Promise<number> => ((await state(page))?.machines.length ?? 0) + (await objects(page, "pods")).length;
  await expect.poll(there, { timeout: 30_000 }).toBeGreaterThan(0);
  // Nothing is answered before the world stands where the learner takes over.
  const arriving = async (): Promise<boolean> => (await state(page))?.busy !== undefined;
  await expect.poll(arriving, { timeout: 30_000 }).toBe(false);
}

async function attempt(page: Page, exercise: Exercise, lines: readonly string[]): Promise<void> {
  await open(page, exercise.id);
  for (const line of lines) await perform(page, exercise, line);
}

for (const exercise of Object.values(COURSE.exercises)) {
  const routes = [exercise.solution.map((step) => step.do), ...exercise.alternatives];
  for (const [i, route] of routes.entries()) {
    test(`${exercise.id} is solved by ${i === 0 ? "its reference solution" : `another route (${i})`}`, async ({ page }) => {
      test.setTimeout(120_000);
      await attempt(page, exercise, route);
      await expect(page.getByTestId("solved")).toBeVisible({ timeout: 30_000 });
      await expect(page.getByTestId("feedback")).toHaveCount(0);
    });
  }
  for (const wrong of exercise.wrong) {
    test(`${exercise.id} is not solved by ${wrong.id}, which gets its own answer`, async ({ page }) => {
      test.setTimeout(120_000);
      await attempt(page, exercise, wrong.try);
      await expect(page.getByTestId("feedback")).toHaveAttribute("data-wrong", wrong.id, { timeout: 30_000 });
      await expect(page.getByTestId("feedback")).toContainText(wrong.say.en.replaceAll("`", "").slice(0, 40));
      await pause(page);
      await expect(page.getByTestId("solved")).toHaveCount(0);
    });
  }
}
