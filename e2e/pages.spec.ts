/** Every page: nothing serious for axe in both themes, no error in the console, nothing that the security policy had to stop. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { openWeb, pods, type } from "./lab";

interface Visit {
  readonly name: string;
  readonly open: (page: Page) => Promise<void>;
}

async function worldAt(page: Page, route: string): Promise<void> {
  await page.goto(route);
  await expect(page.locator(".stage-figure svg").first()).toBeVisible({ timeout: 30_000 });
}

const VISITS: readonly Visit[] = [
  { name: "home", open: async (page) => void (await page.goto("./")) },
  { name: "stratum", open: async (page) => void (await page.goto("#/stratum/orch")) },
  { name: "lab with an application", open: openWeb },
  { name: "lesson", open: (page) => worldAt(page, "#/lesson/L9.2") },
  { name: "lesson with a curve", open: (page) => worldAt(page, "#/lesson/L11.4") },
  { name: "exercise", open: (page) => worldAt(page, "#/exercise/E11.4") },
  {
    name: "presenter",
    open: async (page) => {
      await worldAt(page, "#/present/loops");
      await expect(pods(page, /^Pod web-.*, ready/)).toHaveCount(3, { timeout: 30_000 });
    },
  },
  { name: "instructors", open: async (page) => void (await page.goto("#/instructors")) },
  { name: "settings", open: async (page) => void (await page.goto("#/settings")) },
  { name: "embed", open: (page) => worldAt(page, "#/embed") },
  { name: "refused link", open: async (page) => void (await page.goto("#/s/broken")) },
];

for (const { name, open } of VISITS) {
  test(`${name}: axe in light and dark, console and policy silent`, async ({ page }) => {
    test.setTimeout(120_000);
    const said: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || /Content Security Policy/.test(message.text())) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(error.stack ?? error.message));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      if (colorScheme === "light") await open(page);
      await page.evaluate(() => document.fonts.ready);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
    }
    expect(said).toEqual([]);
  });
}

test("a working hour in the lab leaves the console silent", async ({ page }) => {
  test.setTimeout(120_000);
  const said: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.stack ?? error.message));
  await openWeb(page);
  for (const line of [
    "kubectl get pods -o wide",
    "kubectl describe deployment web",
    "kubectl explain pod.spec",
    "kubectl get nonsense",
    "kubectl logs -l app=web",
  ])
    await type(page, line);
  await expect(page.getByTestId("transcript"))
    .toContainText("listening", { timeout: 30_000 })
    .catch(() => undefined);
  for (const button of ["Break", "Branches", "Share"]) {
    await page.getByRole("button", { name: new RegExp(`^${button}`) }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
  }
  expect(said).toEqual([]);
});
