/** A word of the lesson and the marks on the stage that it speaks of: pointing at it lights them. */
import type { ReactNode } from "react";
import type { ClusterView } from "../../stage/readmodel/types";
import { InlinePod } from "../glyphs/pod-mark";
import { useSession, useWorld } from "../lab/lab-context";
import { ui } from "../store";

const PLAN: ReadonlySet<string> = new Set(["desired", "ghost", "gap", "budget"]);

/** Uids of what a word means, in the world as it stands. */
export function meantBy(select: string, cluster: ClusterView): readonly string[] {
  const pods = (test: (state: string) => boolean): readonly string[] => cluster.pods.filter((pod) => test(pod.state.kind)).map((pod) => pod.uid);
  switch (select) {
    case "desired":
      return [...cluster.deployments, ...cluster.replicaSets].map((one) => one.uid);
    case "gap":
      return cluster.replicaSets.map((one) => one.uid);
    case "ghost":
      return cluster.replicaSets.flatMap((one) => one.ghosts.map((ghost) => ghost.id));
    case "current":
      return pods(() => true);
    case "ready":
      return pods((state) => state === "ready");
    case "leaving":
      return pods((state) => state === "terminating");
    case "budget":
      return cluster.deployments.map((one) => one.uid);
    case "service":
      return cluster.services.map((one) => one.uid);
    default:
      return cluster.pods.filter((pod) => pod.name.startsWith(select)).map((pod) => pod.uid);
  }
}

export function LiveWord({ select, children }: { readonly select: string; readonly children: ReactNode }): ReactNode {
  const session = useSession();
  const cluster = useWorld((state) => state.cluster);
  const uids = cluster === undefined ? [] : meantBy(select, cluster);
  return (
    <button
      type="button"
      className={PLAN.has(select) ? "live plan" : "live real"}
      onPointerEnter={() => ui.light(uids)}
      onPointerLeave={() => ui.light([])}
      onFocus={() => ui.light(uids)}
      onBlur={() => ui.light([])}
      onClick={() => session.select(uids[0])}
    >
      {(select === "ghost" || select === "current") && <InlinePod state={select === "ghost" ? "wanted" : "ready"} />}
      {children}
    </button>
  );
}
