/** Small kinds: ConfigMap, Secret, Namespace, ServiceAccount, Node, EndpointSlice, PriorityClass, Lease, Event. */
import { isConfigMapKey } from "../../apis/names";
import { base64Length, fromBase64, utf8 } from "../../apis/schema/go-base64";
import { int, intOf, items, type Obj, sortedEntries, strings, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { isQualifiedName, isValidLabelValue } from "../../apis/names";
import { sameJson } from "../../apis/equality";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notSupported, required, tooLong, tooMany } from "./field-error";
import { validateTaintEffect } from "./affinity";
import { PROTOCOLS } from "./containers";
import { goStruct } from "./go-value";
import { parseIp, validateCidr, validateIp, validateNonSpecialIp } from "./ip";
import { validateDns1123Label, validateQualifiedName } from "./names";
import { nameIsLabel, nameIsSubdomain, validateLabelName, validateObjectMeta } from "./object-meta";
import { validateQuantityValue } from "./resources";

const MOST_BYTES = 1024 * 1024;
const WHEN_IMMUTABLE = "field is immutable when `immutable` is set";
const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};

/**
 * @rule kube.validation.configmap
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateConfigMap
 */
export function validateConfigMap(map: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(map), true, nameIsSubdomain);
  const binary = strings(map, "binaryData");
  let bytes = 0;
  for (const [key, value] of sortedEntries(strings(map, "data"))) {
    errors.push(...invalidEach(`data[${key}]`, key, isConfigMapKey(key)));
    if (Object.hasOwn(binary, key)) errors.push(invalid(`data[${key}]`, key, "duplicate of key present in binaryData"));
    bytes += value.length > MOST_BYTES / 4 ? utf8(value).length : value.length;
  }
  for (const [key, value] of sortedEntries(binary)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, isConfigMapKey(key)));
    bytes += base64Length(value);
  }
  return bytes > MOST_BYTES ? [...errors, tooLong("", MOST_BYTES)] : errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateConfigMapUpdate, ValidateSecretUpdate */
export function validateSealed(next: Obj, previous: Obj, fields: readonly string[]): FieldError[] {
  if (previous["immutable"] !== true) return [];
  const errors = next["immutable"] === true ? [] : [forbidden("immutable", WHEN_IMMUTABLE)];
  for (const field of fields) if (!sameJson(next[field], previous[field])) errors.push(forbidden(field, WHEN_IMMUTABLE));
  return errors;
}

const NEEDED: Readonly<Record<string, readonly string[]>> = { "kubernetes.io/tls": ["tls.crt", "tls.key"] };
const JSON_KEYS: Readonly<Record<string, string>> = {
  "kubernetes.io/dockercfg": ".dockercfg",
  "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
};

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * @rule kube.validation.secret
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateSecret
 */
export function validateSecret(secret: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(secret), true, nameIsSubdomain);
  const data = strings(secret, "data");
  let bytes = 0;
  for (const [key, value] of sortedEntries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, isConfigMapKey(key)));
    bytes += base64Length(value);
  }
  if (bytes > MOST_BYTES) errors.push(tooLong("data", MOST_BYTES));
  const type = text(secret, "type");
  const lacks = (key: string): boolean => !Object.hasOwn(data, key);
  for (const key of NEEDED[type] ?? []) if (lacks(key)) errors.push(required(`data[${key}]`));
  const json = JSON_KEYS[type];
  if (json !== undefined) {
    if (lacks(json)) errors.push(required(`data[${json}]`));
    else if (!isJsonObject(fromBase64(data[json] ?? "")))
      errors.push(invalid(`data[${json}]`, "<secret contents redacted>", jsonComplaint(fromBase64(data[json] ?? ""))));
  }
  const account = "kubernetes.io/service-account.name";
  if (type === "kubernetes.io/service-account-token" && !strings(meta(secret), "annotations")[account])
    errors.push(required(`metadata.annotations[${account}]`));
  if (type === "kubernetes.io/basic-auth" && lacks("username") && lacks("password"))
    errors.push(required("data[username]"), required("data[password]"));
  if (type === "kubernetes.io/ssh-auth" && !data["ssh-privatekey"]) errors.push(required("data[ssh-privatekey]"));
  return errors;
}

/** Go's complaint about text that is no JSON object; exact for text that ends too early or begins wrongly. */
function jsonComplaint(content: string): string {
  if (content.trim() === "") return "unexpected end of JSON input";
  const first = content.trim().charAt(0);
  if ("{[".includes(first)) return "unexpected end of JSON input";
  return `invalid character '${first}' looking for beginning of value`;
}

/**
 * @rule kube.validation.namespace
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNamespace
 */
export function validateNamespace(namespace: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(namespace), false, nameIsLabel);
  for (const name of texts(sub(namespace, "spec"), "finalizers")) {
    errors.push(...invalidEach("spec.finalizers", name, isQualifiedName(name)));
    if (!name.includes("/") && !["kubernetes", "orphan", "foregroundDeletion"].includes(name))
      errors.push(invalid("spec.finalizers", name, "name is neither a standard finalizer name nor is it fully qualified"));
  }
  return errors;
}

export const validateServiceAccount = (account: Obj): FieldError[] => validateObjectMeta(meta(account), true, nameIsSubdomain);

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateNodeTaints */
export function validateTaints(taints: readonly Obj[], field: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, i) => {
    const at = `${field}[${i}]`;
    const [key, value, effect] = [text(taint, "key"), text(taint, "value"), text(taint, "effect")];
    const errors = validateLabelName(key, `${at}.key`);
    const complaints = isValidLabelValue(value);
    if (complaints.length > 0) errors.push(invalid(`${at}.value`, value, complaints.join(";")));
    errors.push(...(effect === "" ? [required(`${at}.effect`)] : validateTaintEffect(effect, `${at}.effect`)));
    const pair = `${effect}/${key}`;
    if (seen.has(pair)) errors.push(duplicate(at, goStruct("Taint", taint), "taints must be unique by key and effect pair"));
    seen.add(pair);
    return errors;
  });
}

function validateNodeResources(node: Obj): FieldError[] {
  return ["capacity", "allocatable"].flatMap((list) =>
    sortedEntries(strings(sub(node, "status"), list)).flatMap(([name, value]) => validateQuantityValue(name, value, `status.${list}.${name}`)),
  );
}

/**
 * @rule kube.validation.node
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNode
 */
export function validateNode(node: Obj): FieldError[] {
  const spec = sub(node, "spec");
  const cidrs = texts(spec, "podCIDRs");
  const errors = [
    ...validateObjectMeta(meta(node), false, nameIsSubdomain),
    ...validateTaints(items(spec, "taints"), "metadata.taints"),
    ...validateNodeResources(node),
    ...cidrs.flatMap((cidr, i) => validateCidr(`spec.podCIDRs[${i}]`, cidr)),
  ];
  if (cidrs.length < 2) return errors;
  const families = new Set(cidrs.map((cidr) => cidr.includes(":")));
  if (families.size !== 2 || cidrs.length > 2)
    errors.push(invalid("spec.podCIDRs", cidrs as never, "may specify no more than one CIDR for each IP family"));
  for (const [i, cidr] of cidrs.entries()) if (cidrs.indexOf(cidr) < i) errors.push(duplicate(`spec.podCIDRs[${i}]`, cidr));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNodeUpdate */
export function validateNodeChange(node: Obj, previous: Obj): FieldError[] {
  const [spec, before] = [sub(node, "spec"), sub(previous, "spec")];
  const errors = validateNodeResources(node);
  const addresses = items(sub(node, "status"), "addresses");
  for (const [i, address] of addresses.entries())
    if (addresses.findIndex((other) => sameJson(other as never, address as never)) < i)
      errors.push(duplicate(`status.addresses[${i}]`, goStruct("NodeAddress", address)));
  const had = texts(before, "podCIDRs");
  const words = (name: string): string => `node updates may not change ${name} except from "" to valid`;
  if (had.length > 0 && !sameJson(texts(spec, "podCIDRs") as never, had as never)) errors.push(forbidden("spec.podCIDRs", words("podCIDR")));
  const provider = text(before, "providerID");
  if (provider !== "" && provider !== text(spec, "providerID")) errors.push(forbidden("spec.providerID", words("providerID")));
  return [...errors, ...validateTaints(items(spec, "taints"), "metadata.taints")];
}

function validateSliceEndpoint(endpoint: Obj, type: string, at: string): FieldError[] {
  const addresses = texts(endpoint, "addresses");
  const errors: FieldError[] = [];
  if (addresses.length === 0) errors.push(required(`${at}.addresses`, "must contain at least 1 address"));
  else if (addresses.length > 100) errors.push(tooMany(`${at}.addresses`, addresses.length, 100));
  for (const [i, address] of addresses.entries()) {
    const place = `${at}.addresses[${i}]`;
    if (type === "IPv4" || type === "IPv6") {
      const complaints = validateIp(place, address);
      if (complaints.length > 0) errors.push(...complaints);
      else {
        if (parseIp(address)?.family !== type) errors.push(invalid(`${at}.addresses`, address, `must be an ${type} address`));
        errors.push(...validateNonSpecialIp(address, place));
      }
    } else if (type === "FQDN") errors.push(...invalidEach(place, address, nameIsSubdomain(address, false)));
  }
  const node = textOf(endpoint, "nodeName");
  if (node !== undefined) errors.push(...invalidEach(`${at}.nodeName`, node, nameIsSubdomain(node, false)));
  const host = textOf(endpoint, "hostname");
  return host === undefined ? errors : [...errors, ...validateDns1123Label(host, `${at}.hostname`)];
}

/**
 * @rule kube.validation.endpointslice
 * @source kubernetes@1.35 pkg/apis/discovery/validation/validation.go ValidateEndpointSlice
 */
export function validateEndpointSlice(slice: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(slice), true, nameIsSubdomain);
  const type = text(slice, "addressType");
  const types = ["FQDN", "IPv4", "IPv6"];
  if (type === "") errors.push(required("addressType"));
  else if (!types.includes(type)) errors.push(notSupported("addressType", type, types));
  const [endpoints, ports] = [items(slice, "endpoints"), items(slice, "ports")];
  if (endpoints.length > 1000) errors.push(tooMany("endpoints", endpoints.length, 1000));
  else for (const [i, endpoint] of endpoints.entries()) errors.push(...validateSliceEndpoint(endpoint, type, `endpoints[${i}]`));
  if (ports.length > 20000) return [...errors, tooMany("ports", ports.length, 20000)];
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `ports[${i}]`;
    const [name, protocol, app] = [text(port, "name"), textOf(port, "protocol"), textOf(port, "appProtocol")];
    if (name !== "") errors.push(...validateDns1123Label(name, `${at}.name`));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (protocol === undefined) errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    if (app !== undefined) errors.push(...validateQualifiedName(app, `${at}.appProtocol`));
  }
  return errors;
}

const SYSTEM_CLASSES: Readonly<Record<string, number>> = { "system-node-critical": 2000001000, "system-cluster-critical": 2000000000 };
/**
 * @rule kube.validation.priorityclass
 * @source kubernetes@1.35 pkg/apis/scheduling/validation/validation.go ValidatePriorityClass
 */
export function validatePriorityClass(priority: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(priority), false, nameIsSubdomain);
  const name = text(meta(priority), "name");
  const value = int(priority, "value");
  if (name.startsWith("system-")) {
    const known = SYSTEM_CLASSES[name];
    const why = known === undefined ? `${name} is not a known system priority class` : `value of ${name} PriorityClass must be ${known}`;
    if (known !== value)
      errors.push(forbidden("metadata.name", `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`));
  } else if (value > 1000000000) errors.push(forbidden("value", "maximum allowed value of a user defined priority is 1000000000"));
  const policy = textOf(priority, "preemptionPolicy");
  if (policy !== undefined && policy !== "PreemptLowerPriority" && policy !== "Never")
    errors.push(policy === "" ? required("preemptionPolicy") : notSupported("preemptionPolicy", policy, ["PreemptLowerPriority", "Never"]));
  return errors;
}

/**
 * @rule kube.validation.lease
 * @source kubernetes@1.35 pkg/apis/coordination/validation/validation.go ValidateLease
 */
export function validateLease(lease: Obj): FieldError[] {
  const errors = validateObjectMeta(meta(lease), true, nameIsSubdomain);
  const spec = sub(lease, "spec");
  const seconds = intOf(spec, "leaseDurationSeconds");
  if (seconds !== undefined && seconds <= 0) errors.push(invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
  const moves = intOf(spec, "leaseTransitions");
  if (moves !== undefined && moves < 0) errors.push(invalid("spec.leaseTransitions", moves, "must be greater than or equal to 0"));
  return errors;
}

/**
 * @rule kube.validation.event
 * @source kubernetes@1.35 pkg/apis/core/validation/events.go ValidateEventCreate
 */
export function validateEvent(event: Obj): FieldError[] {
  const namespace = text(meta(event), "namespace");
  const about = text(sub(event, "involvedObject"), "namespace");
  const matches = about === "" ? namespace === "" || namespace === "default" : about === namespace;
  const errors = matches ? [] : [invalid("involvedObject.namespace", about, "does not match event.namespace")];
  return [...errors, ...invalidEach("namespace", namespace, nameIsSubdomain(namespace, false))];
}
