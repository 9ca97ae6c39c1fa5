/** Watching one object until something holds, as `wait`, `delete` and `rollout status` do. */
import type { JsonObject } from "../../kube/apis/objects";
import { pathOf, type ResourceInfo } from "../../kube/apis/resources";
import type { Micros } from "../../sim/types";
import { close, next, now, type Run } from "../program";
import { send } from "./context";
import { Exit, failed, failureText, isNotFound } from "./failure";

export interface Observed {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: JsonObject;
}

/**
 * Calls `visit` with the object as it is and as it changes, until it returns true. `undefined` stands for an object that is not there.
 * False when the deadline passed first.
 */
export function* observe(
  resource: ResourceInfo,
  namespace: string | undefined,
  name: string,
  deadline: Micros | undefined,
  visit: (observed: Observed | undefined) => boolean | Run<boolean>,
): Run<boolean> {
  const path = pathOf(resource, namespace);
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    const list = yield* send({ method: "GET", path, query: { fieldSelector } });
    if (failed(list)) throw new Exit(failureText(list));
    const { items = [], metadata } = list.body as {
      readonly items?: readonly JsonObject[];
      readonly metadata?: { readonly resourceVersion?: string };
    };
    const [object] = items;
    if (yield* settled(visit(object === undefined ? undefined : { type: "ADDED", object }))) return true;
    const opened = yield* send({ method: "GET", path, query: { fieldSelector, watch: "true", resourceVersion: metadata?.resourceVersion ?? "" } });
    if (failed(opened)) throw new Exit(failureText(opened));
    const { watch } = opened.body as { readonly watch: string };
    for (let open = true; open; ) {
      const piece = yield* next(watch, deadline === undefined ? undefined : deadline - (yield* now()));
      if (piece === undefined) {
        yield* close(watch);
        return false;
      }
      for (const event of piece.events ?? []) {
        if (event.type === "BOOKMARK" || event.type === "ERROR") continue;
        if (yield* settled(visit({ type: event.type, object: event.object as JsonObject }))) {
          yield* close(watch);
          return true;
        }
      }
      open = piece.closed !== true;
    }
  }
}

function* settled(result: boolean | Run<boolean>): Run<boolean> {
  return typeof result === "boolean" ? result : yield* result;
}

const uidOf = (object: JsonObject): string => String((object["metadata"] as JsonObject | undefined)?.["uid"] ?? "");

/** @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/wait/delete.go IsDeleted */
export function* untilGone(
  resource: ResourceInfo,
  namespace: string | undefined,
  name: string,
  uid: string,
  deadline: Micros | undefined,
): Run<boolean> {
  const response = yield* send({ method: "GET", path: pathOf(resource, namespace, name) });
  if (isNotFound(response)) return true;
  if (failed(response)) throw new Exit(failureText(response));
  if (uid !== "" && uidOf(response.body as JsonObject) !== uid) return true;
  return yield* observe(
    resource,
    namespace,
    name,
    deadline,
    (observed) => observed === undefined || observed.type === "DELETED" || (uid !== "" && uidOf(observed.object) !== uid),
  );
}
