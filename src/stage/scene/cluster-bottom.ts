/** What lies under the grid: Services with their risers, and the Deployment's record with its rollout budget. */
import { interpolateNumber } from "d3";
import type { ClusterView } from "../readmodel/types";
import { nodeMarks } from "./cluster-nodes";
import type { Columns, Layout } from "./cluster-rows";
import { obstaclesOf, pointAlong, riserWay } from "./riser-route";
import type { BudgetMark, ClusterScene, DeploymentMark, Motion, PacketPlace, PodMark, Point, RiserMark, ServiceMark } from "./types";

const BAR = 20;
const BAR_PITCH = 26;
/** Share of a request's time that it takes to the bar. */
const HOP = 0.4;
const between = (a: Point, b: Point, u: number): Point => ({ x: interpolateNumber(a.x, b.x)(u), y: interpolateNumber(a.y, b.y)(u) });
const n = (value: number): number => Math.round(value * 10) / 10;

interface Options {
  readonly selected?: string;
  readonly motion: Motion;
}

type Marks = Pick<ClusterScene, "services" | "risers" | "packets" | "deployments" | "budget">;

function serviceMarks(
  view: ClusterView,
  layout: Layout,
  columns: Columns,
  pods: readonly PodMark[],
): { readonly services: readonly ServiceMark[]; readonly risers: readonly RiserMark[] } {
  const left = (columns.nodes[0]?.x ?? columns.queue) - 4;
  const right = Math.min(columns.right - 6, (columns.nodes.at(-1)?.x ?? left) + columns.nodeWidth + 4);
  const byUid = new Map(pods.map((mark) => [mark.uid, mark]));
  const nodes = new Map(nodeMarks(columns, layout).map((node) => [node.name, { node, obstacles: obstaclesOf(node, pods) }]));
  const bottomOf = (mark: PodMark): number => {
    const row = layout.rows.find(({ y, height }) => mark.y >= y && mark.y < y + height);
    return row === undefined ? mark.y + mark.height : row.y + row.height;
  };
  const risers: RiserMark[] = [];
  const services = view.services.map((service, i): ServiceMark => {
    const y = layout.nodeBottom + 50 + i * BAR_PITCH;
    const taps: number[] = [];
    for (const endpoint of service.endpoints) {
      const mark = byUid.get(endpoint.pod);
      if (mark === undefined || mark.pod.node === undefined) continue;
      const place = nodes.get(mark.pod.node);
      if (place === undefined) continue;
      const way = riserWay({ ...place, mark, bar: y, rowBottom: bottomOf(mark), offset: (i % 3) * 2, taken: taps });
      const x = way.points[0]?.x ?? mark.x;
      const base = { key: `${service.uid} ${endpoint.pod}`, service: service.uid, pod: endpoint.pod, points: way.points };
      if (endpoint.ready) {
        taps.push(x);
        risers.push({ ...base, d: way.d });
      } else if (endpoint.terminating) {
        risers.push({ ...base, d: `M${n(x)} ${n(y)}v-22`, cut: { x, y: y - 30 } });
      }
    }
    const sender = senderOf(view, service.uid, pods, { left, right, y });
    return {
      ...(sender === undefined ? {} : { sender }),
      uid: service.uid,
      service,
      x: left,
      y,
      width: right - left,
      height: BAR,
      taps,
      clients: { x: left - 8, y: y + BAR / 2 },
    };
  });
  return { services, risers };
}

/** The drawn Pod from which requests to a Service come. */
function senderOf(
  view: ClusterView,
  service: string,
  pods: readonly PodMark[],
  bar: { readonly left: number; readonly right: number; readonly y: number },
): ServiceMark["sender"] {
  for (const { client, service: to } of view.traffic) {
    if (to !== service) continue;
    const name = client.slice(client.lastIndexOf("/") + 1);
    const mark = pods.find(({ pod }) => pod.name === name);
    if (mark === undefined) continue;
    const x = mark.x + mark.width * 0.75;
    return { client, from: { x, y: mark.y + mark.height }, to: { x: Math.min(bar.right - 8, Math.max(bar.left + 8, x)), y: bar.y } };
  }
  return undefined;
}

/** Where requests are at this moment: first along the line to the bar, then up the riser. */
function packetPlaces(view: ClusterView, services: readonly ServiceMark[], risers: readonly RiserMark[], columns: Columns): readonly PacketPlace[] {
  const places: PacketPlace[] = [];
  for (const request of view.requests) {
    const bar = services.find((mark) => mark.uid === request.service);
    if (bar === undefined || request.arrivesAt <= request.sentAt) continue;
    const u = (view.now - request.sentAt) / (request.arrivesAt - request.sentAt);
    if (u < 0 || u > 1) continue;
    const riser = risers.find((mark) => mark.service === request.service && mark.pod === request.pod);
    const y = bar.clients.y;
    const { sender } = bar;
    if (sender?.client === request.client && u < HOP) {
      places.push({ key: request.id, failed: request.failed, ...between(sender.from, sender.to, u / HOP) });
      continue;
    }
    if (u < HOP || riser === undefined) {
      const from = sender?.client === request.client ? bar.x : columns.queue - 6;
      places.push({ key: request.id, failed: request.failed, x: from + (bar.x - from) * Math.min(1, u / HOP), y });
    } else {
      const v = (u - HOP) / (1 - HOP);
      places.push({ key: request.id, failed: request.failed, ...pointAlong(riser.points, v) });
    }
  }
  return places;
}

function deploymentMarks(view: ClusterView, layout: Layout, columns: Columns): readonly DeploymentMark[] {
  const marks: DeploymentMark[] = [];
  for (const one of view.deployments) {
    const rows = layout.rows.filter((row) => row.deployment === one.uid);
    const first = rows[0];
    const last = rows.at(-1);
    const { uid, name, namespace, replicas, image, paused } = one;
    const base = { uid, name, namespace, replicas, image, paused, x: columns.desired };
    const spine = columns.desired - 16;
    if (layout.single !== undefined) {
      const y = layout.bottom + 18;
      const bracket =
        first === undefined || last === undefined
          ? ""
          : `M${columns.desired - 8} ${n(first.y + 20)}h-8V${n(last.y + last.height - 20)}h8M${spine} ${n(last.y + last.height - 20)}V${n(y + 26)}h16`;
      marks.push({ ...base, y, width: 204, height: 52, compact: false, bracket });
      continue;
    }
    const y = layout.strips.get(uid);
    if (y === undefined || last === undefined) continue;
    const bracket = `M${columns.desired} ${n(y + 13)}h-16V${n(last.y + last.height / 2)}h8`;
    marks.push({ ...base, y, width: columns.cardWidth, height: 26, compact: true, bracket });
  }
  return marks;
}

/** The budget of the Deployment that is selected, or the first that rolls, or the only one. */
function budgetMark(view: ClusterView, layout: Layout, columns: Columns, selected: string | undefined): BudgetMark | undefined {
  const candidates = view.deployments.filter((one) => one.budget !== undefined && one.replicas > 0);
  const sets = new Map(view.replicaSets.map((set) => [set.uid, set.deployment]));
  const chosen =
    candidates.find((one) => one.uid === selected || sets.get(selected ?? "") === one.uid) ??
    candidates.find((one) => one.rolling) ??
    (layout.single === undefined ? undefined : candidates[0]);
  if (chosen?.budget === undefined) return undefined;
  const most = Math.max(chosen.budget.ceiling, chosen.budget.total + chosen.budget.ghosts) + Math.max(1, Math.min(3, chosen.budget.leaving));
  const room = columns.queue - columns.desired - 20;
  const y = layout.single === undefined ? layout.bottom + 50 : layout.bottom + 118;
  return { x: columns.desired + 2, y, unit: Math.min(34, room / most), deployment: chosen.uid, named: layout.single === undefined };
}

export function bottomMarks(
  view: ClusterView,
  layout: Layout,
  columns: Columns,
  pods: readonly PodMark[],
  options: Options,
): { readonly marks: Marks; readonly height: number } {
  const { services, risers } = serviceMarks(view, layout, columns, pods);
  const budget = budgetMark(view, layout, columns, options.selected);
  const height = Math.max(layout.nodeBottom + 40, (services.at(-1)?.y ?? 0) + BAR + 24, budget === undefined ? 0 : budget.y + 52);
  return {
    marks: {
      services,
      risers,
      packets: packetPlaces(view, services, risers, columns),
      deployments: deploymentMarks(view, layout, columns),
      ...(budget === undefined ? {} : { budget }),
    },
    height,
  };
}
