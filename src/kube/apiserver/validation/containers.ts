/** Containers of a Pod: regular, init and ephemeral ones. */
import { inclusiveRangeError, isValidPortName, isValidPortNum } from "../../apis/names";
import { int, items, type Obj, sub, text, textOf } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notFoundValue, notSupported, required, tooMany } from "./field-error";
import { validateEnv, validateEnvFrom } from "./env";
import { validateDns1123Label } from "./names";
import { validateLifecycle, validateProbe } from "./probes";
import { validateResourceRequirements } from "./resources";
import { validateSecurityContext } from "./security-context";
import { validateVolumeDevices, validateVolumeMounts } from "./volumes";

/** What the rules of a container need to know of its Pod. */
export interface ContainerContext {
  readonly volumes: ReadonlyMap<string, Obj>;
  readonly claims: ReadonlySet<string>;
  readonly grace: number | undefined;
  readonly restartPolicy: string;
  readonly hostUsers: boolean;
}

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
export const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerPorts */
function validatePorts(ports: readonly Obj[], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const name = text(port, "name");
    if (name !== "") {
      const complaints = isValidPortName(name);
      if (complaints.length > 0) errors.push(...invalidEach(`${at}.name`, name, complaints));
      else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    const number = int(port, "containerPort");
    if (number === 0) errors.push(required(`${at}.containerPort`));
    else errors.push(...invalidEach(`${at}.containerPort`, number, isValidPortNum(number)));
    const host = int(port, "hostPort");
    if (host !== 0) errors.push(...invalidEach(`${at}.hostPort`, host, isValidPortNum(host)));
    const protocol = text(port, "protocol");
    if (protocol === "") errors.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
    return errors;
  });
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePullPolicy */
function validatePullPolicy(policy: string, field: string): FieldError[] {
  if (policy === "") return [required(field)];
  return PULL_POLICIES.includes(policy) ? [] : [notSupported(field, policy, PULL_POLICIES)];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateResizePolicy */
function validateResizePolicy(policies: readonly Obj[], field: string, restartPolicy: string): FieldError[] {
  const seen = new Set<string>();
  return policies.flatMap((policy, i) => {
    const errors: FieldError[] = [];
    const [name, restart] = [text(policy, "resourceName"), text(policy, "restartPolicy")];
    if (seen.has(name)) errors.push(duplicate(`${field}[${i}]`, name));
    seen.add(name);
    if (name === "") errors.push(required(field));
    else if (name !== "cpu" && name !== "memory") errors.push(notSupported(field, name, ["cpu", "memory"]));
    if (restart === "") errors.push(required(field));
    else if (restart !== "NotRequired" && restart !== "RestartContainer")
      errors.push(notSupported(field, restart, ["NotRequired", "RestartContainer"]));
    if (restartPolicy === "Never" && restart !== "NotRequired")
      errors.push(invalid(field, restart, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    return errors;
  });
}

/**
 * @rule kube.validation.container
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerCommon
 */
function validateCommon(container: Obj, field: string, context: ContainerContext): FieldError[] {
  const name = text(container, "name");
  const errors = name === "" ? [required(`${field}.name`)] : validateDns1123Label(name, `${field}.name`);
  if (text(container, "image") === "") errors.push(required(`${field}.image`));
  const message = text(container, "terminationMessagePolicy");
  if (message === "") errors.push(required(`${field}.terminationMessagePolicy`));
  else if (message !== "File" && message !== "FallbackToLogsOnError")
    errors.push(notSupported(`${field}.terminationMessagePolicy`, message, ["File", "FallbackToLogsOnError"]));
  return [
    ...errors,
    ...validatePorts(items(container, "ports"), `${field}.ports`),
    ...validateEnv(items(container, "env"), `${field}.env`),
    ...validateEnvFrom(items(container, "envFrom"), `${field}.envFrom`),
    ...validateVolumeMounts(container, context.volumes, `${field}.volumeMounts`),
    ...validateVolumeDevices(container, context.volumes, `${field}.volumeDevices`),
    ...validatePullPolicy(text(container, "imagePullPolicy"), `${field}.imagePullPolicy`),
    ...validateResourceRequirements(sub(container, "resources"), context.claims, `${field}.resources`),
    ...validateResizePolicy(items(container, "resizePolicy"), `${field}.resizePolicy`, context.restartPolicy),
    ...validateSecurityContext(sub(container, "securityContext"), `${field}.securityContext`, context.hostUsers),
  ];
}

/** A container's own restart policy and its rules. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerRestartPolicy */
function validateRestart(container: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const policy = textOf(container, "restartPolicy");
  const allowed = ["Always", "Never", "OnFailure"];
  if (policy !== undefined && !allowed.includes(policy)) errors.push(notSupported(`${field}.restartPolicy`, policy, allowed));
  const rules = items(container, "restartPolicyRules");
  if (rules.length > 0 && policy === undefined)
    errors.push(required(`${field}.restartPolicy`, "must specify restartPolicy when restart rules are used"));
  if (rules.length > 20) errors.push(tooMany(`${field}.restartPolicyRules`, rules.length, 20));
  for (const [i, rule] of rules.entries()) {
    const at = `${field}.restartPolicyRules[${i}]`;
    const action = text(rule, "action");
    if (action !== "Restart") errors.push(action === "" ? required(`${at}.action`) : notSupported(`${at}.action`, action, ["Restart"]));
    const codes = sub(rule, "exitCodes");
    if (codes === undefined) {
      errors.push(required(`${at}.exitCodes`, "must be specified"));
      continue;
    }
    const operator = text(codes, "operator");
    if (operator !== "In" && operator !== "NotIn")
      errors.push(operator === "" ? required(`${at}.exitCodes.operator`) : notSupported(`${at}.exitCodes.operator`, operator, ["In", "NotIn"]));
    const values = items(codes, "values");
    if (values.length > 255) errors.push(tooMany(`${at}.exitCodes.values`, values.length, 255));
  }
  return errors;
}

function validateProbes(container: Obj, field: string, context: ContainerContext): FieldError[] {
  return [
    ...validateLifecycle(sub(container, "lifecycle"), context.grace, `${field}.lifecycle`),
    ...PROBES.flatMap((name) => validateProbe(container, name, context.grace, field)),
  ];
}

/** No host port twice. @source kubernetes@1.35 pkg/apis/core/validation/validation.go checkHostPortConflicts */
function hostPortConflicts(containers: readonly Obj[], field: string): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap((container, i) =>
    items(container, "ports").flatMap((port, j) => {
      if (int(port, "hostPort") === 0) return [];
      const key = `${text(port, "protocol")}/${text(port, "hostIP")}/${int(port, "hostPort")}`;
      const taken = seen.has(key);
      seen.add(key);
      return taken ? [duplicate(`${field}[${i}].ports[${j}].hostPort`, key)] : [];
    }),
  );
}

/**
 * @rule kube.validation.containers
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainers
 */
export function validateContainers(containers: readonly Obj[], field: string, context: ContainerContext): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const own = validateCommon(container, at, context);
    const name = text(container, "name");
    if (names.has(name)) own.push(duplicate(`${at}.name`, name));
    names.add(name);
    return [...own, ...validateProbes(container, at, context), ...validateRestart(container, at)];
  });
  return [...errors, ...hostPortConflicts(containers, field)];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateInitContainers */
export function validateInitContainers(init: readonly Obj[], regular: readonly Obj[], field: string, context: ContainerContext): FieldError[] {
  const names = new Set(regular.map((container) => text(container, "name")));
  return init.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const errors = [...validateCommon(container, at, context), ...validateRestart(container, at)];
    const name = text(container, "name");
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else if (name !== "") names.add(name);
    errors.push(...hostPortConflicts([container], field));
    if (textOf(container, "restartPolicy") === "Always") return [...errors, ...validateProbes(container, at, context)];
    for (const part of ["lifecycle", ...PROBES])
      if (sub(container, part) !== undefined)
        errors.push(forbidden(`${at}.${part}`, "may not be set for init containers without restartPolicy=Always"));
    return errors;
  });
}

const EPHEMERAL_FORBIDDEN = "ports resources livenessProbe readinessProbe startupProbe lifecycle resizePolicy restartPolicy restartPolicyRules".split(
  " ",
);
const EPHEMERAL_ORDER = "ports resources resizePolicy restartPolicy restartPolicyRules livenessProbe readinessProbe startupProbe lifecycle".split(
  " ",
);

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateEphemeralContainers */
export function validateEphemeralContainers(spec: Obj, field: string, context: ContainerContext): FieldError[] {
  const others = new Set([...items(spec, "containers"), ...items(spec, "initContainers")].map((container) => text(container, "name")));
  const names = new Set(others);
  return items(spec, "ephemeralContainers").flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const name = text(container, "name");
    const errors = [...validateCommon(container, at, context), ...validateOnlyForPod(container, at)];
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    const target = text(container, "targetContainerName");
    if (target !== "" && !others.has(target)) errors.push(notFoundValue(`${at}.targetContainerName`, target));
    for (const part of EPHEMERAL_ORDER) {
      const value = container[part];
      const set = value !== undefined && value !== null && !(part === "resources" && Object.keys(value as object).length === 0);
      if (set && EPHEMERAL_FORBIDDEN.includes(part)) errors.push(forbidden(`${at}.${part}`, "cannot be set for an Ephemeral Container"));
    }
    for (const [j, mount] of items(container, "volumeMounts").entries())
      for (const part of ["subPath", "subPathExpr"])
        if (text(mount, part) !== "") errors.push(forbidden(`${at}.volumeMounts[${j}].${part}`, "cannot be set for an Ephemeral Container"));
    return errors;
  });
}

/** What holds in Pods but not in templates. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerOnlyForPod */
export function validateOnlyForPod(container: Obj, field: string): FieldError[] {
  const image = text(container, "image");
  return image === image.trim() ? [] : [invalid(`${field}.image`, image, "must not have leading or trailing whitespace")];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodHostNetworkDeps */
export function validateHostNetworkPorts(spec: Obj, field: string, pod: boolean): FieldError[] {
  if (spec["hostNetwork"] !== true) return [];
  return items(spec, "containers").flatMap((container, i) =>
    items(container, "ports").flatMap((port, j) => {
      const [host, own] = [int(port, "hostPort"), int(port, "containerPort")];
      if (host === own || (!pod && host === 0)) return [];
      return [invalid(`${field}.containers[${i}].ports[${j}].hostPort`, host, "must match `containerPort` when `hostNetwork` is true")];
    }),
  );
}

export const deadlineRange = inclusiveRangeError(1, 2147483647);
