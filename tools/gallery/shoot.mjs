// Usage: node tools/gallery/shoot.mjs OUT.png "view=rolling&w=1008&h=484" …   (the gallery must be served: npx vite -c tools/gallery/vite.config.ts)
import { chromium } from "@playwright/test";
const [out, ...queries] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
for (const [i, query] of queries.entries()) {
  const params = new URLSearchParams(query);
  const page = await browser.newPage({ viewport: { width: Number(params.get("w") ?? 1008), height: Number(params.get("h") ?? 484) } });
  page.on("pageerror", (error) => console.log("page error", error.message));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(message.text().slice(0, 300)));
  await page.goto(`http://127.0.0.1:5199/?${query}`);
  await page.waitForSelector("#picture > *", { timeout: 30000 });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(Number(params.get("wait") ?? 600));
  await page.screenshot({ path: queries.length === 1 ? out : out.replace(".png", `-${i}.png`) });
  await page.close();
}
await browser.close();
