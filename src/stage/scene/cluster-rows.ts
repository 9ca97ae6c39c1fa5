/** Rows and columns of the cluster's grid: which loops get a row, how high, and where the columns stand. */
import type { ClusterView, NodeView, PodView, ReplicaSetView } from "../readmodel/types";
import type { Viewport } from "./types";

/** Top of the first row. */
export const HEAD = 100;
export const NODE_TOP = 66;
const ROW_GAP = 18;
const TIGHT_GAP = 8;
const TALLEST = 98;
const LOWEST = 46;
/** Height of a Deployment's strip above its rows, when there is more than one. */
const STRIP = 30;
/** The lone Deployment's record, and the ruler of its budget down to the words at its stops. */
export const RECORD_AND_BUDGET = 170;
const CARD = 176;
const CONTROL_PLANE = 118;
const NODE_GAP = 18;
/** Between two components of the control plane. */
export const PART_PITCH = 20;

export interface Columns {
  readonly desired: number;
  readonly cardWidth: number;
  readonly ring: number;
  readonly queue: number;
  readonly queueWidth: number;
  readonly nodes: readonly { readonly name: string; readonly x: number; readonly view: NodeView }[];
  readonly nodeWidth: number;
  /** Right edge of the trays. */
  readonly right: number;
  readonly controlPlane?: { readonly x: number; readonly width: number; readonly view: NodeView };
}

export interface Row {
  readonly key: string;
  readonly namespace: string;
  readonly set?: ReplicaSetView;
  readonly deployment?: string;
  /** Place among the rows of its Deployment. */
  readonly place: number;
  readonly y: number;
  readonly height: number;
  /** Pods by node name; "" for none. */
  readonly byNode: ReadonlyMap<string, readonly PodView[]>;
}

export interface Layout {
  readonly rows: readonly Row[];
  readonly strips: ReadonlyMap<string, number>;
  readonly single?: string;
  readonly bottom: number;
  readonly nodeBottom: number;
  readonly empty: boolean;
}

export function columnsOf(view: ClusterView, width: number): Columns {
  const workers = view.nodes.filter((node) => !node.controlPlane);
  const head = view.nodes.find((node) => node.controlPlane);
  const tight = width < 920;
  const desired = 44;
  const cardWidth = tight ? 148 : CARD;
  const ring = desired + cardWidth + (tight ? 56 : 84);
  const queue = ring + (tight ? 52 : 68);
  const queueWidth = tight ? 62 : 76;
  const first = queue + queueWidth + (tight ? 16 : 26);
  const edge = width - 18;
  const controlPlane = head !== undefined && width >= 860 ? CONTROL_PLANE : 0;
  const usable = edge - first - (controlPlane > 0 ? controlPlane + 26 : 0);
  const count = Math.max(1, workers.length);
  const gap = count > 6 ? 8 : NODE_GAP;
  const nodeWidth = Math.max(26, (usable - 12 - gap * (count - 1)) / count);
  const nodes = workers.map((node, i) => ({ name: node.name, x: first + i * (nodeWidth + gap), view: node }));
  const right = first + usable;
  return {
    desired,
    cardWidth,
    ring,
    queue,
    queueWidth,
    nodes,
    nodeWidth,
    right,
    ...(head !== undefined && controlPlane > 0 ? { controlPlane: { x: right + 20, width: controlPlane, view: head } } : {}),
  };
}

function byNode(pods: readonly PodView[]): ReadonlyMap<string, readonly PodView[]> {
  const map = new Map<string, PodView[]>();
  for (const pod of pods) {
    const key = pod.node ?? "";
    const list = map.get(key);
    if (list === undefined) map.set(key, [pod]);
    else list.push(pod);
  }
  return map;
}

type Draft = Omit<Row, "y" | "height">;

function drafts(view: ClusterView): readonly Draft[] {
  const byOwner = new Map<string, PodView[]>();
  const known = new Set(view.replicaSets.map((set) => set.uid));
  for (const pod of view.pods) {
    const key = pod.owner !== undefined && known.has(pod.owner.uid) ? pod.owner.uid : `loose ${pod.namespace}`;
    const list = byOwner.get(key);
    if (list === undefined) byOwner.set(key, [pod]);
    else list.push(pod);
  }
  const places = new Map<string, number>();
  const lean = view.deployments.length > 1;
  const shown = (set: ReplicaSetView, i: number): boolean =>
    !lean || set.desired > 0 || set.have > 0 || byOwner.has(set.uid) || view.replicaSets[i + 1]?.deployment !== set.deployment;
  const rows: Draft[] = view.replicaSets.filter(shown).map((set) => {
    const place = places.get(set.deployment ?? set.uid) ?? 0;
    places.set(set.deployment ?? set.uid, place + 1);
    return { key: set.uid, namespace: set.namespace, set, deployment: set.deployment, place, byNode: byNode(byOwner.get(set.uid) ?? []) };
  });
  for (const [key, pods] of [...byOwner].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
    if (key.startsWith("loose ")) rows.push({ key, namespace: key.slice(6), place: 0, byNode: byNode(pods) });
  return rows;
}

/** Rows share the height there is; when it is too little they keep a lowest height and the picture scrolls. */
export function rowsOf(view: ClusterView, viewport: Viewport, columns: Columns): Layout {
  const rows = drafts(view);
  const owners = [...new Set(view.deployments.map((one) => one.uid))];
  const single = owners.length === 1 ? owners[0] : undefined;
  const strips = new Map<string, number>();
  const gap = rows.length > 3 ? TIGHT_GAP + 6 : ROW_GAP;
  const services = Math.max(1, view.services.length);
  // Under the rows: the nodes' feet and the Services, and beside them the only Deployment's record with its budget.
  const below = Math.max(52 + 58 + services * 26 + 28, single === undefined ? 0 : RECORD_AND_BUDGET);
  const headers = single === undefined ? owners.length * STRIP : 0;
  const room = viewport.height - HEAD - below - headers - gap * Math.max(0, rows.length - 1);
  const most = Math.max(0, ...rows.flatMap((row) => columns.nodes.map((node) => row.byNode.get(node.name)?.length ?? 0)));
  const tallest = viewport.height > 560 || most > 4 ? 132 : TALLEST;
  const height = Math.max(LOWEST, Math.min(tallest, room / Math.max(1, rows.length)));
  // A lone loop keeps room for the next revision, so that nothing jumps when a rollout begins.
  const reserved = single !== undefined && rows.length === 1 && room >= height * 2 + gap ? height + gap : 0;
  let y = HEAD;
  const placed: Row[] = [];
  for (const row of rows) {
    if (row.deployment !== undefined && single === undefined && row.place === 0) {
      strips.set(row.deployment, y - 4);
      y += STRIP;
    }
    placed.push({ ...row, y, height });
    y += height + gap;
  }
  const bottom = rows.length === 0 ? HEAD + 180 : y - gap + reserved;
  const parts = columns.controlPlane?.view.components.length ?? 0;
  const nodeBottom = Math.max(bottom + 52, parts === 0 ? 0 : NODE_TOP + 34 + parts * PART_PITCH);
  return { rows: placed, strips, single, bottom, nodeBottom, empty: rows.length === 0 };
}
