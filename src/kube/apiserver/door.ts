/**
 * The API server's one door, in the shapes of HTTP: what kubectl, controllers, kubelets and the Node server send and get.
 * Types only.
 */
import type { Json } from "../../sim/types";

export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface ApiRequest {
  readonly method: Verb;
  /** For example `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
  readonly path: string;
  /** Decoded query; a repeated parameter (`command` of exec) is one text joined by newlines. For example `{labelSelector: "app=web", watch: "true", dryRun: "All"}`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Patches: `application/strategic-merge-patch+json`, `application/merge-patch+json`, `application/json-patch+json`, `application/apply-patch+yaml`. */
  readonly contentType?: string;
  /** `as=Table` in it asks for server-side printing. */
  readonly accept?: string;
  readonly body?: Json;
  /** Field manager / user agent, for example `kubectl`. */
  readonly user?: string;
  /** Acts as another user (`kubectl --as`), who has no roles. */
  readonly as?: string;
}

export interface ApiResponse {
  readonly code: number;
  /** An object, a List, a Table, a metav1.Status, or text (logs). */
  readonly body: Json;
  readonly warnings?: readonly string[];
}

/** Sent to `apiserver/main`. The answer comes back to the sender as an `ApiReply` with the same id. */
export interface ApiCall {
  readonly type: "api.request";
  readonly id: number;
  /** "" for the cluster's own components when they do not wait for the answer. */
  readonly replyTo: string;
  readonly request: ApiRequest;
  /** Seq of the sender's deadline, a message to itself that an answer cancels. */
  readonly timer?: number;
  /** The body was built by one of the cluster's own components, as a typed client would: it fits its type. */
  readonly typed?: boolean;
}

export interface ApiReply {
  readonly type: "api.reply";
  readonly id: number;
  readonly response: ApiResponse;
}

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: Json;
}

/**
 * Outside clients (kubectl, the Node server) watch by `GET …?watch=true`: the reply is code 200 with body `{watch: string}`, and then these
 * messages come to `replyTo` until `api.unwatch` is sent or an ERROR (410 Gone) closes it. With `accept` asking for a Table, objects are Tables of one row.
 */
export interface ApiWatchEvents {
  readonly type: "api.events";
  readonly watch: string;
  readonly events: readonly WatchEvent[];
  readonly closed?: boolean;
}

export interface ApiUnwatch {
  readonly type: "api.unwatch";
  readonly watch: string;
}

/** Streams of `log?follow=true` and `exec`: pieces after the reply (code 200, body `{stream: string}`), the last with `done`. `api.unwatch` ends it. */
export interface ApiStreamPiece {
  readonly type: "api.stream";
  readonly stream: string;
  readonly out?: string;
  readonly err?: string;
  readonly done?: boolean;
  readonly exitCode?: number;
}

/** Components inside the cluster hold a cursor instead: this notice says how far they may read (see kube/client). */
export interface WatchNotice {
  readonly type: "api.watch";
  readonly watch: string;
  readonly revision: number;
}
