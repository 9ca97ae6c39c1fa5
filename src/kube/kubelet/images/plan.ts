/** How a program behaves, as data: decided once from image, arguments and environment, then played by the kubelet's timers. */
import type { Micros } from "../../../sim/types";

export interface Listener {
  readonly port: number;
  readonly protocol: "http" | "tcp" | "redis" | "postgres" | "grpc";
}

export interface ProcessPlan {
  /** The command line, as `ps` shows it. */
  readonly argv: readonly string[];
  /** From start until it listens. */
  readonly startup: Micros;
  readonly listens: readonly Listener[];
  /** Lines at start, and after it listens. */
  readonly log: readonly string[];
  /** Ends by itself after this span (counted from its start). */
  readonly exit?: { readonly after: Micros; readonly code: number; readonly log?: string; readonly oom?: boolean };
  /** What SIGTERM does: ends after a span with a code; null when it is ignored and SIGKILL must come. */
  readonly onTerm: { readonly after: Micros; readonly code: number } | null;
  readonly memoryBytes: number;
  readonly http?: HttpBehaviour;
  /** Played by the small shell instead of the fields above. */
  readonly script?: boolean;
  /** Sends requests. */
  readonly client?: { readonly host: string; readonly port: number; readonly path: string; readonly every: Micros };
}

export interface HttpBehaviour {
  readonly server: string;
  /** Body of `/`. `{hostname}` and `{path}` are replaced. */
  readonly body: string;
  readonly delay: Micros;
  /** Paths that answer 503 until the span since start has passed. */
  readonly warmUp?: { readonly path: string; readonly until: Micros };
  /** Paths answering 500 from the span on. */
  readonly sickAfter?: { readonly path: string; readonly after: Micros };
  /** Files below it are served when it is mounted or written to. */
  readonly docRoot?: string;
  /** Unknown paths are 404 unless this is set. */
  readonly anyPath: boolean;
  readonly logRequests: boolean;
}
