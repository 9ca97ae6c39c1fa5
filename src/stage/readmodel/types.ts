/**
 * What the pictures, their text tables and the "Why?" panel are told: plain JSON made from the world's tables and its history, so that
 * it crosses from worker to page. No sentence is here: a `Words` names a text of the locale files (`stage.…`) and its parameters.
 *
 * Not in a view: anything of the interface (selection, hover, camera), and rows that nobody could see (above `DENSE` Pods only counts
 * per node and the exceptions cross).
 */
import type { Micros, SimEvent, TableDefinition, TableReader } from "../../sim/types";

/** What the read model needs of a world; the engine's Timeline is one. Positions count events, 0 is the first. */
export interface WorldReader {
  readonly now: Micros;
  /** Events played up to here. */
  readonly position: number;
  /** Events ever played here. */
  readonly length: number;
  readonly headTime: Micros;
  table<Row, Index extends string>(definition: TableDefinition<Row, Index>): TableReader<Row, Index>;
  event(position: number): SimEvent | undefined;
  firings(position: number): readonly { readonly rule: string; readonly subject: string }[];
  writes(position: number): readonly { readonly table: string; readonly key: string; readonly before: unknown; readonly after: unknown }[];
  positionAt(at: Micros): number;
}

export interface Words {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** More Pods than this are drawn as a field of cells. */
export const DENSE = 600;

export type PodStateKind = "desired" | "pending" | "creating" | "notReady" | "ready" | "terminating" | "failed" | "unknown" | "finished";
export type HeldState = Exclude<PodStateKind, "desired">;

export interface PodState {
  readonly kind: PodStateKind;
  /** The word beside the mark; none when silence is the label. */
  readonly word?: Words;
  /** The API's own reason, shown as it is, for example `ImagePullBackOff`. */
  readonly reason?: string;
  /** Of creating, 0 to 1. */
  readonly progress?: number;
}

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: "waiting" | "running" | "terminated";
  readonly reason?: string;
}

export interface PodView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** The part of the name that its siblings do not share. */
  readonly shortId: string;
  readonly node?: string;
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  /** Of the ReplicaSet that owns it. */
  readonly revision?: number;
  readonly state: PodState;
  readonly containers: readonly ContainerView[];
  readonly restarts: number;
  readonly ip?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Uids of Services that send it requests now. */
  readonly endpointOf: readonly string[];
  /** Uids of Services that select it, whether or not they send it requests. */
  readonly selectedBy: readonly string[];
  readonly createdAt: Micros;
  /** When its binding was stored, as far as history knows. */
  readonly boundAt?: Micros;
  readonly deletedAt?: Micros;
}

export type LoopPhase = "rest" | "observe" | "compare" | "act";

export interface ReplicaSetView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** `pod-template-hash`, or the name. */
  readonly hash: string;
  readonly deployment?: string;
  readonly revision?: number;
  /** The same image under another tag than the Deployment's other revisions is what a learner must see. */
  readonly images: readonly string[];
  /** What the API server holds now. */
  readonly desired: number;
  /** Pods that count now: not terminating, not finished. */
  readonly have: number;
  readonly ready: number;
  /** What its controller has seen so far: the ring's number is want − have of these. */
  readonly observed: { readonly want: number; readonly have: number };
  readonly gap: number;
  readonly phase: LoopPhase;
  /** Pods it asks the API server to store (positive) or delete (negative) at this moment. */
  readonly acting: number;
  /** Names for what is only wanted. A ghost has no node. */
  readonly ghosts: readonly { readonly id: string; readonly shortId?: string }[];
}

export interface BudgetView {
  readonly floor: number;
  readonly ceiling: number;
  readonly available: number;
  /** Terminating Pods are not in it. */
  readonly total: number;
  /** One per Pod, oldest revision first: available, then the rest, then what leaves. */
  readonly cells: readonly { readonly uid: string; readonly revision: number; readonly state: HeldState }[];
  /** The same as runs of equal cells; what is drawn when cells would be too thin (`cells` is then empty). */
  readonly runs: readonly { readonly state: HeldState; readonly revision: number; readonly count: number }[];
  readonly ghosts: number;
  readonly leaving: number;
  /** The stop that is touched, if the rollout waits for it. */
  readonly blocked?: "floor" | "ceiling";
}

export interface DeploymentView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly image: string;
  readonly paused: boolean;
  readonly strategy: string;
  readonly revision?: number;
  readonly rolling: boolean;
  readonly updated: number;
  readonly ready: number;
  readonly budget?: BudgetView;
  /** Its controller has seen the newest specification. */
  readonly observed: boolean;
}

export interface EndpointView {
  readonly pod: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

export interface ServiceView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly clusterIP?: string;
  /** For example `80`, `80:30080`. */
  readonly ports: readonly string[];
  readonly endpoints: readonly EndpointView[];
  readonly readyCount: number;
}

export interface GaugeView {
  readonly used: number;
  readonly of: number;
  /** For example `1.9`, `3.1 Gi`. */
  readonly text: string;
}

export interface ComponentView {
  /** For example `scheduler/main`. */
  readonly address: string;
  readonly who: Words;
  readonly node?: string;
  readonly running: boolean;
  /** Changes it has not been told of. */
  readonly behind: number;
}

export interface NodeView {
  readonly uid: string;
  readonly name: string;
  readonly podCIDR?: string;
  readonly zone?: string;
  readonly controlPlane: boolean;
  readonly state: "ready" | "notReady" | "unknown";
  /** What is wrong with it by its conditions, in the API's words: `Ready=Unknown`, `MemoryPressure`. */
  readonly troubles: readonly string[];
  /** Its machine is stopped, whether or not the control plane knows. */
  readonly stopped: boolean;
  /** It runs, but a fault keeps it from the API server. */
  readonly cutOff: boolean;
  readonly cordoned: boolean;
  readonly taints: readonly string[];
  readonly cpu?: GaugeView;
  readonly memory?: GaugeView;
  readonly pods: number;
  readonly maxPods?: number;
  readonly components: readonly ComponentView[];
}

/** One simulated request on its way: world motion, so its place is a function of time. */
export interface RequestView {
  readonly id: string;
  readonly client: string;
  readonly service?: string;
  readonly pod?: string;
  readonly failed: boolean;
  readonly sentAt: Micros;
  readonly arrivesAt: Micros;
}

export interface TrafficView {
  readonly client: string;
  readonly service?: string;
  readonly perSecond: number;
  readonly failed: number;
}

/** Counts per node instead of Pods, in the order of `nodes`. */
export interface DensityView {
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
  readonly pods: readonly number[];
  /** Pods of the newest revision. */
  readonly newest: readonly number[];
  readonly ready: readonly number[];
  readonly failed: readonly number[];
  /** 0 ready, 1 not ready, 2 unknown; +4 cordoned. */
  readonly state: readonly number[];
  readonly totals: Readonly<Record<HeldState, number>>;
}

export interface ClusterView {
  readonly now: Micros;
  readonly position: number;
  readonly head: Micros;
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
  readonly replicaSets: readonly ReplicaSetView[];
  readonly deployments: readonly DeploymentView[];
  readonly services: readonly ServiceView[];
  readonly requests: readonly RequestView[];
  readonly traffic: readonly TrafficView[];
  /** Components that run on no node we draw. */
  readonly components: readonly ComponentView[];
  /** Pods that are not drawn because of their namespace. */
  readonly hidden: number;
  readonly namespaces: readonly string[];
  /** Uids of what the last message was about, while it is fresh: their marks thicken. */
  readonly touched: readonly string[];
  readonly density?: DensityView;
}

export interface ClusterOptions {
  /** Namespaces to leave out; `kube-system` and its like when absent. */
  readonly hide?: readonly string[];
  readonly selected?: string;
}

export type StrokeKind = "write" | "read" | "watch";

export interface ObjectRef {
  readonly resource: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly shortId?: string;
  readonly uid?: string;
}

export interface StrokeView {
  /** Its identity: the position of its event. Seek to `position + 1` to stand right after it. */
  readonly position: number;
  readonly seq: number;
  readonly at: Micros;
  readonly kind: StrokeKind;
  /** Index of the lane of the component that is not the API server. */
  readonly lane: number;
  readonly verb: string;
  readonly object?: ObjectRef;
  /** It reached etcd. */
  readonly stored: boolean;
  /** HTTP code of a refusal. */
  readonly refused?: number;
  /** Position of the stroke that caused it. */
  readonly because?: number;
}

export interface LaneView {
  /** For example `etcd`, `apiserver`, `kubectl`, `replicaset-controller`, `kubelet/node-a`, `kubelets`. */
  readonly id: string;
  readonly name: Words;
  readonly role: "store" | "hub" | "person" | "controller" | "scheduler" | "kubelet" | "proxy" | "process" | "group";
}

export interface SpanView {
  readonly lane: number;
  readonly from: Micros;
  /** Not yet over when absent. */
  readonly to?: Micros;
  readonly kind: "pulling" | "starting" | "stopping";
  readonly pod: string;
}

export interface ScoreMark {
  readonly position: number;
  readonly at: Micros;
  readonly says: Words;
  /** Faults and commands are drawn before what merely happened. */
  readonly weight: 1 | 2 | 3;
  readonly alarm: boolean;
}

export interface ScoreView {
  /** The stratum's hue in which the hub is drawn; `orch` when absent. */
  readonly hue?: "kern" | "fs";
  readonly from: Micros;
  readonly to: Micros;
  readonly now: Micros;
  /** Position of the stroke that is now, if the playhead stands right after one. */
  readonly current?: number;
  /** Strokes up to here and ever on this branch. */
  readonly count: number;
  readonly total: number;
  readonly lanes: readonly LaneView[];
  readonly strokes: readonly StrokeView[];
  readonly spans: readonly SpanView[];
  readonly marks: readonly ScoreMark[];
  /** Instead of strokes when there are too many: strokes per bin and lane. */
  readonly bins?: { readonly width: Micros; readonly counts: readonly (readonly number[])[] };
}

export interface NowLineView {
  readonly position: number;
  readonly at: Micros;
  /** Number of the stroke, and of strokes ever on this branch. */
  readonly count: number;
  readonly total: number;
  readonly from: Words;
  readonly to: Words;
  readonly says: Words;
  readonly object?: ObjectRef;
  readonly because?: Words;
  readonly alarm: boolean;
}

export type { Micros } from "../../sim/types";
export type * from "./inspect-types";
