/** An API server with its garbage collector and nothing else, to which a vector's requests are put one by one. */
import type { ApiCall, ApiReply, ApiRequest, ApiResponse } from "../../src/kube/apiserver/door";
import { apiserverActor } from "../../src/kube/apiserver/actor";
import { garbageCollectorActor } from "../../src/kube/controllers/garbage-collector/actor";
import { defineTable } from "../../src/sim/table";
import { seconds } from "../../src/sim/time";
import { createTimeline } from "../../src/sim/timeline";
import type { Actor } from "../../src/sim/types";

const answerTable = defineTable<{ readonly id: string; readonly response: ApiResponse }>({ name: "vectors.answer", key: (row) => row.id });

/** Sends what it is told and keeps the answer. */
const client: Actor = {
  kind: "client",
  receive(tx, _name, message) {
    if (message.type === "ask") {
      const { request } = message as unknown as { request: ApiRequest };
      const call: ApiCall = { type: "api.request", id: 1, replyTo: tx.self, request };
      tx.send("apiserver/main", call, 1);
    } else if (message.type === "api.reply") tx.write(answerTable).put({ id: "last", response: (message as ApiReply).response });
  },
};

export interface ApiWorld {
  ask(request: ApiRequest): ApiResponse;
  /** Lets everything that was set in motion come to rest. */
  settle(): void;
}

export function apiWorld(): ApiWorld {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, garbageCollectorActor, client] });
  for (const to of ["apiserver/main", "garbage-collector/main"]) timeline.submit({ to, message: { type: "actor.start" } });
  timeline.runToIdle(seconds(1));
  return {
    ask(request) {
      timeline.submit({ to: "client/vectors", message: { type: "ask", request } as never });
      const before = timeline.table(answerTable).get("last");
      while (timeline.table(answerTable).get("last") === before) if (timeline.stepForward() === undefined) throw new Error("no answer");
      return timeline.table(answerTable).get("last")?.response as ApiResponse;
    },
    settle() {
      timeline.runToIdle(seconds(60));
    },
  };
}
