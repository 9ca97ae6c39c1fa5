/** What the API server asks of a kubelet for the `log` and `exec` subresources, and what comes back. Types only. */
export interface KubeletCall {
  readonly type: "kubelet.request";
  readonly id: number;
  readonly replyTo: string;
  readonly request: KubeletRequest;
}

export type KubeletRequest =
  | {
      readonly verb: "logs";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly follow: boolean;
      readonly previous: boolean;
      readonly tailLines?: number;
      readonly sinceSeconds?: number;
      readonly timestamps: boolean;
    }
  | {
      readonly verb: "exec";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly command: readonly string[];
      readonly stdin?: string;
    };

/** Pieces of the answer; the last has `done`. `error` is a plain message with its HTTP code. */
export interface KubeletPiece {
  readonly type: "kubelet.piece";
  readonly id: number;
  readonly out?: string;
  readonly err?: string;
  readonly done?: boolean;
  readonly exitCode?: number;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface KubeletCancel {
  readonly type: "kubelet.cancel";
  readonly id: number;
}
