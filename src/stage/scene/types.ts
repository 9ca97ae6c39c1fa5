/**
 * Scenes: geometry as data, in pixels of the picture. Layout functions make them from a view, painters draw them; the same view and
 * viewport always give the same scene. Words stay keys.
 */
import type { LoopPhase, PodStateKind, PodView, ServiceView, Words } from "../readmodel/types";

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** How simulated time turns into movement. At rest everything stands where it belongs. */
export interface Motion {
  readonly playing: boolean;
  readonly speed: number;
  /** Reduced motion: nothing travels, and an arrow shows the way that a mark would have taken. */
  readonly trails?: boolean;
}
export const AT_REST: Motion = { playing: false, speed: 1 };

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Label extends Point {
  readonly words: Words;
  readonly anchor?: "start" | "middle" | "end";
  readonly tone?: "plan" | "fact" | "quiet" | "alarm" | "pod";
  readonly weight?: "strong" | "head";
  readonly small?: boolean;
}

export interface PodMark extends Box {
  readonly uid: string;
  readonly pod: PodView;
  /** Text under the mark; absent when marks are too small for it. */
  readonly id?: string;
  readonly word?: Words;
  readonly reason?: string;
  readonly port?: "left";
  /** The reason stands right of the mark, where there is no room under it. */
  readonly aside?: boolean;
  /** Where it came from a moment ago, when it is not shown walking. */
  readonly trail?: Point;
}

export interface GhostMark extends Box {
  readonly key: string;
  readonly revision?: number;
  readonly id?: string;
}

export interface BandMark extends Box {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly hash: string;
  readonly revision?: number;
  readonly images: readonly string[];
  /** Its image cannot be had: the tag is what a reader must see. */
  readonly badImage: boolean;
  readonly desired: number;
  readonly gap: number;
  readonly have: number;
  readonly phase: LoopPhase;
  readonly acting: number;
  readonly card: Box;
  /** Slots at the record, one per wanted Pod, when they fit. */
  readonly slots: readonly (Box & { readonly key: string })[];
  readonly ring: Point & { readonly r: number };
  readonly observePath: string;
  readonly actPath: string;
  /** The rest of the bottom edge while the act arrow leaves it. */
  readonly restPath?: string;
  /** Ends before the nodes where there is little room. */
  readonly observeLabel: Point & { readonly anchor?: "end" };
  readonly actLabel: Point;
  readonly more: number;
  /** Pods without an owner are a row without a loop. */
  readonly loose: boolean;
}

export interface GaugeMark extends Point {
  readonly name: "cpu" | "mem";
  readonly share: number;
  readonly text: string;
  readonly width: number;
}

export interface ComponentMark extends Point {
  readonly address: string;
  readonly who: Words;
  readonly running: boolean;
  readonly behind: number;
}

export interface NodeMark extends Box {
  readonly uid: string;
  readonly name: string;
  readonly podCIDR?: string;
  readonly lost: boolean;
  readonly notReady: boolean;
  /** Conditions out of order, in the API's words. */
  readonly troubles: readonly string[];
  readonly stopped: boolean;
  readonly cordoned: boolean;
  readonly controlPlane: boolean;
  readonly headHeight: number;
  readonly gauges: readonly GaugeMark[];
  readonly components: readonly ComponentMark[];
}

export interface ServiceMark extends Box {
  readonly uid: string;
  readonly service: ServiceView;
  readonly taps: readonly number[];
  readonly clients: Point;
  /** Under the Pod that sends it requests, when that Pod is drawn: they go down from there into the bar. */
  readonly sender?: { readonly client: string; readonly from: Point; readonly to: Point };
}

export interface RiserMark {
  readonly key: string;
  readonly service: string;
  readonly pod: string;
  readonly d: string;
  /** A Pod that has just left the Service: cut, with a cross. */
  readonly cut?: Point;
  /** The way a request takes along it, from the bar to the port. */
  readonly points: readonly Point[];
}

export interface PacketPlace extends Point {
  readonly key: string;
  readonly failed: boolean;
}

export interface DeploymentMark extends Box {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly image: string;
  readonly paused: boolean;
  readonly compact: boolean;
  readonly bracket: string;
}

export interface BudgetMark extends Point {
  readonly unit: number;
  readonly deployment: string;
  /** Says whose budget it is, when there are several Deployments. */
  readonly named: boolean;
}

export interface ClusterScene {
  readonly width: number;
  readonly height: number;
  /** Height that its content needs. */
  readonly needed: number;
  readonly labels: readonly Label[];
  readonly bands: readonly BandMark[];
  readonly nodes: readonly NodeMark[];
  readonly pods: readonly PodMark[];
  readonly ghosts: readonly GhostMark[];
  readonly services: readonly ServiceMark[];
  readonly risers: readonly RiserMark[];
  readonly packets: readonly PacketPlace[];
  readonly deployments: readonly DeploymentMark[];
  readonly budget?: BudgetMark;
  readonly empty: boolean;
  /** Uids in reading order: desired, gap, current, row by row. */
  readonly order: readonly string[];
}

/** One loop, large: the first lesson's and the presenter's stage. */
export interface LoopScene {
  readonly width: number;
  readonly height: number;
  readonly large: boolean;
  readonly labels: readonly (Label & { readonly size: number; readonly strong?: boolean })[];
  readonly record?: Box;
  readonly figure: Point & { readonly size: number; readonly text: string };
  readonly slots: readonly (Box & { readonly key: string })[];
  readonly arrow: readonly [from: Point, to: Point];
  readonly ring: Point & { readonly r: number; readonly size: number };
  readonly uid: string;
  readonly gap: number;
  readonly phase: LoopPhase;
  readonly observePath: string;
  readonly actPath: string;
  readonly restPath?: string;
  readonly actHead?: Point;
  readonly nodes: readonly NodeMark[];
  readonly pods: readonly PodMark[];
  readonly ghosts: readonly GhostMark[];
  readonly order: readonly string[];
}

/** One revision's loop in the presenter's picture of a Deployment. */
export interface DuoRow {
  readonly uid: string;
  readonly revision: number | undefined;
  readonly image: string;
  readonly desired: number;
  readonly gap: number;
  readonly phase: LoopPhase;
  readonly middle: number;
  readonly ring: Point & { readonly r: number; readonly size: number };
  readonly arrow: readonly [from: Point, to: Point];
  readonly observePath: string;
  readonly actPath: string;
  readonly restPath?: string;
  readonly actHead?: Point;
}

/** Two loops and one budget, large. */
export interface DuoScene extends Pick<LoopScene, "width" | "height" | "labels" | "nodes" | "pods" | "ghosts" | "order"> {
  readonly rows: readonly DuoRow[];
  readonly deployment: string;
  readonly card: Box;
  readonly bracket: string;
  readonly ruler?: Point & { readonly unit: number };
  readonly right: number;
}

export type { PodStateKind };
