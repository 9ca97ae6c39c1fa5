/**
 * How a component inside the cluster (controller, scheduler, kubelet, proxy) meets the API server: it opens watches, reads a cache and
 * sends requests. A cache is the store as it stood at the watch's cursor, so staleness is a number, not a copy.
 *
 * The functions are in `watch.ts`, `cache.ts`, `call.ts` of this folder.
 */
import type { KubeObject } from "../apis/objects";

export interface WatchSpec {
  /** Plural resource name, for example `pods`. */
  readonly resource: string;
  readonly namespace?: string;
  /** Only Pods bound to this node (the kubelet's watch). */
  readonly node?: string;
  /** In no hurry: told of changes at most every tenth of a second. Costs far fewer events while much happens. */
  readonly relaxed?: boolean;
}

/** One change between two positions of a cursor, oldest first. `old` is what the watcher knew before. */
export interface WatchChange {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: string;
  readonly object: KubeObject;
  readonly old?: KubeObject;
}

/** The store as a watcher knows it. Lists are in key order (`namespace/name`, code units). */
export interface CacheReader {
  get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined;
  list<T extends KubeObject>(resource: string, namespace?: string): readonly T[];
  /** Objects one of whose ownerReferences has this uid. */
  ownedBy<T extends KubeObject>(resource: string, uid: string): readonly T[];
  /** Objects of a namespace with label `key=value`; use the rarest pair of a selector, then filter. */
  labelled<T extends KubeObject>(resource: string, namespace: string, key: string, value: string): readonly T[];
  /** Pods whose spec.nodeName is this ("" for none). */
  podsOn<T extends KubeObject>(node: string): readonly T[];
}
