/** Ten recorded sessions end in the same state in Node and in the browser: no clock, locale or engine of the browser leaks into a world. */
import { expect, test } from "@playwright/test";
import { SessionHost } from "../src/session/host";
import { ground } from "../src/session/machine-ground";
import { keysAt } from "../src/world/consoles";
import { type SessionFile, type SessionInput, sessionOf } from "../src/session/types";
import { openLab, session } from "./lab";

const SECOND = 1e6;
const COUNT = 10;
const MACHINES = 2;

/** What somebody does in session `n`: applies, scales, breaks, rolls; each at its time. */
function recording(n: number): SessionFile {
  const typed = (at: number, line: string): SessionInput => ({ at: at * SECOND + n, to: "terminal/1", message: { type: "terminal.type", line } });
  const fault = (at: number, message: SessionInput["message"]): SessionInput => ({ at: at * SECOND, to: "fault/main", message });
  const inputs = [
    typed(3, "kubectl apply -f samples/web"),
    typed(5, "kubectl apply -f samples/client.yaml -f samples/sidecar.yaml"),
    typed(14 + n, `kubectl scale deployment web --replicas=${2 + (n % 4)}`),
    fault(20 + n, { type: "fault.kill", namespace: "default", pod: "client" }),
    typed(24 + n, "kubectl get pods -o wide"),
    typed(26 + n, `kubectl set image deployment/web web=strata/web:${1 + (n % 3)}.5`),
    ...(n % 2 === 0 ? [fault(32 + n, { type: "fault.crash", node: "node-b" })] : [typed(32 + n, "kubectl drain node-b --force")]),
    typed(50 + n, "kubectl delete pod -l app=web --wait=false"),
    ...(n % 3 === 0 ? [fault(55 + n, { type: "fault.slow", component: "scheduler", delay: 900_000 })] : []),
    typed(60 + n, "kubectl describe deployment web"),
  ].sort((a, b) => a.at - b.at);
  return sessionOf(
    { seed: 100 + n, profile: n % 4 === 3 ? "real" : "teaching", nodes: 3, controlPlane: true, kubeSystem: true },
    inputs,
    (90 + 40 * n) * SECOND,
  );
}

/** What somebody does at a machine. */
function machineRecording(n: number): SessionFile {
  const config = {
    seed: 300 + n,
    profile: "teaching" as const,
    nodes: 0,
    controlPlane: false,
    kubeSystem: false,
    machines: [{ name: "host", consoles: 2 }],
  };
  const typed = (at: number, terminal: string, line: string): SessionInput => {
    const { to, message } = keysAt(config, terminal, `${line}\r`);
    return { at: at * SECOND + n, to, message: message as SessionInput["message"] };
  };
  const inputs = [
    typed(1, "1", "unshare -pf --mount-proc bash"),
    typed(2, "1", `sleep ${900 + n} & for i in 1 2 3; do echo $RANDOM | cat; done`),
    typed(3, "2", "mkdir -p /l/a/x /l/b /u /w /m; echo a > /l/a/x/f; mount -t overlay o -o lowerdir=/l/b:/l/a,upperdir=/u,workdir=/w /m"),
    typed(4, "2", n % 2 === 0 ? "rm -r /m/x; ls -l /u" : "echo more >> /m/x/f; ls -l /u/x"),
    typed(5, "2", "mkdir /sys/fs/cgroup/g; echo 0 > /sys/fs/cgroup/g/cgroup.procs; cat /proc/self/cgroup"),
    typed(6, "1", "exit"),
  ];
  return sessionOf(config, inputs, 8 * SECOND);
}

function hashInNode(file: SessionFile): string {
  const host = new SessionHost(file, {}, ground);
  for (let moment = 0; host.busy; moment++) host.tick(() => moment, 1);
  return String(host.request({ kind: "hash" }));
}

test("ten recorded sessions, and two of machines, have the same hash here and there", async ({ page }) => {
  test.setTimeout(240_000);
  await openLab(page);
  for (let n = 0; n < COUNT + MACHINES; n++) {
    const file = n < COUNT ? recording(n) : machineRecording(n - COUNT);
    await session(page, "load", file);
    await expect
      .poll(
        () =>
          page.evaluate(() => (globalThis as unknown as { strata: { state(): { busy?: object; now: number } } }).strata.state().busy === undefined),
        { timeout: 60_000 },
      )
      .toBe(true);
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as { strata: { state(): { now: number } } }).strata.state().now))
      .toBe(file.branches[0]?.now);
    const there = await session<string>(page, "request", { kind: "hash" });
    expect({ n, hash: there }).toEqual({ n, hash: hashInNode(file) });
    console.log(`session ${n}: ${there}`);
  }
});
