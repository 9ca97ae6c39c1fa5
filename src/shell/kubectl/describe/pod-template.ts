/**
 * Pod templates and volumes as `kubectl describe` shows them.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go DescribePodTemplate, describeVolumes
 */
import { formatLabelSelector } from "../../../kube/apis/label-selector";
import type { JsonObject, LabelSelector, PodSpec, PodTemplateSpec } from "../../../kube/apis/objects";
import { containerLines } from "./containers";
import { annotationLines, labelLines, tolerationLines, type Writer } from "./writer";

export function templateLines(writer: Writer, template: PodTemplateSpec): void {
  const { metadata, spec } = template;
  writer.line(0, "Pod Template:");
  labelLines(writer, "  Labels", metadata?.labels);
  if (Object.keys(metadata?.annotations ?? {}).length > 0) annotationLines(writer, "  Annotations", metadata?.annotations);
  if (spec.serviceAccountName) writer.line(0, `  Service Account:\t${spec.serviceAccountName}`);
  if ((spec.initContainers ?? []).length > 0) containerLines(writer, "Init Containers", spec.initContainers ?? [], [], "  ");
  containerLines(writer, "Containers", spec.containers ?? [], [], "  ");
  volumeLines(writer, spec.volumes, "  ");
  spreadLines(writer, spec, "  ");
  if (spec.priorityClassName) writer.line(0, `  Priority Class Name:\t${spec.priorityClassName}`);
  labelLines(writer, "  Node-Selectors", spec.nodeSelector);
  tolerationLines(writer, "  Tolerations", spec.tolerations);
}

export function spreadLines(writer: Writer, spec: PodSpec, space: string): void {
  const list = [...(spec.topologySpreadConstraints ?? [])].sort((a, b) => (String(a["topologyKey"]) < String(b["topologyKey"]) ? -1 : 1));
  for (const [i, constraint] of list.entries()) {
    const selector = constraint["labelSelector"] as LabelSelector | undefined;
    const text = `${String(constraint["topologyKey"])}:${String(constraint["whenUnsatisfiable"])} when max skew ${String(constraint["maxSkew"])} is exceeded${selector === undefined ? "" : ` for selector ${formatLabelSelector(selector)}`}`;
    writer.line(0, i === 0 ? `${space}Topology Spread Constraints:\t${text}` : `${space}\t${text}`);
  }
}

export function volumeLines(writer: Writer, volumes: PodSpec["volumes"], space: string): void {
  if (volumes === undefined || volumes.length === 0) return writer.line(0, `${space}Volumes:\t<none>`);
  writer.line(0, `${space}Volumes:`);
  for (const volume of volumes) {
    writer.line(1, `${space === "" ? "" : " "}${volume.name}:`);
    for (const line of volumeSource(volume)) writer.line(2, line);
  }
}

const part = (volume: JsonObject, name: string): JsonObject | undefined => volume[name] as JsonObject | undefined;
const optional = (source: JsonObject | undefined): string => String(source?.["optional"] === true);

function volumeSource(volume: JsonObject): string[] {
  const [hostPath, emptyDir, secret, configMap] = [
    part(volume, "hostPath"),
    part(volume, "emptyDir"),
    part(volume, "secret"),
    part(volume, "configMap"),
  ];
  const [projected, claim, downward] = [part(volume, "projected"), part(volume, "persistentVolumeClaim"), part(volume, "downwardAPI")];
  if (hostPath !== undefined)
    return ["Type:\tHostPath (bare host directory volume)", `Path:\t${String(hostPath["path"])}`, `HostPathType:\t${String(hostPath["type"] ?? "")}`];
  if (emptyDir !== undefined)
    return [
      "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
      `Medium:\t${String(emptyDir["medium"] ?? "")}`,
      `SizeLimit:\t${String(emptyDir["sizeLimit"] ?? "<unset>")}`,
    ];
  if (secret !== undefined)
    return ["Type:\tSecret (a volume populated by a Secret)", `SecretName:\t${String(secret["secretName"] ?? "")}`, `Optional:\t${optional(secret)}`];
  if (configMap !== undefined)
    return ["Type:\tConfigMap (a volume populated by a ConfigMap)", `Name:\t${String(configMap["name"] ?? "")}`, `Optional:\t${optional(configMap)}`];
  if (claim !== undefined)
    return [
      "Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
      `ClaimName:\t${String(claim["claimName"])}`,
      `ReadOnly:\t${String(claim["readOnly"] === true)}`,
    ];
  if (downward !== undefined) return ["Type:\tDownwardAPI (a volume populated by information about the pod)", "Items:", ...downwardItems(downward)];
  if (projected !== undefined)
    return ["Type:\tProjected (a volume that contains injected data from multiple sources)", ...projectedSources(projected)];
  return ["<unknown>"];
}

const downwardItems = (downward: JsonObject): string[] =>
  ((downward["items"] ?? []) as readonly JsonObject[]).map((item) => {
    const source = (item["fieldRef"] ?? item["resourceFieldRef"]) as JsonObject | undefined;
    return `  ${String(source?.["fieldPath"] ?? source?.["resource"] ?? "")} -> ${String(item["path"])}`;
  });

const projectedSources = (projected: JsonObject): string[] =>
  ((projected["sources"] ?? []) as readonly JsonObject[]).flatMap((source) => {
    const [secret, config, token] = [part(source, "secret"), part(source, "configMap"), part(source, "serviceAccountToken")];
    if (secret !== undefined) return [`SecretName:\t${String(secret["name"])}`, `Optional:\t${optional(secret)}`];
    if (source["downwardAPI"] !== undefined) return ["DownwardAPI:\ttrue"];
    if (config !== undefined) return [`ConfigMapName:\t${String(config["name"])}`, `Optional:\t${optional(config)}`];
    return token === undefined ? [] : [`TokenExpirationSeconds:\t${String(token["expirationSeconds"])}`];
  });
