/** The ledger gives each process the numbers that the kernel gives it. */
import { expect, test } from "vitest";
import { createTimeline } from "../../../sim/timeline";
import { machineActor } from "../../../linux/machine";
import type { Program } from "../../../linux/program";
import { ledgerView } from "./ledger-view";

/** Goes down through pid namespaces and sleeps in the innermost. */
const main: Program = (system, { state }) => {
  const depth = typeof state === "number" ? state : 0;
  if (depth < 2) {
    system.unshare(["pid"]);
    system.spawn({ program: "main", state: depth + 1 });
  }
  system.sleep(1e9);
  return 0;
};

test("one process has a number per namespace that sees it, and stands under its parent", () => {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [machineActor({ main })], checks: true });
  timeline.submit({ to: "machine/a", message: { type: "boot", hostname: "host", executables: { "/usr/bin/main": "main" }, init: "init" } as never });
  timeline.submit({ to: "machine/a", message: { type: "start", name: "t", path: "/usr/bin/main", argv: ["main"], env: {} } as never });
  timeline.seek(1e6);
  const { viewpoints, processes } = ledgerView(
    timeline,
    "a",
    () => "/",
    () => ({ type: "tmpfs", source: "rootfs", own: false }),
  );
  expect(viewpoints.map(({ letter, parent }) => [letter, parent])).toEqual([
    [undefined, undefined],
    ["A", 0],
    ["B", 1],
  ]);
  const mains = processes.filter(({ name }) => name === "main");
  expect(mains.map(({ pids }) => pids.map((pid) => (pid === null ? null : pid > 1 ? "n" : pid)))).toEqual([
    ["n", null, null],
    ["n", 1, null],
    ["n", "n", 1],
  ]);
  expect(mains.map(({ own }) => own)).toEqual([0, 1, 2]);
  expect(mains.map(({ depth }) => depth)).toEqual([1, 2, 3].map((depth) => depth + (mains[0]?.depth ?? 1) - 1));
  expect(mains[2]?.namespaces.filter(({ shared }) => !shared).map(({ kind }) => kind)).toEqual(["pid"]);
});
