/**
 * A Deployment for a lecture hall: the loops of its old and its new revision, one above the other, and the budget they share. A third
 * of the cluster stage's marks; the row of the next revision is kept free, so that nothing jumps when a rollout begins.
 */
import type { ClusterView, DeploymentView, PodView, ReplicaSetView } from "../readmodel/types";
import { along, progressOf } from "./motion";
import { columnsIn, type PodSize, rowsIn, slotAt } from "./slots";
import { trayPaths } from "./tray";
import type { Box, DuoRow, DuoScene, GhostMark, LoopScene, Motion, NodeMark, PodMark, Viewport } from "./types";

const WIDTH = 1280;
const HEIGHT = 446;
const HEAD = 26;
const ROW = { top: 82, height: 92, pitch: 124 };
const RING = { x: 392, r: 42, size: 36 };
const QUEUE = { x: 508, width: 108 };
const NODES = { x: 652, y: 36, height: 278, gap: 12, margin: 66, head: 38, pad: 12 };
const CARD = { x: 66, y: 338, width: 262, height: 84 };
const RULER = { x: 384, y: 384, width: 620, most: 72 };
const MOST_NODES = 6;
const SIZES: readonly PodSize[] = [
  { width: 72, height: 40, label: 0, gap: 10 },
  { width: 60, height: 32, label: 0, gap: 8 },
  { width: 40, height: 22, label: 0, gap: 6 },
  { width: 26, height: 14, label: 0, gap: 5 },
  { width: 16, height: 9, label: 0, gap: 4 },
];

/** The Deployment to show: the one in focus, or the only one when no focus is given. */
export function chosenDeployment(view: ClusterView, focus: string | undefined): DeploymentView | undefined {
  if (focus === undefined) return view.deployments.length === 1 ? view.deployments[0] : undefined;
  return view.deployments.find((one) => one.uid === focus || one.name === focus);
}

/** Its newest revision and, of the others, the one that holds most: at most two loops are read at once. */
function rowsOf(view: ClusterView, deployment: DeploymentView): readonly ReplicaSetView[] {
  const sets = view.replicaSets.filter((set) => set.deployment === deployment.uid);
  const newest = sets.at(-1);
  if (newest === undefined) return [];
  const older = sets.slice(0, -1).toSorted((a, b) => b.have + b.desired - a.have - a.desired || (b.revision ?? 0) - (a.revision ?? 0))[0];
  return older === undefined ? [newest] : [older, newest];
}

function nodeMarks(view: ClusterView, width: number, pods: readonly PodView[]): readonly NodeMark[] {
  const workers = view.nodes.filter((node) => !node.controlPlane);
  const shown = workers.length <= MOST_NODES ? workers : workers.filter((node) => pods.some((pod) => pod.node === node.name)).slice(0, MOST_NODES);
  const each = (width - NODES.margin - NODES.x - NODES.gap * (shown.length - 1)) / Math.max(1, shown.length);
  return shown.map((node, i) => ({
    uid: node.uid,
    name: node.name,
    lost: node.state === "unknown",
    notReady: node.state === "notReady",
    troubles: node.troubles,
    stopped: node.stopped,
    cordoned: node.cordoned,
    controlPlane: false,
    x: NODES.x + i * (each + NODES.gap),
    y: NODES.y,
    width: each,
    height: NODES.height,
    headHeight: NODES.head,
    gauges: [],
    components: [],
  }));
}

interface Cell {
  readonly x: number;
  readonly width: number;
  readonly pods: readonly PodView[];
  readonly ghosts: readonly string[];
}

interface Drawn {
  readonly set: ReplicaSetView;
  readonly middle: number;
  readonly queue: Cell;
  readonly cells: readonly Cell[];
}

function cellsOf(view: ClusterView, set: ReplicaSetView, nodes: readonly NodeMark[], i: number): Drawn {
  const own = view.pods.filter((pod) => pod.owner?.uid === set.uid);
  const queue = { ...QUEUE, pods: own.filter((pod) => pod.node === undefined), ghosts: set.ghosts.map((ghost) => ghost.id) };
  const cells = nodes.map((node) => ({
    x: node.x + NODES.pad,
    width: node.width - NODES.pad * 2,
    pods: own.filter((pod) => pod.node === node.name),
    ghosts: [],
  }));
  return { set, middle: ROW.top + ROW.height / 2 + i * ROW.pitch, queue, cells };
}

function sizeOf(rows: readonly Drawn[]): PodSize {
  const cells = rows.flatMap((row) => [row.queue, ...row.cells]);
  const fits = (size: PodSize): boolean =>
    cells.every(({ width, pods, ghosts }) => {
      const count = pods.length + ghosts.length;
      return count === 0 || (size.width <= width && columnsIn(size, width) * rowsIn(size, ROW.height - 12) >= count);
    });
  return SIZES.find(fits) ?? (SIZES.at(-1) as PodSize);
}

function marksOf(
  row: Drawn,
  size: PodSize,
  now: number,
  motion: Motion,
): { readonly pods: readonly PodMark[]; readonly ghosts: readonly GhostMark[] } {
  const box = { width: size.width, height: size.height };
  const start = { x: QUEUE.x, y: row.middle - size.height / 2 };
  const placeIn = (cell: Cell, i: number): { readonly x: number; readonly y: number } => {
    const count = cell.pods.length + cell.ghosts.length;
    const used = Math.min(columnsIn(size, cell.width), count) * (size.width + size.gap) - size.gap;
    return slotAt(size, cell.x + (cell.width - used) / 2, row.middle, cell.width, count, i);
  };
  const pods = [row.queue, ...row.cells].flatMap((cell) =>
    cell.pods.map((pod, i): PodMark => {
      const place = placeIn(cell, i);
      const at = pod.node === undefined ? place : along(start, place, progressOf(now, pod.boundAt, motion));
      return { uid: pod.uid, pod, ...at, ...box };
    }),
  );
  const ghosts = row.queue.ghosts.map((key, i) => ({
    key,
    revision: row.set.revision,
    ...placeIn(row.queue, row.queue.pods.length + i),
    ...box,
  }));
  return { pods, ghosts };
}

function rowMark({ set, middle, queue }: Drawn, width: number, size: PodSize): DuoRow {
  const ring = { ...RING, y: middle };
  const [top, bottom] = [middle - ROW.height / 2, middle + ROW.height / 2];
  const center = QUEUE.x + QUEUE.width / 2;
  const waiting = queue.pods.length + queue.ghosts.length;
  const tip = Math.min(bottom - 6, waiting === 0 ? middle : middle + size.height / 2 + 6);
  return {
    uid: set.uid,
    revision: set.revision,
    image: (set.images[0] ?? "").replace(/^.*\//, ""),
    desired: set.desired,
    gap: set.gap,
    phase: set.phase,
    middle,
    ring,
    arrow: [
      { x: 290, y: middle },
      { x: RING.x - RING.r - 12, y: middle },
    ],
    ...trayPaths({ ring, top, bottom, right: width - 54, target: { x: center, y: tip + 14 }, corner: 10 }, set.phase),
    ...(set.phase === "act" ? { actHead: { x: center, y: tip } } : {}),
  };
}

function labelsOf(rows: readonly Drawn[]): LoopScene["labels"] {
  const labels: LoopScene["labels"][number][] = [
    { x: CARD.x, y: HEAD, words: { key: "stage.head.desired" }, tone: "plan", size: 26, strong: true },
    { x: NODES.x, y: HEAD, words: { key: "stage.head.current" }, tone: "pod", size: 26, strong: true },
  ];
  const center = QUEUE.x + QUEUE.width / 2;
  if (rows.some(({ queue }) => queue.pods.length + queue.ghosts.length > 0))
    labels.push({ x: center, y: HEAD + 36, anchor: "middle", words: { key: "stage.head.unplaced" }, size: 20 });
  for (const { set, middle } of rows)
    if (set.phase === "act" && set.acting !== 0)
      labels.push({
        x: center + 12,
        y: middle + ROW.height / 2 + 24,
        anchor: "middle",
        words: { key: set.acting > 0 ? "stage.loop.store" : "stage.loop.remove", params: { count: Math.abs(set.acting) } },
        tone: "plan",
        size: 20,
        strong: true,
      });
  return labels;
}

/** From the Deployment's record up to the records of its revisions. */
function bracketOf(rows: readonly Drawn[]): string {
  const spine = CARD.x - 18;
  const foot = `M${CARD.x - 2} ${CARD.y + CARD.height / 2}H${spine}V${rows[0]?.middle ?? CARD.y}`;
  return rows.map(({ middle }) => `M${spine} ${middle}h10`).join("") + foot;
}

export function duoScene(view: ClusterView, viewport: Viewport, motion: Motion, focus: string | undefined): DuoScene | undefined {
  const deployment = chosenDeployment(view, focus);
  const sets = deployment === undefined ? [] : rowsOf(view, deployment);
  if (deployment === undefined || sets.length === 0) return undefined;
  const scale = Math.min(viewport.height / HEIGHT, viewport.width / WIDTH);
  const width = Math.max(WIDTH, viewport.width / scale);
  const owned = view.pods.filter((pod) => sets.some((set) => set.uid === pod.owner?.uid));
  const nodes = nodeMarks(view, width, owned);
  const rows = sets.map((set, i) => cellsOf(view, set, nodes, i));
  const size = sizeOf(rows);
  const marks = rows.map((row) => marksOf(row, size, view.now, motion));
  const pods = marks.flatMap((mark) => mark.pods);
  const { budget } = deployment;
  const most = budget === undefined ? 1 : Math.max(budget.ceiling, budget.total + budget.ghosts) + Math.max(1, Math.min(3, budget.leaving));
  const card: Box = CARD;
  return {
    width,
    height: Math.max(HEIGHT, viewport.height / scale),
    labels: labelsOf(rows),
    rows: rows.map((row) => rowMark(row, width, size)),
    deployment: deployment.uid,
    card,
    bracket: bracketOf(rows),
    ...(budget === undefined ? {} : { ruler: { x: RULER.x, y: RULER.y, unit: Math.min(RULER.most, RULER.width / most) } }),
    right: width - 54,
    nodes,
    pods,
    ghosts: marks.flatMap((mark) => mark.ghosts),
    order: [deployment.uid, ...sets.map((set) => set.uid), ...pods.map((mark) => mark.uid), ...nodes.map((node) => node.uid)],
  };
}
