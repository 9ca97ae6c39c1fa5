/**
 * A container's environment: envFrom, then env (which may refer to what came before), then the Services.
 * A failure is a value; `reason` CreateContainerConfigError is the caller's.
 */
import type { ConfigMap, Container, JsonObject, Pod, Secret, Service } from "../apis/objects";
import { milliOf, unitsOf } from "../apis/quantity";
import { decodeBase64 } from "./base64";
import { type Env, expand, mappingFor } from "./expansion";
import { serviceEnv } from "./service-env";

export interface EnvSources {
  readonly pod: Pod;
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  /** Undefined until the kubelet has read them once. */
  readonly services: readonly Service[] | undefined;
  readonly configMap: (name: string) => ConfigMap | undefined;
  readonly secret: (name: string) => Secret | undefined;
  /** What a missing limit means. */
  readonly allocatable?: { readonly cpu?: string | number; readonly memory?: string | number };
}
export type EnvResult = { readonly env: Env } | { readonly error: string };

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const refOf = (source: JsonObject | undefined, field: string): Reference | undefined => source?.[field] as Reference | undefined;

type Data = Readonly<Record<string, string>>;
/** The data of a ConfigMap or Secret, decoded; undefined when there is no such object. */
function dataOf(sources: EnvSources, kind: "configmap" | "secret", name: string): Data | undefined {
  if (kind === "configmap") {
    const configMap = sources.configMap(name);
    return configMap ? (configMap.data ?? {}) : undefined;
  }
  const secret = sources.secret(name);
  if (!secret) return undefined;
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([key, value]) => [key, decodeBase64(value)]));
}

const notFound = (kind: "configmap" | "secret", name: string): string => `${kind} ${JSON.stringify(name)} not found`;

function addAll(env: Record<string, string>, container: Container, sources: EnvSources): string | undefined {
  for (const source of container.envFrom ?? []) {
    for (const kind of ["configmap", "secret"] as const) {
      const ref = refOf(source, kind === "configmap" ? "configMapRef" : "secretRef");
      if (!ref) continue;
      const data = dataOf(sources, kind, ref.name ?? "");
      if (data) for (const [key, value] of Object.entries(data)) env[`${text(source["prefix"])}${key}`] = value;
      else if (ref.optional !== true) return notFound(kind, ref.name ?? "");
    }
  }
  return undefined;
}

type Value = string | undefined | { readonly error: string };

function keyValue(sources: EnvSources, kind: "configmap" | "secret", { name = "", key = "", optional }: Reference): Value {
  const data = dataOf(sources, kind, name);
  if (!data) return optional === true ? undefined : { error: notFound(kind, name) };
  if (Object.hasOwn(data, key)) return data[key];
  if (optional === true) return undefined;
  const namespace = sources.pod.metadata.namespace ?? "default";
  return { error: `couldn't find key ${key} in ${kind === "configmap" ? "ConfigMap" : "Secret"} ${namespace}/${name}` };
}

/** One address of each family, that of the node's own address first. @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go sortPodIPs */
export function primaryIPs(ips: readonly string[], hostIPs: readonly string[]): readonly string[] {
  const v6 = (ip: string): boolean => ip.includes(":");
  const primary = v6(hostIPs[0] ?? "");
  return [ips.find((ip) => v6(ip) === primary), ips.find((ip) => v6(ip) !== primary)].filter((ip) => ip !== undefined);
}

/** `labels` or `annotations` with a key in brackets. */
function mapField(path: string): { readonly field: string; readonly key: string } | undefined {
  const match = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  return match ? { field: match[1] ?? "", key: match[2] ?? "" } : undefined;
}

const mapText = (map: Data | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");

/**
 * A field of the Pod, as env and downward-API volumes read it.
 * @rule kube.env.field-ref
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go podFieldSelectorRuntimeValue
 */
export function fieldValue(
  path: string,
  { pod, podIPs, hostIPs }: Pick<EnvSources, "pod" | "podIPs" | "hostIPs">,
): string | { readonly error: string } {
  const subscript = mapField(path);
  if (subscript) return (subscript.field === "labels" ? pod.metadata.labels : pod.metadata.annotations)?.[subscript.key] ?? "";
  const ips = primaryIPs(podIPs, hostIPs);
  switch (path) {
    case "metadata.name":
      return pod.metadata.name;
    case "metadata.namespace":
      return pod.metadata.namespace ?? "";
    case "metadata.uid":
      return pod.metadata.uid ?? "";
    case "metadata.labels":
      return mapText(pod.metadata.labels);
    case "metadata.annotations":
      return mapText(pod.metadata.annotations);
    case "spec.host":
    case "spec.nodeName":
      return pod.spec.nodeName ?? "";
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? "";
    case "status.hostIP":
      return hostIPs[0] ?? "";
    case "status.hostIPs":
      return hostIPs.join(",");
    case "status.podIP":
      return ips[0] ?? "";
    case "status.podIPs":
      return ips.join(",");
    default:
      return { error: `unsupported fieldPath: ${path}` };
  }
}

interface ResourceRef {
  readonly containerName?: string;
  readonly resource?: string;
  readonly divisor?: string | number;
}

/**
 * A container's request or limit over a divisor, rounded up; a missing limit is what the node has to give.
 * @rule kube.env.resource-field-ref
 * @source kubernetes@1.35 pkg/api/v1/resource/helpers.go ExtractContainerResourceValue
 */
export function resourceValue(ref: ResourceRef, container: Container, sources: EnvSources): string | { readonly error: string } {
  const all = [...sources.pod.spec.containers, ...(sources.pod.spec.initContainers ?? [])];
  const target = ref.containerName ? all.find((row) => row.name === ref.containerName) : container;
  const [kind, ...rest] = (ref.resource ?? "").split(".");
  const name = rest.join(".");
  if (kind !== "limits" && kind !== "requests") return { error: `unsupported container resource : ${ref.resource}` };
  const fallback = kind === "limits" ? sources.allocatable?.[name as "cpu" | "memory"] : undefined;
  const amount = target?.resources?.[kind]?.[name] ?? fallback;
  const divisor = ref.divisor === undefined || ref.divisor === "0" || ref.divisor === 0 ? "1" : ref.divisor;
  return String(name === "cpu" ? Math.ceil(milliOf(amount) / milliOf(divisor)) : Math.ceil(unitsOf(amount) / unitsOf(divisor)));
}

function valueFrom(source: JsonObject, container: Container, sources: EnvSources): Value {
  const field = source["fieldRef"] as { readonly fieldPath?: string; readonly apiVersion?: string } | undefined;
  if (field && (field.apiVersion ?? "v1") !== "v1") return { error: `unsupported pod version: ${field.apiVersion}` };
  if (field) return fieldValue(field.fieldPath ?? "", sources);
  const resource = source["resourceFieldRef"] as ResourceRef | undefined;
  if (resource) return resourceValue(resource, container, sources);
  const configMap = refOf(source, "configMapKeyRef");
  if (configMap) return keyValue(sources, "configmap", configMap);
  const secret = refOf(source, "secretKeyRef");
  return secret ? keyValue(sources, "secret", secret) : "";
}

/**
 * All variables of a container.
 *
 * Not modelled: fileKeyRef.
 * @rule kube.env.make
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables
 */
export function containerEnv(container: Container, sources: EnvSources, isStaticPod = false): EnvResult {
  const links = sources.pod.spec.enableServiceLinks;
  if (links === undefined || links === null) return { error: "nil pod.spec.enableServiceLinks encountered, cannot construct envvars" };
  if (!isStaticPod && !sources.services) return { error: "services have not yet been read at least once, cannot construct envvars" };
  const services = serviceEnv(sources.services ?? [], sources.pod.metadata.namespace ?? "default", links);
  const env: Record<string, string> = {};
  const failed = addAll(env, container, sources);
  if (failed !== undefined) return { error: failed };
  const mapping = mappingFor(env, services);
  for (const variable of container.env ?? []) {
    const value = variable.value ? expand(variable.value, mapping) : variable.valueFrom ? valueFrom(variable.valueFrom, container, sources) : "";
    if (value === undefined) continue;
    if (typeof value !== "string") return value;
    env[variable.name] = value;
  }
  return { env: { ...services, ...env } };
}
