/**
 * `namespace-controller/main`: empties a namespace that is being deleted, Pods first, and lets it go when nothing is left.
 *
 * It looks again after half of the longest grace period, as upstream does; nothing ticks while no namespace is going.
 *
 * @source kubernetes@1.35 pkg/controller/namespace/namespace_controller.go syncNamespaceFromKey
 * Not modelled: discovery failures, the time of its own look-ups.
 */
import { defineDelay, delayOf } from "../../../sim/delays";
import { defineTable } from "../../../sim/table";
import { millis, seconds } from "../../../sim/time";
import type { Actor, Json, Tx } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import type { Namespace } from "../../apis/objects";
import { pathOf, type ResourceInfo, resourceNamed } from "../../apis/resources";
import { rfc3339 } from "../../apis/time";
import type { ApiReply, WatchNotice } from "../../apiserver/door";
import { keyOf, stored, storeTable } from "../../apiserver/storage/store";
import { callApi } from "../../client/call";
import { advance, openWatch } from "../../client/watch";
import { estimateOf, isHeldBy, namespaceConditions, nextToDelete, remainingIn } from "./content";

const SYNC = defineDelay({
  name: "kube.namespace.sync",
  real: millis(100),
  teaching: millis(300),
  source: "chosen: upstream waits five seconds for other API servers (namespaceDeletionGracePeriod); there is one here",
});
const FINALIZER = "kubernetes";
const NAMESPACES = resourceNamed("namespaces") as ResourceInfo;

interface SyncRow {
  readonly namespace: string;
  readonly timer: number;
}
const syncTable = defineTable<SyncRow>({ name: "namespace.sync", key: (row) => row.namespace });
const callTable = defineTable<{ readonly id: string; readonly namespace: string }>({ name: "namespace.call", key: (row) => row.id });

interface SyncMessage {
  readonly type: "namespace.sync";
  readonly namespace: string;
}

function schedule(tx: Tx, namespace: string, delay: number): void {
  const pending = tx.read(syncTable).get(namespace);
  if (pending !== undefined) tx.cancel(pending.timer);
  const message: SyncMessage = { type: "namespace.sync", namespace };
  tx.write(syncTable).put({ namespace, timer: tx.send(tx.self, message, delay) });
}

/** @rule kube.namespace.sync */
function sync(tx: Tx, name: string): void {
  tx.write(syncTable).delete(name);
  const namespace = stored(tx, "namespaces", keyOf(undefined, name))?.object as Namespace | undefined;
  if (namespace?.metadata.deletionTimestamp === undefined || !isHeldBy(namespace, FINALIZER)) return;
  const remaining = remainingIn((resource) =>
    tx
      .read(storeTable(resource.name))
      .by("namespace", name)
      .map((row) => row.object),
  );
  tx.fired("kube.namespace.sync", name);
  const call = (method: "DELETE" | "PUT", path: string, body?: Json): void => {
    const id = callApi(tx, { method, path, body, user: "namespace-controller" });
    tx.write(callTable).put({ id: String(id), namespace: name });
  };
  if (remaining.length === 0) {
    const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    call("PUT", pathOf(NAMESPACES, undefined, name, "finalize"), { ...namespace, spec: { ...namespace.spec, finalizers } } as unknown as Json);
    return;
  }
  const conditions = namespaceConditions(remaining, namespace.status?.conditions, rfc3339(tx.now));
  if (!sameJson(conditions as unknown as Json, namespace.status?.conditions as unknown as Json)) {
    const status = { ...namespace.status, phase: "Terminating", conditions };
    call("PUT", pathOf(NAMESPACES, undefined, name, "status"), { ...namespace, status } as unknown as Json);
  }
  for (const { resource, objects } of nextToDelete(remaining))
    if (objects.some((object) => object.metadata.deletionTimestamp === undefined))
      call("DELETE", pathOf(resource, name), { propagationPolicy: "Background" });
  schedule(tx, name, seconds(estimateOf(remaining)));
}

export const namespaceControllerActor: Actor = {
  kind: "namespace-controller",
  receive(tx, _name, message) {
    switch (message.type) {
      case "actor.start":
        for (const row of tx.read(syncTable).rows()) tx.write(syncTable).delete(row.namespace);
        openWatch(tx, { resource: "namespaces" });
        break;
      case "api.watch":
        for (const { object, old, type } of advance(tx, message as WatchNotice)) {
          const started = object.metadata.deletionTimestamp !== undefined && old?.metadata.deletionTimestamp === undefined;
          if (type !== "DELETED" && started) schedule(tx, object.metadata.name, delayOf(tx, SYNC));
        }
        break;
      case "api.reply": {
        const reply = message as ApiReply;
        const row = tx.read(callTable).get(String(reply.id));
        if (row === undefined) break;
        tx.write(callTable).delete(row.id);
        const failed = reply.response.code === 0 || (reply.response.code >= 400 && reply.response.code !== 404);
        if (failed && !tx.read(syncTable).has(row.namespace)) schedule(tx, row.namespace, seconds(1));
        break;
      }
      case "namespace.sync":
        sync(tx, (message as SyncMessage).namespace);
        break;
    }
  },
};
