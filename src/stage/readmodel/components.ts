/** The parts of the control plane and of nodes: whether they run, and how much of the store's history they have not been told. */
import { streamTable } from "../../kube/apiserver/storage/store";
import { watchTable } from "../../kube/client/tables";
import { stoppedTable } from "../../sim/faults";
import type { Micros } from "../../sim/types";
import { historyOf } from "./history";
import { whoIs } from "./names";
import type { ComponentView, WorldReader } from "./types";

const CONTROL_PLANE: readonly string[] = [
  "apiserver/main",
  "scheduler/main",
  "deployment-controller/main",
  "replicaset-controller/main",
  "endpointslice-controller/main",
  "node-lifecycle-controller/main",
  "garbage-collector/main",
  "namespace-controller/main",
];

/** A notice under way is no lag. */
const UNDER_WAY: Micros = 1_000_000;

/** Changes that a component's watches should have delivered, and have not. */
function behindOf(reader: WorldReader, address: string): number {
  const { streams, byRevision } = historyOf(reader);
  let behind = 0;
  for (const watch of reader.table(watchTable).by("address", address)) {
    const revisions = streams.get(watch.stream);
    const head = reader.table(streamTable).get(watch.stream)?.revision ?? 0;
    if (revisions === undefined || head <= watch.revision) continue;
    for (let i = revisions.length - 1; i >= 0; i--) {
      const revision = revisions[i] as number;
      if (revision <= watch.revision) break;
      if (revision <= head && (byRevision[revision]?.at ?? 0) < reader.now - UNDER_WAY) behind++;
    }
  }
  return behind;
}

export function componentOf(reader: WorldReader, address: string, node?: string): ComponentView {
  return { address, who: whoIs(address), node, running: !reader.table(stoppedTable).has(address), behind: behindOf(reader, address) };
}

/** What runs on the control-plane node, the API server first. */
export const controlPlane = (reader: WorldReader, node: string | undefined): readonly ComponentView[] =>
  CONTROL_PLANE.map((address) => componentOf(reader, address, node));
