/**
 * What a controller is: what it watches, which keys a change concerns, and what to do for a key. The rest (queue, retries, requests in
 * flight) is the runtime's.
 *
 * A reconciler compares what is wanted with what is, and returns requests. It holds nothing: a key may be reconciled again at any time.
 * When a request fails, the key is tried again after its back-off; a reconciler never catches failures itself.
 */
import type { Micros, Tx } from "../../../sim/types";
import type { ApiRequest, ApiResponse } from "../../apiserver/door";
import type { CacheReader, WatchChange, WatchSpec } from "../../client/types";
import type { KubeObject } from "../../apis/objects";

/** An Event to write when a call has its answer. `{name}` is the name in the answer, `{error}` its message. */
export interface EventTemplate {
  readonly regarding: KubeObject;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export interface PlannedCall {
  readonly request: ApiRequest;
  /** Send it this many times; 1 by default. */
  readonly repeat?: number;
  readonly success?: EventTemplate;
  readonly failure?: EventTemplate;
  /** Answers that are as good as success. */
  readonly tolerate?: readonly number[];
  /** Answers that fail the sync but write no Event. */
  readonly quiet?: readonly number[];
  /** Causes of a refusal that are as good as success, for example `NamespaceTerminating`. */
  readonly tolerateCause?: string;
  /** Given back to `answered`. */
  readonly tag?: string;
}

/**
 * `sequence`: each after the one before succeeded. `parallel`: all at once. `slow-start`: 1, 2, 4 … at once as long as all succeed.
 */
export type Order = "sequence" | "parallel" | "slow-start";

export interface Plan {
  readonly calls: readonly PlannedCall[];
  readonly order?: Order;
  /** Look again after this time even if nothing happens. */
  readonly requeueAfter?: Micros;
  /** The sync itself failed (a stale cache, for example): back off. */
  readonly error?: string;
}

export const NOTHING: Plan = Object.freeze({ calls: Object.freeze([]) });

export interface Context {
  readonly tx: Tx;
  readonly cache: CacheReader;
}

/** How the calls of the first phase went. `error` is the first message, `tag` that of the first call. */
export interface CallResult {
  readonly tag?: string;
  readonly error?: string;
  readonly sent: number;
  readonly skipped: number;
}

export type KeyRequest = string | { readonly key: string; readonly after: Micros };

export interface Reconciler {
  /** The actor's kind, for example `deployment-controller`. */
  readonly name: string;
  /** The component in Events, where it is not the name. */
  readonly component?: string;
  readonly watches: readonly WatchSpec[];
  keysFor(change: WatchChange, context: Context): readonly KeyRequest[];
  /** Sees each batch of changes before the keys are queued. */
  observe?(changes: readonly WatchChange[], context: Context): void;
  reconcile(key: string, context: Context): Plan;
  /** The second phase, after all calls of the first have their answers. */
  finish?(key: string, context: Context, result: CallResult): Plan;
  answered?(key: string, call: PlannedCall, response: ApiResponse, succeeded: boolean, context: Context): void;
  /** Time that one sync of the key takes beyond the usual; changes within it are one sync. */
  pace?(key: string, context: Context): Micros;
  /** The process starts with nothing in memory. */
  restarted?(tx: Tx): void;
}
