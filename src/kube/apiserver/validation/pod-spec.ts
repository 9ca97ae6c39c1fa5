/** A PodSpec, in a Pod or in a template, and what a Pod adds. */
import { flag, flagOf, intOf, items, type Obj, strings, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { isDNS1123Subdomain } from "../../apis/names";
import { type FieldError, duplicate, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { validateAffinity, validateTolerations, validateTopologySpread } from "./affinity";
import {
  type ContainerContext,
  deadlineRange,
  validateContainers,
  validateEphemeralContainers,
  validateHostNetworkPorts,
  validateInitContainers,
  validateOnlyForPod,
} from "./containers";
import { validateIp } from "./ip";
import { validateDns1123Label, validateDns1123Subdomain, validateQualifiedName } from "./names";
import { nameIsSubdomain, validateAnnotations, validateLabels, validateObjectMeta } from "./object-meta";
import { validatePodResources, validateResourceRequirements } from "./resources";
import { validatePodSecurityContext } from "./security-context";
import { validateVolumes } from "./volumes";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];

const oneOf = (value: string, allowed: readonly string[], field: string): FieldError[] => {
  if (value === "") return [required(field)];
  return allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
};

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodDNSConfig */
function validateDnsConfig(spec: Obj, field: string): FieldError[] {
  const config = sub(spec, "dnsConfig");
  const [servers, searches] = [texts(config, "nameservers"), texts(config, "searches")];
  if (text(spec, "dnsPolicy") === "None") {
    if (config === undefined) return [required(field, "must provide `dnsConfig` when `dnsPolicy` is None")];
    if (servers.length === 0) return [required(`${field}.nameservers`, "must provide at least one DNS nameserver when `dnsPolicy` is None")];
  }
  const errors: FieldError[] = [];
  if (servers.length > 3) errors.push(invalid(`${field}.nameservers`, servers as never, "must not have more than 3 nameservers"));
  for (const [i, server] of servers.entries()) errors.push(...validateIp(`${field}.nameservers[${i}]`, server));
  if (searches.length > 32) errors.push(invalid(`${field}.searches`, searches as never, "must not have more than 32 search paths"));
  if (searches.join(" ").length > 2048)
    errors.push(invalid(`${field}.searches`, searches as never, "must not have more than 2048 characters (including spaces) in the search list"));
  for (const [i, search] of searches.entries()) {
    if (search === ".") continue;
    const bare = search.replace(/\.$/, "");
    const complaints = isDNS1123Subdomain(bare.replaceAll("_", "-"));
    errors.push(...invalidEach(`${field}.searches[${i}]`, bare, complaints));
  }
  for (const [i, option] of items(config, "options").entries())
    if (text(option, "name") === "") errors.push(required(`${field}.options[${i}]`, "must not be empty"));
  return errors;
}

function validateSchedulingGates(gates: readonly Obj[], field: string): FieldError[] {
  const seen = new Set<string>();
  return gates.flatMap((gate, i) => {
    const name = text(gate, "name");
    const errors = validateQualifiedName(name, `${field}[${i}]`);
    if (seen.has(name)) errors.push(duplicate(`${field}[${i}]`, name));
    seen.add(name);
    return errors;
  });
}

function validateResourceClaims(claims: readonly Obj[], field: string): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap((claim, i) => {
    const at = `${field}[${i}]`;
    const name = text(claim, "name");
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${at}.name`));
    else if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    else errors.push(...validateDns1123Label(name, `${at}.name`));
    seen.add(name);
    for (const part of ["resourceClaimName", "resourceClaimTemplateName"]) {
      const target = textOf(claim, part);
      if (target !== undefined) errors.push(...invalidEach(`${at}.${part}`, target, nameIsSubdomain(target, false)));
    }
    return errors;
  });
}

function validateOs(spec: Obj, field: string): FieldError[] {
  const os = sub(spec, "os");
  if (os === undefined) return [];
  const name = text(os, "name");
  if (name === "") return [required(`${field}.name`, "cannot be empty")];
  return name === "linux" || name === "windows" ? [] : [notSupported(field, name, ["linux", "windows"])];
}

function validateHostUsers(spec: Obj, field: string): FieldError[] {
  if (flagOf(spec, "hostUsers") !== false) return [];
  const shared: readonly (readonly [string, string])[] = [
    ["hostNetwork", "hostNetwork"],
    ["hostPID", "HostPID"],
    ["hostIPC", "HostIPC"],
  ];
  return shared.filter(([name]) => flag(spec, name)).map(([, shown]) => forbidden(`${field}.${shown}`, "when `pod.Spec.HostUsers` is false"));
}

/** What stands after the containers and scheduling. */
function validateRest(spec: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ["serviceAccountName", "nodeName"]) {
    const value = text(spec, name);
    if (value !== "") errors.push(...invalidEach(`${field}.${name}`, value, nameIsSubdomain(value, false)));
  }
  const deadline = intOf(spec, "activeDeadlineSeconds");
  if (deadline !== undefined && (deadline < 1 || deadline > 2147483647))
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, deadlineRange));
  for (const name of ["hostname", "subdomain"]) {
    const value = text(spec, name);
    if (value !== "") errors.push(...validateDns1123Label(value, `${field}.${name}`));
  }
  errors.push(...validateTolerations(items(spec, "tolerations"), `${field}.tolerations`));
  for (const [i, alias] of items(spec, "hostAliases").entries()) {
    const at = `${field}.hostAliases[${i}]`;
    errors.push(...validateIp(`${at}.ip`, text(alias, "ip")));
    for (const [j, name] of texts(alias, "hostnames").entries()) errors.push(...validateDns1123Subdomain(name, `${at}.hostnames[${j}]`));
  }
  for (const name of ["priorityClassName", "runtimeClassName"]) {
    const value = textOf(spec, name);
    if (value !== undefined && (value !== "" || name === "runtimeClassName"))
      errors.push(...invalidEach(`${field}.${name}`, value, nameIsSubdomain(value, false)));
  }
  const preemption = textOf(spec, "preemptionPolicy");
  if (preemption !== undefined) errors.push(...oneOf(preemption, ["PreemptLowerPriority", "Never"], `${field}.preemptionPolicy`));
  if (spec["overhead"] !== undefined)
    errors.push(...validateResourceRequirements({ limits: spec["overhead"] } as Obj, new Set(), `${field}.overhead`));
  return [...errors, ...validateOs(spec, `${field}.os`)];
}

/**
 * @rule kube.validation.pod-spec
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodSpec
 */
export function validatePodSpec(spec: Obj, field: string, pod: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const grace = intOf(spec, "terminationGracePeriodSeconds");
  if (grace === undefined) errors.push(required(`${field}.terminationGracePeriodSeconds`));
  const volumes = validateVolumes(items(spec, "volumes"), `${field}.volumes`, pod);
  const claims = items(spec, "resourceClaims");
  const context: ContainerContext = {
    volumes: volumes.byName,
    claims: new Set(claims.map((claim) => text(claim, "name")).filter((name) => name !== "")),
    grace,
    restartPolicy: text(spec, "restartPolicy"),
    hostUsers: flagOf(spec, "hostUsers") !== false,
  };
  return [
    ...errors,
    ...volumes.errors,
    ...validateResourceClaims(claims, `${field}.resourceClaims`),
    ...validateContainers(items(spec, "containers"), `${field}.containers`, context),
    ...validateInitContainers(items(spec, "initContainers"), items(spec, "containers"), `${field}.initContainers`, context),
    ...validateEphemeralContainers(spec, `${field}.ephemeralContainers`, context),
    ...validatePodResources(spec, context.claims, `${field}.resources`),
    ...validateHostNetworkPorts(spec, field, pod),
    ...oneOf(context.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`),
    ...oneOf(text(spec, "dnsPolicy"), DNS_POLICIES, `${field}.dnsPolicy`),
    ...validateLabels(strings(spec, "nodeSelector"), `${field}.nodeSelector`),
    ...validatePodSecurityContext(spec, `${field}.securityContext`),
    ...validateAffinity(sub(spec, "affinity"), `${field}.affinity`),
    ...validateDnsConfig(spec, `${field}.dnsConfig`),
    ...items(spec, "readinessGates").flatMap((gate, i) =>
      validateQualifiedName(text(gate, "conditionType"), `${field}.readinessGates[${i}].conditionType`),
    ),
    ...validateSchedulingGates(items(spec, "schedulingGates"), `${field}.schedulingGates`),
    ...validateTopologySpread(items(spec, "topologySpreadConstraints"), `${field}.topologySpreadConstraints`),
    ...validateHostUsers(spec, field),
    ...validateRest(spec, field),
  ];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodSpecificAnnotations */
function validatePodAnnotations(annotations: Readonly<Record<string, string>>, spec: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const mirror = annotations["kubernetes.io/config.mirror"];
  if (mirror !== undefined && text(spec, "nodeName") === "")
    errors.push(invalid(`${field}[kubernetes.io/config.mirror]`, mirror, "must set spec.nodeName if mirror pod annotation is set"));
  const cost = annotations["controller.kubernetes.io/pod-deletion-cost"];
  if (cost !== undefined && !(/^(0|-?[1-9][0-9]*)$/.test(cost) && Math.abs(Number(cost)) <= 2147483648))
    errors.push(invalid(`${field}[controller.kubernetes.io/pod-deletion-cost]`, cost, "must be a 32bit integer"));
  return errors;
}

/** A Pod's spec is checked once for all Pods that share it. */
const specErrors = new WeakMap<object, readonly FieldError[]>();

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodMetadataAndSpec */
export function validatePodMetaAndSpec(pod: Obj): FieldError[] {
  const [meta, spec] = [sub(pod, "metadata") ?? {}, sub(pod, "spec") ?? {}];
  const errors = validateObjectMeta(meta, true, nameIsSubdomain);
  errors.push(...validatePodAnnotations(strings(meta, "annotations"), spec, "metadata.annotations"));
  const known = specErrors.get(spec);
  if (known !== undefined) return [...errors, ...known];
  const own = validatePodSpec(spec, "spec", true);
  if (text(spec, "serviceAccountName") === "")
    for (const [i, volume] of items(spec, "volumes").entries())
      for (const [j, source] of items(sub(volume, "projected"), "sources").entries())
        if (sub(source, "serviceAccountToken") !== undefined)
          own.push(
            forbidden(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, "must not be specified when serviceAccountName is not set"),
          );
  for (const list of ["containers", "initContainers"])
    for (const [i, container] of items(spec, list).entries()) own.push(...validateOnlyForPod(container, `spec.${list}[${i}]`));
  if (Object.isFrozen(spec)) specErrors.set(spec, own);
  return [...errors, ...own];
}

/**
 * @rule kube.validation.pod-create
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodCreate
 */
export function validatePodCreate(pod: Obj): FieldError[] {
  const spec = sub(pod, "spec");
  const errors = validatePodMetaAndSpec(pod);
  if (items(spec, "ephemeralContainers").length > 0) errors.push(forbidden("spec.ephemeralContainers", "cannot be set on create"));
  if (text(spec, "nodeName") !== "" && items(spec, "schedulingGates").length > 0)
    errors.push(forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared"));
  return errors;
}

const templateErrors = new WeakMap<object, { readonly field: string; readonly errors: readonly FieldError[] }>();

/**
 * @rule kube.validation.pod-template
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodTemplateSpec
 */
export function validatePodTemplate(template: Obj, field: string): FieldError[] {
  const known = templateErrors.get(template);
  if (known?.field === field) return [...known.errors];
  const [meta, spec] = [sub(template, "metadata"), sub(template, "spec") ?? {}];
  const errors = [
    ...validateLabels(strings(meta, "labels"), `${field}.labels`),
    ...validateAnnotations(strings(meta, "annotations"), `${field}.annotations`),
    ...validatePodAnnotations(strings(meta, "annotations"), spec, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`, false),
  ];
  if (items(spec, "ephemeralContainers").length > 0)
    errors.push(forbidden(`${field}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template"));
  if (Object.isFrozen(template)) templateErrors.set(template, { field, errors });
  return [...errors];
}
