/** Spans of virtual time that the home page shows: how long the last gap stayed open, and a Pod's way from its node to ready. */
import { useEffect, useRef } from "react";
import type { ClusterView } from "../../stage/readmodel/types";
import { progress } from "../storage/progress";
import { useWorld } from "./lab-context";

interface Seen {
  readonly now: number;
  readonly gapSince: number | undefined;
  readonly waiting: ReadonlyMap<string, number>;
}

function look(cluster: ClusterView, before: Seen): Seen {
  const open = cluster.replicaSets.some((set) => set.gap !== 0);
  if (!open && before.gapSince !== undefined) progress.measured("gap", cluster.now - before.gapSince);
  const waiting = new Map<string, number>();
  for (const pod of cluster.pods) {
    if (pod.state.kind === "ready") {
      const since = before.waiting.get(pod.uid);
      if (since !== undefined) progress.measured("podReady", cluster.now - since);
    } else if (pod.boundAt !== undefined && pod.deletedAt === undefined) waiting.set(pod.uid, pod.boundAt);
  }
  return { now: cluster.now, gapSince: open ? (before.gapSince ?? cluster.now) : undefined, waiting };
}

export function useMeasures(): void {
  const cluster = useWorld((state) => state.cluster);
  const seen = useRef<Seen>({ now: 0, gapSince: undefined, waiting: new Map() });
  useEffect(() => {
    if (cluster === undefined) return;
    // A jump back is no measurement.
    const before = cluster.now < seen.current.now ? { now: cluster.now, gapSince: undefined, waiting: new Map<string, number>() } : seen.current;
    seen.current = look(cluster, before);
  }, [cluster]);
}
