/**
 * A kind's own part of a write, from the body of a request to the object that can be stored: decoding, defaults, admission, preparation,
 * validation, warnings. The request handler calls `create` and `update` and knows nothing else of kinds.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/registry/rest/create.go BeforeCreate, update.go BeforeUpdate
 */
import type { Json } from "../../sim/types";
import type { KubeObject } from "../apis/objects";
import { apiVersionOf, type ResourceInfo } from "../apis/resources";
import { decode } from "../apis/schema/decode";
import { type SchemaType, typeOf } from "../apis/schema/reader";
import { type Obj, sub, text, withFields } from "../apis/schema/typed-json";
import { admitNamespace } from "./admission/namespace-lifecycle";
import { addTolerations, resolvePriority } from "./admission/pod";
import { accountOf, addServiceAccount } from "./admission/service-account";
import { allocateService, keepAllocated } from "./admission/service";
import { applyDefaults } from "./defaulting/kinds";
import type { ApiResponse } from "./door";
import { finishCreate, prepareCreate, prepareUpdate } from "./prepare";
import { badRequest, detailsOf, failure } from "./status";
import { isRefusal, type Outcome, type StrategyContext } from "./strategy-context";
import { type FieldError, invalid } from "./validation/field-error";
import { validateCreate, validateUpdate } from "./validation/kinds";
import { onlyResized, validatePodResize } from "./validation/pod-resize";
import { createWarnings, updateWarnings } from "./validation/warnings";

type Read = { readonly object: Obj; readonly warnings: readonly string[] };

/**
 * 422 with every complaint, in order; equal ones are told once in the message.
 * @rule kube.status.invalid
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go NewInvalid
 */
export function invalidStatus(resource: ResourceInfo, name: string, errors: readonly FieldError[]): ApiResponse {
  const shown = resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const list = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
  const details = {
    ...(name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  };
  return failure(422, "Invalid", `${shown} "${name}" is invalid: ${list}`, details);
}

/** @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go transformDecodeError */
function cannotHandle(resource: ResourceInfo, body: Obj, why: string): ApiResponse {
  const kind = text(body, "kind") || resource.kind;
  const version = (text(body, "apiVersion") || apiVersionOf(resource)).split("/").at(-1) ?? "";
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${resource.kind}: ${why}`);
}

/** The body's kind and version must be those of the path, where it names them. */
function checkKind(resource: ResourceInfo, body: Obj): ApiResponse | undefined {
  const [kind, version] = [body["kind"], body["apiVersion"]];
  const [own, ownVersion] = [resource.kind, apiVersionOf(resource)];
  if ((kind ?? "") === "" && (version ?? "") === "") return undefined;
  const named = typeof kind === "string" && kind !== "" ? kind : own;
  const placed = typeof version === "string" && version !== "" ? version : ownVersion;
  if (named === own && placed === ownVersion) return undefined;
  const known = typeOf(placed, named);
  const served = placed === ownVersion || typeOf(placed, named) !== undefined;
  if (known === undefined || !served)
    return cannotHandle(resource, body, `no kind "${named}" is registered for version "${placed}" in scheme "pkg/api/legacyscheme/scheme.go:30"`);
  const internal = resource.group === "" ? "core" : resource.group.split(".")[0];
  if (named !== own) return cannotHandle(resource, body, `converting (${known.goType}) to (${internal}.${own}): unknown conversion`);
  return badRequest(`the API version in the data (${placed}) does not match the expected API version (${ownVersion})`);
}

function read(resource: ResourceInfo, type: SchemaType, body: Json | undefined, context: StrategyContext, before?: Obj): Read | ApiResponse {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  const given: Obj = isObject ? (body as Obj) : {};
  const misplaced = isObject ? checkKind(resource, given) : undefined;
  if (misplaced !== undefined) return misplaced;
  const decoded = decode(type, body, before);
  if (decoded.error !== undefined) return cannotHandle(resource, given, decoded.error);
  const unknown = decoded.unknown.map((field) => `unknown field ${JSON.stringify(field)}`);
  if (unknown.length > 0 && context.fieldValidation === "Strict")
    return cannotHandle(resource, given, `strict decoding error: ${unknown.join(", ")}`);
  const object = withFields(decoded.value as Obj, { kind: resource.kind, apiVersion: apiVersionOf(resource) });
  return { object, warnings: context.fieldValidation === "Warn" ? unknown : [] };
}

/** Pods share what is made of the same spec. */
const admittedSpecs = new WeakMap<object, { readonly priority: Obj | undefined; readonly account: Obj | undefined; readonly spec: Obj }>();

function admitPod(resource: ResourceInfo, pod: Obj, context: StrategyContext): Obj | ApiResponse {
  const spec = sub(pod, "spec") ?? {};
  const wanted = text(spec, "priorityClassName");
  const priority = wanted === "" ? context.defaultPriorityClass() : context.priorityClass(wanted);
  const account = accountOf(pod, resource, context);
  if (account !== undefined && isRefusal(account)) return account;
  const known = admittedSpecs.get(spec);
  if (known !== undefined && known.priority === priority && known.account === account) return withFields(pod, { spec: known.spec as Json });
  const resolved = resolvePriority(addTolerations(spec), resource, text(sub(pod, "metadata"), "name"), context);
  if (isRefusal(resolved)) return resolved;
  const out = Object.freeze(account === undefined ? resolved : addServiceAccount(resolved, account));
  if (Object.isFrozen(spec)) admittedSpecs.set(spec, { priority, account, spec: out });
  return withFields(pod, { spec: out as Json });
}

const defaultedSpecs = new WeakMap<object, Obj>();
/** Defaults of a Pod hang on its spec alone, so they are made once for each spec. */
function defaulted(resource: ResourceInfo, object: Obj): Obj {
  if (resource.name !== "pods") return applyDefaults(resource, object);
  const spec = sub(object, "spec");
  const known = spec === undefined ? undefined : defaultedSpecs.get(spec);
  if (known !== undefined) return withFields(object, { spec: known as Json });
  const out = applyDefaults(resource, object);
  const made = Object.freeze(sub(out, "spec") ?? {});
  if (spec !== undefined && Object.isFrozen(spec)) defaultedSpecs.set(spec, made);
  defaultedSpecs.set(made, made);
  return withFields(out, { spec: made as Json });
}

/**
 * @rule kube.strategy.create
 */
export function create(resource: ResourceInfo, body: Json | undefined, context: StrategyContext): Outcome {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  if (type === undefined) return badRequest(`no kind "${resource.kind}" is registered`);
  const got = read(resource, type, body, context);
  if (isRefusal(got)) return got;
  return warned(createRead(resource, type, got, context), got.warnings);
}

/** What the body made the server warn of is told also when the write is refused. */
const warned = (made: Outcome, warnings: readonly string[]): Outcome =>
  warnings.length === 0 ? made : { ...made, warnings: [...warnings, ...(made.warnings ?? [])] };

function createRead(resource: ResourceInfo, type: SchemaType, got: Read, context: StrategyContext): Outcome {
  const given = text(sub(got.object, "metadata"), "namespace");
  if (resource.namespaced && given !== "" && given !== context.namespace)
    return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  let object = defaulted(resource, got.object);
  const name = text(sub(object, "metadata"), "name");
  const closed = admitNamespace(resource, name, context);
  if (closed !== undefined) return closed;
  if (resource.name === "pods") {
    const admitted = admitPod(resource, object, context);
    if (isRefusal(admitted)) return admitted;
    object = admitted;
  }
  if (resource.name === "services") {
    const allocated = allocateService(sub(object, "spec") ?? {}, undefined, context);
    if ("errors" in allocated) return invalidStatus(resource, name, allocated.errors);
    object = withFields(object, { spec: allocated.spec as Json });
  }
  const prepared = prepareCreate(resource, type, object, context);
  const errors = validateCreate(resource, prepared);
  if (errors.length > 0) return invalidStatus(resource, name, errors);
  return outcome(finishCreate(resource, prepared), createWarnings(resource, prepared));
}

const outcome = (object: Obj, warnings: readonly string[]): Outcome => ({
  object: object as unknown as KubeObject,
  ...(warnings.length > 0 ? { warnings } : {}),
});

/** Kinds that must be updated with a resource version. @source strategies' AllowUnconditionalUpdate */
const CONDITIONAL = new Set(["poddisruptionbudgets", "leases"]);

/** 422 in the storage's words: the kind is told by its resource. */
function unversioned(resource: ResourceInfo, name: string): ApiResponse {
  const error = invalid("metadata.resourceVersion", 0, "must be specified for an update");
  const shown = resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
  const details = { ...detailsOf(resource, name), causes: [{ reason: error.reason, message: error.message, field: error.field }] };
  return failure(422, "Invalid", `${shown} "${name}" is invalid: ${error.field}: ${error.message}`, details);
}

/**
 * The status door takes the status of the body only; other subresources are the caller's.
 * @rule kube.strategy.update
 */
export function update(
  resource: ResourceInfo,
  body: Json | undefined,
  previous: KubeObject,
  context: StrategyContext,
  subresource?: string,
): Outcome {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  if (type === undefined) return badRequest(`no kind "${resource.kind}" is registered`);
  const got = read(resource, type, body, context, previous as unknown as Obj);
  if (isRefusal(got)) return got;
  return warned(updateRead(resource, body, got, previous, context, subresource), got.warnings);
}

function updateRead(
  resource: ResourceInfo,
  body: Json | undefined,
  got: Read,
  previous: KubeObject,
  context: StrategyContext,
  subresource: string | undefined,
): Outcome {
  const before = previous as unknown as Obj;
  const { name } = previous.metadata;
  if (CONDITIONAL.has(resource.name) && text(sub(got.object, "metadata"), "resourceVersion") === "") return unversioned(resource, name);
  if (subresource === "status") return outcome(prepareUpdate(resource, got.object, before, subresource), []);
  const resize = resource.name === "pods" && subresource === "resize";
  let object = resize ? onlyResized(got.object, before) : got.object;
  if (resource.name === "services") {
    const kept = keepAllocated(sub(defaulted(resource, object), "spec") ?? {}, sub(before, "spec") ?? {});
    const allocated = allocateUpdated(kept, before, context);
    if ("errors" in allocated) return invalidStatus(resource, name, allocated.errors);
    object = withFields(object, { spec: allocated.spec as Json });
  }
  object = defaulted(resource, object);
  if (resource.name === "pods") object = keepAdmitted(object, before);
  const prepared = prepareUpdate(resource, object, before, undefined);
  const errors = resize ? validatePodResize(prepared, before) : validateUpdate(resource, prepared, before, (body ?? {}) as Obj);
  if (errors.length > 0) return invalidStatus(resource, name, errors);
  return outcome(prepared, updateWarnings(resource, prepared, before));
}

/** What may not change is told by validation, so addresses that changed are not allocated again. */
function allocateUpdated(spec: Obj, before: Obj, context: StrategyContext): ReturnType<typeof allocateService> {
  const old = sub(before, "spec") ?? {};
  const moved = text(old, "clusterIP") !== "" && text(old, "clusterIP") !== text(spec, "clusterIP");
  if (moved && text(spec, "type") !== "ExternalName") {
    const ip = text(spec, "clusterIP");
    return { spec: withFields(spec, { clusterIPs: ip === "" ? undefined : [ip] }) };
  }
  return allocateService(spec, old, context);
}

/** Admission looks at updates, too: what it wrote into the old Pod is written again when the body lacks it. */
function keepAdmitted(pod: Obj, before: Obj): Obj {
  const [spec, old] = [sub(pod, "spec") ?? {}, sub(before, "spec") ?? {}];
  if (spec === old) return pod;
  const kept: Record<string, Json | undefined> = {};
  for (const name of ["priority", "preemptionPolicy"]) if (spec[name] === undefined) kept[name] = old[name];
  return withFields(pod, { spec: addTolerations(withFields(spec, kept)) as Json });
}
