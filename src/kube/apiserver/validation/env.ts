/** A container's environment: variables and where they come from. */
import { isConfigMapKey, isRelaxedEnvVarName } from "../../apis/names";
import { type Obj, sub, text } from "../../apis/schema/typed-json";
import { type FieldError, invalid, invalidEach, notSupported, required } from "./field-error";
import { validateQualifiedName } from "./names";
import { nameIsSubdomain } from "./object-meta";

const ENV_PATHS = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];
export const VOLUME_PATHS = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
const RESOURCE_PATHS = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];
/** @source kubernetes@1.35 pkg/apis/core/pods/helpers.go ConvertDownwardAPIFieldLabel */
const CONVERTIBLE = new Set([
  ...ENV_PATHS,
  ...VOLUME_PATHS,
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
  "spec.hostNetwork",
  "status.nominatedNodeName",
]);
const CPU_DIVISORS = new Set(["1m", "1"]);
const BYTE_DIVISORS = new Set("1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei".split(" "));

/**
 * @rule kube.validation.env
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateEnv
 */
export function validateEnv(variables: readonly Obj[], field: string): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = `${field}[${i}]`;
    const name = text(variable, "name");
    const named = name === "" ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, isRelaxedEnvVarName(name));
    return [...named, ...validateValueFrom(variable, `${at}.valueFrom`)];
  });
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateEnvVarValueFrom */
function validateValueFrom(variable: Obj, field: string): FieldError[] {
  const from = sub(variable, "valueFrom");
  if (from === undefined) return [];
  const errors: FieldError[] = [];
  const [fieldRef, resource, configMap, secret, file] = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"].map(
    (name) => sub(from, name),
  );
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, ENV_PATHS, `${field}.fieldRef`));
  if (resource !== undefined) errors.push(...validateResourceFieldRef(resource, `${field}.resourceFieldRef`, false));
  if (configMap !== undefined) errors.push(...validateKeyRef(configMap, `${field}.configMapKeyRef`));
  if (secret !== undefined) errors.push(...validateKeyRef(secret, `${field}.secretKeyRef`));
  const count = [fieldRef, resource, configMap, secret, file].filter((source) => source !== undefined).length;
  if (count === 0)
    errors.push(invalid(field, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
  else if (text(variable, "value") !== "") errors.push(invalid(field, "", "may not be specified when `value` is not empty"));
  else if (count > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateObjectFieldSelector */
export function validateFieldRef(ref: Obj, allowed: readonly string[], field: string): FieldError[] {
  const path = text(ref, "fieldPath");
  if (text(ref, "apiVersion") === "") return [required(`${field}.apiVersion`)];
  if (path === "") return [required(`${field}.fieldPath`)];
  const subscript = /^([^[\]]+)\['(.*)'\]$/.exec(path);
  const base = subscript?.[1] ?? path;
  const known = subscript === null ? CONVERTIBLE.has(path) : base === "metadata.annotations" || base === "metadata.labels";
  if (!known) {
    const why = subscript === null ? `field label not supported: ${path}` : `field label does not support subscript: ${base}`;
    return [invalid(`${field}.fieldPath`, path, `error converting fieldPath: ${why}`)];
  }
  if (subscript !== null) {
    const key = subscript[2] ?? "";
    return validateQualifiedName(base === "metadata.annotations" ? key.toLowerCase() : key, field);
  }
  return allowed.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, allowed)];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerResourceFieldSelector */
export function validateResourceFieldRef(ref: Obj, field: string, volume: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const resource = text(ref, "resource");
  const huge = resource.startsWith("requests.hugepages-") || resource.startsWith("limits.hugepages-");
  if (volume && text(ref, "containerName") === "") errors.push(required(`${field}.containerName`));
  else if (resource === "") errors.push(required(`${field}.resource`));
  else if (!RESOURCE_PATHS.includes(resource) && !huge) errors.push(notSupported(`${field}.resource`, resource, RESOURCE_PATHS));
  const divisor = text(ref, "divisor");
  if (divisor === "0" || divisor === "") return errors;
  const sizes = [...BYTE_DIVISORS].join(", ");
  const refuse = (values: string, what: string): void => {
    errors.push(invalid(`${field}.divisor`, resource, `only divisor's values ${values} are supported with the ${what} resource`));
  };
  if (resource.endsWith(".cpu") && !CPU_DIVISORS.has(divisor)) refuse("1m and 1", "cpu");
  if (resource.endsWith(".memory") && !BYTE_DIVISORS.has(divisor)) refuse(sizes, "memory");
  if (resource.endsWith(".ephemeral-storage") && !BYTE_DIVISORS.has(divisor)) refuse(sizes, "local ephemeral storage");
  if (huge && !BYTE_DIVISORS.has(divisor)) refuse(sizes, "hugepages");
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateConfigMapKeySelector, validateSecretKeySelector */
function validateKeyRef(ref: Obj, field: string): FieldError[] {
  const [name, key] = [text(ref, "name"), text(ref, "key")];
  return [
    ...invalidEach(`${field}.name`, name, nameIsSubdomain(name, false)),
    ...(key === "" ? [required(`${field}.key`)] : invalidEach(`${field}.key`, key, isConfigMapKey(key))),
  ];
}

/**
 * @rule kube.validation.env-from
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateEnvFrom
 */
export function validateEnvFrom(sources: readonly Obj[], field: string): FieldError[] {
  return sources.flatMap((source, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const prefix = text(source, "prefix");
    if (prefix !== "") errors.push(...invalidEach(`${at}.prefix`, prefix, isRelaxedEnvVarName(prefix)));
    const named = ["configMapRef", "secretRef"].filter((name) => sub(source, name) !== undefined);
    for (const kind of named) {
      const name = text(sub(source, kind), "name");
      errors.push(...(name === "" ? [required(`${at}.${kind}.name`)] : invalidEach(`${at}.${kind}.name`, name, nameIsSubdomain(name, true))));
    }
    if (named.length === 0) errors.push(invalid(field, "", "must specify one of: `configMapRef` or `secretRef`"));
    else if (named.length > 1) errors.push(invalid(field, "", "may not have more than one field specified at a time"));
    return errors;
  });
}
