/**
 * Pods, ReplicaSets and Deployments as `kubectl describe` shows them.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go
 */
import { formatLabelSelector } from "../../../kube/apis/label-selector";
import type { Condition, Deployment, KubeObject, Pod, PodTemplateSpec, ReplicaSet } from "../../../kube/apis/objects";
import type { Micros } from "../../../sim/types";
import { jsonText } from "../printers/json";
import { containerLines, resourceLines } from "./containers";
import { spreadLines, templateLines, volumeLines } from "./pod-template";
import { annotationLines, eventLines, type EventObject, labelLines, since, timeText, tolerationLines, Writer } from "./writer";

export const controllerOf = (object: KubeObject): string | undefined => {
  const owner = (object.metadata.ownerReferences ?? []).find((reference) => reference.controller === true);
  return owner === undefined ? undefined : `${owner.kind}/${owner.name}`;
};

/** @source describePod */
export function describePod(pod: Pod, events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { spec, status = {} } = pod;
  podHead(writer, pod, now);
  writer.line(0, `IP:\t${status.podIP ?? ""}`);
  const ips = status.podIPs ?? [];
  writer.line(0, ips.length === 0 ? "IPs:\t<none>" : "IPs:");
  for (const { ip } of ips) writer.line(1, `IP:\t${ip}`);
  const controller = controllerOf(pod);
  if (controller !== undefined) writer.line(0, `Controlled By:\t${controller}`);
  if (status.nominatedNodeName) writer.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
  resourceLines(writer, (spec as { readonly resources?: { readonly limits?: Record<string, string> } }).resources, 0);
  if ((spec.initContainers ?? []).length > 0)
    containerLines(writer, "Init Containers", spec.initContainers ?? [], status.initContainerStatuses ?? [], "", pod);
  containerLines(writer, "Containers", spec.containers, status.containerStatuses ?? [], "", pod);
  const gates = spec.readinessGates ?? [];
  if (gates.length > 0) {
    writer.line(0, "Readiness Gates:\n  Type\tStatus");
    for (const { conditionType } of gates)
      writer.line(1, `${conditionType} \t${status.conditions?.find((condition) => condition.type === conditionType)?.status ?? "<none>"} `);
  }
  if ((status.conditions ?? []).length > 0) {
    writer.line(0, "Conditions:\n  Type\tStatus");
    for (const condition of status.conditions ?? []) writer.line(1, `${condition.type} \t${condition.status} `);
  }
  volumeLines(writer, spec.volumes, "");
  writer.line(0, `QoS Class:\t${status.qosClass ?? ""}`);
  labelLines(writer, "Node-Selectors", spec.nodeSelector);
  tolerationLines(writer, "Tolerations", spec.tolerations);
  spreadLines(writer, spec, "");
  eventLines(writer, events, now);
  return writer.aligned();
}

function podHead(writer: Writer, { metadata, spec, status = {} }: Pod, now: Micros): void {
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  if (spec.priority !== undefined) writer.line(0, `Priority:\t${spec.priority}`);
  if (spec.priorityClassName) writer.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  if (spec.serviceAccountName) writer.line(0, `Service Account:\t${spec.serviceAccountName}`);
  writer.line(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>"}`);
  if (status.startTime) writer.line(0, `Start Time:\t${timeText(status.startTime)}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  if (metadata.deletionTimestamp !== undefined && status.reason !== "NodeLost") {
    writer.line(0, `Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, now)})`);
    writer.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else writer.line(0, `Status:\t${status.phase ?? ""}`);
  if (status.reason) writer.line(0, `Reason:\t${status.reason}`);
  if (status.message) writer.line(0, `Message:\t${status.message}`);
}

function conditionLines(writer: Writer, conditions: readonly Condition[] | undefined): void {
  if (conditions === undefined || conditions.length === 0) return;
  writer.line(0, "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------");
  for (const condition of conditions) writer.line(1, `${condition.type} \t${condition.status}\t${condition.reason ?? ""}`);
}

/** @source describeReplicaSet */
export function describeReplicaSet(rs: ReplicaSet, pods: readonly Pod[], events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { metadata, spec, status } = rs;
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  writer.line(0, `Selector:\t${formatLabelSelector(spec.selector)}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  const controller = controllerOf(rs);
  if (controller !== undefined) writer.line(0, `Controlled By:\t${controller}`);
  writer.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 0} desired`);
  const count = (phase: string): number => pods.filter((pod) => (pod.status?.phase ?? "") === phase).length;
  writer.line(
    0,
    `Pods Status:\t${count("Running")} Running / ${count("Pending")} Waiting / ${count("Succeeded")} Succeeded / ${count("Failed")} Failed`,
  );
  templateLines(writer, spec.template);
  conditionLines(writer, status?.conditions);
  eventLines(writer, events, now);
  return writer.aligned();
}

/** The template without what the controller adds to it. */
function plainTemplate(template: PodTemplateSpec): string {
  const { "pod-template-hash": _, ...labels } = template.metadata?.labels ?? {};
  return jsonText({ ...template, metadata: { ...template.metadata, labels } } as never);
}

/** The ReplicaSet of the current template: the oldest that equals it. @source deploymentutil FindNewReplicaSet */
export function newReplicaSetOf(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const wanted = plainTemplate(deployment.spec.template);
  const byAge = [...sets].sort((a, b) => {
    const [x, y] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
    return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x < y ? -1 : 1;
  });
  return byAge.find((rs) => plainTemplate(rs.spec.template) === wanted);
}

const setsText = (sets: readonly ReplicaSet[]): string =>
  sets.length === 0
    ? "<none>"
    : sets.map((rs) => `${rs.metadata.name} (${rs.status?.replicas ?? 0}/${rs.spec.replicas ?? 0} replicas created)`).join(", ");

/** @source describeDeployment */
export function describeDeployment(deployment: Deployment, sets: readonly ReplicaSet[], events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { metadata, spec, status = {} } = deployment;
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  writer.line(0, `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  writer.line(0, `Selector:\t${formatLabelSelector(spec.selector)}`);
  writer.line(
    0,
    `Replicas:\t${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  );
  writer.line(0, `StrategyType:\t${spec.strategy?.type ?? ""}`);
  writer.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined)
    writer.line(0, `RollingUpdateStrategy:\t${rolling.maxUnavailable ?? 0} max unavailable, ${rolling.maxSurge ?? 0} max surge`);
  templateLines(writer, spec.template);
  conditionLines(writer, status.conditions);
  const current = newReplicaSetOf(deployment, sets);
  writer.line(0, `OldReplicaSets:\t${setsText(sets.filter((rs) => rs !== current))}`);
  writer.line(0, `NewReplicaSet:\t${setsText(current === undefined ? [] : [current])}`);
  eventLines(writer, events, now);
  return writer.aligned();
}
