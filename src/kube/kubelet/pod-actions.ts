/** What is to be done next for a Pod, from its spec and the states of its containers. */
import { isSidecar } from "../apis/pod-resources";
import type { Container, PodSpec } from "../apis/objects";
import { containerShouldRestart } from "./restart-policy";
import type { ContainerRow } from "./tables";

export interface PodActions {
  /** Containers to be started now, in order. Those in back-off are among them: whoever starts them looks. */
  readonly start: readonly string[];
  /** Regular containers have all ended for good: sidecars are to be stopped. */
  readonly stopSidecars: boolean;
  /** Nothing runs and nothing will be started again. */
  readonly finished: boolean;
}

const idle = (row: ContainerRow): boolean => row.step === undefined;
const over = (spec: PodSpec, container: Container, row: ContainerRow): boolean =>
  row.state === "terminated" && !containerShouldRestart(container, spec, row.end?.exitCode ?? 0);

/** An init container that is passed: ended well, or a sidecar that has started. */
function passed(container: Container, row: ContainerRow | undefined): boolean {
  if (!row) return false;
  if (isSidecar(container)) return row.state === "running" && row.started;
  return row.state === "terminated" && row.end?.exitCode === 0 && row.reason === undefined;
}

/**
 * Init containers one after the other, each to its end (sidecars: until started); then all containers at once. Ended ones start again
 * as their policy says; when the Pod has run before, only sidecars do among the init containers.
 *
 * Not modelled: ephemeral containers.
 * @rule kube.kubelet.pod-actions
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, computeInitContainerActions
 */
export function podActions(spec: PodSpec, rows: readonly ContainerRow[], initialized: boolean): PodActions {
  const rowOf = (container: Container): ContainerRow | undefined => rows.find((row) => row.name === container.name);
  const start: string[] = [];
  const regularOver = spec.containers.every((container) => {
    const row = rowOf(container);
    return row !== undefined && over(spec, container, row);
  });
  if (initialized && regularOver) {
    const busy = rows.some((row) => row.state === "running" || row.step !== undefined);
    return { start, stopSidecars: rows.some((row) => row.role === "sidecar" && row.state === "running"), finished: !busy };
  }
  for (const container of spec.initContainers ?? []) {
    const row = rowOf(container);
    if (!row) continue;
    if (isSidecar(container)) {
      if (row.state !== "running" && idle(row)) start.push(row.name);
      if (!initialized && !passed(container, row)) return { start, stopSidecars: false, finished: false };
      continue;
    }
    if (initialized || passed(container, row)) continue;
    if (row.state === "terminated" && over(spec, container, row)) return initFailed(rows);
    if (row.state !== "running" && idle(row)) start.push(row.name);
    return { start, stopSidecars: false, finished: false };
  }
  for (const container of spec.containers) {
    const row = rowOf(container);
    if (row && row.state !== "running" && idle(row) && !over(spec, container, row)) start.push(row.name);
  }
  return { start, stopSidecars: false, finished: false };
}

/** An init container failed for good: the Pod has failed, and its sidecars stop. */
function initFailed(rows: readonly ContainerRow[]): PodActions {
  const busy = rows.some((row) => row.state === "running" || row.step !== undefined);
  return { start: [], stopSidecars: rows.some((row) => row.role === "sidecar" && row.state === "running"), finished: !busy };
}
