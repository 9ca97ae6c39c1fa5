/** The scheduler's node × plugin grid for one Pod, made on demand by asking the scheduler's own rules again. */
import type { Pod } from "../../kube/apis/objects";
import { stateRow } from "./store-row";
import { explainPod } from "../../kube/scheduler/explain";
import { asRead } from "./loops";
import type { GridView, WorldReader } from "./types";

export function gridView(reader: WorldReader, uid: string): GridView | undefined {
  const pod = stateRow(reader, "pods", uid) as Pod | undefined;
  if (pod === undefined) return undefined;
  const grid = explainPod(asRead(reader), pod);
  const cells = new Map(grid.cells.map((cell) => [`${cell.node} ${cell.plugin}`, cell]));
  const scores = grid.scores.map((one) => one.plugin);
  return {
    pod: uid,
    filters: grid.filters,
    scores,
    nodes: grid.nodes.map(({ node, total }) => {
      const failing = grid.cells.find((cell) => cell.node === node && cell.result === "fail");
      const refusedBy = failing?.plugin ?? grid.refused?.plugin;
      const reason = failing?.reason ?? grid.refused?.reason;
      return {
        name: node,
        ...(refusedBy === undefined ? {} : { refusedBy, reason }),
        points: scores.map((plugin) => Math.round(cells.get(`${node} ${plugin}`)?.score ?? 0)),
        ...(total === undefined ? {} : { total: Math.round(total) }),
        chosen: pod.spec.nodeName === node || (!pod.spec.nodeName && grid.best.length === 1 && grid.best[0] === node),
      };
    }),
  };
}
