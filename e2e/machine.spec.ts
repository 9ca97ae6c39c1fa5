/** A machine in the lab: its terminals, its processes and layers on the stage, time, sharing; never other than what its commands print. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import type { Session, SessionState } from "../src/session/types";
import { openLab, pause, session, stateHash, transcript, type } from "./lab";

interface Handle {
  readonly strata: Session;
}

const MACHINE = "#/machine";

const state = (page: Page): Promise<SessionState | undefined> => page.evaluate(() => (globalThis as unknown as Handle).strata.state());

/** Types a line at the first terminal and waits until whoever stands in front waits for keys again. */
async function run(page: Page, line: string): Promise<void> {
  const before = (await state(page))?.terminals["1"]?.screen?.text.length ?? 0;
  await type(page, line);
  await expect
    .poll(async () => {
      const view = (await state(page))?.terminals["1"];
      return view?.busy === false && (view.screen?.text.length ?? 0) > before + line.length;
    })
    .toBe(true);
}

const processes = (page: Page, says: RegExp) => page.locator(".stage-figure").getByLabel(says);

test("a nested PID namespace: one process, three numbers, and why it exists", async ({ page }) => {
  await openLab(page, MACHINE);
  await expect(processes(page, /^Process bash/)).toHaveCount(1);
  await run(page, "unshare -pf --mount-proc bash");
  await run(page, "unshare -pf --mount-proc bash");
  await run(page, "sleep 1000 &");
  const sleep = processes(page, /^Process sleep: host \d+, A \d+, B 2$/);
  await expect(sleep).toHaveCount(1);
  await expect(page.getByRole("tab", { name: "Terminal 1, inside B" }).first()).toBeVisible();
  await sleep.click();
  const inspector = page.locator(".inspector");
  await expect(inspector.getByRole("heading", { name: "sleep" })).toBeVisible();
  await expect(inspector).toContainText("Why does it exist?");
  await expect(inspector.locator(".insp-why li").first()).toContainText(/clone: .* is born/);
  await expect(inspector.locator(".insp-why")).toContainText("sleep 1000 &");
  const numbers = (await sleep.getAttribute("aria-label"))?.match(/\d+/g)?.join("\t");
  await run(page, "echo done");
  await session(page, "newTerminal", "host");
  await session(page, "play");
  await expect(page.getByRole("tab", { name: "Terminal 2, on the host" }).first()).toBeVisible();
  await session(page, "type", "2", `grep NSpid /proc/${numbers?.split("\t")[0]}/status`);
  await expect.poll(async () => (await state(page))?.terminals["2"]?.screen?.text ?? "").toContain(`NSpid:\t${numbers}`);
});

test("a union mount: a whiteout stops the eye; step back and forward; the same hash", async ({ page }) => {
  await openLab(page, MACHINE);
  await run(page, "mkdir -p /l/1/etc /l/2/etc /u /w /merged; echo one > /l/1/etc/conf; echo two > /l/2/etc/conf; echo old > /l/1/etc/old");
  await run(page, "mount -t overlay overlay -o lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w /merged");
  await page.locator(".stage-depth").focus();
  await page.keyboard.press("ArrowUp");
  await expect(processes(page, /^etc\/conf: read from \/l\/2; hidden below: \/l\/1/)).toHaveCount(1);
  const before = await stateHash(page);
  await run(page, "rm /merged/etc/old");
  await expect(processes(page, /^etc\/old: hidden by a whiteout/)).toHaveCount(1);
  await pause(page);
  const after = await stateHash(page);
  expect(after).not.toBe(before);
  const position = (await state(page))?.position ?? 0;
  for (let i = 0; i < 50; i++) await session(page, "stepBack");
  await expect.poll(async () => (await state(page))?.position).toBe(Math.max(0, position - 50));
  for (let i = 0; i < 50; i++) await session(page, "stepForward");
  await expect.poll(async () => (await state(page))?.position).toBe(position);
  expect(await stateHash(page)).toBe(after);
});

test("layers in another order show another file; the stage types the commands", async ({ page }) => {
  await openLab(page, MACHINE);
  await run(page, "mkdir -p /l/1 /l/2 /u /w /merged; echo one > /l/1/conf; echo two > /l/2/conf");
  await run(page, "mount -t overlay overlay -o lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w /merged");
  await page.locator(".stage-depth").focus();
  await page.keyboard.press("ArrowUp");
  await expect(processes(page, /^conf: read from \/l\/2/)).toHaveCount(1);
  await processes(page, /^lower 2/).click();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(processes(page, /^conf: read from \/l\/1/)).toHaveCount(1);
  await expect(transcript(page)).toContainText("lowerdir=/l/1:/l/2");
});

test("a machine is shared by a link and kept over a reload", async ({ page, browser }) => {
  await openLab(page, MACHINE);
  await run(page, "unshare -pf --mount-proc bash");
  await run(page, "echo kept > /tmp/kept");
  await pause(page);
  const hash = await stateHash(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  const other = await browser.newPage();
  await other.goto(link);
  await expect(other.locator(".stage-figure svg").first()).toBeVisible();
  await expect.poll(() => stateHash(other)).toBe(hash);
  await other.close();
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(page.locator(".stage-figure svg").first()).toBeVisible();
  await expect.poll(() => stateHash(page)).toBe(hash);
  await expect(transcript(page)).toContainText("echo kept");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on a machine, ${colorScheme}; its tables say what its commands print`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openLab(page, MACHINE);
    await run(page, "unshare -pf --mount-proc bash");
    await run(page, "sleep 900 & sleep 901 &");
    for (const picture of ["drawn", "as text"]) {
      if (picture === "as text") {
        await page.locator("main.stage").focus();
        await page.keyboard.press("a");
        await expect(page.locator('table[data-section="processes"]')).toBeVisible();
      }
      const found = await new AxeBuilder({ page }).analyze();
      const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${picture} ${id}: ${nodes[0]?.html}`)).toEqual([]);
    }
    const rows = await page.locator('table[data-section="processes"] tbody tr').allInnerTexts();
    await session(page, "newTerminal", "host");
    await session(page, "play");
    await expect.poll(async () => (await state(page))?.terminals["2"]?.busy).toBe(false);
    await session(page, "type", "2", "ps -e -o pid,comm --no-headers");
    await expect.poll(async () => (await state(page))?.terminals["2"]?.screen?.text ?? "").toMatch(/ps\s*\r?\n/);
    const printed = (await state(page))?.terminals["2"]?.screen?.text ?? "";
    for (const row of rows) {
      const [name, pid] = row.split(/\t+/);
      expect(printed).toMatch(new RegExp(`\\b${pid} ${name}`));
    }
  });
}
