/** One case of the benchmark in a process of its own: prints a JSON line. The interval is apply → all Ready, history kept on. */
import { existsSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { Pod } from "../../src/kube/apis/objects";
import { logTable, storeTable } from "../../src/kube/apiserver/storage/store";
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message } from "../../src/sim/types";
import { createWorld } from "../../src/world/world";
import { type BenchCase, CASES } from "./cases";

const name = process.argv[2] ?? "";
const chosen = CASES[name];
if (chosen === undefined) throw new Error(`unknown case "${name}"; there are: ${Object.keys(CASES).join(", ")}`);

interface Mark {
  readonly wall: number;
  readonly cpu: NodeJS.CpuUsage;
  readonly events: number;
  readonly revision: number;
}

const manifest = (replicas: number, image: string): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default", labels: { app: "web" } },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image, ports: [{ containerPort: 80 }] }] } },
  },
});

function world(nodes: number): Timeline {
  const made = createWorld({ seed: 1, profile: "real", nodes, controlPlane: false, kubeSystem: false });
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [...made.actors, { kind: "bench", receive: () => undefined }] });
  for (const input of made.inputs) timeline.submit(input, input.at);
  timeline.seek(20e6);
  return timeline;
}

let calls = 1;
function request(timeline: Timeline, method: string, path: string, body: object): void {
  const message = {
    type: "api.request",
    id: calls++,
    replyTo: "bench/main",
    request: { method, path, body, user: "kubectl", contentType: method === "PATCH" ? "application/merge-patch+json" : "application/json" },
  };
  timeline.submit({ to: "apiserver/main", message: message as Message });
}

interface Counts {
  readonly spec?: { readonly template?: { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } } };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly replicas?: number;
    readonly observedGeneration?: number;
  };
  readonly metadata: { readonly generation?: number };
}

/** What the Deployment itself reports: all replicas of this image, all ready. */
function allReady(timeline: Timeline, image: string, pods: number): boolean {
  const web = timeline.table(storeTable("deployments")).get("default/web")?.object as Counts | undefined;
  const { status } = web ?? {};
  if (web?.spec?.template?.spec?.containers?.[0]?.image !== image || status?.observedGeneration !== web.metadata.generation) return false;
  return status?.readyReplicas === pods && status.updatedReplicas === pods && status.replicas === pods;
}

/** The Pods themselves, counted once at the end. */
function checkPods(timeline: Timeline, image: string, pods: number): void {
  const rows = timeline.table(storeTable("pods")).by("label", "default app=web");
  const ready = rows.filter(({ object }) => isReady(object as Pod, image)).length;
  if (ready !== pods) throw new Error(`${name}: ${ready} of ${pods} Pods are ready`);
}

const isReady = (pod: Pod, image: string): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  pod.spec.containers[0]?.image === image &&
  pod.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") === true;

/** Plays until the condition holds, looking every tenth of a virtual second. */
function playUntil(timeline: Timeline, done: () => boolean): void {
  const limit = timeline.now + 3600e6;
  while (!done()) {
    timeline.seek(timeline.now + 100_000);
    if (timeline.now > limit) throw new Error(`${name}: not done after an hour of virtual time`);
  }
}

function mark(timeline: Timeline): Mark {
  return { wall: performance.now(), cpu: process.cpuUsage(), events: timeline.length, revision: timeline.table(logTable).size };
}

/** Of this process alone: `maxRSS` after a fork begins with the parent's. */
function peakMegabytes(): number {
  const own = existsSync("/proc/self/status") ? /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] : undefined;
  return Math.round((own === undefined ? process.resourceUsage().maxRSS : Number(own)) / 1024);
}

function figures(timeline: Timeline, from: Mark, pods: number): Record<string, number | string> {
  const wall = performance.now() - from.wall;
  const cpu = process.cpuUsage(from.cpu);
  const events = timeline.events(from.events, timeline.length);
  return {
    n: pods,
    cpu_ms: Math.round((cpu.user + cpu.system) / 1000),
    wall_ms: Math.round(wall),
    peak_rss_mb: peakMegabytes(),
    events: events.length,
    api_writes: timeline.table(logTable).size - from.revision,
    watch_deliveries: events.filter((event) => event.message.type === "api.watch").length,
    virtual_s: Math.round(timeline.now / 1e5) / 10,
    state_hash: timeline.hash(),
  };
}

function run(bench: BenchCase): Record<string, unknown> {
  const timeline = world(bench.nodes);
  const before = mark(timeline);
  request(timeline, "POST", "/apis/apps/v1/namespaces/default/deployments", manifest(bench.pods, "nginx:1.27"));
  playUntil(timeline, () => allReady(timeline, "nginx:1.27", bench.pods));
  checkPods(timeline, "nginx:1.27", bench.pods);
  if (bench.kind === "up") return figures(timeline, before, bench.pods);
  if (bench.kind === "seek") return { ...figures(timeline, before, bench.pods), ...seeks(timeline) };
  const start = mark(timeline);
  if (bench.kind === "idle") timeline.seek(timeline.now + 10e6);
  if (bench.kind === "down") {
    request(timeline, "PATCH", "/apis/apps/v1/namespaces/default/deployments/web", { spec: { replicas: 0 } });
    playUntil(timeline, () => timeline.table(storeTable("pods")).by("label", "default app=web").length === 0);
  }
  if (bench.kind === "roll") {
    request(timeline, "PATCH", "/apis/apps/v1/namespaces/default/deployments/web", manifest(bench.pods, "nginx:1.28"));
    playUntil(timeline, () => allReady(timeline, "nginx:1.28", bench.pods));
    checkPods(timeline, "nginx:1.28", bench.pods);
  }
  return figures(timeline, start, bench.pods);
}

/** Step back, then stand at five moments spread over history. */
function seeks(timeline: Timeline): Record<string, unknown> {
  const head = timeline.now;
  const timed = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return Math.round((performance.now() - start) * 10) / 10;
  };
  const step_back_ms = timed(() => timeline.stepBack());
  const seek_ms = [0.9, 0.5, 0.75, 0.25, 0.6].map((share) => timed(() => timeline.seek(Math.round(head * share))));
  return { step_back_ms, seek_ms };
}

console.log(JSON.stringify(run(chosen)));
