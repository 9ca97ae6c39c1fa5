/** What crosses between page and worker. */
import type { Json } from "../sim/types";
import type { SessionCommand, SessionFile, SessionRequest, SessionState } from "./types";

export type ToWorker =
  | { readonly type: "open"; readonly file: SessionFile }
  | { readonly type: "command"; readonly command: SessionCommand }
  | { readonly type: "request"; readonly id: number; readonly request: SessionRequest };

export type FromWorker =
  | { readonly type: "state"; readonly state: SessionState }
  | { readonly type: "answer"; readonly id: number; readonly answer: Json }
  | { readonly type: "refused"; readonly id: number; readonly message: string };
