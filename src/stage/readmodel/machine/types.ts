/**
 * What the pictures of one machine are told: processes read from several namespaces, the layers of its union mounts, its cgroups and its
 * network. Plain JSON made from the kernel's tables; no sentence is here.
 *
 * Invariant: arrays are in the order in which a person reads them, and every reference is an index or an id of the same view.
 */
import type { Micros } from "../../../sim/types";
import type { RaceView } from "./race-view";

export interface MachineView {
  readonly machine: string;
  readonly now: Micros;
  /** PID namespaces that hold a process, outermost first; 0 is the host's. */
  readonly viewpoints: readonly ViewpointView[];
  /** Depth first, children by number. */
  readonly processes: readonly ProcessView[];
  readonly unions: readonly UnionView[];
  /** Three union file systems on one trace, while they are mounted. */
  readonly race?: RaceView;
  readonly groups: readonly GroupView[];
  readonly nets: readonly NetView[];
  readonly cables: readonly CableView[];
}

export interface ViewpointView {
  /** The namespace's number, as `readlink /proc/PID/ns/pid` gives it. */
  readonly id: number;
  /** A, B, C … in order of appearance; none for the host's. */
  readonly letter?: string;
  readonly parent?: number;
}

export type NamespaceKind = "pid" | "net" | "mnt" | "uts" | "ipc" | "cgroup" | "user" | "time";

export interface ProcessView {
  readonly uid: string;
  readonly name: string;
  readonly state: string;
  readonly depth: number;
  readonly parent?: number;
  /** Its number from each viewpoint; null where it has none. */
  readonly pids: readonly (number | null)[];
  /** The viewpoint it was born in. */
  readonly own: number;
  readonly namespaces: readonly { readonly kind: NamespaceKind; readonly id: number; readonly shared: boolean }[];
  readonly cgroup: string;
  readonly user: string;
  /** What it stands on: its root as a path of the host, or what is mounted there when no path of the host leads to it. */
  readonly root: {
    readonly path?: string;
    readonly type: string;
    readonly source: string;
    readonly own: boolean;
    /** Of an overlay: its sheets, the one that is written on counted too. */
    readonly layers?: number;
  };
}

/** Of an overlay the first three; of a union of branches the others. */
export type SheetRole = "upper" | "work" | "lower" | "open-branch" | "closed-branch";

export interface SheetView {
  readonly id: string;
  readonly role: SheetRole;
  /** Lowers count from the lowest, 1 first. */
  readonly number?: number;
  readonly path: string;
  readonly bytes: number;
  /** Other union mounts that look through the same sheet. */
  readonly alsoIn: readonly string[];
}

/** What one sheet holds at one path. */
export type EntryState = "seen" | "merged" | "hidden" | "whiteout" | "opaque";

export interface UnionPathView {
  /** From the mount's root, such as `srv/app.db`. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly bytes: number;
  /** Topmost first; only the sheets that hold the name. */
  readonly entries: readonly { readonly sheet: string; readonly state: EntryState }[];
  /** The sheet in which the eye stops on a thing; none when a whiteout stops it. */
  readonly from?: string;
}

export interface CopyUpView {
  readonly path: string;
  readonly from: string;
  readonly done: number;
  readonly of: number;
}

export interface UnionView {
  readonly id: string;
  readonly type: "overlay" | "aufs" | "unionfs";
  readonly mountpoint: string;
  /** Topmost first. */
  readonly sheets: readonly SheetView[];
  /** The paths worth a column, what was changed last first; the rest is counted. */
  readonly paths: readonly UnionPathView[];
  readonly more: number;
  readonly copyUp?: CopyUpView;
}

export interface GroupView {
  readonly path: string;
  readonly processes: number;
  /** Bytes. */
  readonly memory: number;
  readonly memoryMax?: number;
  /** Microseconds of CPU in each of the last periods: ran, and wanted but not allowed. */
  readonly periods: readonly { readonly ran: number; readonly throttled: number }[];
  readonly cpuMax?: { readonly quota: Micros; readonly period: Micros };
  readonly throttled: number;
}

export interface NetView {
  readonly id: number;
  readonly letter?: string;
  readonly devices: readonly DeviceView[];
  readonly processes: readonly string[];
}

export interface DeviceView {
  readonly name: string;
  readonly kind: "loopback" | "ethernet" | "veth" | "bridge" | "dummy";
  readonly up: boolean;
  readonly addresses: readonly string[];
  /** Of a bridge's port. */
  readonly bridge?: string;
}

/** A pair of virtual Ethernet devices, and what travels on it now. */
export interface CableView {
  readonly ends: readonly [CableEnd, CableEnd];
  readonly frames: readonly { readonly uid: string; readonly share: number; readonly what: string }[];
}
export interface CableEnd {
  readonly net: number;
  readonly device: string;
}
