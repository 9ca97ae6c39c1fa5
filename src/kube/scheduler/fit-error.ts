/** Why no node was found, in the words of the PodScheduled condition and the FailedScheduling event. */
import type { Status } from "./framework";

export interface Diagnosis {
  readonly nodeCount: number;
  /** Node → why it was refused. */
  readonly statuses: ReadonlyMap<string, Status>;
  /** What is said of each node that was not looked at. */
  readonly absent?: Status;
  /** When a plugin refused the Pod before any node was looked at. */
  readonly preFilterMessage?: string;
  /** What preemption said. */
  readonly postFilterMessage?: string;
}

export const NO_NODES = "no nodes available to schedule pods";

/**
 * Reasons are counted over nodes and sorted as text.
 * @rule kube.scheduler.fit-error
 * @source kubernetes@1.35 pkg/scheduler/framework/types.go FitError.Error
 */
export function fitErrorMessage(diagnosis: Diagnosis): string {
  let message = `0/${diagnosis.nodeCount} nodes are available:`;
  if (diagnosis.preFilterMessage) message += ` ${diagnosis.preFilterMessage}.`;
  else {
    const counts = new Map<string, number>();
    const add = (status: Status, nodes: number): void => {
      for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
    };
    for (const status of diagnosis.statuses.values()) add(status, 1);
    const absent = diagnosis.nodeCount - diagnosis.statuses.size;
    if (diagnosis.absent && absent > 0) add(diagnosis.absent, absent);
    const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    if (reasons.length > 0) message += ` ${reasons.join(", ")}.`;
  }
  return diagnosis.postFilterMessage ? `${message} ${diagnosis.postFilterMessage}` : message;
}
