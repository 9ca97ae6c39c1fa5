/** What a probe reports, from its raw results and its thresholds. */
export type ProbeKind = "readiness" | "liveness" | "startup";
export type ProbeResult = "Success" | "Failure" | "Unknown";

export interface ProbeState {
  readonly reported: ProbeResult;
  readonly lastResult: ProbeResult | null;
  /** How often `lastResult` came in a row. */
  readonly run: number;
}

/**
 * Readiness starts as failed, liveness as passed, startup as unknown.
 * @rule kube.probe.initial
 * @source kubernetes@1.35 pkg/kubelet/prober/worker.go newWorker
 */
export const initialProbeState = (kind: ProbeKind): ProbeState => ({
  reported: kind === "readiness" ? "Failure" : kind === "liveness" ? "Success" : "Unknown",
  lastResult: null,
  run: 0,
});

export interface ProbeStep {
  readonly state: ProbeState;
  /** The container is to be killed; `state` is then that of its successor. */
  readonly kill: boolean;
}

/**
 * Counts one raw result. Below its threshold it changes nothing; a failed liveness or startup probe kills the container.
 * @rule kube.probe.threshold
 * @source kubernetes@1.35 pkg/kubelet/prober/worker.go worker.doProbe
 */
export function probeStep(
  kind: ProbeKind,
  state: ProbeState,
  raw: "Success" | "Failure",
  thresholds: { readonly successThreshold?: number; readonly failureThreshold?: number },
): ProbeStep {
  const run = state.lastResult === raw ? state.run + 1 : 1;
  const threshold = raw === "Failure" ? (thresholds.failureThreshold ?? 3) : (thresholds.successThreshold ?? 1);
  if (run < threshold) return { state: { reported: state.reported, lastResult: raw, run }, kill: false };
  if (raw === "Failure" && kind !== "readiness") return { state: initialProbeState(kind), kill: true };
  return { state: { reported: raw, lastResult: raw, run }, kill: false };
}
