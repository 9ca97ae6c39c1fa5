/** A container built by hand and taken apart again; a copy-up watched; what the stage says as text is what the commands print. */
import { expect, type Page, test } from "@playwright/test";
import type { Session, SessionState } from "../src/session/types";
import { openLab, pause, place, session, stateHash, type } from "./lab";

const state = (page: Page): Promise<SessionState | undefined> => page.evaluate(() => (globalThis as unknown as { strata: Session }).strata.state());
const drawn = (page: Page, says: RegExp) => page.locator(".stage-figure").getByLabel(says);
const screenOf = async (page: Page, terminal: string): Promise<string> => (await state(page))?.terminals[terminal]?.screen?.text ?? "";

/** Types a line at a terminal without the page's hands and gives what it printed; the world plays until the prompt is back. */
async function at(page: Page, terminal: string, line: string): Promise<string> {
  await expect.poll(async () => (await state(page))?.terminals[terminal]?.busy, { timeout: 20_000 }).toBe(false);
  const before = await screenOf(page, terminal);
  await session(page, "type", terminal, line);
  await session(page, "play");
  const ended = async (): Promise<boolean> => {
    const view = (await state(page))?.terminals[terminal];
    return view?.busy === false && (view.screen?.text.length ?? 0) > before.length + line.length;
  };
  await expect.poll(ended, { timeout: 30_000 }).toBe(true);
  const printed = (await screenOf(page, terminal)).slice(before.length).replaceAll("\r", "");
  return printed.slice(printed.indexOf("\n") + 1, printed.lastIndexOf("\n") + 1);
}

const PREPARE = [
  "mkdir -p /srv/alpine/bin /srv/alpine/proc; cp /usr/bin/sh /usr/bin/sleep /usr/bin/mount /usr/bin/umount /usr/bin/ls /srv/alpine/bin; mv /srv/alpine/bin/sleep /srv/alpine/bin/app",
  "mkdir -p /c/upper /c/work /c/merged; echo +cpu +memory > /sys/fs/cgroup/cgroup.subtree_control",
];
const BUILD = [
  "mkdir /sys/fs/cgroup/app",
  "echo 50000 100000 > /sys/fs/cgroup/app/cpu.max",
  "echo 128M > /sys/fs/cgroup/app/memory.max",
  "echo $$ > /sys/fs/cgroup/app/cgroup.procs",
  "unshare -pmuni -f",
  "mount -t overlay overlay -o lowerdir=/srv/alpine,upperdir=/c/upper,workdir=/c/work /c/merged",
  "mkdir /c/merged/old",
  "pivot_root /c/merged /c/merged/old",
  "cd /",
  "/bin/mount -t proc proc /proc",
  "/bin/umount -l /old",
];

test("a container is built by hand, seen on the stage, and dies with its number one; the step back brings it to life", async ({ page }) => {
  await openLab(page, "#/machine");
  for (const line of [...PREPARE, ...BUILD]) await at(page, "1", line);
  await type(page, "exec /bin/app 9000");
  const app = drawn(page, /^Process app: host \d+, A 1$/);
  await expect(app).toHaveCount(1);
  await app.click();
  const inspector = page.locator(".inspector");
  await expect(inspector.getByRole("heading", { name: "app" })).toBeVisible();
  const figure = inspector.getByRole("img", {
    name: /^app: namespaces of its own: .*; stands on: glass over 1 layer; CPU: 50 of 100 ms; memory: 128 MiB/,
  });
  await expect(figure).toBeVisible();
  const says = (await figure.locator("title").first().textContent()) ?? "";
  for (const kind of ["pid", "mnt", "uts", "ipc", "net"]) expect(says).toMatch(new RegExp(`\\b${kind}\\b`));
  const pid = (await app.getAttribute("aria-label"))?.match(/host (\d+)/)?.[1] ?? "";

  await session(page, "newTerminal", "host");
  await session(page, "play");
  await at(page, "2", `kill -TERM ${pid}`);
  await expect(app).toHaveCount(1);
  await at(page, "2", `kill -KILL ${pid}`);
  await expect(app).toHaveCount(0);
  await pause(page);
  const { position } = await place(page);
  const dead = await stateHash(page);
  for (let i = 0; i < 200 && (await app.count()) === 0; i++) {
    const before = (await place(page)).position;
    await session(page, "stepBack");
    await expect.poll(async () => (await place(page)).position).toBe(before - 1);
  }
  await expect(app).toHaveCount(1);
  while ((await place(page)).position < position) {
    const before = (await place(page)).position;
    await session(page, "stepForward");
    await expect.poll(async () => (await place(page)).position).toBe(before + 1);
  }
  expect(await stateHash(page)).toBe(dead);
  await expect(app).toHaveCount(0);
});

test("a copy-up is watched: the copy grows in workdir while readers get the lower file, then one rename", async ({ page }) => {
  await openLab(page, "#/machine");
  await at(page, "1", "mkdir -p /l /u /w /merged; dd if=/dev/zero of=/l/app.db bs=1M count=128 2> /dev/null");
  await at(page, "1", "mount -t overlay overlay -o lowerdir=/l,upperdir=/u,workdir=/w /merged");
  await page.locator(".stage-depth").focus();
  await page.keyboard.press("ArrowUp");
  await expect(drawn(page, /^app\.db: read from \/l/)).toHaveCount(1);
  await pause(page);
  await session(page, "type", "1", "printf x >> /merged/app.db");
  const figure = page.locator(".stage-figure");
  let steps = 0;
  for (; steps < 100 && (await figure.getByText("Copy-up in flight").count()) === 0; steps++) {
    const before = (await place(page)).position;
    await session(page, "stepForward");
    await expect.poll(async () => (await place(page)).position).toBeGreaterThan(before);
    await stateHash(page);
  }
  await expect(figure.getByText("Copy-up in flight").first()).toBeVisible();
  await expect(figure.getByText(/Until then, readers still get/).first()).toBeVisible();
  await expect(drawn(page, /^app\.db: read from \/l/)).toHaveCount(1);
  await session(page, "play");
  await expect(drawn(page, /^app\.db: read from \/u; hidden below: \/l/)).toHaveCount(1);
  await expect(figure.getByText("Copy-up in flight")).toHaveCount(0);
});

interface TextTables {
  readonly processes: readonly string[];
  readonly own: readonly string[];
  readonly sheets: readonly string[];
  readonly paths: readonly string[];
}

/** The stage as text, row by row: "PID NAME", own namespaces, the sheets' paths from the top, the paths that are there. */
async function tables(page: Page): Promise<TextTables> {
  return page
    .locator(".stage-table")
    .first()
    .evaluate((root) => {
      const cells = (section: string): string[][] =>
        [...root.querySelectorAll(`table[data-section="${section}"] tbody tr`)].map((row) =>
          [...row.querySelectorAll("td")].map((cell) => cell.textContent.trim()),
        );
      const heads = [...root.querySelectorAll('table[data-section="processes"] thead th')].map((cell) => cell.textContent.trim());
      return {
        processes: cells("processes").map((row) => `${row[1]} ${row[0]}`),
        own: cells("processes").map((row) => row[heads.indexOf("own namespaces")] ?? ""),
        sheets: cells("sheets").map((row) => row[0] ?? ""),
        paths: cells("paths")
          .filter((row) => row[1] !== "ENOENT")
          .map((row) => row[0] ?? ""),
      };
    });
}

/** Numbers from a printed seed, the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let value = seed; ; ) {
    value = (Math.imul(value, 1_103_515_245) + 12_345) >>> 0;
    yield value / 2 ** 32;
  }
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");
const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort((a, b) => (a < b ? -1 : 1));

test("at random moments the ledger and the sheets as text say what ps, lsns, findmnt and find print", async ({ page }) => {
  test.setTimeout(240_000);
  await openLab(page, "#/machine");
  await session(page, "newTerminal", "host");
  await session(page, "play");
  const script = [
    "mkdir -p /l/1/etc /l/2/etc /u /w /merged; echo one > /l/1/etc/conf; echo two > /l/2/etc/conf; echo old > /l/1/etc/old",
    "sleep 500 &",
    "mount -t overlay overlay -o lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w /merged",
    "unshare -pf --mount-proc bash",
    "sleep 501 & sleep 502 &",
    "rm /merged/etc/old; mkdir /merged/new; echo x > /merged/new/file",
    "unshare -un bash",
    "mv /merged/new/file /merged/etc/moved",
    "kill -9 $(pgrep -x sleep | head -1)",
  ];
  const ends: number[] = [];
  for (const line of script) {
    await at(page, "1", line);
    ends.push((await place(page)).now);
  }
  await page.locator("main.stage").focus();
  await page.keyboard.press("a");
  const seed = 20_260_103;
  console.log(`moments from seed ${seed}`);
  const draw = numbers(seed);
  for (let i = 0; i < 4; i++) {
    await pause(page);
    const first = ends[1] ?? 0;
    const moment = Math.round(first + (draw.next().value as number) * ((ends.at(-1) ?? 0) - first));
    await session(page, "seek", moment);
    await expect.poll(async () => (await place(page)).now).toBe(moment);
    await expect(page.locator('table[data-section="processes"]')).toBeVisible();
    // What is typed here grows on a branch of its own. A command that was under way then ends first.
    await session(page, "play");
    await expect.poll(async () => (await state(page))?.terminals["1"]?.busy, { timeout: 20_000 }).toBe(false);
    await at(page, "2", "true");
    await pause(page);
    const said = await tables(page);
    const processes = words(await at(page, "2", "ps -e -o pid= -o comm= | tr -s ' '"));
    const pairs = processes.flatMap((pid, j) => (j % 2 === 0 ? [`${pid} ${processes[j + 1]}`] : []));
    const known = pairs.filter((pair) => said.processes.includes(pair));
    expect(sorted(known)).toEqual(sorted(said.processes));
    for (const pair of pairs.filter((one) => !said.processes.includes(one))) expect(pair).toMatch(/^\d+ (ps|tr|bash)$/);
    const types = words(await at(page, "2", "lsns -n -o TYPE"));
    const several = [...new Set(types)].filter((type) => types.filter((other) => other === type).length > 1);
    const own = new Set(said.own.flatMap((text) => text.split(/[^a-z]+/).filter((word) => types.includes(word))));
    expect(sorted(several)).toEqual(sorted([...own]));
    const overlay = await at(page, "2", "findmnt -n -o TARGET,OPTIONS -t overlay");
    const lower = /lowerdir=([^,\s]+)/.exec(overlay)?.[1];
    expect(said.sheets.filter((path) => path !== "/w")).toEqual(lower === undefined ? [] : ["/u", ...lower.split(":")]);
    if (lower === undefined) continue;
    const found = words(await at(page, "2", "find /merged -mindepth 1 -not -type d"));
    expect(sorted(said.paths)).toEqual(sorted(found));
  }
});
