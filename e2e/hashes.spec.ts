/**
 * Ten sessions, replayed in Node by these tests and in the browser by the page's worker: the same state hash at the end of each. The built page must be
 * of these very sources. */
import { expect, test } from "@playwright/test";
import { SessionHost } from "../src/session/host";
import { type SessionFile, type SessionInput, sessionOf } from "../src/session/types";
import { openLab, session, stateHash } from "./lab";

const SECOND = 1e6;
const LINES: readonly (readonly string[])[] = [
  ["kubectl apply -f samples/web"],
  ["kubectl apply -f samples/web", "kubectl delete pod -l app=web --wait=false"],
  ["kubectl apply -f samples/web", "kubectl set image deployment/web web=strata/web:2", "kubectl rollout undo deployment/web"],
  ["kubectl create deployment many --image=nginx:1.27 --replicas=60", "kubectl scale deployment many --replicas=7"],
  ["kubectl run alone --image=redis:7.4", "kubectl exec alone -- kill 1", "kubectl logs alone"],
  ["kubectl create namespace short", "kubectl -n short create deployment a --image=httpd:2.4", "kubectl delete namespace short --wait=false"],
  ["kubectl apply -f samples/web", "kubectl cordon node-a", "kubectl drain node-b --ignore-daemonsets --force"],
  ["kubectl run broken --image=no.such/image:1", "kubectl get pods -o wide", "kubectl describe pod broken"],
  ["kubectl create deployment big --image=nginx:1.27", "kubectl set resources deployment big --requests=cpu=100"],
  ["kubectl apply -f samples/web"],
];
const FAULTS: Readonly<Record<number, SessionInput["message"]>> = {
  1: { type: "fault.stop", component: "scheduler" },
  4: { type: "fault.slow", component: "apiserver", delay: 700_000 },
  9: { type: "fault.crash", node: "node-a" },
};

function recorded(i: number): SessionFile {
  const typed = (LINES[i] ?? []).map(
    (line, n): SessionInput => ({ at: (2 + n * 9) * SECOND + i, to: "terminal/1", message: { type: "terminal.type", line } }),
  );
  const fault = FAULTS[i];
  const inputs = fault === undefined ? typed : [...typed, { at: 21 * SECOND, to: "fault/main", message: fault }].sort((a, b) => a.at - b.at);
  const config = {
    seed: 1000 + i * 37,
    profile: i % 3 === 0 ? ("real" as const) : ("teaching" as const),
    nodes: 3,
    controlPlane: true,
    kubeSystem: i % 2 === 0,
  };
  return sessionOf(config, inputs, (i === 9 ? 420 : 60) * SECOND);
}

/** The session as Node replays it. */
function hashInNode(file: SessionFile): string {
  const host = new SessionHost(file);
  let clock = 0;
  while (host.busy) host.tick(() => clock++, 1000);
  return host.request({ kind: "hash" }) as string;
}

test("ten sessions have the same hash in Node and in the browser", async ({ page }) => {
  test.setTimeout(240_000);
  await openLab(page);
  const seen = new Set<string>();
  for (let i = 0; i < LINES.length; i++) {
    const file = recorded(i);
    const expected = hashInNode(file);
    await session(page, "load", file);
    await expect
      .poll(() => page.evaluate(() => (globalThis as unknown as { strata: { state(): { busy?: object; now: number } } }).strata.state().now), {
        timeout: 60_000,
      })
      .toBe(file.branches[0]?.now);
    await expect.poll(() => stateHash(page), { message: `session ${i}` }).toBe(expected);
    seen.add(expected);
  }
  expect(seen.size).toBe(LINES.length);
});
