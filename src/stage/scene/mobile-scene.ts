/** The cluster in portrait: loops run downward, columns are ReplicaSets, rows are nodes. */
import type { ClusterView, PodView, ReplicaSetView } from "../readmodel/types";
import { along, progressOf, walkers } from "./motion";
import { SIZES, type PodSize, slotAt } from "./slots";
import type { Box, GhostMark, Motion, NodeMark, PodMark, Point, Viewport } from "./types";

export interface MobileColumn {
  readonly uid: string;
  readonly set: ReplicaSetView;
  readonly card: Box;
  readonly slots: readonly (Box & { readonly key: string })[];
  readonly ring: Point & { readonly r: number };
  readonly observePath: string;
  readonly actPath: string;
  readonly acting: boolean;
}

export interface MobileScene {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly MobileColumn[];
  readonly nodes: readonly NodeMark[];
  readonly pods: readonly PodMark[];
  readonly ghosts: readonly GhostMark[];
  readonly services: readonly (Box & { readonly uid: string })[];
  readonly unplaced: Point;
  readonly order: readonly string[];
  readonly hidden: number;
}

const MOST_COLUMNS = 3;
const EDGE = 16;
const CARD_TOP = 12;
const CARD_HEIGHT = 62;
const RING = 25;
const QUEUE = 62;
const NODE = 54;
const NODE_GAP = 8;
const SERVICE = 28;
/** Top of the nodes when nothing is wanted: below what the stage says then. */
const EMPTY_TOP = 100;
const n = (value: number): number => Math.round(value * 10) / 10;

/** The loops that a phone shows: of the Deployment that is chosen or rolls, else the first ones. */
function chosen(view: ClusterView, focus: string | undefined): readonly ReplicaSetView[] {
  const sets = view.replicaSets;
  const of = sets.find((set) => set.uid === focus)?.deployment ?? view.deployments.find((one) => one.uid === focus)?.uid;
  const deployment = of ?? view.deployments.find((one) => one.rolling)?.uid ?? (view.deployments.length === 1 ? view.deployments[0]?.uid : undefined);
  const own = deployment === undefined ? sets : sets.filter((set) => set.deployment === deployment);
  return own.length <= MOST_COLUMNS ? own : deployment === undefined ? own.slice(0, MOST_COLUMNS) : own.slice(-MOST_COLUMNS);
}

function sizeIn(width: number, height: number, most: number): PodSize {
  const sizes = SIZES.map((size) => ({ ...size, label: 0 }));
  const fits = (size: PodSize): boolean => {
    const perRow = Math.floor((width + size.gap) / (size.width + size.gap));
    const rows = Math.floor((height + 4) / (size.height + 4));
    return perRow >= 1 && perRow * rows >= most;
  };
  return sizes.find(fits) ?? (sizes.at(-1) as PodSize);
}

function column(set: ReplicaSetView, x: number, width: number, lastY: number): MobileColumn {
  const card = { x, y: CARD_TOP, width, height: CARD_HEIGHT };
  const middle = x + width / 2;
  const ring = { x: middle, y: CARD_TOP + CARD_HEIGHT + 14 + RING, r: RING };
  const slotWidth = Math.min(30, (width - 44) / Math.max(1, Math.min(4, set.desired)) - 4);
  const left = x + 6;
  const right = x + width - 6;
  const turn = ring.y + RING * 1.3;
  const acting = set.phase === "act";
  const queueY = ring.y + RING + QUEUE / 2 + 4;
  return {
    uid: set.uid,
    set,
    card,
    slots:
      set.desired <= 4
        ? Array.from({ length: set.desired }, (_, i) => ({
            key: `${set.uid}-${i}`,
            x: x + 10 + i * (slotWidth + 3),
            y: CARD_TOP + CARD_HEIGHT - 26,
            width: slotWidth,
            height: 17,
          }))
        : [],
    ring,
    observePath: `M${n(right)} ${n(lastY - 10)}q0 10 -10 10H${n(left + 10)}q-10 0 -10 -10V${n(turn)}C${n(left)} ${n(ring.y + 8)} ${n(left + 8)} ${n(ring.y)} ${n(ring.x - RING - 4)} ${n(ring.y)}`,
    actPath: acting
      ? `M${n(ring.x + RING * 0.8)} ${n(ring.y + RING * 0.5)}C${n(right - 4)} ${n(ring.y + RING * 0.6)} ${n(right)} ${n(ring.y + RING)} ${n(right)} ${n(queueY - 10)}q0 8 -8 8h-${n(Math.max(4, width / 2 - 46))}`
      : `M${n(ring.x + RING + 4)} ${n(ring.y)}C${n(right - 8)} ${n(ring.y)} ${n(right)} ${n(ring.y + 8)} ${n(right)} ${n(turn)}V${n(lastY - 10)}`,
    acting,
  };
}

const rowMark = (uid: string, pod: PodView, at: Point, size: PodSize): PodMark => ({
  uid,
  pod,
  ...at,
  width: size.width,
  height: size.height,
  ...(pod.endpointOf.length > 0 || pod.selectedBy.length > 0 ? { port: "left" as const } : {}),
});

export function mobileScene(view: ClusterView, viewport: Viewport, options: { readonly motion: Motion; readonly focus?: string }): MobileScene {
  const sets = chosen(view, options.focus);
  const { width } = viewport;
  const count = Math.max(1, sets.length);
  const gap = 24;
  const inner = width - EDGE * 2 - 12;
  const each = (inner - gap * (count - 1)) / count;
  const queueTop = CARD_TOP + CARD_HEIGHT + 14 + RING * 2 + 6;
  const nodesTop = sets.length === 0 ? EMPTY_TOP : queueTop + QUEUE;
  const workers = view.nodes.filter((node) => !node.controlPlane);
  const serviceRoom = view.services.length === 0 ? 8 : SERVICE + 14;
  const nodeHeight = Math.max(44, Math.min(NODE + 8, (viewport.height - nodesTop - serviceRoom - 16) / Math.max(1, workers.length) - NODE_GAP));
  const lastY = nodesTop + workers.length * (nodeHeight + NODE_GAP) + 2;
  const columns = sets.map((set, i) => column(set, EDGE + 6 + i * (each + gap), each, lastY));
  const nodes = workers.map(
    (node, i): NodeMark => ({
      uid: node.uid,
      name: node.name,
      lost: node.state === "unknown",
      notReady: node.state === "notReady",
      troubles: node.troubles,
      stopped: node.stopped,
      cordoned: node.cordoned,
      controlPlane: false,
      x: EDGE,
      y: nodesTop + i * (nodeHeight + NODE_GAP),
      width: width - EDGE * 2,
      height: nodeHeight,
      headHeight: nodeHeight,
      gauges: [],
      components: [],
    }),
  );
  const cell = each - 24;
  const of = (set: ReplicaSetView, node: string | undefined): readonly PodView[] =>
    view.pods.filter((pod) => pod.owner?.uid === set.uid && pod.node === node);
  const most = Math.max(1, ...sets.flatMap((set) => workers.map((node) => of(set, node.name).length)));
  const size = sizeIn(cell, nodeHeight - 12, most);
  const walking = walkers(view.pods, view.now, options.motion);
  const pods: PodMark[] = [];
  const ghosts: GhostMark[] = [];
  for (const [i, set] of sets.entries()) {
    const mark = columns[i] as MobileColumn;
    const waiting = of(set, undefined);
    const queued = waiting.length + set.ghosts.length;
    const own = sizeIn(cell, QUEUE - 16, Math.max(1, queued));
    const used = Math.min(queued, Math.max(1, Math.floor((cell + own.gap) / (own.width + own.gap)))) * (own.width + own.gap) - own.gap;
    const at = (k: number): Point => slotAt(own, mark.ring.x - used / 2, queueTop + QUEUE / 2, cell, queued, k);
    pods.push(...waiting.map((pod, k) => rowMark(pod.uid, pod, at(k), own)));
    ghosts.push(
      ...set.ghosts.map((ghost, k) => ({ key: ghost.id, revision: set.revision, ...at(waiting.length + k), width: own.width, height: own.height })),
    );
    for (const node of nodes) {
      const here = of(set, node.name);
      const row = Math.min(here.length, Math.max(1, Math.floor((cell + size.gap) / (size.width + size.gap)))) * (size.width + size.gap) - size.gap;
      for (const [k, pod] of here.entries()) {
        const home = slotAt(size, mark.ring.x - row / 2, node.y + node.height / 2 - 1, cell, here.length, k);
        pods.push(
          rowMark(
            pod.uid,
            pod,
            along(
              { x: mark.ring.x - size.width / 2, y: queueTop + 14 },
              home,
              progressOf(view.now, walking.has(pod.uid) ? pod.boundAt : undefined, options.motion),
            ),
            size,
          ),
        );
      }
    }
  }
  const services = view.services
    .slice(0, 3)
    .map((service, i) => ({ uid: service.uid, x: EDGE, y: lastY + 12 + i * (SERVICE + 6), width: width - EDGE * 2, height: SERVICE }));
  return {
    width,
    height: Math.max(viewport.height, (services.at(-1)?.y ?? lastY) + SERVICE + 10),
    columns,
    nodes,
    pods,
    ghosts,
    services,
    unplaced: {
      x: columns.find((one) => one.set.ghosts.length === 0 && of(one.set, undefined).length === 0)?.ring.x ?? width / 2,
      y: queueTop + QUEUE / 2 + 4,
    },
    order: [...sets.map((set) => set.uid), ...pods.map((mark) => mark.uid), ...nodes.map((node) => node.uid), ...services.map((one) => one.uid)],
    hidden: view.replicaSets.length - sets.length,
  };
}
