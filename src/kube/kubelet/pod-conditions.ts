/**
 * The conditions the kubelet writes: PodReadyToStartContainers, Initialized, ContainersReady, Ready. Times are the status manager's.
 * `statuses` null means that nothing is known yet; a condition is {type, status, reason?, message?}.
 */
import { isSidecar } from "../apis/pod-resources";
import type { Condition, Container, ContainerStatus, PodSpec } from "../apis/objects";

export type ConditionSpec = Pick<PodSpec, "initContainers" | "readinessGates"> & { readonly containers?: readonly Container[] };
type Statuses = readonly ContainerStatus[] | null;

const statusOf = (statuses: Statuses, name: string): ContainerStatus | undefined => statuses?.find((status) => status.name === name);
const list = (names: readonly string[]): string => `[${names.join(" ")}]`;

function messageOf(unknown: readonly string[], other: readonly string[], word: string): string {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: ${list(unknown)}`);
  if (other.length > 0) parts.push(`containers with ${word} status: ${list(other)}`);
  return parts.join(", ");
}

/**
 * @rule kube.pod.condition.containers-ready
 * @source kubernetes@1.35 pkg/kubelet/status/generate.go GenerateContainersReadyCondition
 */
export function containersReadyCondition(spec: ConditionSpec, statuses: Statuses, phase: string): Condition {
  const type = "ContainersReady";
  if (statuses === null) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const unknown: string[] = [];
  const unready: string[] = [];
  for (const { name } of [...(spec.initContainers ?? []).filter(isSidecar), ...(spec.containers ?? [])]) {
    const status = statusOf(statuses, name);
    if (!status) unknown.push(name);
    else if (!status.ready) unready.push(name);
  }
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  const message = messageOf(unknown, unready, "unready");
  return message === "" ? { type, status: "True" } : { type, status: "False", reason: "ContainersNotReady", message };
}

/**
 * Ready when the containers are and every readiness gate's condition is True.
 * @rule kube.pod.condition.ready
 * @source kubernetes@1.35 pkg/kubelet/status/generate.go GeneratePodReadyCondition
 */
export function podReadyCondition(spec: ConditionSpec, conditions: readonly Condition[], statuses: Statuses, phase: string): Condition {
  const type = "Ready";
  const containers = containersReadyCondition(spec, statuses, phase);
  if (containers.status !== "True") return { ...containers, type };
  const messages: string[] = [];
  for (const { conditionType } of spec.readinessGates ?? []) {
    const condition = conditions.find((row) => row.type === conditionType);
    if (!condition) messages.push(`corresponding condition of pod readiness gate ${JSON.stringify(conditionType)} does not exist.`);
    else if (condition.status !== "True")
      messages.push(`the status of pod readiness gate ${JSON.stringify(conditionType)} is not "True", but ${condition.status}`);
  }
  return messages.length === 0 ? { type, status: "True" } : { type, status: "False", reason: "ReadinessGatesNotReady", message: messages.join(", ") };
}

const initialized = (container: Container, status: ContainerStatus): boolean => (isSidecar(container) ? status.started === true : status.ready);
const hasStarted = (status: ContainerStatus | undefined): boolean => status?.state?.running !== undefined || status?.state?.terminated !== undefined;

/**
 * @rule kube.pod.condition.initialized
 * @source kubernetes@1.35 pkg/kubelet/status/generate.go GeneratePodInitializedCondition
 */
export function podInitializedCondition(spec: ConditionSpec, statuses: Statuses, phase: string): Condition {
  const type = "Initialized";
  const init = spec.initContainers ?? [];
  if (statuses === null && init.length > 0) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of init) {
    const status = statusOf(statuses, container.name);
    if (!status) unknown.push(container.name);
    else if (!initialized(container, status)) incomplete.push(container.name);
  }
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "True", reason: "PodCompleted" };
  if ((spec.containers ?? []).some(({ name }) => hasStarted(statusOf(statuses, name)))) return { type, status: "True" };
  const message = messageOf(unknown, incomplete, "incomplete");
  return message === "" ? { type, status: "True" } : { type, status: "False", reason: "ContainersNotInitialized", message };
}

/**
 * @rule kube.pod.condition.ready-to-start
 * @source kubernetes@1.35 pkg/kubelet/status/generate.go GeneratePodReadyToStartContainersCondition
 */
export const podReadyToStartContainersCondition = (sandboxReady: boolean): Condition => ({
  type: "PodReadyToStartContainers",
  status: sandboxReady ? "True" : "False",
});
