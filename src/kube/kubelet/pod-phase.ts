/** The Pod's phase, from the states of its containers. */
import { isSidecar } from "../apis/pod-resources";
import type { Container, ContainerStatus, PodSpec } from "../apis/objects";
import { containerShouldRestart } from "./restart-policy";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";
type PhaseSpec = Pick<PodSpec, "restartPolicy" | "initContainers"> & { readonly containers?: readonly Container[] };

interface Tally {
  pendingInit: number;
  pendingSidecars: number;
  failedForGood: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  stoppedForGood: number;
  succeeded: number;
}

/** How the container last ended, when it is not running again. */
const endOf = (status: ContainerStatus): { readonly exitCode: number } | undefined =>
  status.state?.terminated ?? (status.state?.waiting ? status.lastState?.terminated : undefined);

function countInit(tally: Tally, container: Container, status: ContainerStatus | undefined, spec: PhaseSpec): void {
  const end = status && !status.state?.running ? endOf(status) : undefined;
  if (!end) tally.pendingInit++;
  else if (end.exitCode !== 0 && !containerShouldRestart(container, spec, end.exitCode)) tally.failedForGood++;
}

function countSidecar(tally: Tally, status: ContainerStatus | undefined): void {
  if (!status) tally.unknown++;
  else if (status.state?.running) {
    if (status.started !== true) tally.pendingSidecars++;
    tally.running++;
  } else if (!endOf(status)) {
    tally.pendingSidecars++;
    if (status.state?.waiting) tally.waiting++;
    else tally.unknown++;
  }
}

function countRegular(tally: Tally, container: Container, status: ContainerStatus | undefined, spec: PhaseSpec): void {
  const end = status && !status.state?.running ? endOf(status) : undefined;
  if (status?.state?.running) tally.running++;
  else if (end) {
    tally.stopped++;
    if (!containerShouldRestart(container, spec, end.exitCode)) tally.stoppedForGood++;
    if (status?.state?.terminated?.exitCode === 0) tally.succeeded++;
  } else if (status?.state?.waiting) tally.waiting++;
  else tally.unknown++;
}

/**
 * Pending until every container was started, Running while one runs or will be started again; then Succeeded or Failed.
 * `initialized` says that a regular container has run before, so that restarting sidecars do not make the Pod Pending again.
 *
 * Not modelled: static Pods.
 * @rule kube.pod.phase
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go getPhase
 */
export function podPhase(spec: PhaseSpec, statuses: readonly ContainerStatus[], podIsTerminal: boolean, initialized: boolean): PodPhase {
  const tally: Tally = {
    pendingInit: 0,
    pendingSidecars: 0,
    failedForGood: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    stoppedForGood: 0,
    succeeded: 0,
  };
  const statusOf = (name: string): ContainerStatus | undefined => statuses.find((status) => status.name === name);
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) countSidecar(tally, statusOf(container.name));
    else countInit(tally, container, statusOf(container.name), spec);
  }
  for (const container of spec.containers ?? []) countRegular(tally, container, statusOf(container.name), spec);

  if (tally.failedForGood > 0) return "Failed";
  if (tally.pendingInit > 0 || (tally.pendingSidecars > 0 && !initialized) || tally.waiting > 0) return "Pending";
  if (tally.running > 0 && tally.unknown === 0) return "Running";
  if (tally.running > 0 || tally.stopped === 0 || tally.unknown > 0) return "Pending";
  if (!podIsTerminal && tally.stopped !== tally.stoppedForGood) return "Running";
  return tally.stopped === tally.succeeded ? "Succeeded" : "Failed";
}
