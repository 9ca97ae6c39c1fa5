/** What the tests do with the page, in a person's words. */
import { expect, type Locator, type Page } from "@playwright/test";

export async function openLab(page: Page, route = "#/lab"): Promise<void> {
  await page.goto(route);
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect(page.locator(".terminal-screen .xterm")).toBeVisible();
}

/** Types a line in the terminal and leaves the key focus there. */
export async function type(page: Page, line: string): Promise<void> {
  await page.locator(".terminal-screen").click();
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
}

export const transcript = (page: Page): Locator => page.getByTestId("transcript");

/** The drawn Pods whose spoken name matches. */
export const pods = (page: Page, says: RegExp): Locator => page.locator(".stage-figure").getByLabel(says);

/** The state hash where the world of the page stands. */
export async function stateHash(page: Page): Promise<string> {
  return page.evaluate(() =>
    (globalThis as unknown as { strata: { request(request: { kind: "hash" }): Promise<string> } }).strata.request({ kind: "hash" }),
  );
}

type Handle = Record<string, (...given: readonly unknown[]) => unknown>;

/** Calls the session that the page itself uses. Only for what no eye can read off: hashes, stored objects, exact moments. */
export async function session<T>(page: Page, method: string, ...given: readonly unknown[]): Promise<T> {
  return page.evaluate(
    ({ method: name, given: values }) => (globalThis as unknown as { strata: Handle }).strata[name]?.(...values) as Promise<never>,
    { method, given },
  );
}

export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

/** What the API server holds where the page's world stands. */
export const objects = (page: Page, resource: string): Promise<readonly StoredObject[]> => session(page, "request", { kind: "objects", resource });

interface Place {
  readonly now: number;
  readonly head: number;
  readonly position: number;
}

/** Where the world stands, asked and not read from the last picture. */
export async function place(page: Page): Promise<Place> {
  const file = await session<{ readonly branches: readonly Place[] }>(page, "record", true);
  return file.branches[0] ?? { now: 0, head: 0, position: 0 };
}

export async function pause(page: Page): Promise<void> {
  await session(page, "pause");
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as { strata: { state(): { playing: boolean } } }).strata.state().playing))
    .toBe(false);
}

/** Lets so many simulated seconds pass at once and stands still there. */
export async function pass(page: Page, seconds: number): Promise<void> {
  await session(page, "pause");
  await session(page, "seek", (await place(page)).now + seconds * 1e6);
  await stateHash(page);
}

export const isReady = (pod: StoredObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  ((pod.status["conditions"] ?? []) as readonly { type: string; status: string }[]).some(({ type, status }) => type === "Ready" && status === "True");

/** Lines a command has printed since it was typed. */
export async function printed(page: Page): Promise<string> {
  return page.evaluate(() => {
    interface Line {
      readonly stream: string;
      readonly text: string;
    }
    const { lines } = (globalThis as unknown as { strata: { state(): { terminals: Record<string, { lines: readonly Line[] }> } } }).strata.state()
      .terminals["1"] ?? { lines: [] };
    return lines
      .slice(lines.findLastIndex(({ stream }) => stream === "in") + 1)
      .map(({ text }) => text)
      .join("\n");
  });
}

/** Whether a terminal waits for the next command. */
export const idle = (page: Page, terminal = "1"): Promise<boolean> =>
  page.evaluate(
    (name) =>
      (globalThis as unknown as { strata: { state(): { terminals: Record<string, { busy: boolean }> } } }).strata.state().terminals[name]?.busy !==
      true,
    terminal,
  );

/** Types a line and waits until its command has ended. */
export async function run(page: Page, line: string): Promise<string> {
  await type(page, line);
  await expect(transcript(page)).toContainText(line.slice(0, 40), { timeout: 30_000 });
  await expect.poll(() => idle(page), { timeout: 60_000 }).toBe(true);
  return printed(page);
}

/** The sample application, ready. */
export async function openWeb(page: Page): Promise<void> {
  await openLab(page);
  await type(page, "kubectl apply -f samples/web");
  await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 45_000 });
}

/** Replaces what stands in the editor by a new file. */
export async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "New file" }).click();
  await page.locator(".editor-text .cm-content").click();
  await page.keyboard.insertText(text);
}
