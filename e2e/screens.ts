/**
 * The contact sheets in docs/screens: eight pages in two languages, two themes and four sizes, one sheet a page, tiled by the browser
 * itself. `npm run screens` after a build; `npm run screens -- lab home` for some of them; single pictures stay in .cache/screens.
 */
import { type Browser, chromium, type Page } from "@playwright/test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { session } from "./lab";

const PORT = 4187;
const ORIGIN = process.env["E2E_URL"] ?? `http://127.0.0.1:${PORT}/`;
const SIZES = [
  [1600, 1000],
  [1366, 768],
  [1280, 720],
  [390, 844],
] as const;
const LANGUAGES = ["en-US", "ko-KR"] as const;
const THEMES = ["light", "dark"] as const;
const SINGLE = ".cache/screens";
const SHEETS = "docs/screens";
const ROW = 340;

interface Shot {
  readonly name: string;
  readonly route: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const world = (page: Page): Promise<void> => page.locator(".stage-figure svg").first().waitFor({ timeout: 60_000 });

async function pass(page: Page, seconds: number): Promise<void> {
  await session(page, "pause");
  const { branches } = await session<{ readonly branches: readonly { readonly now: number }[] }>(page, "record", true);
  await session(page, "seek", (branches[0]?.now ?? 0) + seconds * 1e6);
}

async function command(page: Page, line: string, seconds: number): Promise<void> {
  await session(page, "type", "1", line);
  await pass(page, seconds);
}

async function selectPod(page: Page): Promise<void> {
  const pods = await session<readonly { metadata: { uid: string; labels?: Record<string, string> } }[]>(page, "request", {
    kind: "objects",
    resource: "pods",
  });
  await session(page, "select", pods.find(({ metadata }) => metadata.labels?.["app"] === "web")?.metadata.uid);
}

const SHOTS: readonly Shot[] = [
  { name: "home", route: "#/" },
  {
    name: "lab",
    route: "#/lab",
    prepare: async (page) => {
      await world(page);
      await pass(page, 3);
      await command(page, "kubectl apply -f samples/web", 14);
      await command(page, "kubectl get pods -o wide", 3);
      await command(page, "kubectl delete pod -l app=web --wait=false", 1.2);
      await selectPod(page);
    },
  },
  {
    name: "L9.2",
    route: "#/lesson/L9.2",
    prepare: world,
  },
  {
    name: "L11.4",
    route: "#/lesson/L11.4",
    prepare: async (page) => {
      await world(page);
      await command(page, "kubectl set image deployment/web web=strata/web:2", 4);
    },
  },
  {
    name: "E11.4",
    route: "#/exercise/E11.4",
    prepare: async (page) => {
      await world(page);
      await page.locator(".prediction .button.quiet").click();
      await command(page, "kubectl set image deployment/web web=strata/web:2", 5);
    },
  },
  {
    name: "presenter",
    route: "#/present/loops",
    prepare: async (page) => {
      await world(page);
      await page.keyboard.press("2");
      await world(page);
      await page.keyboard.press("PageDown");
      await still(page);
    },
  },
  { name: "instructors", route: "#/instructors" },
  { name: "settings", route: "#/settings" },
];

/** Until the page has something to show, and two pictures in a row are equal. */
async function still(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).or(page.locator(".stage-figure svg")).first().waitFor();
  await page.locator("[aria-busy]").waitFor({ state: "detached" });
  let before = await page.screenshot();
  for (let tries = 0; tries < 20; tries++) {
    const now = await page.screenshot();
    if (now.equals(before)) return;
    before = now;
  }
}

async function take(browser: Browser, shot: Shot): Promise<void> {
  for (const locale of LANGUAGES) {
    const context = await browser.newContext({ locale, baseURL: ORIGIN, viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(shot.route);
    await shot.prepare?.(page);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        await page.evaluate(() => document.fonts.ready);
        await still(page);
        await page.screenshot({ path: `${SINGLE}/${pictureOf(shot.name, locale, colorScheme, width)}` });
      }
    }
    await context.close();
  }
}

const pictureOf = (name: string, locale: string, theme: string, width: number): string => `${name}-${locale.slice(0, 2)}-${theme}-${width}.png`;

/** One sheet: a row for each language and theme, the four sizes side by side at one height. */
async function sheet(browser: Browser, name: string): Promise<void> {
  const rows = LANGUAGES.flatMap((locale) => THEMES.map((theme) => [locale, theme] as const));
  const images = rows.map(([locale, theme]) =>
    SIZES.map(([width]) => {
      const data = readFileSync(`${SINGLE}/${pictureOf(name, locale, theme, width)}`).toString("base64");
      return `<img height="${ROW}" src="data:image/png;base64,${data}">`;
    }).join(" "),
  );
  const page = await browser.newPage({ viewport: { width: 1760, height: 800 } });
  await page.setContent(`<body style="margin:12px;background:#888;white-space:nowrap">${images.map((row) => `<div>${row}</div>`).join("")}`);
  await page.screenshot({ path: `${SHEETS}/${name}.jpg`, type: "jpeg", quality: 82, fullPage: true });
  await page.close();
}

async function main(): Promise<void> {
  mkdirSync(SINGLE, { recursive: true });
  mkdirSync(SHEETS, { recursive: true });
  const wanted = process.argv.slice(2);
  const executablePath = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path !== undefined && existsSync(path),
  );
  const server =
    process.env["E2E_URL"] === undefined
      ? spawn("node", ["tools/start.mjs", "--no-build"], { env: { ...process.env, PORT: String(PORT) } })
      : undefined;
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ["--no-sandbox"] });
  if (server !== undefined) await new Promise((resolve) => server.stdout.once("data", resolve));
  try {
    for (const shot of SHOTS) {
      if (wanted.length > 0 && !wanted.includes(shot.name)) continue;
      await take(browser, shot);
      await sheet(browser, shot.name);
      console.log(`${SHEETS}/${shot.name}.jpg`);
    }
  } finally {
    await browser.close();
    server?.kill();
  }
}

await main();
