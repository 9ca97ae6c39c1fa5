/**
 * Security contexts of Pods and containers.
 * Not modelled: details of Windows options.
 */
import { isValidGroupID, isValidUserID } from "../../apis/names";
import { flag, flagOf, intOf, ints, items, type Obj, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { goStruct } from "./go-value";
import { validateDescendingPath } from "./names";

const PROFILE_TYPES = ["Localhost", "RuntimeDefault", "Unconfined"];
const SYSCTL = "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
const SYSCTL_RE = new RegExp(SYSCTL);

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateSeccompProfileField */
function validateSeccomp(profile: Obj | undefined, field: string): FieldError[] {
  if (profile === undefined) return [];
  const errors: FieldError[] = [];
  const type = text(profile, "type");
  if (type === "") errors.push(required(`${field}.type`, "type is required when seccompProfile is set"));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(`${field}.type`, type, PROFILE_TYPES));
  const local = textOf(profile, "localhostProfile");
  if (type === "Localhost") {
    if (local === undefined) errors.push(required(`${field}.localhostProfile`, "must be set when seccomp type is Localhost"));
    else errors.push(...validateDescendingPath(local, `${field}.localhostProfile`));
  } else if (local !== undefined)
    errors.push(invalid(`${field}.localhostProfile`, goStruct("SeccompProfile", profile), "can only be set when seccomp type is Localhost"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateAppArmorProfileField */
function validateAppArmor(profile: Obj | undefined, field: string): FieldError[] {
  if (profile === undefined) return [];
  const type = text(profile, "type");
  const local = textOf(profile, "localhostProfile");
  const at = `${field}.localhostProfile`;
  if (type === "Localhost") {
    if (local === undefined || local === "") return [required(at, "must be set when AppArmor type is Localhost")];
    return local.trim() === local ? [] : [invalid(at, local, "must not be padded with whitespace")];
  }
  if (type === "") return [required(`${field}.type`, "type is required when appArmorProfile is set")];
  if (!PROFILE_TYPES.includes(type)) return [notSupported(`${field}.type`, type, PROFILE_TYPES)];
  return local === undefined ? [] : [invalid(at, local, "can only be set when AppArmor type is Localhost")];
}

const ids = (context: Obj, name: string, field: string, check: (id: number) => string[]): FieldError[] => {
  const id = intOf(context, name);
  return id === undefined ? [] : invalidEach(`${field}.${name}`, id, check(id));
};

function validateSysctls(context: Obj, spec: Obj, field: string): FieldError[] {
  const seen = new Set<string>();
  return items(context, "sysctls").flatMap((sysctl, i) => {
    const name = text(sysctl, "name");
    const at = `${field}[${i}].name`;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(at));
    else if (name.length > 253 || !SYSCTL_RE.test(name)) errors.push(invalid(at, name, `must have at most 253 characters and match regex ${SYSCTL}`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    const dotted = name.replaceAll("/", ".");
    if (flag(spec, "hostNetwork") && dotted.startsWith("net.")) errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (flag(spec, "hostIPC") && /^(kernel\.(sem|shm|msg)|fs\.mqueue\.)/.test(dotted))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    seen.add(name);
    return errors;
  });
}

const oneOf = (value: string | undefined, allowed: readonly string[], field: string): FieldError[] =>
  value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];

/**
 * @rule kube.validation.pod-security-context
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodSpecSecurityContext
 */
export function validatePodSecurityContext(spec: Obj, field: string): FieldError[] {
  const context = sub(spec, "securityContext");
  if (context === undefined) return [];
  const errors = [
    ...ids(context, "fsGroup", field, isValidGroupID),
    ...ids(context, "runAsUser", field, isValidUserID),
    ...ids(context, "runAsGroup", field, isValidGroupID),
    ...ints(context, "supplementalGroups").flatMap((id, i) => invalidEach(`${field}.supplementalGroups[${i}]`, id, isValidGroupID(id))),
  ];
  if (flag(spec, "shareProcessNamespace") && flag(spec, "hostPID"))
    errors.push(invalid(`${field}.shareProcessNamespace`, true, "ShareProcessNamespace and HostPID cannot both be enabled"));
  return [
    ...errors,
    ...validateSysctls(context, spec, `${field}.sysctls`),
    ...oneOf(textOf(context, "fsGroupChangePolicy"), ["Always", "OnRootMismatch"], `${field}.fsGroupChangePolicy`),
    ...validateSeccomp(sub(context, "seccompProfile"), `${field}.seccompProfile`),
    ...validateAppArmor(sub(context, "appArmorProfile"), `${field}.appArmorProfile`),
    ...oneOf(textOf(context, "supplementalGroupsPolicy"), ["Merge", "Strict"], `${field}.supplementalGroupsPolicy`),
    ...oneOf(textOf(context, "seLinuxChangePolicy"), ["MountOption", "Recursive"], `${field}.seLinuxChangePolicy`),
  ];
}

/**
 * Privileged containers are refused: the API server runs without --allow-privileged.
 * @rule kube.validation.security-context
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateSecurityContext
 */
export function validateSecurityContext(context: Obj | undefined, field: string, hostUsers: boolean): FieldError[] {
  if (context === undefined) return [];
  const errors: FieldError[] = [];
  if (flag(context, "privileged")) errors.push(forbidden(`${field}.privileged`, "disallowed by cluster policy"));
  errors.push(...ids(context, "runAsUser", field, isValidUserID), ...ids(context, "runAsGroup", field, isValidGroupID));
  const mount = textOf(context, "procMount");
  errors.push(...oneOf(mount, ["Default", "Unmasked"], `${field}.procMount`));
  if (hostUsers && mount === "Unmasked") errors.push(invalid(`${field}.procMount`, mount, "`hostUsers` must be false to use `Unmasked`"));
  errors.push(...validateSeccomp(sub(context, "seccompProfile"), `${field}.seccompProfile`));
  if (flagOf(context, "allowPrivilegeEscalation") === false) {
    const clash = (what: string): FieldError =>
      invalid(field, goStruct("SecurityContext", context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`);
    if (flag(context, "privileged")) errors.push(clash("`privileged` to true"));
    for (const capability of texts(sub(context, "capabilities"), "add"))
      if (capability === "CAP_SYS_ADMIN") errors.push(clash("`capabilities.Add` CAP_SYS_ADMIN"));
  }
  return [...errors, ...validateAppArmor(sub(context, "appArmorProfile"), `${field}.appArmorProfile`)];
}
