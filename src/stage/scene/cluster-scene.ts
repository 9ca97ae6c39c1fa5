/**
 * The owner-by-place grid: rows are ReplicaSets, columns are nodes, the first column is "no node yet". Left of it what is wanted, between
 * them the gap. Services lie below, with a riser to each Pod that gets their requests.
 */
import type { ClusterView, PodView, ReplicaSetView } from "../readmodel/types";
import { bottomMarks } from "./cluster-bottom";
import { nodeMarks } from "./cluster-nodes";
import { type Columns, columnsOf, HEAD, type Row, rowsOf } from "./cluster-rows";
import { along, progressOf, walkers } from "./motion";
import { heightFor, type PodSize, sizeFor, slotAt } from "./slots";
import { trayPaths } from "./tray";
import type { BandMark, ClusterScene, GhostMark, Label, Motion, PodMark, Point, Viewport } from "./types";

const RING_SHARE = 0.29;
const BAD_IMAGE: ReadonlySet<string> = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
const MOST_SLOTS = 4;
const MOST_UNPLACED = 12;
const PAD = 8;
/** Room for "and 13 more". */
const MORE = 16;

interface Placed {
  readonly pods: readonly PodMark[];
  readonly ghosts: readonly GhostMark[];
  readonly more: number;
}

const wanted = (set: ReplicaSetView | undefined): number => set?.ghosts.length ?? 0;

/** Size of the marks on the whole stage. */
function stageSize(rows: readonly Row[], columns: Columns): PodSize {
  const counts = rows.flatMap((row) => columns.nodes.map((node) => row.byNode.get(node.name)?.length ?? 0));
  const height = Math.min(...rows.map((row) => row.height), 98) - PAD * 2;
  return sizeFor(counts, columns.nodeWidth - 20, height);
}

function podMark(pod: PodView, at: Point, size: PodSize, riser: boolean): PodMark {
  const quiet = pod.state.kind === "ready" || pod.state.kind === "pending";
  const words = size.width >= 50 && !quiet;
  return {
    uid: pod.uid,
    pod,
    x: at.x,
    y: at.y,
    width: size.width,
    height: size.height,
    ...(size.label > 0 ? { id: pod.shortId } : {}),
    ...(words && pod.state.kind !== "failed" ? { word: pod.state.word } : {}),
    ...(words && pod.state.reason !== undefined ? { reason: pod.state.reason } : {}),
    ...(riser || pod.selectedBy.length > 0 ? { port: "left" as const } : {}),
  };
}

/** Pods and ghosts that have no node, stacked in the first column. */
function unplaced(row: Row, columns: Columns, size: PodSize): Placed {
  const pods = row.byNode.get("") ?? [];
  const ghosts = row.set?.ghosts ?? [];
  const count = Math.min(MOST_UNPLACED, pods.length + ghosts.length);
  const crowded = pods.length + ghosts.length > count;
  const height = row.height - PAD * 2 - (crowded ? MORE : 0);
  const own = heightFor(size, count, columns.queueWidth) <= height ? size : sizeFor([count], columns.queueWidth, height);
  const middle = row.y + (row.height - (crowded ? MORE : 0)) / 2;
  const left = columns.queue + Math.max(0, (columns.queueWidth - own.width) / 2) * (own === size && own.width * 2 > columns.queueWidth ? 1 : 0);
  const at = (n: number): Point => slotAt(own, left, middle, columns.queueWidth, count, n);
  const shownPods = pods.slice(0, count);
  return {
    pods: shownPods.map((pod, i) => ({ ...podMark(pod, at(i), own, false), port: undefined })),
    ghosts: ghosts.slice(0, count - shownPods.length).map((ghost, i) => ({
      key: ghost.id,
      revision: row.set?.revision,
      ...(own.label > 0 && ghost.shortId !== undefined ? { id: ghost.shortId } : {}),
      ...at(shownPods.length + i),
      width: own.width,
      height: own.height,
    })),
    more: pods.length + ghosts.length - count,
  };
}

interface Moving {
  readonly motion: Motion;
  readonly walking: ReadonlySet<string>;
}

/** Pods in their nodes' columns. Siblings of the next revision begin one slot further right, so that risers stay apart. */
function placed(row: Row, columns: Columns, size: PodSize, now: number, { motion, walking }: Moving): readonly PodMark[] {
  const marks: PodMark[] = [];
  const width = columns.nodeWidth - 20;
  const perRow = Math.max(1, Math.floor((width + size.gap) / (size.width + size.gap)));
  const most = Math.max(0, ...columns.nodes.map((node) => row.byNode.get(node.name)?.length ?? 0));
  const shift = most + row.place <= perRow ? row.place : 0;
  const middle = row.y + row.height / 2;
  const start: Point = { x: columns.queue + (columns.queueWidth - size.width) / 2, y: middle - size.height / 2 };
  for (const node of columns.nodes) {
    const pods = row.byNode.get(node.name) ?? [];
    for (const [i, pod] of pods.entries()) {
      const home = slotAt(size, node.x + 10, middle, width, pods.length, i, shift);
      const walks = walking.has(pod.uid);
      const at = along(start, home, progressOf(now, walks ? pod.boundAt : undefined, motion));
      const still = podMark(pod, at, size, pod.endpointOf.length > 0);
      const mark: PodMark = walks && motion.trails === true ? { ...still, trail: start } : still;
      const free = perRow - ((i + shift) % perRow) - 1;
      const aside =
        pod.state.kind === "failed" &&
        mark.reason === undefined &&
        i === pods.length - 1 &&
        free > 0 &&
        size.label > 0 &&
        fitsAside(pod, mark, node.x + columns.nodeWidth);
      marks.push(aside ? { ...mark, aside, reason: pod.state.reason } : mark);
    }
  }
  return marks;
}

const REASON_LETTER = 6.1;

function fitsAside(pod: PodView, mark: PodMark, right: number): boolean {
  return mark.x + mark.width + 8 + (pod.state.reason ?? "").length * REASON_LETTER <= right;
}

/** A record's two lines of text and a row of slots under them. */
const ROOM_FOR_SLOTS = 70;
/** Beside the slots stands how many are wanted. */
const ROOM_FOR_FIGURE = 30;

function slotsOf(row: Row, card: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): BandMark["slots"] {
  const { set } = row;
  const width = 30;
  if (set === undefined || card.height < ROOM_FOR_SLOTS || set.desired > MOST_SLOTS) return [];
  if (10 + set.desired * (width + 4) > card.width - ROOM_FOR_FIGURE) return [];
  return Array.from({ length: set.desired }, (_, i) => ({
    key: `${set.uid}-${i}`,
    x: card.x + 10 + i * (width + 4),
    y: card.y + card.height - 28,
    width,
    height: 17,
  }));
}

/** Widest text of the label, in the wider of the two languages. */
const OBSERVE_WIDTH = 96;

function observeLabel(columns: Columns, r: number, y: number): BandMark["observeLabel"] {
  const x = columns.ring + r * 2.6;
  const end = (columns.nodes[0]?.x ?? Number.POSITIVE_INFINITY) - 5;
  return x + OBSERVE_WIDTH <= end ? { x, y } : { x: end, y, anchor: "end" };
}

function bandMark(row: Row, columns: Columns, size: PodSize, more: number): BandMark {
  const { set, y, height } = row;
  const middle = y + height / 2;
  const inset = height > 80 ? 11 : 5;
  const card = { x: columns.desired, y: y + inset, width: columns.cardWidth, height: height - inset * 2 };
  const r = Math.max(13, Math.min(28, height * RING_SHARE));
  const ring = { x: columns.ring, y: middle, r };
  const phase = set?.phase ?? "rest";
  const target = { x: columns.queue + columns.queueWidth / 2, y: middle + Math.min(size.height / 2 + (size.label > 0 ? 18 : 8), height / 2 - 6) };
  const paths = trayPaths({ ring, top: y, bottom: y + height, right: columns.right, target }, phase);
  return {
    uid: set?.uid ?? row.key,
    name: set?.name ?? "",
    namespace: row.namespace,
    hash: set?.hash ?? "",
    revision: set?.revision,
    images: set?.images ?? [],
    badImage: [...row.byNode.values()].some((pods) => pods.some((pod) => BAD_IMAGE.has(pod.state.reason ?? ""))),
    desired: set?.desired ?? 0,
    gap: set?.gap ?? 0,
    have: set?.observed.have ?? 0,
    phase,
    acting: set?.acting ?? 0,
    x: columns.desired - 8,
    y,
    width: columns.right - columns.desired + 8,
    height,
    card,
    slots: slotsOf(row, card),
    ring,
    ...paths,
    observeLabel: observeLabel(columns, r, y - 5),
    actLabel: { x: columns.queue + columns.queueWidth / 2, y: y + height + 13 },
    more,
    loose: set === undefined,
  };
}

function headings(columns: Columns): readonly Label[] {
  const { desired, ring, queue } = columns;
  return [
    { x: desired, y: 30, words: { key: "stage.head.desired" }, tone: "plan", weight: "head" },
    { x: desired, y: 47, words: { key: "stage.head.desiredSub" } },
    { x: ring, y: 30, words: { key: "stage.head.gap" }, anchor: "middle", weight: "head" },
    { x: ring, y: 47, words: { key: "stage.head.gapSub" }, anchor: "middle" },
    { x: queue, y: 30, words: { key: "stage.head.current" }, tone: "pod", weight: "head" },
    { x: queue, y: 47, words: { key: "stage.head.currentSub" } },
  ];
}

export interface ClusterOptions {
  readonly motion: Motion;
  readonly selected?: string;
}

export function clusterScene(view: ClusterView, viewport: Viewport, { motion, selected }: ClusterOptions): ClusterScene {
  const columns = columnsOf(view, viewport.width);
  const layout = rowsOf(view, viewport, columns);
  const size = stageSize(layout.rows, columns);
  const walking = walkers(view.pods, view.now, motion);
  const pods: PodMark[] = [];
  const ghosts: GhostMark[] = [];
  const bands: BandMark[] = [];
  const order: string[] = [];
  for (const row of layout.rows) {
    const waiting = unplaced(row, columns, size);
    const inNodes = placed(row, columns, size, view.now, { motion, walking });
    pods.push(...waiting.pods, ...inNodes);
    ghosts.push(...waiting.ghosts);
    const band = bandMark(row, columns, size, waiting.more);
    bands.push(band);
    if (!band.loose) order.push(band.uid);
    order.push(...[...waiting.pods, ...inNodes].map((mark) => mark.uid));
  }
  const bottom = bottomMarks(view, layout, columns, pods, { selected, motion });
  const labels: Label[] = [...headings(columns)];
  if (
    !layout.empty &&
    (pods.some((mark) => mark.pod.node === undefined) || bands.some((band) => wanted(view.replicaSets.find((set) => set.uid === band.uid)) > 0))
  )
    labels.push({ x: columns.queue + columns.queueWidth / 2, y: HEAD - 28, words: { key: "stage.head.unplaced" }, anchor: "middle" });
  return {
    width: viewport.width,
    height: Math.max(viewport.height, bottom.height),
    needed: bottom.height,
    labels,
    bands,
    nodes: nodeMarks(columns, layout),
    pods,
    ghosts,
    ...bottom.marks,
    empty: layout.empty,
    order: [
      ...bottom.marks.deployments.map((mark) => mark.uid),
      ...order,
      ...view.nodes.map((node) => node.uid),
      ...view.services.map((one) => one.uid),
    ],
  };
}

const SCALES = [1.5, 1.3, 1.15];
const NARROWEST = 980;
const MOST_ROWS = 3;

/** The scene at the largest scale at which it fits, when there is room to spare. */
export function scaledScene(
  view: ClusterView,
  viewport: Viewport,
  options: ClusterOptions,
): { readonly scene: ClusterScene; readonly scale: number } {
  if (view.replicaSets.length <= MOST_ROWS && view.pods.length < 60) {
    for (const scale of SCALES) {
      const smaller = { width: viewport.width / scale, height: viewport.height / scale };
      if (smaller.width < NARROWEST) continue;
      const scene = clusterScene(view, smaller, options);
      if (scene.needed <= smaller.height) return { scene, scale };
    }
  }
  return { scene: clusterScene(view, viewport, options), scale: 1 };
}
