/** The page's handle: a speed that was asked for stands until the worker tells of it, so that no key press is lost. */
import { expect, test } from "vitest";
import { openSession } from "./client";
import type { FromWorker, ToWorker } from "./protocol";
import { sessionOf, type SessionState } from "./types";

test("keys pressed in quick succession each step the speed", () => {
  const worker = {
    onmessage: null as ((event: MessageEvent<FromWorker>) => void) | null,
    onerror: null,
    postMessage: (_message: ToWorker): void => undefined,
    terminate: (): void => undefined,
  };
  const session = openSession(worker, sessionOf({ seed: 1, profile: "real", nodes: 1, controlPlane: true, kubeSystem: false }, [], 0));
  const told = (speed: number): void => worker.onmessage?.({ data: { type: "state", state: { speed } as SessionState } } as MessageEvent<FromWorker>);
  const faster = (): void => session.setSpeed((session.state()?.speed ?? 1) * 2);
  told(1);
  faster();
  told(1);
  faster();
  expect(session.state()?.speed).toBe(4);
  told(2);
  expect(session.state()?.speed).toBe(4);
  told(4);
  told(1);
  expect(session.state()?.speed).toBe(1);
});
