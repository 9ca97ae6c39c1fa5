/**
 * `npm run mount -- SOURCE MOUNTPOINT -o lowerdir=…,upperdir=…,workdir=…`: mounts the simulated overlay through FUSE, so that programs and
 * test suites that know nothing of it run on it. `bin/strata-mount` is the same for `mount -t fuse./ABS/PATH/strata-mount`.
 *
 * It returns once the file system is mounted and ends after `umount`. The layers are read when it is mounted; the upper layer is written
 * back when it is unmounted. Needs /dev/fuse, libfuse2 and the optional package fuse-native.
 */
import { spawn } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveOverlay } from "./fuse";

const STARTS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;
const CHILD = "STRATA_MOUNT_CHILD";

const mounted = (path: string): boolean =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === path);

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function fail(message: string): never {
  console.error(`mount: ${message}`);
  process.exit(32);
}

/** Options may be spread over several `-o`. */
function optionsOf(args: readonly string[]): string {
  const parts: string[] = [];
  for (const [i, arg] of args.entries()) {
    if (arg === "-o") parts.push(args[i + 1] ?? "");
    else if (arg.startsWith("-o")) parts.push(arg.slice(2));
  }
  return parts.join(",");
}

async function inBackground(mountpoint: string): Promise<void> {
  const tsx = fileURLToPath(import.meta.resolve("tsx"));
  const here = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, ["--import", tsx, here, ...process.argv.slice(2)], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    cwd: join(dirname(here), "../.."),
    env: { ...process.env, [CHILD]: "1" },
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  let ended = false;
  child.on("exit", () => (ended = true));
  for (let waited = 0; waited < STARTS_WITHIN_MS; waited += LOOK_EVERY_MS) {
    if (mounted(mountpoint)) {
      child.stderr.destroy();
      child.unref();
      process.exit(0);
    }
    if (ended) fail(said.trim() || "the file system ended before it was mounted");
    await pause(LOOK_EVERY_MS);
  }
  fail("the file system was not mounted in time");
}

async function main(): Promise<void> {
  const [source, target] = process.argv.slice(2);
  if (source === undefined || target === undefined) fail("usage: SOURCE MOUNTPOINT -o lowerdir=…,upperdir=…,workdir=…");
  const mountpoint = realpathSync(target);
  if (process.env[CHILD] === undefined) return inBackground(mountpoint);
  const served = await serveOverlay(mountpoint, optionsOf(process.argv.slice(4)));
  if (served.failed !== undefined) fail(served.failed);
  while (mounted(mountpoint)) await pause(LOOK_EVERY_MS);
  served.persist();
  process.exit(0);
}

await main();
