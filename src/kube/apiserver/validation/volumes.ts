/**
 * A Pod's volumes: one source each, and what the sources hold.
 * Not modelled: the insides of sources of old cloud providers beyond their required fields; cluster trust bundles.
 */
import { flagOf, int, intOf, items, type Obj, sub, text, textOf } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notFoundValue, notSupported, required } from "./field-error";
import { validateFieldRef, validateResourceFieldRef, VOLUME_PATHS } from "./env";
import { validateDescendingPath, validateDns1123Label, validateLocalPath, validateNoBacksteps } from "./names";
import { nameIsSubdomain } from "./object-meta";
import { amount } from "./resources";
import { signOf } from "../../apis/quantity";

type Check = (source: Obj, field: string) => FieldError[];
const HOST_PATH_TYPES = ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
const MODE = "must be a number between 0 and 0777 (octal), both inclusive";

const mode = (source: Obj, name: string, field: string): FieldError[] => {
  const value = intOf(source, name);
  return value !== undefined && (value > 0o777 || value < 0) ? [invalid(`${field}.${name}`, value, MODE)] : [];
};
const needs =
  (...names: readonly string[]): Check =>
  (source, field) =>
    names.filter((name) => !hasValue(source, name)).map((name) => required(`${field}.${name}`));
const hasValue = (source: Obj, name: string): boolean => {
  const value = source[name];
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
};

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateKeyToPath */
function validateKeyToPath(item: Obj, field: string): FieldError[] {
  const path = text(item, "path");
  return [
    ...(text(item, "key") === "" ? [required(`${field}.key`)] : []),
    ...(path === "" ? [required(`${field}.path`)] : []),
    ...validateLocalPath(path, `${field}.path`),
    ...mode(item, "mode", field),
  ];
}
const keysToPaths = (source: Obj, field: string): FieldError[] =>
  items(source, "items").flatMap((item, i) => validateKeyToPath(item, `${field}.items[${i}]`));

const named =
  (name: string): Check =>
  (source, field) => [
    ...(text(source, name) === "" ? [required(`${field}.${name}`)] : []),
    ...mode(source, "defaultMode", field),
    ...keysToPaths(source, field),
  ];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateDownwardAPIVolumeFile */
function validateDownwardFile(file: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const path = text(file, "path");
  if (path === "") errors.push(required(`${field}.path`));
  errors.push(...validateLocalPath(path, `${field}.path`));
  const [fieldRef, resource] = [sub(file, "fieldRef"), sub(file, "resourceFieldRef")];
  if (fieldRef !== undefined) {
    errors.push(...validateFieldRef(fieldRef, VOLUME_PATHS, `${field}.fieldRef`));
    if (resource !== undefined) errors.push(invalid(field, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
  } else if (resource !== undefined) errors.push(...validateResourceFieldRef(resource, `${field}.resourceFieldRef`, true));
  else errors.push(required(field, "one of fieldRef and resourceFieldRef is required"));
  return [...errors, ...mode(file, "mode", field)];
}

function validateToken(token: Obj, at: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = int(token, "expirationSeconds");
  if (seconds < 600) errors.push(invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"));
  if (seconds > 2 ** 32) errors.push(invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"));
  const path = text(token, "path");
  if (path === "") errors.push(required(`${field}.path`));
  else errors.push(...validateLocalPath(path, `${field}.path`));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateProjectionSources */
function validateProjected(projected: Obj, field: string): FieldError[] {
  const errors = mode(projected, "defaultMode", field);
  const paths = new Set<string>();
  const claim = (path: string, shown: string): void => {
    if (path === "") return;
    if (paths.has(path)) errors.push(invalid(field, shown, "conflicting duplicate paths"));
    paths.add(path);
  };
  for (const [i, source] of items(projected, "sources").entries()) {
    const at = `${field}.sources[${i}]`;
    let count = 0;
    for (const kind of ["secret", "configMap"]) {
      const inner = sub(source, kind);
      if (inner === undefined) continue;
      count++;
      if (text(inner, "name") === "") errors.push(required(`${at}.${kind}.name`));
      for (const [j, item] of items(inner, "items").entries()) {
        errors.push(...validateKeyToPath(item, `${at}.${kind}.items[${j}]`));
        claim(text(item, "path"), text(inner, "name"));
      }
    }
    const downward = sub(source, "downwardAPI");
    if (downward !== undefined) count++;
    for (const file of items(downward, "items")) {
      errors.push(...validateDownwardFile(file, `${at}.downwardAPI`));
      claim(text(file, "path"), text(file, "path"));
    }
    const token = sub(source, "serviceAccountToken");
    if (token !== undefined) {
      count++;
      errors.push(...validateToken(token, `${at}.serviceAccountToken`, field));
    }
    if (count > 1) errors.push(forbidden(at, "may not specify more than 1 volume type per source"));
  }
  return errors;
}

function validateHostPath(host: Obj, field: string): FieldError[] {
  const path = text(host, "path");
  if (path === "") return [required(`${field}.path`)];
  const type = textOf(host, "type");
  const typed = type === undefined || HOST_PATH_TYPES.includes(type) ? [] : [notSupported(`${field}.type`, type, HOST_PATH_TYPES)];
  return [...validateNoBacksteps(path, `${field}.path`), ...typed];
}

function validateNfs(nfs: Obj, field: string): FieldError[] {
  const path = text(nfs, "path");
  const absolute = path.startsWith("/") ? [] : [invalid(`${field}.path`, path, "must be an absolute path")];
  return [...needs("server", "path")(nfs, field), ...absolute];
}

function validateCsi(csi: Obj, field: string): FieldError[] {
  const driver = text(csi, "driver");
  const errors = driver === "" ? [required(`${field}.driver`)] : invalidEach(`${field}.driver`, driver, nameIsSubdomain(driver.toLowerCase(), false));
  const secret = sub(csi, "nodePublishSecretRef");
  if (secret !== undefined && text(secret, "name") === "") errors.push(required(`${field}.nodePublishSecretRef.name`));
  return errors;
}

function validateImage(image: Obj, field: string, pod: boolean): FieldError[] {
  const policy = text(image, "pullPolicy");
  return [
    ...(pod && text(image, "reference") === "" ? [required(`${field}.reference`)] : []),
    ...(["Always", "IfNotPresent", "Never"].includes(policy)
      ? []
      : [notSupported(`${field}.pullPolicy`, policy, ["Always", "IfNotPresent", "Never"])]),
  ];
}

const ephemeral: Check = (source, field) => (sub(source, "volumeClaimTemplate") === undefined ? [required(`${field}.volumeClaimTemplate`)] : []);
const gitRepo: Check = (source, field) => [
  ...needs("repository")(source, field),
  ...validateDescendingPath(text(source, "directory"), `${field}.directory`),
];
const downward: Check = (source, field) => [
  ...mode(source, "defaultMode", field),
  ...items(source, "items").flatMap((file) => validateDownwardFile(file, field)),
];

/** In the order in which upstream looks at them; the second name is the one it complains about. */
const SOURCES: readonly (readonly [string, Check, string?])[] = [
  ["hostPath", validateHostPath],
  ["gitRepo", gitRepo],
  ["gcePersistentDisk", needs("pdName")],
  ["awsElasticBlockStore", needs("volumeID")],
  ["secret", named("secretName")],
  ["nfs", validateNfs],
  ["iscsi", needs("targetPortal", "iqn")],
  ["glusterfs", needs("endpoints", "path")],
  ["flocker", () => []],
  ["persistentVolumeClaim", needs("claimName")],
  ["rbd", needs("monitors", "image")],
  ["cinder", needs("volumeID")],
  ["cephfs", needs("monitors"), "cephFS"],
  ["quobyte", needs("volume")],
  ["downwardAPI", downward, "downwarAPI"],
  ["fc", () => []],
  ["flexVolume", needs("driver")],
  ["configMap", named("name")],
  ["azureFile", needs("secretName", "shareName")],
  ["vsphereVolume", needs("volumePath")],
  ["photonPersistentDisk", needs("pdID")],
  ["portworxVolume", needs("volumeID")],
  ["azureDisk", needs("diskName", "diskURI")],
  ["storageos", () => []],
  ["projected", validateProjected],
  ["scaleIO", needs("gateway", "system", "volumeName")],
  ["csi", validateCsi],
  ["ephemeral", ephemeral],
];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateVolumeSource */
function validateSource(volume: Obj, field: string, pod: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const emptyDir = sub(volume, "emptyDir");
  let count = emptyDir === undefined ? 0 : 1;
  const limit = textOf(emptyDir, "sizeLimit");
  if (limit !== undefined && signOf(amount(limit)) < 0)
    errors.push(forbidden(`${field}.emptyDir.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  const image: Check = (source, at) => validateImage(source, at, pod);
  for (const [name, check, shown] of [...SOURCES, ["image", image] as readonly [string, Check, string?]]) {
    const source = sub(volume, name);
    if (source === undefined) continue;
    if (count > 0) errors.push(forbidden(`${field}.${shown ?? name}`, "may not specify more than 1 volume type"));
    else {
      count++;
      errors.push(...check(source, `${field}.${name}`));
    }
  }
  if (count === 0) errors.push(required(field, "must specify a volume type"));
  return errors;
}

export interface CheckedVolumes {
  readonly errors: FieldError[];
  /** Those that are right, by name. */
  readonly byName: ReadonlyMap<string, Obj>;
}

/**
 * @rule kube.validation.volumes
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateVolumes
 */
export function validateVolumes(volumes: readonly Obj[], field: string, pod: boolean): CheckedVolumes {
  const errors: FieldError[] = [];
  const byName = new Map<string, Obj>();
  for (const [i, volume] of volumes.entries()) {
    const at = `${field}[${i}]`;
    const name = text(volume, "name");
    const own = validateSource(volume, at, pod);
    if (name === "") own.push(required(`${at}.name`));
    else own.push(...validateDns1123Label(name, `${at}.name`));
    if (byName.has(name)) own.push(duplicate(`${at}.name`, name));
    if (own.length === 0) byName.set(name, volume);
    errors.push(...own);
  }
  return { errors, byName };
}

const RECURSIVE = ["Disabled", "Enabled", "IfPossible"];
const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];

/**
 * @rule kube.validation.volume-mounts
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateVolumeMounts
 */
export function validateVolumeMounts(container: Obj, volumes: ReadonlyMap<string, Obj>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = items(container, "volumeDevices");
  for (const [i, mount] of items(container, "volumeMounts").entries()) {
    const at = `${field}[${i}]`;
    const [name, path, subPath, expr] = ["name", "mountPath", "subPath", "subPathExpr"].map((part) => text(mount, part)) as [
      string,
      string,
      string,
      string,
    ];
    if (name === "") errors.push(required(`${at}.name`));
    const volume = volumes.get(name);
    if (volume === undefined) errors.push(notFoundValue(`${at}.name`, name));
    if (path === "") errors.push(required(`${at}.mountPath`));
    if (paths.has(path)) errors.push(invalid(`${at}.mountPath`, path, "must be unique"));
    paths.add(path);
    if (devices.some((device) => text(device, "name") === name)) errors.push(invalid(`${at}.name`, name, "must not already exist in volumeDevices"));
    if (devices.some((device) => text(device, "devicePath") === path))
      errors.push(invalid(`${at}.mountPath`, path, "must not already exist as a path in volumeDevices"));
    if (subPath !== "") errors.push(...validateDescendingPath(subPath, `${field}.subPath`));
    if (expr !== "") {
      if (subPath !== "") errors.push(invalid(`${at}.subPathExpr`, expr, "subPathExpr and subPath are mutually exclusive"));
      errors.push(...validateDescendingPath(expr, `${field}.subPathExpr`));
    }
    errors.push(...validateMountModes(container, mount, field));
  }
  return errors;
}

function validateMountModes(container: Obj, mount: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const propagation = textOf(mount, "mountPropagation");
  if (propagation !== undefined) {
    const at = `${field}.mountPropagation`;
    if (!PROPAGATIONS.includes(propagation)) errors.push(notSupported(at, propagation, PROPAGATIONS));
    if (propagation === "Bidirectional" && flagOf(sub(container, "securityContext"), "privileged") !== true)
      errors.push(forbidden(at, "Bidirectional mount propagation is available only to privileged containers"));
  }
  const recursive = textOf(mount, "recursiveReadOnly");
  if (recursive === undefined || recursive === "Disabled") return errors;
  const at = `${field}.recursiveReadOnly`;
  if (!RECURSIVE.includes(recursive)) return [...errors, notSupported(at, recursive, RECURSIVE)];
  if (flagOf(mount, "readOnly") !== true) errors.push(forbidden(at, "may only be specified when readOnly is true"));
  if (propagation !== undefined && propagation !== "None")
    errors.push(forbidden(at, "may only be specified when mountPropagation is None or not specified"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateVolumeDevices */
export function validateVolumeDevices(container: Obj, volumes: ReadonlyMap<string, Obj>, field: string): FieldError[] {
  const names = new Set<string>();
  const paths = new Set<string>();
  return items(container, "volumeDevices").flatMap((device, i) => {
    const at = `${field}[${i}]`;
    const [name, path] = [text(device, "name"), text(device, "devicePath")];
    const errors: FieldError[] = [];
    const volume = volumes.get(name);
    if (name === "") errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, "must be unique"));
    if (volume !== undefined && sub(volume, "persistentVolumeClaim") === undefined && sub(volume, "ephemeral") === undefined)
      errors.push(invalid(`${at}.name`, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"));
    if (volume === undefined) errors.push(notFoundValue(`${at}.name`, name));
    if (path === "") errors.push(required(`${at}.devicePath`));
    if (paths.has(path)) errors.push(invalid(`${at}.devicePath`, path, "must be unique"));
    if (path.split("/").includes("..")) errors.push(invalid(`${at}.devicePath`, path, "can not contain backsteps ('..')"));
    else paths.add(path);
    for (const mount of items(container, "volumeMounts")) {
      if (text(mount, "name") === name) errors.push(invalid(`${at}.name`, name, "must not already exist in volumeMounts"));
      if (text(mount, "mountPath") === path) errors.push(invalid(`${at}.devicePath`, path, "must not already exist as a path in volumeMounts"));
    }
    if (name !== "") names.add(name);
    return errors;
  });
}
