/** Creation, update and field validation of objects; ranges of Services. */
import type { ResourceInfo } from "../../../src/kube/apis/resources";
import { resourceNamed } from "../../../src/kube/apis/resources";
import { addressBand, hostsPerNetwork, isAllocatable, portBand } from "../../../src/kube/apiserver/admission/ip-range";
import type { ApiResponse } from "../../../src/kube/apiserver/door";
import { create, update } from "../../../src/kube/apiserver/strategy";
import { isRefusal, type Outcome, type StrategyContext } from "../../../src/kube/apiserver/strategy-context";
import { parseCidr, parseIp, type Range } from "../../../src/kube/apiserver/validation/ip";
import type { Json } from "../../../src/sim/types";
import type { JsonValue, Runners } from "../runner";

type Map = { [key: string]: JsonValue };
interface Given {
  readonly path: string;
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore";
  readonly object: JsonValue;
  readonly existing?: JsonValue;
}

/** Kinds that are checked but not served are named by their paths. */
const KINDS: Readonly<Record<string, string>> = {
  statefulsets: "StatefulSet",
  daemonsets: "DaemonSet",
  jobs: "Job",
  cronjobs: "CronJob",
  persistentvolumes: "PersistentVolume",
  persistentvolumeclaims: "PersistentVolumeClaim",
  ingresses: "Ingress",
  ingressclasses: "IngressClass",
  networkpolicies: "NetworkPolicy",
  horizontalpodautoscalers: "HorizontalPodAutoscaler",
  poddisruptionbudgets: "PodDisruptionBudget",
  roles: "Role",
  rolebindings: "RoleBinding",
  clusterroles: "ClusterRole",
  clusterrolebindings: "ClusterRoleBinding",
  resourcequotas: "ResourceQuota",
  limitranges: "LimitRange",
  storageclasses: "StorageClass",
  endpoints: "Endpoints",
  replicationcontrollers: "ReplicationController",
};

function target(path: string): { readonly resource: ResourceInfo; readonly namespace: string | undefined } {
  const parts = path.split("/").slice(1);
  const core = parts[0] === "api";
  const [group, version] = core ? ["", parts[1] ?? ""] : [parts[1] ?? "", parts[2] ?? ""];
  const rest = parts.slice(core ? 2 : 3);
  const namespaced = rest[0] === "namespaces" && rest.length > 2;
  const name = (namespaced ? rest[2] : rest[0]) ?? "";
  const kind = KINDS[name] ?? "";
  const unserved: ResourceInfo = { name, group, version, kind, singular: kind.toLowerCase(), namespaced, shortNames: [], subresources: [] };
  return { resource: resourceNamed(name) ?? unserved, namespace: namespaced ? rest[1] : undefined };
}

const UID = "5a1f2c9e-0000-4000-8000-000000000000";
/** The recorded server took 80 as a node port, so its range began below the usual one. */
const NODE_PORTS = { first: 1, count: 32767 };
const nameless = (value: Map): Map => JSON.parse(JSON.stringify(value).replaceAll(UID, "<uid>")) as Map;

const context = (namespace: string | undefined, fieldValidation: Given["fieldValidation"]): StrategyContext => ({
  namespace,
  fieldValidation: fieldValidation ?? "Strict",
  now: "<time>",
  random: () => 0.5,
  namespaceState: () => "Active",
  priorityClass: () => undefined,
  defaultPriorityClass: () => undefined,
  isAddressTaken: () => false,
  isNodePortTaken: () => false,
  serviceRange: "10.96.0.0/16",
  nodePorts: NODE_PORTS,
  uid: UID,
});

function refused(response: ApiResponse): Map {
  const body = response.body as { message: string; reason: string; details?: { causes?: { field: string; reason: string; message: string }[] } };
  const causes = body.details?.causes?.map(({ field, reason, message }) => ({ field, type: reason, message }));
  return { accepted: false, code: response.code, reason: body.reason, message: body.message, ...(causes ? { causes } : {}) };
}

/** Values that were drawn stand as `<allocated>`: those that the body did not ask for. */
function masked(object: Map, given: Map): Map {
  const out = structuredClone(object);
  delete (out["metadata"] as Map)["resourceVersion"];
  if (out["kind"] !== "Service") return out;
  const [spec, asked] = [out["spec"] as Map, (given["spec"] ?? {}) as Map];
  if (asked["clusterIP"] === undefined && spec["clusterIP"] !== undefined) {
    spec["clusterIP"] = "<allocated>";
    spec["clusterIPs"] = ["<allocated>"];
  }
  if (spec["healthCheckNodePort"] !== undefined && asked["healthCheckNodePort"] === undefined) spec["healthCheckNodePort"] = "<allocated>";
  for (const [i, port] of ((spec["ports"] ?? []) as Map[]).entries())
    if (port["nodePort"] !== undefined && ((asked["ports"] as Map[])[i] as Map)["nodePort"] === undefined) port["nodePort"] = "<allocated>";
  return out;
}

function created(given: Given): Outcome {
  const { resource, namespace } = target(given.path);
  return create(resource, given.object as Json, context(namespace, given.fieldValidation));
}

function runCreate(given: Given): Map {
  const result = created(given);
  if (isRefusal(result)) return nameless(refused(result));
  const object = masked(JSON.parse(JSON.stringify(result.object)) as Map, given.object as Map);
  return nameless({ accepted: true, code: 201, warnings: [...(result.warnings ?? [])], object });
}

function runMode(given: Given): Map {
  const result = created(given);
  if (isRefusal(result)) return { ...refused(result), warnings: [] };
  return { accepted: true, code: 201, warnings: [...(result.warnings ?? [])] };
}

const generationOf = (object: { readonly metadata: { readonly generation?: number } }): number | null => object.metadata.generation ?? null;

function runUpdate(given: Given): Map {
  const { resource, namespace } = target(given.path);
  const world = context(namespace, "Strict");
  const first = create(resource, given.existing as Json, world);
  if (isRefusal(first)) throw new Error(`the existing object was refused: ${JSON.stringify(first.body)}`);
  const stored = {
    ...first.object,
    metadata: { ...first.object.metadata, uid: "<uid>", resourceVersion: "7", creationTimestamp: "2026-01-01T00:00:00Z" },
  };
  const result = update(resource, given.object as Json, stored, world);
  if (isRefusal(result)) return refused(result);
  return { accepted: true, code: 200, generation: [generationOf(stored), generationOf(result.object)], warnings: [...(result.warnings ?? [])] };
}

const range = (cidr: string): Range => {
  const parsed = parseCidr(cidr);
  if (parsed === undefined) throw new Error(`not a range: ${cidr}`);
  return parsed;
};

interface RangeGiven {
  readonly cidr?: string;
  readonly family?: string;
  readonly args?: { readonly pr: { readonly Size: number } };
}
interface RangeExpect {
  readonly addrs?: number;
  readonly want?: number;
  readonly outOfRange?: readonly string[];
  readonly alreadyAllocated?: string;
}

function runRange(given: RangeGiven): Map {
  if (given.args !== undefined) return { want: portBand(given.args.pr.Size) };
  const hosts = Number(hostsPerNetwork(range(given.cidr ?? "")));
  return given.family === undefined ? { addrs: hosts } : { free: hosts };
}

/** The allocator's table says besides which addresses it refuses. */
function sameRange(got: unknown, expected: RangeExpect & { readonly free?: number }, given: RangeGiven): boolean {
  const mine = got as { addrs?: number; free?: number; want?: number };
  if (mine.addrs !== expected.addrs || mine.free !== expected.free || mine.want !== expected.want) return false;
  const refuses = (text: string): boolean => {
    const address = parseIp(text);
    return address === undefined || !isAllocatable(range(given.cidr ?? ""), address);
  };
  const inside = expected.alreadyAllocated;
  return (expected.outOfRange ?? []).every(refuses) && (inside === undefined || !refuses(inside));
}

export const runners: Runners = {
  "api-create-accepted": { run: runCreate },
  "api-create-rejected": { run: runCreate },
  "api-field-validation-mode": { run: runMode },
  "api-update": { run: runUpdate },
  "service-cidr-bands": { run: ({ cidr }: { cidr: string }) => ({ staticBandSize: Number(addressBand(range(cidr))) }) },
  "service-ip-range": { run: runRange, same: sameRange },
};
