/** Probes and lifecycle hooks: what they do and how often. */
import { isHTTPHeaderName, isValidPortName, isValidPortNum } from "../../apis/names";
import { int, intOf, intOrString, items, type Obj, sub, text, texts } from "../../apis/schema/typed-json";
import { type FieldError, forbidden, invalid, invalidEach, nonNegative, notSupported, required } from "./field-error";

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePortNumOrName */
export function validatePort(port: number | string | undefined, field: string): FieldError[] {
  if (typeof port === "string") return invalidEach(field, port, isValidPortName(port));
  return invalidEach(field, port ?? 0, isValidPortNum(port ?? 0));
}

function validateHttpGet(http: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (text(http, "path") === "") errors.push(required(`${field}.path`));
  errors.push(...validatePort(intOrString(http, "port"), `${field}.port`));
  const scheme = text(http, "scheme");
  if (scheme !== "HTTP" && scheme !== "HTTPS") errors.push(notSupported(`${field}.scheme`, scheme, ["HTTP", "HTTPS"]));
  for (const header of items(http, "httpHeaders")) {
    const name = text(header, "name");
    errors.push(...invalidEach(`${field}.httpHeaders`, name, isHTTPHeaderName(name)));
  }
  return errors;
}

function validateSleep(sleep: Obj, grace: number | undefined, field: string): FieldError[] {
  const seconds = int(sleep, "seconds");
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return [];
  return [invalid(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)];
}

/** Exactly one handler. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateHandler */
function validateHandler(handler: Obj, grace: number | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  const one = (name: string, check: (inner: Obj, at: string) => FieldError[]): void => {
    const inner = sub(handler, name);
    if (inner === undefined) return;
    if (count > 0) errors.push(forbidden(`${field}.${name}`, "may not specify more than 1 handler type"));
    else errors.push(...check(inner, `${field}.${name}`));
    count++;
  };
  one("exec", (exec, at) => (texts(exec, "command").length === 0 ? [required(`${at}.command`)] : []));
  one("httpGet", validateHttpGet);
  one("tcpSocket", (tcp, at) => validatePort(intOrString(tcp, "port"), `${at}.port`));
  one("grpc", (grpc, at) => validatePort(int(grpc, "port"), `${at}.port`));
  one("sleep", (sleep, at) => validateSleep(sleep, grace, at));
  if (count === 0) errors.push(required(field, "must specify a handler type"));
  return errors;
}

/**
 * @rule kube.validation.probe
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateProbe, validateLivenessProbe, validateReadinessProbe
 */
export function validateProbe(container: Obj, name: string, grace: number | undefined, field: string): FieldError[] {
  const probe = sub(container, name);
  if (probe === undefined) return [];
  const at = `${field}.${name}`;
  const errors = validateHandler(probe, grace, at);
  for (const part of ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"])
    errors.push(...nonNegative(`${at}.${part}`, int(probe, part)));
  const own = intOf(probe, "terminationGracePeriodSeconds");
  if (own !== undefined && own <= 0) errors.push(invalid(`${at}.terminationGracePeriodSeconds`, own, "must be greater than 0"));
  if (name === "readinessProbe") {
    if (own !== undefined) errors.push(invalid(`${at}.terminationGracePeriodSeconds`, own, "must not be set for readinessProbes"));
  } else if (int(probe, "successThreshold") !== 1) errors.push(invalid(`${at}.successThreshold`, int(probe, "successThreshold"), "must be 1"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateLifecycle */
export function validateLifecycle(lifecycle: Obj | undefined, grace: number | undefined, field: string): FieldError[] {
  return ["postStart", "preStop"].flatMap((name) => {
    const handler = sub(lifecycle, name);
    return handler === undefined ? [] : validateHandler(handler, grace, `${field}.${name}`);
  });
}
