/**
 * Nodes as `kubectl describe` shows them.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go describeNode, describeNodeResource
 */
import type { Lease, NodeObject, Pod, ResourceList } from "../../../kube/apis/objects";
import { podLimits, podRequests } from "../../../kube/apis/pod-resources";
import { addQuantities, canonicalQuantity, formatQuantity, milliOf, parseQuantity } from "../../../kube/apis/quantity";
import type { Micros } from "../../../sim/types";
import { annotationLines, eventLines, type EventObject, labelLines, since, taintText, timeText, Writer } from "./writer";

const ROLE = "node-role.kubernetes.io/";

function rolesOf(node: NodeObject): string {
  const labels = node.metadata.labels ?? {};
  const roles = Object.keys(labels)
    .flatMap((key) => (key.startsWith(ROLE) ? [key.slice(ROLE.length)] : key === "kubernetes.io/role" ? [labels[key] ?? ""] : []))
    .filter((role) => role !== "")
    .sort((a, b) => (a < b ? -1 : 1));
  return roles.length === 0 ? "<none>" : roles.join(",");
}

export function describeNode(node: NodeObject, lease: Lease | undefined, pods: readonly Pod[], events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { metadata, spec, status = {} } = node;
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Roles:\t${rolesOf(node)}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  writer.line(0, `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`);
  const taints = [...(spec?.taints ?? [])].sort((a, b) => (taintText(a) < taintText(b) ? -1 : 1));
  if (taints.length === 0) writer.line(0, "Taints:\t<none>");
  for (const [i, taint] of taints.entries()) writer.line(0, `${i === 0 ? "Taints:" : ""}\t${taintText(taint)}`);
  writer.line(0, `Unschedulable:\t${spec?.unschedulable === true}`);
  leaseLines(writer, lease);
  conditionLines(writer, status.conditions);
  writer.line(0, "Addresses:");
  for (const { type, address } of status.addresses ?? []) writer.line(1, `${type}:\t${address}`);
  listLines(writer, "Capacity", status.capacity);
  listLines(writer, "Allocatable", status.allocatable);
  systemLines(writer, (status.nodeInfo ?? {}) as Readonly<Record<string, string>>);
  if (spec?.podCIDR) writer.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if ((spec?.podCIDRs ?? []).length > 0) writer.line(0, `PodCIDRs:\t${(spec?.podCIDRs ?? []).join(",")}`);
  if (spec?.providerID) writer.line(0, `ProviderID:\t${spec.providerID}`);
  podLines(writer, node, pods, now);
  eventLines(writer, events, now);
  return writer.aligned();
}

function leaseLines(writer: Writer, lease: Lease | undefined): void {
  writer.line(0, "Lease:");
  writer.line(1, `HolderIdentity:\t${lease?.spec?.holderIdentity ?? "<unset>"}`);
  writer.line(1, `AcquireTime:\t${lease?.spec?.acquireTime === undefined ? "<unset>" : timeText(lease.spec.acquireTime)}`);
  writer.line(1, `RenewTime:\t${lease?.spec?.renewTime === undefined ? "<unset>" : timeText(lease.spec.renewTime)}`);
}

function conditionLines(writer: Writer, conditions: NonNullable<NodeObject["status"]>["conditions"]): void {
  if (conditions === undefined || conditions.length === 0) return;
  writer.line(
    0,
    "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  ----\t------\t-----------------\t------------------\t------\t-------",
  );
  for (const each of conditions)
    writer.line(
      1,
      `${each.type} \t${each.status} \t${timeText(each.lastHeartbeatTime)} \t${timeText(each.lastTransitionTime)} \t${each.reason ?? ""} \t${each.message ?? ""}`,
    );
}

function listLines(writer: Writer, title: string, list: ResourceList | undefined): void {
  if (list === undefined || Object.keys(list).length === 0) return;
  writer.line(0, `${title}:`);
  for (const name of Object.keys(list).sort((a, b) => (a < b ? -1 : 1))) writer.line(1, `${name}:\t${canonicalQuantity(list[name] ?? "0")}`);
}

function systemLines(writer: Writer, info: Readonly<Record<string, string>>): void {
  writer.line(0, "System Info:");
  for (const [title, field] of [
    ["Machine ID", "machineID"],
    ["System UUID", "systemUUID"],
    ["Boot ID", "bootID"],
    ["Kernel Version", "kernelVersion"],
    ["OS Image", "osImage"],
    ["Operating System", "operatingSystem"],
    ["Architecture", "architecture"],
    ["Container Runtime Version", "containerRuntimeVersion"],
    ["Kubelet Version", "kubeletVersion"],
    ["Kube-Proxy Version", "kubeProxyVersion"],
  ] as const)
    writer.line(1, `${title}:\t${info[field] ?? ""}`);
}

const share = (list: ResourceList, of: ResourceList, name: string): string => {
  const total = milliOf(of[name]);
  const percent = total === 0 ? 0 : Math.trunc((milliOf(list[name]) * 100) / total);
  return `${canonicalQuantity(list[name] ?? "0")} (${percent}%)`;
};

function podLines(writer: Writer, node: NodeObject, all: readonly Pod[], now: Micros): void {
  const pods = all.filter((pod) => pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed");
  const room: ResourceList = node.status?.allocatable ?? node.status?.capacity ?? {};
  writer.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  writer.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
  writer.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
  for (const pod of pods) {
    const [requests, limits] = [podRequests(pod), podLimits(pod)];
    const cells = [share(requests, room, "cpu"), share(limits, room, "cpu"), share(requests, room, "memory"), share(limits, room, "memory")];
    writer.line(1, `${pod.metadata.namespace ?? ""}\t${pod.metadata.name}\t\t${cells.join("\t")}\t${since(pod.metadata.creationTimestamp, now)}`);
  }
  const [requests, limits] = [sum(pods.map((pod) => podRequests(pod))), sum(pods.map((pod) => podLimits(pod)))];
  writer.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)");
  writer.line(1, "Resource\tRequests\tLimits");
  writer.line(1, "--------\t--------\t------");
  for (const name of ["cpu", "memory", "ephemeral-storage"]) writer.line(1, `${name}\t${share(requests, room, name)}\t${share(limits, room, name)}`);
}

function sum(lists: readonly ResourceList[]): ResourceList {
  const total: Record<string, string> = {};
  for (const list of lists)
    for (const [name, quantity] of Object.entries(list)) {
      const [a, b] = [parseQuantity(total[name] ?? "0"), parseQuantity(quantity)];
      if (!("error" in a) && !("error" in b))
        total[name] = total[name] === undefined ? canonicalQuantity(quantity) : formatQuantity(addQuantities(a, b));
    }
  return total;
}
