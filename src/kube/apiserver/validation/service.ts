/** Services: their own fields, the addresses and families they hold, and what may not change. */
import { int, intOf, intOrString, items, type Obj, strings, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { isValidPortNum } from "../../apis/names";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { PROTOCOLS } from "./containers";
import { goStruct } from "./go-value";
import { parseIp, validateCidr, validateIp, validateNonSpecialIp } from "./ip";
import { validateDns1123Label, validateDns1123Subdomain, validateQualifiedName } from "./names";
import { nameIsLabel1035, validateLabels, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import { validatePort } from "./probes";

const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const POLICIES = ["Cluster", "Local"];
const MOST_AFFINITY_SECONDS = 86400;

export const isHeadless = (spec: Obj): boolean => texts(spec, "clusterIPs").length === 1 && texts(spec, "clusterIPs")[0] === "None";
/** @source kubernetes@1.35 pkg/api/service/util.go ExternallyAccessible */
export const isExternallyAccessible = (spec: Obj): boolean => {
  const type = text(spec, "type");
  return type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && texts(spec, "externalIPs").length > 0);
};
/** @source kubernetes@1.35 pkg/api/service/util.go NeedsHealthCheck */
export const needsHealthCheck = (spec: Obj): boolean => text(spec, "type") === "LoadBalancer" && text(spec, "externalTrafficPolicy") === "Local";

function validateServicePort(port: Obj, many: boolean, names: Set<string>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const name = text(port, "name");
  if (many && name === "") errors.push(required(`${field}.name`));
  else if (name !== "") {
    errors.push(...validateDns1123Label(name, `${field}.name`));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
  }
  errors.push(...invalidEach(`${field}.port`, int(port, "port"), isValidPortNum(int(port, "port"))));
  const protocol = text(port, "protocol");
  if (protocol === "") errors.push(required(`${field}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  errors.push(...validatePort(intOrString(port, "targetPort"), `${field}.targetPort`));
  const app = textOf(port, "appProtocol");
  return app === undefined ? errors : [...errors, ...validateQualifiedName(app, `${field}.appProtocol`)];
}

function validateByType(spec: Obj): FieldError[] {
  const type = text(spec, "type");
  const errors: FieldError[] = [];
  if ((type === "LoadBalancer" || type === "NodePort") && isHeadless(spec))
    errors.push(invalid("spec.clusterIPs[0]", "None", `may not be set to 'None' for ${type} services`));
  if (type !== "ExternalName") return errors;
  for (const name of ["clusterIPs", "ipFamilies"])
    if (texts(spec, name).length > 0) errors.push(forbidden(`spec.${name}`, "may not be set for ExternalName services"));
  if (textOf(spec, "ipFamilyPolicy") !== undefined) errors.push(forbidden("spec.ipFamilyPolicy", "may not be set for ExternalName services"));
  const name = text(spec, "externalName").replace(/\.$/, "");
  return [...errors, ...(name === "" ? [required("spec.externalName")] : validateDns1123Subdomain(name, "spec.externalName"))];
}

function validateAffinity(spec: Obj): FieldError[] {
  const affinity = text(spec, "sessionAffinity");
  const config = sub(spec, "sessionAffinityConfig");
  const at = "spec.sessionAffinityConfig";
  if (affinity === "") return [required("spec.sessionAffinity")];
  if (affinity === "None") return config === undefined ? [] : [forbidden(at, "must not be set when session affinity is None")];
  if (affinity !== "ClientIP") return [notSupported("spec.sessionAffinity", affinity, ["ClientIP", "None"])];
  const words = "when session affinity type is ClientIP";
  if (config === undefined) return [required(at, words)];
  const client = sub(config, "clientIP");
  if (client === undefined) return [required(`${at}.clientIP`, words)];
  const seconds = intOf(client, "timeoutSeconds");
  if (seconds === undefined) return [required(`${at}.clientIP.timeoutSeconds`, words)];
  if (seconds > 0 && seconds <= MOST_AFFINITY_SECONDS) return [];
  return [invalid(`${at}.clientIP.timeoutSeconds`, seconds, `must be greater than 0 and less than ${MOST_AFFINITY_SECONDS}`)];
}

/**
 * Cluster addresses and their families, as far as they can be judged alone.
 * @rule kube.validation.service-cluster-ips
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateServiceClusterIPsRelatedFields
 */
export function validateClusterIps(spec: Obj): FieldError[] {
  if (text(spec, "type") === "ExternalName") return [];
  const errors: FieldError[] = [];
  const [ip, ips, families] = [text(spec, "clusterIP"), texts(spec, "clusterIPs"), texts(spec, "ipFamilies")];
  const at = "spec.clusterIPs";
  if (ip !== "" && ips.length === 0) errors.push(required(at));
  else if (ip !== "" && ips[0] !== ip) errors.push(invalid(at, ips as never, "first value must match `clusterIP`"));
  else if (ip === "" && ips.length > 0) errors.push(invalid(at, ips as never, "must be empty when `clusterIP` is not specified"));
  for (const [i, family] of families.entries()) {
    if (family !== "IPv4" && family !== "IPv6") errors.push(notSupported(`spec.ipFamilies[${i}]`, family, ["IPv4", "IPv6"]));
    if (families.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family));
  }
  const policy = textOf(spec, "ipFamilyPolicy");
  const policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
  if (policy !== undefined && !policies.includes(policy)) errors.push(notSupported("spec.ipFamilyPolicy", policy, policies));
  let wrong = false;
  for (const [i, value] of ips.entries()) {
    const complaints =
      i === 0 && value === "None"
        ? ips.length > 1
          ? [invalid(at, ips as never, "'None' must be the first and only value")]
          : []
        : validateIp(`${at}[${i}]`, value);
    wrong ||= complaints.length > 0;
    errors.push(...complaints);
  }
  if (ips.length > 2) errors.push(invalid(at, ips as never, "may only hold up to 2 values"));
  if (wrong) return errors;
  const held = ips.map((value) => parseIp(value)?.family);
  if (ips.length > 1 && new Set(held).size !== 2) errors.push(invalid(at, ips as never, "may specify no more than one IP for each IP family"));
  if (isHeadless(spec)) return errors;
  for (const [i, family] of held.entries()) {
    const expected = families[i];
    if (expected !== undefined && family !== undefined && family !== expected)
      errors.push(invalid(`${at}[${i}]`, ips[i], `expected an ${expected} value as indicated by \`ipFamilies[${i}]\``));
  }
  return errors;
}

/** No node port and no port twice. */
function validateDuplicates(ports: readonly Obj[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const number = int(port, "nodePort");
    if (number === 0) continue;
    const key = `${text(port, "protocol")}/${number}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}].nodePort`, number));
    seen.add(key);
  }
  seen.clear();
  for (const [i, port] of ports.entries()) {
    const own = { protocol: text(port, "protocol"), port: int(port, "port") };
    const key = `${own.protocol}/${own.port}`;
    if (seen.has(key)) errors.push(duplicate(`spec.ports[${i}]`, goStruct("ServicePort", own)));
    seen.add(key);
  }
  return errors;
}

function validateSourceRanges(service: Obj, spec: Obj): FieldError[] {
  const balanced = text(spec, "type") === "LoadBalancer";
  const words = "may only be used when `type` is 'LoadBalancer'";
  const errors: FieldError[] = [];
  const ranges = texts(spec, "loadBalancerSourceRanges");
  const key = "service.beta.kubernetes.io/load-balancer-source-ranges";
  const annotation = strings(sub(service, "metadata"), "annotations")[key];
  if (ranges.length > 0) {
    if (!balanced) errors.push(forbidden("spec.LoadBalancerSourceRanges", words));
    for (const [i, range] of ranges.entries()) errors.push(...validateCidr(`spec.LoadBalancerSourceRanges[${i}]`, range.trim()));
  } else if (annotation !== undefined) {
    if (!balanced) errors.push(forbidden(`metadata.annotations[${key}]`, words));
    if (annotation.trim() !== "")
      for (const range of annotation.trim().split(",")) errors.push(...validateCidr(`metadata.annotations[${key}]`, range.trim()));
  }
  return errors;
}

function validateLoadBalancer(spec: Obj, previous: Obj | undefined): FieldError[] {
  const balanced = text(spec, "type") === "LoadBalancer";
  const name = textOf(spec, "loadBalancerClass");
  const at = "spec.loadBalancerClass";
  const errors: FieldError[] = [];
  if (balanced && text(previous, "type") === "LoadBalancer" && textOf(previous, "loadBalancerClass") !== name)
    errors.push(invalid(at, name, "may not change once set"));
  if (name === undefined) return errors;
  return balanced ? [...errors, ...validateQualifiedName(name, at)] : [...errors, forbidden(at, "may only be used when `type` is 'LoadBalancer'")];
}

function validateTrafficPolicies(spec: Obj): FieldError[] {
  const errors: FieldError[] = [];
  const external = text(spec, "externalTrafficPolicy");
  const at = "spec.externalTrafficPolicy";
  if (!isExternallyAccessible(spec)) {
    if (external !== "") errors.push(invalid(at, external, "may only be set for externally-accessible services"));
  } else if (external === "") errors.push(required(at));
  else if (!POLICIES.includes(external)) errors.push(notSupported(at, external, POLICIES));
  const check = int(spec, "healthCheckNodePort");
  const words = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
  if (!needsHealthCheck(spec)) {
    if (check !== 0) errors.push(invalid("spec.healthCheckNodePort", check, words));
  } else if (check === 0) errors.push(required("spec.healthCheckNodePort"));
  else errors.push(...invalidEach("spec.healthCheckNodePort", check, isValidPortNum(check)));
  const internal = textOf(spec, "internalTrafficPolicy");
  const type = text(spec, "type");
  if (internal === undefined && (type === "NodePort" || type === "LoadBalancer" || type === "ClusterIP"))
    errors.push(required("spec.internalTrafficPolicy"));
  if (internal !== undefined && !POLICIES.includes(internal)) errors.push(notSupported("spec.internalTrafficPolicy", internal, POLICIES));
  const spread = textOf(spec, "trafficDistribution");
  const spreads = ["PreferClose", "PreferSameNode", "PreferSameZone"];
  if (spread !== undefined && !spreads.includes(spread)) errors.push(notSupported("spec.trafficDistribution", spread, spreads));
  return errors;
}

/**
 * @rule kube.validation.service
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateService
 */
export function validateService(service: Obj, previous?: Obj): FieldError[] {
  const spec = sub(service, "spec") ?? {};
  const type = text(spec, "type");
  const ports = items(spec, "ports");
  const errors = validateObjectMeta(sub(service, "metadata") ?? {}, true, nameIsLabel1035);
  if (ports.length === 0 && !isHeadless(spec) && type !== "ExternalName") errors.push(required("spec.ports"));
  errors.push(...validateByType(spec));
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) errors.push(...validateServicePort(port, ports.length > 1, names, `spec.ports[${i}]`));
  errors.push(...validateLabels(strings(spec, "selector"), "spec.selector"));
  errors.push(...validateAffinity(spec), ...validateClusterIps(spec));
  for (const [i, ip] of texts(spec, "externalIPs").entries()) {
    const complaints = validateIp(`spec.externalIPs[${i}]`, ip);
    errors.push(...(complaints.length > 0 ? complaints : validateNonSpecialIp(ip, `spec.externalIPs[${i}]`)));
  }
  if (type === "") errors.push(required("spec.type"));
  else if (!TYPES.includes(type)) errors.push(notSupported("spec.type", type, TYPES));
  if (type === "ClusterIP")
    for (const [i, port] of ports.entries())
      if (int(port, "nodePort") !== 0) errors.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  errors.push(...validateDuplicates(ports), ...validateSourceRanges(service, spec));
  const allocates = spec["allocateLoadBalancerNodePorts"];
  if (allocates !== undefined && allocates !== null && type !== "LoadBalancer")
    errors.push(forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"));
  if (type === "LoadBalancer" && allocates === undefined) errors.push(required("allocateLoadBalancerNodePorts"));
  return [...errors, ...validateLoadBalancer(spec, sub(previous, "spec")), ...validateTrafficPolicies(spec)];
}

const ONCE = "may not change once set";
/** Primary address and family stay. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateUpgradeDowngradeClusterIPs */
function validateKept(spec: Obj, before: Obj): FieldError[] {
  if (text(spec, "type") === "ExternalName" || text(before, "type") === "ExternalName") return [];
  const errors: FieldError[] = [];
  const [ips, old] = [texts(spec, "clusterIPs"), texts(before, "clusterIPs")];
  if (!(isHeadless(spec) && isHeadless(before))) {
    const at = (i: number): string => `spec.clusterIPs[${i}]`;
    if (ips.length === old.length) {
      for (const [i, ip] of old.entries()) if (ips[i] !== ip) errors.push(invalid(at(i), ips as never, ONCE));
    } else if (ips.length === 0) errors.push(invalid(at(0), null, "primary clusterIP can not be unset"));
    else if (old.length > 0 && ips[0] !== old[0]) errors.push(invalid(at(0), ips as never, ONCE));
  }
  if (isHeadless(spec) || isHeadless(before)) return errors;
  const [families, had] = [texts(spec, "ipFamilies"), texts(before, "ipFamilies")];
  const at = "spec.ipFamilies[0]";
  if (families.length === had.length) {
    for (const [i, family] of had.entries()) if (families[i] !== family) errors.push(invalid(at, families as never, ONCE));
  } else if (families.length > 0 && had.length > 0 && families[0] !== had[0]) errors.push(invalid(at, ips as never, ONCE));
  return errors;
}

/**
 * @rule kube.validation.service-update
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateServiceUpdate
 */
export function validateServiceUpdate(service: Obj, previous: Obj): FieldError[] {
  const [spec, before] = [sub(service, "spec") ?? {}, sub(previous, "spec") ?? {}];
  const errors = validateObjectMetaUpdate(sub(service, "metadata") ?? {}, sub(previous, "metadata") ?? {});
  errors.push(...validateKept(spec, before), ...validateLoadBalancer(spec, before));
  if (needsHealthCheck(before) && needsHealthCheck(spec) && int(spec, "healthCheckNodePort") !== int(before, "healthCheckNodePort"))
    errors.push(forbidden("spec.healthCheckNodePort", "field is immutable"));
  return [...errors, ...validateService(service)];
}
