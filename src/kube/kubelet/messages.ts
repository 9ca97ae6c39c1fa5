/** What the kubelet is sent, by itself (timers) and by the world (configuration and faults). */
import type { NodeConfig } from "./tables";

interface ForContainer {
  readonly uid: string;
  readonly container: string;
  /** The run it is about: a message about an earlier run is ignored. */
  readonly attempt: number;
}

export type KubeletTimer =
  | { readonly type: "kubelet.pod"; readonly uid: string }
  | { readonly type: "kubelet.sandbox"; readonly uid: string }
  | { readonly type: "kubelet.deadline"; readonly uid: string }
  | {
      readonly type: "kubelet.pulled";
      readonly uid: string;
      readonly container: string;
      readonly took: number;
      readonly waited: number;
      readonly error?: string;
    }
  | ({ readonly type: "kubelet.started" } & ForContainer)
  | ({ readonly type: "kubelet.exited"; readonly code: number; readonly cause: ExitCause } & ForContainer)
  | ({ readonly type: "kubelet.probe"; readonly probe: "startup" | "liveness" | "readiness" } & ForContainer)
  | {
      readonly type:
        | "kubelet.register"
        | "kubelet.ready"
        | "kubelet.lease"
        | "kubelet.report"
        | "kubelet.sync-node"
        | "kubelet.reconcile-status"
        | "kubelet.evict";
    };

export type ExitCause = "itself" | "oom" | "stopped" | "killed" | "startup";

/** Inputs. `kubelet.crash` is to be sent before the machine's actors are stopped (`sim.stop`). */
export type KubeletInput =
  | { readonly type: "kubelet.configure"; readonly config: NodeConfig }
  | { readonly type: "kubelet.crash" }
  /** Kills a container's main process with a signal (default SIGKILL). */
  | {
      readonly type: "kubelet.kill";
      readonly namespace: string;
      readonly pod: string;
      readonly container?: string;
      readonly signal?: "SIGTERM" | "SIGKILL";
    }
  /** Image pulls of this name (or prefix with `*`) fail from now on; with `off` they work again. */
  | { readonly type: "kubelet.fail-pull"; readonly image: string; readonly message?: string; readonly off?: boolean }
  | { readonly type: "kubelet.pressure"; readonly memory?: boolean; readonly disk?: boolean; readonly pid?: boolean };
