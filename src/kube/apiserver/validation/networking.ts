/** Ingresses, NetworkPolicies, Endpoints. */
import { isDNS1123Subdomain, isQualifiedName, isValidPortName, isValidPortNum, isWildcardDNS1123Subdomain } from "../../apis/names";
import { int, intOf, intOrString, items, type Obj, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { PROTOCOLS } from "./containers";
import { type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { inRange, parseCidr, parseIp, rangeSize, validateCidr, validateIp, validateNonSpecialIp } from "./ip";
import type { KindRules } from "./kinds";
import { validateLabelSelector } from "./label-selector";
import { validateDns1123Label } from "./names";
import { nameIsLabel1035, nameIsSubdomain, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";

const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};
const spec = (object: Obj): Obj => sub(object, "spec") ?? {};
const metaUpdate = (next: Obj, previous: Obj): FieldError[] => validateObjectMetaUpdate(meta(next), meta(previous));

/** @source kubernetes@1.35 pkg/apis/networking/validation/validation.go validateIngressBackend */
function validateBackend(backend: Obj, field: string): FieldError[] {
  const [service, resource] = [sub(backend, "service"), sub(backend, "resource")];
  if (service !== undefined && resource !== undefined) return [invalid(field, "", "cannot set both resource and service backends")];
  if (resource !== undefined)
    return ["kind", "name"].filter((name) => text(resource, name) === "").map((name) => required(`${field}.resource.${name}`));
  if (service === undefined) return [invalid(field, "", "resource or service backend is required")];
  const name = text(service, "name");
  const errors = name === "" ? [required(`${field}.service.name`)] : invalidEach(`${field}.service.name`, name, nameIsLabel1035(name, false));
  const port = sub(service, "port");
  const [named, number] = [text(port, "name"), int(port, "number")];
  if (named !== "" && number !== 0) errors.push(invalid(field, "", "cannot set both port name & port number"));
  else if (named !== "") errors.push(...invalidEach(`${field}.service.port.name`, named, isValidPortName(named)));
  else if (number !== 0) errors.push(...invalidEach(`${field}.service.port.number`, number, isValidPortNum(number)));
  else errors.push(required(field, "port name or number is required"));
  return errors;
}

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
function validatePath(rule: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const [path, type] = [text(rule, "path"), textOf(rule, "pathType")];
  const at = `${field}.path`;
  if (type === undefined) return [required(`${field}.pathType`, "pathType must be specified")];
  if (type === "Exact" || type === "Prefix") {
    if (!path.startsWith("/")) errors.push(invalid(at, path, "must be an absolute path"));
    if (path !== "") {
      for (const part of ["//", "/./", "/../", "%2f", "%2F"]) if (path.includes(part)) errors.push(invalid(at, path, `must not contain '${part}'`));
      for (const end of ["/..", "/."]) if (path.endsWith(end)) errors.push(invalid(at, path, `cannot end with '${end}'`));
    }
  } else if (type === "ImplementationSpecific") {
    if (path !== "" && !path.startsWith("/")) errors.push(invalid(at, path, "must be an absolute path"));
  } else errors.push(notSupported(`${field}.pathType`, type, PATH_TYPES));
  return [...errors, ...validateBackend(sub(rule, "backend") ?? {}, `${field}.backend`)];
}

/** @source kubernetes@1.35 pkg/apis/networking/validation/validation.go validateIngressRules */
function validateRules(rules: readonly Obj[]): FieldError[] {
  return rules.flatMap((rule, i) => {
    const at = `spec.rules[${i}]`;
    const host = text(rule, "host");
    const errors: FieldError[] = [];
    if (host !== "") {
      if (parseIp(host) !== undefined) errors.push(invalid(`${at}.host`, host, "must be a DNS name, not an IP address"));
      errors.push(...invalidEach(`${at}.host`, host, host.includes("*") ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host)));
    }
    const http = sub(rule, "http");
    if (http === undefined) return errors;
    const paths = items(http, "paths");
    if (paths.length === 0) return [...errors, required(`${at}.http.paths`)];
    return [...errors, ...paths.flatMap((path, j) => validatePath(path, `${at}.http.paths[${j}]`))];
  });
}

/**
 * @rule kube.validation.ingress
 * @source kubernetes@1.35 pkg/apis/networking/validation/validation.go ValidateIngressSpec
 */
function validateIngressSpec(ingress: Obj): FieldError[] {
  const errors: FieldError[] = [];
  const [rules, backend] = [items(ingress, "rules"), sub(ingress, "defaultBackend")];
  if (rules.length === 0 && backend === undefined) errors.push(invalid("spec", null, "either `defaultBackend` or `rules` must be specified"));
  if (backend !== undefined) errors.push(...validateBackend(backend, "spec.defaultBackend"));
  errors.push(...validateRules(rules));
  for (const [i, tls] of items(ingress, "tls").entries())
    for (const [j, host] of texts(tls, "hosts").entries()) {
      const complaints = host.includes("*") ? isWildcardDNS1123Subdomain(host) : isDNS1123Subdomain(host);
      errors.push(...invalidEach(`spec.tls[${i}].hosts[${j}]`, host, complaints));
    }
  const name = textOf(ingress, "ingressClassName");
  return name === undefined ? errors : [...errors, ...invalidEach("spec.ingressClassName", name, nameIsSubdomain(name, false))];
}

/** @source kubernetes@1.35 pkg/apis/networking/validation/validation.go ValidateIPBlock */
function validateIpBlock(block: Obj, field: string): FieldError[] {
  const cidr = text(block, "cidr");
  if (cidr === "") return [required(`${field}.cidr`)];
  const wrong = validateCidr(`${field}.cidr`, cidr);
  const outer = parseCidr(cidr);
  if (wrong.length > 0 || outer === undefined) return wrong;
  return texts(block, "except").flatMap((except, i) => {
    const at = `${field}.except[${i}]`;
    const complaints = validateCidr(at, except);
    const inner = parseCidr(except);
    if (inner === undefined) return complaints;
    const within = inRange(outer, { family: inner.family, value: inner.base }) && rangeSize(inner) < rangeSize(outer);
    return within ? [] : [invalid(at, except, "must be a strict subset of `cidr`")];
  });
}

function validatePeers(peers: readonly Obj[], field: string): FieldError[] {
  return peers.flatMap((peer, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const names = ["podSelector", "namespaceSelector", "ipBlock"].filter((name) => sub(peer, name) !== undefined);
    for (const name of names.filter((one) => one !== "ipBlock")) errors.push(...validateLabelSelector(sub(peer, name), `${at}.${name}`));
    const block = sub(peer, "ipBlock");
    if (block !== undefined) errors.push(...validateIpBlock(block, `${at}.ipBlock`));
    if (names.length === 0) errors.push(required(at, "must specify a peer"));
    else if (names.length > 1 && block !== undefined) errors.push(forbidden(at, "may not specify both ipBlock and another peer"));
    return errors;
  });
}

function validatePolicyPorts(ports: readonly Obj[], field: string): FieldError[] {
  return ports.flatMap((port, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const [protocol, number, end] = [textOf(port, "protocol"), intOrString(port, "port"), intOf(port, "endPort")];
    if (protocol !== undefined && !PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    if (typeof number === "number") {
      errors.push(...invalidEach(`${at}.port`, number, isValidPortNum(number)));
      if (end !== undefined && end < number) errors.push(invalid(`${at}.endPort`, end, "must be greater than or equal to `port`"));
      if (end !== undefined) errors.push(...invalidEach(`${at}.endPort`, end, isValidPortNum(end)));
    } else if (typeof number === "string") {
      if (end !== undefined) errors.push(invalid(`${at}.endPort`, end, "may not be specified when `port` is non-numeric"));
      errors.push(...invalidEach(`${at}.port`, number, isValidPortName(number)));
    } else if (end !== undefined) errors.push(required(`${at}.port`, "must be specified when `endPort` is specified"));
    return errors;
  });
}

/**
 * @rule kube.validation.networkpolicy
 * @source kubernetes@1.35 pkg/apis/networking/validation/validation.go ValidateNetworkPolicySpec
 */
function validatePolicySpec(policy: Obj): FieldError[] {
  const errors = validateLabelSelector(sub(policy, "podSelector"), "spec.podSelector");
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const)
    for (const [i, rule] of items(policy, direction).entries()) {
      const at = `spec.${direction}[${i}]`;
      errors.push(...validatePolicyPorts(items(rule, "ports"), `${at}.ports`), ...validatePeers(items(rule, peers), `${at}.${peers}`));
    }
  const types = texts(policy, "policyTypes");
  if (types.length > 2) return [...errors, invalid("spec.policyTypes", types as never, "may not specify more than two policyTypes")];
  for (const [i, type] of types.entries())
    if (type !== "Ingress" && type !== "Egress") errors.push(notSupported(`spec.policyTypes[${i}]`, type, ["Ingress", "Egress"]));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateEndpointSubsets */
function validateSubsets(subsets: readonly Obj[]): FieldError[] {
  return subsets.flatMap((subset, i) => {
    const at = `subsets[${i}]`;
    const errors: FieldError[] = [];
    if (items(subset, "addresses").length + items(subset, "notReadyAddresses").length === 0)
      errors.push(required(at, "must specify `addresses` or `notReadyAddresses`"));
    for (const list of ["addresses", "notReadyAddresses"])
      for (const [j, address] of items(subset, list).entries()) {
        const place = `${at}.${list}[${j}]`;
        const [ip, host, node] = [text(address, "ip"), text(address, "hostname"), textOf(address, "nodeName")];
        errors.push(...validateIp(`${place}.ip`, ip));
        if (host !== "") errors.push(...validateDns1123Label(host, `${place}.hostname`));
        if (node !== undefined) errors.push(...invalidEach(`${place}.nodeName`, node, nameIsSubdomain(node, false)));
        errors.push(...validateNonSpecialIp(ip, `${place}.ip`));
      }
    const ports = items(subset, "ports");
    for (const [j, port] of ports.entries()) {
      const place = `${at}.ports[${j}]`;
      const [name, protocol, app] = [text(port, "name"), text(port, "protocol"), textOf(port, "appProtocol")];
      if (name !== "") errors.push(...validateDns1123Label(name, `${place}.name`));
      else if (ports.length > 1) errors.push(required(`${place}.name`));
      errors.push(...invalidEach(`${place}.port`, int(port, "port"), isValidPortNum(int(port, "port"))));
      if (protocol === "") errors.push(required(`${place}.protocol`));
      else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${place}.protocol`, protocol, PROTOCOLS));
      if (app !== undefined) errors.push(...invalidEach(`${place}.appProtocol`, app, isQualifiedName(app)));
    }
    return errors;
  });
}

const endpoints = (object: Obj): FieldError[] => [
  ...validateObjectMeta(meta(object), true, nameIsSubdomain),
  ...validateSubsets(items(object, "subsets")),
];

export const NETWORKING_KINDS: Readonly<Record<string, KindRules>> = {
  ingresses: {
    create: (object) => [...validateObjectMeta(meta(object), true, nameIsSubdomain), ...validateIngressSpec(spec(object))],
    update: (next, previous) => [...metaUpdate(next, previous), ...validateIngressSpec(spec(next))],
  },
  networkpolicies: {
    create: (object) => [...validateObjectMeta(meta(object), true, nameIsSubdomain), ...validatePolicySpec(spec(object))],
    update: (next, previous) => [...metaUpdate(next, previous), ...validatePolicySpec(spec(next))],
  },
  endpoints: { create: endpoints, update: (next, previous) => [...metaUpdate(next, previous), ...endpoints(next)] },
};
