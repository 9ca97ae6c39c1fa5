/** Warnings beside an accepted object: what works but is hardly meant. */
import type { ResourceInfo } from "../../apis/resources";
import { isDNS1123Label } from "../../apis/names";
import { milliValueOf } from "../../apis/quantity";
import { int, intOf, items, type Obj, strings, sub, text } from "../../apis/schema/typed-json";
import { amount } from "./resources";
import { isHeadless } from "./service";

const OLD_LABELS: Readonly<Record<string, readonly [string, string]>> = {
  "beta.kubernetes.io/arch": ["v1.14", "kubernetes.io/arch"],
  "beta.kubernetes.io/os": ["v1.14", "kubernetes.io/os"],
  "failure-domain.beta.kubernetes.io/region": ["v1.17", "topology.kubernetes.io/region"],
  "failure-domain.beta.kubernetes.io/zone": ["v1.17", "topology.kubernetes.io/zone"],
  "beta.kubernetes.io/instance-type": ["v1.17", "node.kubernetes.io/instance-type"],
};
const OLD_VOLUMES: Readonly<Record<string, string>> = {
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  glusterfs: "deprecated in v1.25, this feature will be removed soon after in a subsequent release",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
};

const oldLabel = (path: string, key: string): string[] => {
  const known = Object.hasOwn(OLD_LABELS, key) ? OLD_LABELS[key] : undefined;
  return known === undefined ? [] : [`${path}: deprecated since ${known[0]}; use ${JSON.stringify(known[1])} instead`];
};

function containerWarnings(container: Obj, path: string): string[] {
  const out: string[] = [];
  const resources = sub(container, "resources");
  for (const name of ["memory", "ephemeral-storage"])
    for (const list of ["limits", "requests"]) {
      const value = strings(resources, list)[name];
      if (value !== undefined && milliValueOf(amount(value)) % 1000n !== 0n)
        out.push(`${path}.resources.${list}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`);
    }
  const names = new Set<string>();
  for (const [i, variable] of items(container, "env").entries()) {
    const name = text(variable, "name");
    if (names.has(name)) out.push(`${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
    names.add(name);
  }
  const ports = items(container, "ports");
  for (const [i, port] of ports.entries()) {
    const same = (other: Obj): boolean =>
      int(other, "containerPort") === int(port, "containerPort") &&
      text(other, "protocol") === text(port, "protocol") &&
      int(other, "hostPort") === int(port, "hostPort") &&
      text(other, "hostIP") === text(port, "hostIP");
    const first = ports.findIndex(same);
    if (first < i) out.push(`${path}.ports[${i}]: duplicate port definition with ${path}.ports[${first}]`);
  }
  return out;
}

function affinityWarnings(spec: Obj, path: string): string[] {
  const nothing = "a null labelSelector results in matching no pod";
  const affinity = sub(spec, "affinity");
  const out: string[] = [];
  for (const kind of ["podAffinity", "podAntiAffinity"]) {
    const terms = sub(affinity, kind);
    for (const [i, term] of items(terms, "requiredDuringSchedulingIgnoredDuringExecution").entries())
      if (sub(term, "labelSelector") === undefined)
        out.push(`${path}.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${nothing}`);
    for (const [i, term] of items(terms, "preferredDuringSchedulingIgnoredDuringExecution").entries())
      if (sub(sub(term, "podAffinityTerm"), "labelSelector") === undefined)
        out.push(`${path}.affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${nothing}`);
  }
  for (const [i, constraint] of items(spec, "topologySpreadConstraints").entries()) {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    out.push(...oldLabel(`${at}.topologyKey`, text(constraint, "topologyKey")));
    if (sub(constraint, "labelSelector") === undefined) out.push(`${at}.labelSelector: ${nothing}`);
  }
  return out;
}

/**
 * @rule kube.warnings.pod
 * @source kubernetes@1.35 pkg/api/pod/warnings.go warningsForPodSpecAndMeta
 */
function podWarnings(spec: Obj, path: string): string[] {
  const out = Object.keys(strings(spec, "nodeSelector"))
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((key) => oldLabel(`${path}.nodeSelector[${key}]`, key));
  const aliases = new Set<string>();
  for (const [i, alias] of items(spec, "hostAliases").entries()) {
    const ip = text(alias, "ip");
    if (aliases.has(ip)) out.push(`${path}.hostAliases[${i}].ip: duplicates ip ${JSON.stringify(ip)}`);
    aliases.add(ip);
  }
  for (const [i, volume] of items(spec, "volumes").entries())
    for (const [name, words] of Object.entries(OLD_VOLUMES)) if (sub(volume, name) !== undefined) out.push(`${path}.volumes[${i}].${name}: ${words}`);
  const secrets = new Set<string>();
  for (const [i, secret] of items(spec, "imagePullSecrets").entries()) {
    const name = text(secret, "name");
    if (name === "") out.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`);
    else if (secrets.has(name)) out.push(`${path}.imagePullSecrets[${i}].name: duplicate name ${JSON.stringify(name)}`);
    secrets.add(name);
  }
  if ((intOf(spec, "terminationGracePeriodSeconds") ?? 0) < 0)
    out.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1.`);
  for (const list of ["initContainers", "containers"])
    for (const [i, container] of items(spec, list).entries()) out.push(...containerWarnings(container, `${path}.${list}[${i}]`));
  return [...out, ...affinityWarnings(spec, path)];
}

const memo = new WeakMap<object, readonly string[]>();
function cachedPodWarnings(spec: Obj, path: string): readonly string[] {
  const known = path === "spec" ? memo.get(spec) : undefined;
  if (known !== undefined) return known;
  const out = podWarnings(spec, path);
  if (path === "spec" && Object.isFrozen(spec)) memo.set(spec, out);
  return out;
}

/** @source kubernetes@1.35 pkg/api/service/warnings.go GetWarningsForService */
function serviceWarnings(spec: Obj): string[] {
  const out: string[] = [];
  if (text(spec, "type") === "ExternalName") {
    if (items(spec, "externalIPs").length > 0) out.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
    return out;
  }
  if (!isHeadless(spec)) return out;
  if (text(spec, "loadBalancerIP") !== "") out.push("spec.loadBalancerIP is ignored for headless services");
  if (items(spec, "externalIPs").length > 0) out.push("spec.externalIPs is ignored for headless services");
  if (text(spec, "sessionAffinity") !== "None") out.push("spec.SessionAffinity is ignored for headless services");
  return out;
}

const NAMED = new Set(["deployments", "replicasets", "jobs", "cronjobs"]);
const TEMPLATED: Readonly<Record<string, string>> = {
  deployments: "spec.template",
  replicasets: "spec.template",
  statefulsets: "spec.template",
  daemonsets: "spec.template",
  jobs: "spec.template",
  cronjobs: "spec.jobTemplate.spec.template",
};

function nameWarnings(resource: ResourceInfo, name: string): string[] {
  const what = resource.name === "pods" ? "the Pod's hostname" : NAMED.has(resource.name) ? "Pod names and hostnames" : undefined;
  const complaints = what === undefined ? [] : isDNS1123Label(name);
  if (complaints.length === 0) return [];
  return [`metadata.name: this is used in ${what}, which can result in surprising behavior; a DNS label is recommended: [${complaints.join(" ")}]`];
}

function specWarnings(resource: ResourceInfo, object: Obj): readonly string[] {
  const spec = sub(object, "spec") ?? {};
  if (resource.name === "pods") return cachedPodWarnings(spec, "spec");
  if (resource.name === "services") return serviceWarnings(spec);
  if (resource.name === "persistentvolumes" && text(spec, "persistentVolumeReclaimPolicy") === "Recycle")
    return [
      "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.",
    ];
  if (resource.name === "ingresses" && strings(sub(object, "metadata"), "annotations")["kubernetes.io/ingress.class"] !== undefined)
    return [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`];
  if (resource.name === "endpoints") return ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"];
  const path = TEMPLATED[resource.name];
  if (path === undefined) return [];
  let inner: Obj | undefined = object;
  for (const part of path.split(".")) inner = sub(inner, part);
  const history = resource.name === "statefulsets" && (intOf(spec, "revisionHistoryLimit") ?? 0) < 0;
  return [
    ...cachedPodWarnings(sub(inner, "spec") ?? {}, `${path}.spec`),
    ...(history ? ["spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"] : []),
  ];
}

/** @rule kube.warnings.create */
export function createWarnings(resource: ResourceInfo, object: Obj): readonly string[] {
  return [...nameWarnings(resource, text(sub(object, "metadata"), "name")), ...specWarnings(resource, object)];
}

/** Only a change of spec is worth a word. */
export function updateWarnings(resource: ResourceInfo, next: Obj, previous: Obj): readonly string[] {
  if (resource.name === "pods" || next["spec"] === previous["spec"]) return [];
  if (resource.name === "endpoints" || resource.name === "ingresses") return specWarnings(resource, next);
  const moved = int(sub(next, "metadata"), "generation") !== int(sub(previous, "metadata"), "generation");
  return moved || resource.name === "services" ? specWarnings(resource, next) : [];
}
