/**
 * The session: the interface's only handle on the world. The world runs in a worker; the page sends commands and gets states.
 *
 * A session file is what a link, an autosave and an export hold: configuration and inputs of each branch, from which every world is
 * replayed. It carries the engine's version and, for where it stands, the state's hash (see docs/decisions/0001).
 */
import type { Json, Micros, Profile } from "../sim/types";
import type { Fault } from "../shell/fault-line";
import type { MachineView } from "../stage/readmodel/machine/types";
import type { MachineConfig } from "../world/config";
import type { ClusterView, InspectorView, NowLineView, ScoreView, Words } from "../stage/readmodel/types";

/** Version of the rules. It changes when equal inputs may give another world; links say which they were made with. */
export const ENGINE_VERSION = "0.1";

export interface SessionConfig {
  readonly seed: number;
  readonly profile: Profile;
  /** Number of worker nodes. */
  readonly nodes: number;
  readonly controlPlane: boolean;
  /** Whether kube-system runs (DNS, control-plane Pods). */
  readonly kubeSystem: boolean;
  /** Machines with a kernel of their own. With no node and no control plane there is no cluster. */
  readonly machines?: readonly MachineConfig[];
}

export interface SessionInput {
  /** Virtual time in microseconds. */
  readonly at: Micros;
  readonly to: string;
  readonly message: { readonly type: string } & { readonly [key: string]: Json };
}

export interface BranchFile {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  /** Where it left its parent. */
  readonly forkAt: Micros;
  readonly inputs: readonly SessionInput[];
  /** How far it was played, and where it stands: time and number of events. */
  readonly head: Micros;
  readonly now: Micros;
  readonly position: number;
  readonly hash?: string;
}

export interface SessionFile {
  readonly schema: "strata/session@1";
  readonly engine: string;
  readonly config: SessionConfig;
  readonly branches: readonly BranchFile[];
  readonly active: number;
}

export interface BranchView {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  readonly forkAt: Micros;
  readonly now: Micros;
  readonly head: Micros;
  readonly active: boolean;
}

export interface TerminalLine {
  readonly stream: "in" | "out" | "err";
  readonly text: string;
  readonly job: number;
  /** Of a line typed: it goes on with a command that the line before began. */
  readonly continues?: true;
  /** Of a line typed to a program: what stood before it. */
  readonly prompt?: string;
}

export interface TerminalView {
  readonly lines: readonly TerminalLine[];
  /** Lines dropped from the front of `lines` because there are too many. */
  readonly dropped: number;
  readonly prompt: string;
  readonly busy: boolean;
  /** A program waits for a line to be typed, or for the end of input. */
  readonly reads?: true;
  /** Of a machine's terminal: the bytes that were printed on it, the last of them, and how many came before. Then `lines` is empty. */
  readonly screen?: { readonly text: string; readonly dropped: number; readonly columns: number; readonly rows: number };
  /** Of a machine's terminal: the letter of the PID namespace that whoever reads it stands in; the host's has none. */
  readonly standing?: string;
  /** A program waits for a text to be edited (`kubectl edit`). */
  readonly edit?: { readonly job: number; readonly name: string; readonly text: string };
}

export interface FaultView {
  readonly fault: Fault;
  readonly mends: Fault;
  /** The component, node or image that is broken, in words. */
  readonly what: Words;
}

export interface SessionState {
  readonly now: Micros;
  readonly head: Micros;
  /** Events played up to here, and ever played on this branch. */
  readonly position: number;
  readonly length: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly branches: readonly BranchView[];
  readonly config: SessionConfig;
  readonly cluster: ClusterView;
  /** The machines of this world, in the order of the configuration. */
  readonly machines: readonly MachineView[];
  readonly score: ScoreView;
  readonly nowLine?: NowLineView;
  readonly inspector?: InspectorView;
  /** Uid of what is selected, whatever it is. */
  readonly selected?: string;
  readonly terminals: Readonly<Record<string, TerminalView>>;
  readonly files: Readonly<Record<string, string>>;
  /** What is broken here, and what mends it. */
  readonly faults: readonly FaultView[];
  /**
   * Everything submitted on this branch, oldest first, with its time, as a person can type it; empty text for what is no command of its own
   * (a file written, a key pressed).
   */
  readonly commands: readonly { readonly at: Micros; readonly text: string }[];
  /** States of the host's extensions, for example the exercise checker. */
  readonly extensions: Readonly<Record<string, Json>>;
  /** A file is being replayed: simulated time done and to do. The world is not yet the one that was asked for. */
  readonly busy?: { readonly done: Micros; readonly of: Micros };
  /** A bug of ours: the session stands before the event that failed. */
  readonly error?: { readonly position: number; readonly message: string };
  /** The loaded file was made by another engine, or its hash differs. */
  readonly notice?: "engine" | "hash";
}

/** Whether terminals are those of machines. */
export { isMachineWorld } from "../world/consoles";

export type SessionRequest =
  | { readonly kind: "hash" }
  /** Objects of a resource as the API server stores them, as in `kubectl get -o json`. */
  | { readonly kind: "objects"; readonly resource: string }
  /** The table behind the picture. */
  | { readonly kind: "text" }
  | { readonly kind: "grid"; readonly uid: string }
  /** How many Pods of a ReplicaSet counted, over time up to the playhead. */
  | { readonly kind: "counted"; readonly uid: string }
  /** What differs between the worlds of two branches: where each stands, or both at one time (at most as far as both were played). */
  | { readonly kind: "compare"; readonly a: number; readonly b: number; readonly at?: Micros }
  /** The picture of another branch where it stands. */
  | { readonly kind: "cluster"; readonly branch: number }
  /** Why a process exists: its causes, the nearest first. */
  | { readonly kind: "why"; readonly uid: string }
  | { readonly kind: "complete"; readonly terminal: string; readonly line: string; readonly cursor: number }
  | { readonly kind: "record"; readonly onlyActive: boolean }
  | { readonly kind: "extension"; readonly name: string; readonly message: Json };

export type SessionCommand =
  | { readonly do: "submit"; readonly to: string; readonly message: SessionInput["message"] }
  | { readonly do: "play" | "pause" | "head" | "stepForward" | "stepBack" }
  | { readonly do: "speed"; readonly speed: number }
  | { readonly do: "stroke"; readonly by: 1 | -1; readonly uid?: string }
  | { readonly do: "seek"; readonly at: Micros }
  | { readonly do: "branch"; readonly name?: string }
  | { readonly do: "switch"; readonly id: number }
  | { readonly do: "select"; readonly uid?: string }
  | { readonly do: "load"; readonly file: SessionFile }
  | { readonly do: "window"; readonly from: Micros; readonly to: Micros };

export interface ObjectDifference {
  readonly resource: string;
  readonly key: string;
  readonly side: "a" | "b" | "both";
  /** For objects on both sides: paths whose values differ. */
  readonly paths?: readonly string[];
}

export interface Session {
  /** At the playhead; in the past it makes a branch. */
  submit(to: string, message: SessionInput["message"]): void;
  /** A line typed in a terminal (`"1"`). */
  type(terminal: string, line: string): void;
  key(terminal: string, key: "ctrl-c" | "ctrl-d"): void;
  /** Keys struck at a machine's terminal, as bytes. */
  strike(terminal: string, keys: string): void;
  /** The window of a machine's terminal has another size. */
  resize(terminal: string, columns: number, rows: number): void;
  /** One more terminal with a shell, on a machine. */
  newTerminal(machine: string): void;
  writeFile(path: string, text: string): void;
  deleteFile(path: string): void;
  edited(terminal: string, job: number, text: string | undefined): void;
  complete(terminal: string, line: string, cursor: number): Promise<Completion>;
  play(): void;
  pause(): void;
  setSpeed(speed: number): void;
  stepForward(): void;
  stepBack(): void;
  /** One stroke of the Score; with a uid, one that touches it. */
  stepStroke(by: 1 | -1, uid?: string): void;
  seek(at: Micros): void;
  goHead(): void;
  branch(name?: string): void;
  switchBranch(id: number): void;
  select(uid: string | undefined): void;
  request(request: SessionRequest): Promise<Json>;
  record(onlyActive?: boolean): Promise<SessionFile>;
  /** Replaces the world; done when it stands where the file says. */
  load(file: SessionFile): Promise<void>;
  state(): SessionState | undefined;
  subscribe(listener: (state: SessionState) => void): () => void;
  close(): void;
}

export interface Completion {
  /** Where the replaced word begins. */
  readonly from: number;
  readonly candidates: readonly string[];
}

/** A world that is described by configuration and inputs alone. */
export function sessionOf(config: SessionConfig, inputs: readonly SessionInput[] = [], until: Micros = 0): SessionFile {
  return {
    schema: "strata/session@1",
    engine: ENGINE_VERSION,
    config,
    active: 1,
    branches: [{ id: 1, name: "main", parent: null, forkAt: 0, inputs, head: until, now: until, position: -1 }],
  };
}
