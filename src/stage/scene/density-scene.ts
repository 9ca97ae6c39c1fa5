/** A field of cells, one per node, in blocks by zone. The cell's size is the largest at which all fit. */
import type { ClusterView, DensityView } from "../readmodel/types";
import type { Viewport } from "./types";

export interface DensityCell {
  readonly uid: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Share of its Pods that are ready. */
  readonly ready: number;
  readonly readyPods: number;
  readonly pods: number;
  readonly lost: boolean;
  readonly cordoned: boolean;
  readonly failing: boolean;
}

export interface DensityScene {
  readonly width: number;
  readonly height: number;
  readonly cells: readonly DensityCell[];
  readonly zones: readonly { readonly name: string; readonly x: number; readonly y: number; readonly width: number; readonly ready: number }[];
  /** Cells in one row of a zone. */
  readonly columns: number;
  readonly legendY: number;
}

const LEFT = 46;
const TOP = 84;
const RIGHT = 18;
const BOTTOM = 44;
const ZONE_GAP = 8;
const CELL_GAP = 1;
const LARGEST = 44;
const CORDONED = 4;

export function densityScene(view: ClusterView, density: DensityView, { width, height }: Viewport): DensityScene {
  const uids = new Map(view.nodes.map((node) => [node.name, node.uid]));
  const names = [...new Set(density.zones)].sort((a, b) => (a < b ? -1 : 1));
  const members = names.map((zone) => density.nodes.map((_, i) => i).filter((i) => density.zones[i] === zone));
  const zoneWidth = (width - LEFT - RIGHT - ZONE_GAP * (names.length - 1)) / Math.max(1, names.length);
  const most = Math.max(1, ...members.map((one) => one.length));
  const room = height - TOP - BOTTOM;
  let size = LARGEST;
  while (size > 4 && Math.ceil(most / Math.max(1, Math.floor(zoneWidth / (size + CELL_GAP)))) * (size + CELL_GAP) > room) size--;
  const columns = Math.max(1, Math.floor(zoneWidth / (size + CELL_GAP)));
  const cells: DensityCell[] = [];
  const zones = names.map((name, z) => {
    const x = LEFT + z * (zoneWidth + ZONE_GAP);
    let [ready, pods] = [0, 0];
    for (const [k, i] of (members[z] ?? []).entries()) {
      const count = density.pods[i] ?? 0;
      const ok = density.ready[i] ?? 0;
      const state = density.state[i] ?? 0;
      ready += ok;
      pods += count;
      const node = density.nodes[i] as string;
      cells.push({
        uid: uids.get(node) ?? node,
        name: node,
        x: Math.round(x + (k % columns) * (size + CELL_GAP)),
        y: Math.round(TOP + Math.floor(k / columns) * (size + CELL_GAP)),
        size,
        ready: count === 0 ? 0 : ok / count,
        readyPods: ok,
        pods: count,
        lost: state % CORDONED !== 0,
        cordoned: state >= CORDONED,
        failing: (density.failed[i] ?? 0) > 0,
      });
    }
    return { name, x, y: TOP, width: zoneWidth, ready: pods === 0 ? 0 : ready / pods };
  });
  const lowest = Math.max(TOP, ...cells.map((cell) => cell.y + cell.size));
  return { width, height: Math.max(height, lowest + BOTTOM), cells, zones, columns, legendY: lowest + 14 };
}
