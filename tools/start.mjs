// `npm start`: installs, builds, serves the lab from dist/ and prints the URL. Needs only Node.
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, resolve } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};
const port = Number(process.env.PORT ?? 4173);
const skipBuild = process.argv.includes("--no-build");

function run(command, args) {
  const result = spawnSync(command, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

if (!skipBuild) {
  if (!existsSync("node_modules/vite")) run("npm", ["ci", "--no-audit", "--no-fund"]);
  run("npm", ["run", "build"]);
}

const root = resolve("dist");
createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname));
  let file = join(root, path);
  if (!file.startsWith(root)) return void response.writeHead(403).end();
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "cache-control": "no-cache" });
  createReadStream(file).pipe(response);
})
  .on("error", (error) => {
    console.error(error.code === "EADDRINUSE" ? `Port ${port} is in use. Choose another: PORT=5000 npm start` : String(error));
    process.exit(1);
  })
  .listen(port, "127.0.0.1", () => console.log(`Strata is at http://127.0.0.1:${port}/  (Ctrl-C ends it)`));
