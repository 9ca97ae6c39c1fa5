/**
 * Pod templates: which ReplicaSet has the Deployment's template, and the hash that names it.
 *
 * Not modelled: the hash is our own (the real one hashes a dump of Go's structures); it has the same alphabet and length.
 */
import type { Json } from "../../../sim/types";
import { milliOf } from "../../apis/quantity";
import type { Deployment, PodTemplateSpec, Quantity, ReplicaSet, StringMap } from "../../apis/objects";
import { safeEncode, utf8Bytes } from "../../apis/rand-safe";
import { replicasOf } from "./fenceposts";
import { byCreation } from "./replica-counts";

export const POD_TEMPLATE_HASH = "pod-template-hash";
const QUANTITIES: ReadonlySet<string> = new Set(["requests", "limits", "overhead"]);

type Value = Json | undefined;
const isObject = (value: Value): value is { readonly [key: string]: Value } => typeof value === "object" && value !== null && !Array.isArray(value);
const isEmpty = (value: Value): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.values(value).every((member) => member === undefined));

/** Equal as Kubernetes sees it: absent and empty are the same, and quantities compare by amount. `under` is the name of the field. */
function semanticallyEqual(a: Value, b: Value, under: string): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b))) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => semanticallyEqual(item, b[i], under));
  if (!isObject(a) || !isObject(b)) return QUANTITIES.has(under) && sameAmount(a, b);
  const quantities = QUANTITIES.has(under);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) if (!semanticallyEqual(a[key], b[key], quantities ? under : key)) return false;
  return true;
}

function sameAmount(a: Value, b: Value): boolean {
  const scalar = (value: Value): value is Quantity => typeof value === "string" || typeof value === "number";
  return scalar(a) && scalar(b) && milliOf(a) === milliOf(b);
}

/** Labels without the hash. */
function labelsWithoutHash(template: PodTemplateSpec): StringMap {
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return labels;
}

const comparisons = new WeakMap<PodTemplateSpec, WeakMap<PodTemplateSpec, boolean>>();

/**
 * @rule kube.deployment.template-equal
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go EqualIgnoreHash
 */
export function equalIgnoreHash(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  if (a === b) return true;
  const known = comparisons.get(a)?.get(b);
  if (known !== undefined) return known;
  const plain = ({ metadata, ...rest }: PodTemplateSpec): Json =>
    ({ ...rest, metadata: { ...metadata, labels: labelsWithoutHash({ metadata, ...rest }) } }) as unknown as Json;
  const equal = semanticallyEqual(plain(a), plain(b), "template");
  const row = comparisons.get(a) ?? new WeakMap<PodTemplateSpec, boolean>();
  row.set(b, equal);
  comparisons.set(a, row);
  return equal;
}

/**
 * The ReplicaSet with the Deployment's template; the oldest when there are several.
 * @rule kube.deployment.new-replica-set
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go FindNewReplicaSet
 */
export function findNewReplicaSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets].sort(byCreation).find((set) => equalIgnoreHash(set.spec.template, deployment.spec.template));
}

/**
 * All others; `required` are those that want Pods.
 * @rule kube.deployment.old-replica-sets
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go FindOldReplicaSets
 */
export function findOldReplicaSets(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): { readonly required: readonly ReplicaSet[]; readonly all: readonly ReplicaSet[] } {
  const current = findNewReplicaSet(deployment, sets);
  const all = sets.filter((set) => current === undefined || set.metadata.uid !== current.metadata.uid);
  return { required: all.filter((set) => replicasOf(set) !== 0), all };
}

/** JSON with sorted keys and without what is absent or empty, so that the hash does not depend on how an object was built. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const keys = Object.keys(value).filter((key) => !isEmpty(value[key]));
  keys.sort((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/**
 * FNV-1a of the template (and of the number of collisions so far), written in the alphabet of generated names.
 * @rule kube.deployment.template-hash
 * @source kubernetes@1.35 pkg/controller/controller_utils.go ComputeHash
 */
export function computeHash(template: PodTemplateSpec, collisionCount: number | undefined | null): string {
  let hash = 2166136261;
  const text = canonical(template as unknown as Json) + (collisionCount ? `#${collisionCount}` : "");
  for (const byte of utf8Bytes(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return safeEncode(String(hash));
}

const MAX_LENGTH = 253;

/**
 * The Deployment's name and the hash; a long name is cut so that the hash stays whole.
 * @rule kube.deployment.replica-set-name
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go generateReplicaSetName
 */
export function replicaSetName(deployment: string, hash: string): string {
  const room = MAX_LENGTH - hash.length - 1;
  return `${room > 0 ? deployment.slice(0, room) : deployment}-${hash}`;
}
