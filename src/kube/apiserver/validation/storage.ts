/** PersistentVolumes, claims on them, and StorageClasses. */
import { sameJson } from "../../apis/equality";
import { signOf } from "../../apis/quantity";
import { isQualifiedName } from "../../apis/names";
import { items, type Obj, strings, sub, text, textOf, texts, withFields } from "../../apis/schema/typed-json";
import { validateNodeSelector } from "./affinity";
import { type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { jsonDiff } from "./go-diff";
import { goForm } from "./go-value";
import type { KindRules } from "./kinds";
import { validateLabelSelector } from "./label-selector";
import { immutable, nameIsSubdomain, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import { amount, resourceEntries } from "./resources";

const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const VOLUME_MODES = ["Block", "Filesystem"];
const SOURCES =
  "gcePersistentDisk awsElasticBlockStore hostPath glusterfs nfs rbd quobyte iscsi flexVolume cinder cephfs fc flocker azureFile vsphereVolume azureDisk photonPersistentDisk portworxVolume scaleIO local storageos csi".split(
    " ",
  );
const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};
const spec = (object: Obj): Obj => sub(object, "spec") ?? {};
const metaUpdate = (next: Obj, previous: Obj): FieldError[] => validateObjectMetaUpdate(meta(next), meta(previous));

function validateModes(modes: readonly string[]): FieldError[] {
  const errors = modes.filter((mode) => !MODES.includes(mode)).map((mode) => notSupported("spec.accessModes", mode, MODES));
  const others = modes.some((mode) => mode !== "ReadWriteOncePod" && MODES.includes(mode));
  if (modes.includes("ReadWriteOncePod") && others)
    errors.push(forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"));
  return errors;
}

const validateClassName = (name: string | undefined, field: string): FieldError[] =>
  name === undefined || name === "" ? [] : invalidEach(field, name, nameIsSubdomain(name, false));

/**
 * @rule kube.validation.persistentvolumeclaim
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec
 */
function validateClaimSpec(claim: Obj): FieldError[] {
  const modes = texts(claim, "accessModes");
  const errors = modes.length === 0 ? [required("spec.accessModes", "at least 1 access mode is required")] : [];
  errors.push(...validateLabelSelector(sub(claim, "selector"), "spec.selector"), ...validateModes(modes));
  const size = strings(sub(claim, "resources"), "requests")["storage"];
  const at = "spec.resources[storage]";
  if (size === undefined) errors.push(required(at));
  else if (signOf(amount(size)) <= 0) errors.push(invalid(at, size, "must be greater than zero"));
  errors.push(...validateClassName(textOf(claim, "storageClassName"), "spec.storageClassName"));
  const mode = textOf(claim, "volumeMode");
  if (mode !== undefined && !VOLUME_MODES.includes(mode)) errors.push(notSupported("spec.volumeMode", mode, VOLUME_MODES));
  for (const name of ["dataSource", "dataSourceRef"]) {
    const source = sub(claim, name);
    if (source === undefined) continue;
    for (const part of ["name", "kind"]) if (text(source, part) === "") errors.push(required(`spec.${name}.${part}`));
  }
  return [...errors, ...validateClassName(textOf(claim, "volumeAttributesClassName"), "spec.volumeAttributesClassName")];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimUpdate */
function validateClaimUpdate(next: Obj, previous: Obj): FieldError[] {
  const errors = [...metaUpdate(next, previous), ...validateObjectMeta(meta(next), true, nameIsSubdomain), ...validateClaimSpec(spec(next))];
  let [now, then] = [spec(next), spec(previous)];
  const bound = text(sub(next, "status"), "phase") === "Bound";
  if (text(then, "volumeName") === "") then = withFields(then, { volumeName: now["volumeName"] });
  if (then["storageClassName"] === undefined) now = withFields(now, { storageClassName: undefined });
  if (bound) {
    const storage = strings(sub(then, "resources"), "requests")["storage"];
    const resources = sub(now, "resources");
    if (resources?.["requests"] !== undefined)
      now = withFields(now, { resources: { ...resources, requests: { ...strings(resources, "requests"), storage } } as never });
    if (now["volumeAttributesClassName"] !== undefined) now = withFields(now, { volumeAttributesClassName: then["volumeAttributesClassName"] });
  }
  if (!sameJson(now as never, then as never)) {
    const diff = jsonDiff(goForm("PersistentVolumeClaimSpec", then, undefined), goForm("PersistentVolumeClaimSpec", now, undefined));
    errors.push(
      forbidden("spec", `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${diff}`),
    );
  }
  return [...errors, ...immutable("volumeMode", spec(next), spec(previous), "volumeMode")];
}

/**
 * @rule kube.validation.persistentvolume
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePersistentVolumeSpec
 */
function validateVolumeSpec(volume: Obj): FieldError[] {
  const errors: FieldError[] = [];
  const modes = texts(volume, "accessModes");
  if (modes.length === 0) errors.push(required("spec.accessModes"));
  errors.push(...validateModes(modes));
  const capacity = resourceEntries(volume, "capacity");
  if (capacity.length === 0) errors.push(required("spec.capacity"));
  if (!("storage" in strings(volume, "capacity")) || capacity.length > 1)
    errors.push(notSupported("spec.capacity", strings(volume, "capacity"), ["storage"]));
  for (const [name, value] of capacity)
    if (signOf(amount(value)) <= 0) errors.push(invalid(`spec.capacity[${name}]`, value, "must be greater than zero"));
  const policy = text(volume, "persistentVolumeReclaimPolicy");
  const policies = ["Delete", "Recycle", "Retain"];
  if (policy !== "" && !policies.includes(policy)) errors.push(notSupported("spec.persistentVolumeReclaimPolicy", policy, policies));
  const affinity = sub(volume, "nodeAffinity");
  const must = sub(affinity, "required");
  if (must !== undefined) errors.push(...validateNodeSelector(must, "spec.nodeAffinity.required"));
  else if (affinity !== undefined) errors.push(required("spec.nodeAffinity.required", "must specify required node constraints"));
  const sources = SOURCES.filter((name) => sub(volume, name) !== undefined);
  for (const name of sources.slice(1)) errors.push(forbidden(`spec.${name}`, "may not specify more than 1 volume type"));
  errors.push(...validateSource(volume, sources[0]));
  if (sources.length === 0) errors.push(required("spec", "must specify a volume type"));
  const host = text(sub(volume, "hostPath"), "path");
  if (host !== "" && /^\/+(\.?\/*)*$/.test(host) && policy === "Recycle")
    errors.push(forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'"));
  errors.push(...validateClassName(text(volume, "storageClassName"), "spec.storageClassName"));
  const mode = textOf(volume, "volumeMode");
  return mode === undefined || VOLUME_MODES.includes(mode) ? errors : [...errors, notSupported("spec.volumeMode", mode, VOLUME_MODES)];
}

function validateSource(volume: Obj, name: string | undefined): FieldError[] {
  const source = name === undefined ? undefined : sub(volume, name);
  if (source === undefined) return [];
  const needs = (...parts: readonly string[]): FieldError[] =>
    parts.filter((part) => text(source, part) === "").map((part) => required(`spec.${name}.${part}`));
  if (name === "hostPath") return needs("path");
  if (name === "nfs") {
    const path = text(source, "path");
    return [...needs("server", "path"), ...(path.startsWith("/") ? [] : [invalid("spec.nfs.path", path, "must be an absolute path")])];
  }
  if (name === "csi") return needs("driver", "volumeHandle");
  if (name === "local") {
    const missing = sub(volume, "nodeAffinity") === undefined ? [required("spec.nodeAffinity", "Local volume requires node affinity")] : [];
    return [...needs("path"), ...missing];
  }
  return [];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePersistentVolumeUpdate */
function validateVolumeUpdate(next: Obj, previous: Obj): FieldError[] {
  const errors = [...validateObjectMeta(meta(next), false, nameIsSubdomain), ...validateVolumeSpec(spec(next))];
  const source = (object: Obj): Obj => Object.fromEntries(Object.entries(spec(object)).filter(([name]) => SOURCES.includes(name)));
  const [now, then] = [source(next), source(previous)];
  if (!sameJson(now as never, then as never)) {
    const diff = jsonDiff(goForm("PersistentVolumeSource", then, undefined), goForm("PersistentVolumeSource", now, undefined));
    errors.push(forbidden("spec.persistentvolumesource", `spec.persistentvolumesource is immutable after creation\n${diff}`));
  }
  errors.push(...immutable("volumeMode", spec(next), spec(previous), "volumeMode"));
  return errors;
}

/**
 * @rule kube.validation.storageclass
 * @source kubernetes@1.35 pkg/apis/storage/validation/validation.go ValidateStorageClass
 */
function validateStorageClass(storage: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(storage), false, nameIsSubdomain);
  const provisioner = text(storage, "provisioner");
  if (provisioner === "") errors.push(required("provisioner"));
  else errors.push(...invalidEach("provisioner", provisioner, isQualifiedName(provisioner.toLowerCase())));
  const [reclaim, binding] = [textOf(storage, "reclaimPolicy"), textOf(storage, "volumeBindingMode")];
  if (reclaim !== undefined && reclaim !== "" && reclaim !== "Delete" && reclaim !== "Retain")
    errors.push(notSupported("reclaimPolicy", reclaim, ["Delete", "Retain"]));
  if (binding === undefined) errors.push(required("volumeBindingMode"));
  else if (binding !== "Immediate" && binding !== "WaitForFirstConsumer")
    errors.push(notSupported("volumeBindingMode", binding, ["Immediate", "WaitForFirstConsumer"]));
  for (const [i, term] of items(storage, "allowedTopologies").entries())
    for (const [j, one] of items(term, "matchLabelExpressions").entries())
      if (texts(one, "values").length === 0) errors.push(required(`allowedTopologies[${i}].matchLabelExpressions[${j}].values`));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/storage/validation/validation.go ValidateStorageClassUpdate */
function validateStorageClassUpdate(next: Obj, previous: Obj): FieldError[] {
  const errors = metaUpdate(next, previous);
  for (const name of ["parameters", "provisioner", "reclaimPolicy"])
    if (!sameJson(next[name], previous[name])) errors.push(forbidden(name, `updates to ${name} are forbidden.`));
  return [...errors, ...immutable("volumeBindingMode", next, previous, "volumeBindingMode")];
}

export const STORAGE_KINDS: Readonly<Record<string, KindRules>> = {
  persistentvolumeclaims: {
    create: (object) => [...validateObjectMeta(meta(object), true, nameIsSubdomain), ...validateClaimSpec(spec(object))],
    update: validateClaimUpdate,
  },
  persistentvolumes: {
    create: (object) => [...validateObjectMeta(meta(object), false, nameIsSubdomain), ...validateVolumeSpec(spec(object))],
    update: validateVolumeUpdate,
  },
  storageclasses: { create: validateStorageClass, update: validateStorageClassUpdate },
};
