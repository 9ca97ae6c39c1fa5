/**
 * Conditions of a Pod that somebody else wrote over (the node lifecycle controller, when it took the node for lost) are written again
 * at the status manager's next ten-second round.
 */
import { seconds } from "../../sim/time";
import type { Tx } from "../../sim/types";
import type { Pod, PodStatus } from "../apis/objects";
import { conditionOf } from "../apis/pod-availability";
import { cacheOf } from "../client/cache";
import { settle } from "./pod-worker";
import { OWN_CONDITIONS, reportStatus } from "./pod-status";
import { savePod } from "./rows";
import { nodeTable, type PodRow, podTable } from "./tables";

/** @source kubernetes@1.35 pkg/kubelet/status/status_manager.go syncPeriod */
const SYNC_PERIOD = seconds(10);

/** @source kubernetes@1.35 pkg/kubelet/status/status_manager.go isPodStatusByKubeletEqual */
function overwritten(sent: PodStatus, stands: PodStatus | undefined): boolean {
  for (const type of OWN_CONDITIONS) if (conditionOf(sent, type)?.status !== conditionOf(stands, type)?.status) return true;
  return false;
}

/** A change of a Pod's status came by: when it is not this kubelet's word, the next round looks at it. */
export function statusNoticed(tx: Tx, row: PodRow, pod: Pod): void {
  const node = tx.read(nodeTable).get(row.node);
  if (node === undefined || node.reconcileTimer !== undefined || row.sending || row.sent === undefined || !overwritten(row.sent, pod.status)) return;
  const timer = tx.send(tx.self, { type: "kubelet.reconcile-status" }, SYNC_PERIOD - ((tx.now - node.startedAt) % SYNC_PERIOD));
  tx.write(nodeTable).put({ ...node, reconcileTimer: timer });
}

/**
 * @rule kube.kubelet.reconcile-status
 * @source kubernetes@1.35 pkg/kubelet/status/status_manager.go syncBatch, needsReconcile
 */
export function reconcileStatuses(tx: Tx, name: string): void {
  const node = tx.read(nodeTable).get(name);
  if (node === undefined) return;
  const { reconcileTimer: _gone, ...rest } = node;
  tx.write(nodeTable).put(rest);
  const cache = cacheOf(tx);
  for (const row of tx.read(podTable).by("node", name)) {
    const pod = cache.get<Pod>("pods", row.namespace, row.name);
    if (row.sending || row.sent === undefined || pod?.metadata.uid !== row.uid || !overwritten(row.sent, pod.status)) continue;
    tx.fired("kube.kubelet.reconcile-status", `${row.namespace}/${row.name}`);
    savePod(tx, settle(tx, reportStatus(tx, { ...row, pod }, pod.status)));
  }
}
