/** One ReplicaSet's loop with room around it: the thermostat of the first lesson, and the presenter's large picture. */
import type { ClusterView, PodView, ReplicaSetView } from "../readmodel/types";
import { along, progressOf, walkers } from "./motion";
import { type PodSize, slotAt } from "./slots";
import { trayPaths } from "./tray";
import type { GhostMark, LoopScene, Motion, NodeMark, PodMark, Point, Viewport } from "./types";

interface Plan {
  readonly width: number;
  readonly height: number;
  readonly head: number;
  readonly sub: number;
  readonly record: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly ring: { readonly x: number; readonly y: number; readonly r: number; readonly size: number };
  readonly queue: { readonly x: number; readonly width: number };
  readonly nodes: {
    readonly x: number;
    readonly y: number;
    readonly height: number;
    readonly gap: number;
    readonly margin: number;
    readonly head: number;
  };
  readonly tray: { readonly top: number; readonly bottom: number };
  readonly sizes: readonly PodSize[];
  readonly text: { readonly head: number; readonly label: number; readonly sub: number };
}

const DESK: Plan = {
  width: 1006,
  height: 262,
  head: 32,
  sub: 50,
  record: { x: 48, y: 96, width: 168, height: 108 },
  ring: { x: 306, y: 150, r: 40, size: 30 },
  queue: { x: 400, width: 80 },
  nodes: { x: 508, y: 86, height: 134, gap: 20, margin: 20, head: 26 },
  tray: { top: 68, bottom: 238 },
  sizes: [
    { width: 76, height: 42, label: 32, gap: 12 },
    { width: 60, height: 30, label: 15, gap: 8 },
    { width: 44, height: 22, label: 13, gap: 6 },
    { width: 34, height: 18, label: 0, gap: 5 },
    { width: 20, height: 11, label: 0, gap: 4 },
  ],
  text: { head: 16, label: 12, sub: 12 },
};
const LARGE: Plan = {
  width: 1280,
  height: 440,
  head: 32,
  sub: 60,
  record: { x: 66, y: 66, width: 96, height: 306 },
  ring: { x: 490, y: 222, r: 88, size: 72 },
  queue: { x: 624, width: 110 },
  nodes: { x: 786, y: 86, height: 280, gap: 12, margin: 68, head: 40 },
  tray: { top: 66, bottom: 386 },
  sizes: [
    { width: 106, height: 54, label: 10, gap: 14 },
    { width: 80, height: 42, label: 8, gap: 12 },
    { width: 60, height: 32, label: 8, gap: 10 },
    { width: 40, height: 22, label: 4, gap: 6 },
    { width: 26, height: 14, label: 3, gap: 5 },
  ],
  text: { head: 26, label: 22, sub: 22 },
};

const MOST_NODES = 6;
const MOST_SLOTS = 5;

const capacity = (size: PodSize, width: number, height: number): number =>
  Math.max(1, Math.floor((width + size.gap) / (size.width + size.gap))) * Math.floor((height + 6) / (size.height + size.label + 6));

function fitting(plan: Plan, most: number, width: number, height: number): PodSize {
  return plan.sizes.find((size) => size.width <= width && capacity(size, width, height) >= most) ?? (plan.sizes.at(-1) as PodSize);
}

/** The loop that is shown: the one asked for, or the newest of its Deployment, or the first. */
export function chosenSet(view: ClusterView, focus: string | undefined): ReplicaSetView | undefined {
  const sets = view.replicaSets;
  return (
    sets.find((set) => set.uid === focus || set.name === focus) ??
    sets.findLast((set) => set.deployment === focus) ??
    sets.find((set) => set.gap !== 0) ??
    sets.findLast((set) => set.desired > 0) ??
    sets[0]
  );
}

function nodeMarks(view: ClusterView, plan: Plan, width: number, pods: readonly PodView[]): readonly NodeMark[] {
  const workers = view.nodes.filter((node) => !node.controlPlane);
  const shown = workers.length <= MOST_NODES ? workers : workers.filter((node) => pods.some((pod) => pod.node === node.name)).slice(0, MOST_NODES);
  const { x, y, height, gap, margin, head } = plan.nodes;
  const each = (width - margin - x - gap * (shown.length - 1)) / Math.max(1, shown.length);
  return shown.map((node, i) => ({
    uid: node.uid,
    name: node.name,
    lost: node.state === "unknown",
    notReady: node.state === "notReady",
    troubles: node.troubles,
    stopped: node.stopped,
    cordoned: node.cordoned,
    controlPlane: false,
    x: x + i * (each + gap),
    y,
    width: each,
    height,
    headHeight: head,
    gauges: [],
    components: [],
  }));
}

function podMarks(pods: readonly PodView[], nodes: readonly NodeMark[], plan: Plan, size: PodSize, now: number, motion: Motion): readonly PodMark[] {
  const walking = walkers(pods, now, motion);
  const start: Point = { x: plan.queue.x, y: plan.ring.y - size.height / 2 };
  return nodes.flatMap((node) => {
    const own = pods.filter((pod) => pod.node === node.name);
    const inner = node.width - 24;
    const columns = Math.max(1, Math.floor((inner + size.gap) / (size.width + size.gap)));
    const used = Math.min(columns, own.length) * (size.width + size.gap) - size.gap;
    return own.map((pod, i): PodMark => {
      const place = slotAt(
        size,
        node.x + (node.width - used) / 2,
        node.y + node.headHeight + (node.height - node.headHeight) / 2,
        inner,
        own.length,
        i,
      );
      const at = along(start, place, progressOf(now, walking.has(pod.uid) ? pod.boundAt : undefined, motion));
      const id = size.label >= 12 ? pod.shortId : undefined;
      return {
        uid: pod.uid,
        pod,
        ...at,
        width: size.width,
        height: size.height,
        ...(id === undefined ? {} : { id }),
        port: pod.state.kind === "ready" ? "left" : undefined,
      };
    });
  });
}

function slotsOf(plan: Plan, large: boolean, set: ReplicaSetView): LoopScene["slots"] {
  const { record } = plan;
  const count = Math.min(MOST_SLOTS, set.desired);
  if (large) {
    const height = Math.min(50, record.height / Math.max(1, count) - 14);
    const pitch = height + 14;
    const top = plan.ring.y - (count * pitch - 14) / 2;
    return Array.from({ length: count }, (_, i) => ({ key: `${set.uid}-${i}`, x: record.x, y: top + i * pitch, width: record.width, height }));
  }
  const pitch = Math.min(22, 78 / Math.max(1, count));
  const top = record.y + 34 + (66 - count * pitch) / 2;
  return Array.from({ length: count }, (_, i) => ({
    key: `${set.uid}-${i}`,
    x: record.x + 74,
    y: top + i * pitch,
    width: 34,
    height: Math.min(18, pitch - 3),
  }));
}

function labelsOf(plan: Plan, large: boolean, set: ReplicaSetView, waiting: boolean): LoopScene["labels"] {
  const { head, sub, ring, queue, nodes, tray, text } = plan;
  const strong = { size: text.head, strong: true };
  const { want, have } = set.observed;
  const number = (n: number, words: { key: string; params: Record<string, number> }): LoopScene["labels"][number]["words"] =>
    large ? { key: `stage.loop.numbered${n}`, params: words.params } : words;
  const labels: LoopScene["labels"][number][] = [
    { x: plan.record.x, y: head, words: { key: "stage.head.desired" }, tone: "plan", ...strong },
    { x: nodes.x, y: head, words: { key: "stage.head.current" }, tone: "pod", ...strong },
    {
      x: ring.x + ring.r * (large ? 1.06 : 2.3),
      y: tray.top - (large ? -2 : 7),
      anchor: large ? "end" : "start",
      words: number(1, { key: "stage.loop.observeShort", params: { count: have } }),
      size: text.label,
    },
  ];
  if (large)
    labels.push({
      x: ring.x - ring.r * 0.5,
      y: ring.y - ring.r * 1.05,
      anchor: "end",
      words: { key: "stage.loop.numbered2", params: { want, have } },
      size: text.label,
    });
  else {
    labels.push(
      { x: plan.record.x, y: sub, words: { key: "stage.head.dial" }, size: text.sub },
      { x: ring.x, y: head, anchor: "middle", words: { key: "stage.head.gap" }, ...strong },
      { x: ring.x, y: sub, anchor: "middle", words: { key: "stage.loop.difference", params: { want, have } }, size: text.sub },
      { x: nodes.x, y: sub, words: { key: "stage.head.thermometer" }, size: text.sub },
    );
  }
  if (waiting)
    labels.push({
      x: queue.x + queue.width / 2,
      y: large ? nodes.y + 24 : 100,
      anchor: "middle",
      words: { key: "stage.head.unplaced" },
      size: text.label,
    });
  if (set.phase === "act" && set.acting !== 0) {
    const key = large
      ? set.acting > 0
        ? "stage.loop.numbered3"
        : "stage.loop.numbered4"
      : set.acting > 0
        ? "stage.loop.store"
        : "stage.loop.remove";
    labels.push({
      x: queue.x + queue.width / 2,
      y: tray.bottom + (large ? 36 : 18),
      anchor: "middle",
      words: { key, params: { count: Math.abs(set.acting) } },
      tone: "plan",
      size: text.label,
      strong: true,
    });
  }
  return labels;
}

function queued(
  view: ClusterView,
  set: ReplicaSetView,
  plan: Plan,
): { readonly pods: readonly PodMark[]; readonly ghosts: readonly GhostMark[]; readonly size: PodSize } {
  const waiting = view.pods.filter((pod) => pod.owner?.uid === set.uid && pod.node === undefined);
  const count = waiting.length + set.ghosts.length;
  const size = fitting(plan, count, plan.queue.width, plan.nodes.height - plan.nodes.head);
  const at = (i: number): Point => slotAt(size, plan.queue.x, plan.ring.y + size.label / 2, plan.queue.width, count, i);
  const box = { width: size.width, height: size.height };
  return {
    size,
    pods: waiting.map((pod, i) => ({ uid: pod.uid, pod, ...at(i), ...box, ...(size.label >= 12 ? { id: pod.shortId } : {}) })),
    ghosts: set.ghosts.map((ghost, i) => ({
      key: ghost.id,
      revision: undefined,
      ...at(waiting.length + i),
      ...box,
      ...(size.label >= 12 && ghost.shortId !== undefined ? { id: ghost.shortId } : {}),
    })),
  };
}

export interface LoopOptions {
  readonly motion: Motion;
  readonly large: boolean;
  readonly focus?: string;
}

export function loopScene(view: ClusterView, viewport: Viewport, { motion, large, focus }: LoopOptions): LoopScene | undefined {
  const set = chosenSet(view, focus);
  if (set === undefined) return undefined;
  const plan = large ? LARGE : DESK;
  const scale = Math.min(viewport.height / plan.height, viewport.width / plan.width);
  const width = Math.max(plan.width, viewport.width / scale);
  const placed = view.pods.filter((pod) => pod.owner?.uid === set.uid && pod.node !== undefined);
  const nodes = nodeMarks(view, plan, width, placed);
  const most = Math.max(1, ...nodes.map((node) => placed.filter((pod) => pod.node === node.name).length));
  const size = fitting(plan, most, (nodes[0]?.width ?? 100) - 24, plan.nodes.height - plan.nodes.head - 8);
  const waiting = queued(view, set, plan);
  const pods = [...waiting.pods, ...podMarks(placed, nodes, plan, size, view.now, motion)];
  const middle = plan.queue.x + plan.queue.width / 2;
  const lowest = Math.max(plan.ring.y + size.height / 2, ...[...waiting.pods, ...waiting.ghosts].map((mark) => mark.y + mark.height));
  const tip = Math.min(plan.tray.bottom - 14, lowest + (large ? 12 : 18) + (waiting.pods.length > 0 && waiting.size.label >= 12 ? 14 : 0));
  const paths = trayPaths(
    {
      ring: plan.ring,
      top: plan.tray.top,
      bottom: plan.tray.bottom,
      right: width - (large ? 54 : 10),
      target: { x: middle, y: tip + (large ? 22 : 12) },
      corner: 10,
    },
    set.phase,
  );
  const { record, ring } = plan;
  const figureX = large ? record.x + record.width + 74 : record.x + 14;
  return {
    width,
    height: Math.max(plan.height, viewport.height / scale),
    large,
    labels: labelsOf(plan, large, set, waiting.pods.length + waiting.ghosts.length > 0),
    ...(large ? {} : { record }),
    figure: { x: figureX, y: large ? ring.y + 46 : record.y + 78, size: large ? 128 : 46, text: String(set.desired) },
    slots: slotsOf(plan, large, set),
    arrow: [
      { x: large ? figureX + 62 : record.x + record.width, y: ring.y },
      { x: ring.x - ring.r - (large ? 14 : 6), y: ring.y },
    ],
    ring,
    uid: set.uid,
    gap: set.gap,
    phase: set.phase,
    ...paths,
    ...(set.phase === "act" ? { actHead: { x: middle, y: tip } } : {}),
    nodes,
    pods,
    ghosts: waiting.ghosts,
    order: [set.uid, ...pods.map((mark) => mark.uid), ...nodes.map((node) => node.uid)],
  };
}
