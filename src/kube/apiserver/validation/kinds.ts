/** Which rules hold for which kind, on creation and on update. */
import { sameJson } from "../../apis/equality";
import type { ResourceInfo } from "../../apis/resources";
import { type Obj, sub } from "../../apis/schema/typed-json";
import {
  validateConfigMap,
  validateEndpointSlice,
  validateEvent,
  validateLease,
  validateNamespace,
  validateNode,
  validateNodeChange,
  validatePriorityClass,
  validateSealed,
  validateSecret,
  validateServiceAccount,
} from "./core-kinds";
import { type FieldError, forbidden, IMMUTABLE, invalid } from "./field-error";
import { immutable, nameIsLabel, nameIsSubdomain, type NameRule, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import { OTHER_KINDS } from "./other-kinds";
import { validatePodCreate } from "./pod-spec";
import { validatePodUpdate } from "./pod-update";
import { validateService, validateServiceUpdate } from "./service";
import { validateDaemonSetSpec, validateDeploymentSpec, validateReplicaSetSpec, validateStatefulSetSpec } from "./workloads";

export interface KindRules {
  create(object: Obj): FieldError[];
  /** `raw` is the new object as it was sent. */
  update(next: Obj, previous: Obj, raw: Obj): FieldError[];
}

const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};
const spec = (object: Obj): Obj => sub(object, "spec") ?? {};
const metaUpdate = (next: Obj, previous: Obj): FieldError[] => validateObjectMetaUpdate(meta(next), meta(previous));

function workload(
  check: (spec: Obj) => FieldError[],
  sealed: (next: Obj, previous: Obj) => FieldError[],
  nameRule: NameRule = nameIsSubdomain,
): KindRules {
  return {
    create: (object) => [...validateObjectMeta(meta(object), true, nameRule), ...check(spec(object))],
    update: (next, previous) => [...metaUpdate(next, previous), ...check(spec(next)), ...sealed(next, previous)],
  };
}
const selectorStays = (next: Obj, previous: Obj): FieldError[] => immutable("spec.selector", spec(next), spec(previous), "selector");

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateStatefulSetUpdate */
function statefulSetStays(next: Obj, previous: Obj): FieldError[] {
  const open = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
  ];
  const rest = (object: Obj): Obj => Object.fromEntries(Object.entries(spec(object)).filter(([name]) => !open.includes(name)));
  if (sameJson(rest(next) as never, rest(previous) as never)) return [];
  const words =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [forbidden("spec", words)];
}

/** Created and updated by the same rules, beside what holds for metadata. */
const plain = (check: (object: Obj) => FieldError[], more: (next: Obj, previous: Obj) => FieldError[] = () => []): KindRules => ({
  create: check,
  update: (next, previous) => [...metaUpdate(next, previous), ...more(next, previous), ...check(next)],
});

const RULES: Readonly<Record<string, KindRules>> = {
  pods: { create: validatePodCreate, update: validatePodUpdate },
  deployments: workload(validateDeploymentSpec, selectorStays),
  replicasets: workload(validateReplicaSetSpec, selectorStays),
  daemonsets: workload(validateDaemonSetSpec, selectorStays),
  statefulsets: workload(validateStatefulSetSpec, statefulSetStays, nameIsLabel),
  services: { create: (service) => validateService(service), update: validateServiceUpdate },
  configmaps: plain(validateConfigMap, (next, previous) => validateSealed(next, previous, ["data", "binaryData"])),
  secrets: plain(validateSecret, (next, previous) => [...immutable("type", next, previous, "type"), ...validateSealed(next, previous, ["data"])]),
  namespaces: { create: validateNamespace, update: metaUpdate },
  serviceaccounts: plain(validateServiceAccount),
  nodes: { create: validateNode, update: (next, previous) => [...metaUpdate(next, previous), ...validateNodeChange(next, previous)] },
  endpointslices: plain(validateEndpointSlice, (next, previous) =>
    next["addressType"] === previous["addressType"] ? [] : [invalid("addressType", next["addressType"], IMMUTABLE)],
  ),
  priorityclasses: {
    create: validatePriorityClass,
    update: (next, previous) => [
      ...metaUpdate(next, previous),
      ...(next["value"] === previous["value"] ? [] : [forbidden("value", "may not be changed in an update.")]),
      ...immutable("preemptionPolicy", next, previous, "preemptionPolicy"),
    ],
  },
  leases: plain(validateLease),
  events: { create: validateEvent, update: validateEvent },
  ...OTHER_KINDS,
};

/** @rule kube.validation.create */
export function validateCreate(resource: ResourceInfo, object: Obj): FieldError[] {
  return RULES[resource.name]?.create(object) ?? validateObjectMeta(meta(object), resource.namespaced, nameIsSubdomain);
}

/** @rule kube.validation.update */
export function validateUpdate(resource: ResourceInfo, next: Obj, previous: Obj, raw: Obj): FieldError[] {
  return RULES[resource.name]?.update(next, previous, raw) ?? metaUpdate(next, previous);
}
