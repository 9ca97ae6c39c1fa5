/** What the list of equivalent commands prints can be typed, and does the same. */
import { expect, test } from "vitest";
import type { Fault } from "../shell/fault-line";
import { SessionHost } from "./host";
import { type SessionState, sessionOf } from "./types";

const SECOND = 1e6;
const CONFIG = { seed: 11, profile: "teaching", nodes: 2, controlPlane: true, kubeSystem: false } as const;

const FAULTS: readonly Fault[] = [
  // A kubelet must run to hear that pulls fail, or that something runs short.
  { type: "fault.fail-pull", image: "nginx:1.27" },
  { type: "fault.fail-pull", image: "redis*", node: "node-b" },
  { type: "fault.pressure", node: "node-b", disk: true, memory: true },
  { type: "fault.crash", node: "node-a" },
  { type: "fault.partition", node: "node-b" },
  { type: "fault.stop", component: "scheduler" },
  { type: "fault.stop", component: "kubelet/node-b" },
  { type: "fault.slow", component: "deployment-controller", delay: 2_500_000 },
  { type: "fault.watch", watcher: "replicaset-controller/main", mode: "freeze" },
  { type: "fault.watch", watcher: "garbage-collector/main", mode: "delay", delay: 5_000_000 },
];

function opened(): SessionHost {
  const host = new SessionHost(sessionOf(CONFIG, [], 5 * SECOND));
  while (host.busy) host.tick(() => 0, 1);
  return host;
}

function submitted(host: SessionHost, to: string, message: { readonly type: string }): void {
  host.command({ do: "submit", to, message: { ...message } });
  host.command({ do: "seek", at: host.state().now + SECOND });
}

const typed = (host: SessionHost, line: string): void => submitted(host, "terminal/1", { type: "terminal.type", line } as never);
const broken = (state: SessionState): readonly string[] =>
  state.faults.map(({ fault }) => JSON.stringify(fault)).toSorted((a, b) => (a < b ? -1 : 1));

test("every printed line, typed, breaks the same; every way back, typed, mends it", () => {
  const clicked = opened();
  for (const fault of FAULTS) submitted(clicked, "fault/main", fault);
  const printed = clicked.state().commands.map(({ text }) => text);
  expect(printed).toHaveLength(FAULTS.length);
  const byHand = opened();
  for (const line of printed) typed(byHand, line);
  expect(broken(byHand.state())).toEqual(broken(clicked.state()));
  // The memory and the disk of node-b are two.
  expect(clicked.state().faults).toHaveLength(FAULTS.length + 1);
  expect(byHand.state().terminals["1"]?.lines.filter(({ stream }) => stream === "err")).toEqual([]);

  const mending = clicked.state().faults;
  for (const { mends } of mending.filter(({ fault }) => /stop|crash/.test(fault.type))) submitted(clicked, "fault/main", mends);
  for (const { mends } of mending.filter(({ fault }) => !/stop|crash/.test(fault.type))) submitted(clicked, "fault/main", mends);
  expect(broken(clicked.state())).toEqual([]);
  for (const { text } of clicked.state().commands.slice(FAULTS.length)) typed(byHand, text);
  expect(broken(byHand.state())).toEqual([]);
});

test("files written and keys pressed are no commands; what no line does is a remark", () => {
  const host = opened();
  submitted(host, "terminal/1", { type: "workspace.write", path: "a.yaml", text: "a: 1" } as never);
  submitted(host, "terminal/1", { type: "terminal.key", key: "ctrl-c" } as never);
  submitted(host, "sim/faults", { type: "sim.link", from: "a/b", to: "c/d", drop: true } as never);
  const [written, pressed, link] = host.state().commands.map(({ text }) => text);
  expect([written, pressed]).toEqual(["", ""]);
  typed(host, link ?? "");
  expect(host.state().terminals["1"]?.lines.filter(({ stream }) => stream === "err")).toEqual([]);
});

test("a fault misspelt is answered with what there is", () => {
  const host = opened();
  typed(host, "fault explode");
  typed(host, "fault --help");
  const lines = host.state().terminals["1"]?.lines ?? [];
  expect(lines.filter(({ stream }) => stream === "err").map(({ text }) => text)).toEqual([expect.stringMatching(/^fault: a fault is one of: kill /)]);
  expect(lines.filter(({ stream }) => stream === "out").map(({ text }) => text)).toEqual([expect.stringMatching(/^Usage: fault kill /)]);
});
