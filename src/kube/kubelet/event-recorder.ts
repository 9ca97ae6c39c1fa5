/** The kubelet's Events about Pods: Pulling, Pulled, Created, Started, Killing, BackOff, Unhealthy, Failed, FailedMount… */
import { defineTable } from "../../sim/table";
import type { Micros, Tx } from "../../sim/types";
import { rfc3339 } from "../apis/time";
import { callApi } from "../client/call";
import { digest } from "./identifiers";
import type { ContainerRow, PodRow } from "./tables";

interface SeenRow {
  readonly key: string;
  readonly uid: string;
  readonly name: string;
  readonly count: number;
  readonly at: Micros;
}
/** Events that may come again, to be counted. */
export const seenTable = defineTable<SeenRow, "uid">({ name: "kubelet.event", key: (row) => row.key, indexes: { uid: (row) => row.uid } });

const fieldPath = (container: ContainerRow): string => `spec.${container.role === "regular" ? "containers" : "initContainers"}{${container.name}}`;

/**
 * Writes an Event, or counts up the one that says the same.
 *
 * Not modelled: the spam filter (25 of a kind, then one in five minutes) and the aggregation of ten like messages.
 * @rule kube.kubelet.event
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go eventLogger
 */
export function podEvent(tx: Tx, row: PodRow, type: "Normal" | "Warning", reason: string, message: string, container?: ContainerRow): void {
  const path = container === undefined ? "" : fieldPath(container);
  const key = `${row.uid} ${path} ${reason} ${message}`;
  const seen = tx.write(seenTable);
  const known = seen.get(key);
  const now = rfc3339(tx.now);
  const collection = `/api/v1/namespaces/${row.namespace}/events`;
  if (known) {
    seen.put({ ...known, count: known.count + 1 });
    const body = { count: known.count + 1, lastTimestamp: now };
    callApi(tx, {
      method: "PATCH",
      path: `${collection}/${known.name}`,
      contentType: "application/strategic-merge-patch+json",
      body,
      user: "kubelet",
    });
    return;
  }
  const name = `${row.name}.${digest(`${key} ${tx.now}`).slice(0, 16)}`;
  seen.put({ key, uid: row.uid, name, count: 1, at: tx.now });
  const body = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: row.namespace },
    involvedObject: {
      kind: "Pod",
      namespace: row.namespace,
      name: row.name,
      uid: row.uid,
      apiVersion: "v1",
      resourceVersion: row.pod.metadata.resourceVersion,
      ...(path === "" ? {} : { fieldPath: path }),
    },
    reason,
    message,
    source: { component: "kubelet", host: row.node },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: "kubelet",
    reportingInstance: row.node,
  };
  callApi(tx, { method: "POST", path: collection, body: body as never, user: "kubelet" });
}

/** Forgets the Events of a Pod that is gone. */
export function forgetEvents(tx: Tx, uid: string): void {
  const seen = tx.write(seenTable);
  for (const row of seen.by("uid", uid)) seen.delete(row.key);
}
