import { expect, test } from "vitest";
import type { Json } from "../sim/types";
import { serveSession } from "./driver";
import type { HostExtension } from "./host";
import type { FromWorker, ToWorker } from "./protocol";
import { sessionOf } from "./types";

const SECOND = 1e6;

/** Notes how far the world was when it was asked. */
function listener(asked: number[]): HostExtension {
  return {
    reset: () => undefined,
    played: () => undefined,
    moved: () => undefined,
    request: (message: Json, timeline) => {
      asked.push(timeline.now);
      return message;
    },
    state: () => null,
  };
}

test("a question about a world that is being replayed is answered when it has arrived; its record at once", async () => {
  const asked: number[] = [];
  const answers: number[] = [];
  let tell: (message: ToWorker) => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    serveSession(
      {
        postMessage: (message: FromWorker) => {
          if (message.type === "answer") answers.push(message.id);
          if (answers.length === 2) resolve();
        },
        addEventListener: (_type, heard) => {
          tell = (data) => heard({ data });
        },
      },
      () => ({ course: listener(asked) }),
    );
  });
  const file = sessionOf({ seed: 3, profile: "teaching", nodes: 2, controlPlane: true, kubeSystem: true }, [], 30 * SECOND);
  tell({ type: "open", file });
  tell({ type: "request", id: 1, request: { kind: "extension", name: "course", message: "answer" } });
  tell({ type: "request", id: 2, request: { kind: "record", onlyActive: true } });
  expect(answers).toEqual([2]);
  await finished;
  expect(asked).toEqual([30 * SECOND]);
  expect(answers).toEqual([2, 1]);
});
