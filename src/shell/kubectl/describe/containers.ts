/**
 * Containers as `kubectl describe` shows them, in a Pod or in a template.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go describeContainers
 */
import type { Container, ContainerState, ContainerStatus, JsonObject, Pod, Probe } from "../../../kube/apis/objects";
import { canonicalQuantity } from "../../../kube/apis/quantity";
import { boolText, orNone, timeText, type Writer } from "./writer";

/** `pod` resolves fieldRefs; templates have none. */
export function containerLines(
  writer: Writer,
  label: string,
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
  space: string,
  pod?: Pod,
): void {
  writer.line(0, `${space}${label}:${containers.length === 0 ? " <none>" : ""}`);
  const byName = new Map(statuses.map((status) => [status.name, status]));
  for (const container of containers) containerBlock(writer, container, byName.get(container.name), space, pod);
}

function containerBlock(writer: Writer, container: Container, status: ContainerStatus | undefined, space: string, pod: Pod | undefined): void {
  writer.line(1, `${space === "" ? "" : " "}${container.name}:`);
  if (status !== undefined) writer.line(2, `Container ID:\t${status.containerID ?? ""}`);
  writer.line(2, `Image:\t${container.image}`);
  if (status !== undefined) writer.line(2, `Image ID:\t${status.imageID ?? ""}`);
  const ports = containerPorts(container.ports ?? []);
  const hostPorts = containerHostPorts(container.ports ?? []);
  writer.line(2, `${ports.includes(",") ? "Ports" : "Port"}:\t${orNone(ports)}`);
  writer.line(2, `${hostPorts.includes(",") ? "Host Ports" : "Host Port"}:\t${orNone(hostPorts)}`);
  words(writer, "Command", container.command);
  words(writer, "Args", container.args);
  if (status !== undefined) statusLines(writer, status);
  resourceLines(writer, container.resources, 2);
  for (const [name, probe] of [
    ["Liveness", container.livenessProbe],
    ["Readiness", container.readinessProbe],
    ["Startup", container.startupProbe],
  ] as const)
    if (probe !== undefined) writer.line(2, `${name}:\t${probeText(probe)}`);
  environmentFrom(writer, container);
  environment(writer, container, pod);
  mounts(writer, container);
}

function words(writer: Writer, title: string, list: readonly string[] | undefined): void {
  if (list === undefined || list.length === 0) return;
  writer.line(2, `${title}:`);
  for (const word of list) for (const part of word.split("\n")) writer.line(3, part);
}

export const containerPorts = (ports: NonNullable<Container["ports"]>): string =>
  ports.map((port) => `${port.containerPort}/${port.protocol ?? ""}${port.name ? ` (${port.name})` : ""}`).join(", ");
export const containerHostPorts = (ports: NonNullable<Container["ports"]>): string =>
  ports.map((port) => `${port.hostPort ?? 0}/${port.protocol ?? ""}${port.name ? ` (${port.name})` : ""}`).join(", ");

function statusLines(writer: Writer, status: ContainerStatus): void {
  stateLines(writer, "State", status.state);
  if (status.lastState?.terminated !== undefined) stateLines(writer, "Last State", status.lastState);
  writer.line(2, `Ready:\t${boolText(status.ready)}`);
  writer.line(2, `Restart Count:\t${status.restartCount}`);
}

function stateLines(writer: Writer, title: string, state: ContainerState | undefined): void {
  const { running, terminated, waiting } = state ?? {};
  if (running !== undefined) {
    writer.line(2, `${title}:\tRunning`);
    writer.line(3, `Started:\t${timeText(running.startedAt)}`);
  } else if (terminated !== undefined) {
    writer.line(2, `${title}:\tTerminated`);
    if (terminated.reason) writer.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) writer.line(3, `Message:\t${terminated.message}`);
    writer.line(3, `Exit Code:\t${terminated.exitCode}`);
    if (terminated.signal) writer.line(3, `Signal:\t${terminated.signal}`);
    writer.line(3, `Started:\t${timeText(terminated.startedAt)}`);
    writer.line(3, `Finished:\t${timeText(terminated.finishedAt)}`);
  } else {
    writer.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) writer.line(3, `Reason:\t${waiting.reason}`);
  }
}

export function resourceLines(writer: Writer, resources: Container["resources"], level: number): void {
  for (const [title, list] of [
    ["Limits", resources?.limits],
    ["Requests", resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort((a, b) => (a < b ? -1 : 1));
    if (names.length > 0) writer.line(level, `${title}:`);
    for (const name of names) writer.line(level + 1, `${name}:\t${canonicalQuantity(list?.[name] ?? "0")}`);
  }
}

/** @source DescribeProbe */
export function probeText(probe: Probe): string {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`;
  if (probe.exec !== undefined) return `exec [${(probe.exec.command ?? []).join(" ")}] ${attributes}`;
  if (probe.httpGet !== undefined) {
    const { scheme = "", host = "", port, path = "" } = probe.httpGet;
    return `http-get ${scheme.toLowerCase()}://${host}${port === undefined ? "" : `:${port}`}${path.startsWith("/") || path === "" ? path : `/${path}`} ${attributes}`;
  }
  if (probe.tcpSocket !== undefined) return `tcp-socket :${probe.tcpSocket.port} ${attributes}`;
  if (probe.grpc !== undefined) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ""} ${attributes}`;
  return `unknown ${attributes}`;
}

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

function environmentFrom(writer: Writer, container: Container): void {
  if (container.envFrom === undefined || container.envFrom.length === 0) return;
  writer.line(2, "Environment Variables from:");
  for (const source of container.envFrom) {
    const secret = source["secretRef"] as Reference | undefined;
    const reference = secret ?? (source["configMapRef"] as Reference | undefined) ?? {};
    const prefix = source["prefix"] ? ` with prefix '${String(source["prefix"])}'` : "";
    writer.line(3, `${reference.name ?? ""}\t${secret === undefined ? "ConfigMap" : "Secret"}${prefix}\tOptional: ${reference.optional === true}`);
  }
}

function environment(writer: Writer, container: Container, pod: Pod | undefined): void {
  const variables = container.env ?? [];
  writer.line(2, `Environment:${variables.length === 0 ? "\t<none>" : ""}`);
  for (const { name, value = "", valueFrom } of variables) {
    if (valueFrom === undefined) {
      for (const [i, part] of value.split("\n").entries()) writer.line(3, i === 0 ? `${name}:\t${part}` : `\t${part}`);
      continue;
    }
    const field = valueFrom["fieldRef"] as { readonly apiVersion?: string; readonly fieldPath?: string } | undefined;
    const resource = valueFrom["resourceFieldRef"] as { readonly resource?: string; readonly containerName?: string } | undefined;
    const secret = valueFrom["secretKeyRef"] as Reference | undefined;
    const config = valueFrom["configMapKeyRef"] as Reference | undefined;
    if (field !== undefined)
      writer.line(3, `${name}:\t${fieldValue(pod, field.fieldPath ?? "")} (${field.apiVersion ?? "v1"}:${field.fieldPath ?? ""})`);
    else if (resource !== undefined) writer.line(3, `${name}:\t${resourceValue(container, resource.resource ?? "")} (${resource.resource ?? ""})`);
    else if (secret !== undefined)
      writer.line(3, `${name}:\t<set to the key '${secret.key}' in secret '${secret.name}'>\tOptional: ${secret.optional === true}`);
    else if (config !== undefined)
      writer.line(3, `${name}:\t<set to the key '${config.key}' of config map '${config.name}'>\tOptional: ${config.optional === true}`);
  }
}

/** Only metadata and spec are known to the describer; status fields show as empty. */
function fieldValue(pod: Pod | undefined, path: string): string {
  if (pod === undefined) return "";
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null)
    return (pod.metadata as unknown as Readonly<Record<string, Record<string, string> | undefined>>)[keyed[1] ?? ""]?.[keyed[2] ?? ""] ?? "";
  if (!path.startsWith("metadata.")) return "";
  const value = (pod as unknown as JsonObject)["metadata"] as JsonObject;
  return String(value[path.slice("metadata.".length)] ?? "");
}

function resourceValue(container: Container, resource: string): string {
  const [list = "", name = ""] = resource.split(".");
  const value = (container.resources as Readonly<Record<string, Record<string, string | number> | undefined>> | undefined)?.[list]?.[name];
  return value === undefined ? "0" : canonicalQuantity(value);
}

function mounts(writer: Writer, container: Container): void {
  const list = [...(container.volumeMounts ?? [])].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  writer.line(2, `Mounts:${list.length === 0 ? "\t<none>" : ""}`);
  for (const mount of list)
    writer.line(
      3,
      `${mount.mountPath} from ${mount.name} (${mount.readOnly === true ? "ro" : "rw"}${mount.subPath ? `,path="${mount.subPath}"` : ""})`,
    );
  const devices = (container as { readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[] }).volumeDevices ?? [];
  if (devices.length > 0) writer.line(2, "Devices:");
  for (const device of devices) writer.line(3, `${device.devicePath} from ${device.name}`);
}
