/**
 * POST, PUT and PATCH of objects: what the generic registry does around a kind's own rules.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Create, Update
 * Not modelled: retries of a patch (nothing can come in between), audit.
 */
import type { Json, Tx } from "../../sim/types";
import { sameJson } from "../apis/equality";
import type { KubeObject } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import { type Manager, managersAfterUpdate, managersOf } from "./apply/managers";
import { admitCreate, admitUpdate, isActive } from "./admit";
import { judgeDuplicates, readBody } from "./body";
import type { ApiRequest, ApiResponse } from "./door";
import { generatedName, newUid, nowText } from "./identity";
import { dryRunOf } from "./options";
import { patched } from "./patch/patched";
import type { ResourceTarget } from "./request";
import { alreadyExists, answer, badRequest, conflict, generateNameConflict, MODIFIED, notFound } from "./status";
import { statusErrors } from "./status-rules";
import { commit, keyOf, stored } from "./storage/store";
import { invalidStatus } from "./strategy";
import type { Outcome } from "./strategy-context";

export interface WriteContext {
  readonly tx: Tx;
  readonly request: ApiRequest;
  readonly query: Readonly<Record<string, string>>;
  readonly target: ResourceTarget;
  readonly typed: boolean;
}
type Meta = {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly resourceVersion?: string;
  readonly uid?: string;
};
type Body = { readonly kind?: string; readonly apiVersion?: string; readonly metadata?: Meta };

const GENERATE_ATTEMPTS = 8;

/**
 * @rule kube.api.create
 */
export function createObject(context: WriteContext, managers?: readonly Manager[]): ApiResponse {
  const { tx, request, query, target, typed } = context;
  const dryRun = dryRunOf(query, "CreateOptions");
  if (typeof dryRun !== "boolean") return dryRun;
  const { resource, namespace } = target;
  const read = readBody(resource, request);
  if ("code" in read) return read;
  const doubled = judgeDuplicates(resource, read.text, query["fieldValidation"]);
  if ("code" in doubled) return doubled;
  const named = nameNewObject(tx, resource, namespace, read.body);
  if ("code" in named) return named;
  const uid = newUid(tx);
  const trusted = typed && resource.name === "events" && isActive(tx, namespace);
  const admitted: Outcome = trusted ? { object: named.body as unknown as KubeObject } : admitCreate(tx, resource, named.body, namespace, query, uid);
  const warnings = allWarnings(doubled, admitted.warnings);
  if ("code" in admitted) return warned(admitted, warnings);
  const { object } = admitted;
  const key = keyOf(namespace, object.metadata.name);
  if (stored(tx, resource.name, key) !== undefined) {
    const { name } = object.metadata;
    return warned(named.generated ? generateNameConflict(resource, name) : alreadyExists(resource, name), warnings);
  }
  const { resourceVersion: _, ...given } = object.metadata as KubeObject["metadata"] & { resourceVersion?: string };
  const born = { uid, creationTimestamp: nowText(tx), ...managed(managers ?? managersNow(context, undefined, object)) };
  if (dryRun) return answer(201, { ...object, metadata: { ...given, ...born } } as never, warnings);
  return answer(201, commit(tx, resource.name, key, object, born) as never, warnings);
}

/** Namespace and name from the request and the body; a generated name avoids those taken. */
function nameNewObject(
  tx: Tx,
  resource: ResourceInfo,
  namespace: string | undefined,
  given: Json | undefined,
): { readonly body: Json | undefined; readonly generated: boolean } | ApiResponse {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return { body: given, generated: false };
  const body = given as Body;
  const meta: Meta = typeof body.metadata === "object" && body.metadata !== null ? body.metadata : {};
  if (resource.namespaced && meta.namespace && meta.namespace !== namespace)
    return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  const place = resource.namespaced && meta.namespace !== namespace ? { namespace } : {};
  if (meta.name || !meta.generateName) {
    return { body: "namespace" in place ? ({ ...body, metadata: { ...meta, ...place } } as Json) : given, generated: false };
  }
  let name = generatedName(tx, meta.generateName);
  for (let i = 1; i < GENERATE_ATTEMPTS && stored(tx, resource.name, keyOf(namespace, name)) !== undefined; i++)
    name = generatedName(tx, meta.generateName);
  return { body: { ...body, metadata: { ...meta, ...place, name } } as Json, generated: true };
}

/**
 * Kinds of which a PUT makes what is not there yet.
 * @source kubernetes@1.35 pkg/registry strategies' AllowCreateOnUpdate
 */
const CREATED_ON_UPDATE: ReadonlySet<string> = new Set(["services", "events", "leases"]);

/** @rule kube.api.update */
export function updateObject(context: WriteContext): ApiResponse {
  const { tx, request, query, target } = context;
  const dryRun = dryRunOf(query, "UpdateOptions");
  if (typeof dryRun !== "boolean") return dryRun;
  const name = target.name ?? "";
  const read = readBody(target.resource, request);
  if ("code" in read) return read;
  const doubled = judgeDuplicates(target.resource, read.text, query["fieldValidation"]);
  if ("code" in doubled) return doubled;
  const body = read.body;
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    const meta = (body as Body).metadata ?? {};
    if (meta.name && meta.name !== name) return badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`);
    if (target.resource.namespaced && meta.namespace && meta.namespace !== target.namespace)
      return badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  const row = stored(tx, target.resource.name, keyOf(target.namespace, name));
  if (row === undefined) return CREATED_ON_UPDATE.has(target.resource.name) ? createObject(context) : notFound(target.resource, name);
  const response = writeNext(context, row.object, placed(body, row.object), dryRun);
  return doubled.length > 0 ? warned(response, allWarnings(doubled, response.warnings)) : response;
}

/** What a request was warned of is told also when it then fails. */
const warned = (response: ApiResponse, warnings: readonly string[] | undefined): ApiResponse =>
  warnings === undefined ? response : { ...response, warnings };

const allWarnings = (first: readonly string[], second: readonly string[] | undefined): readonly string[] | undefined =>
  first.length === 0 ? second : [...new Set([...first, ...(second ?? [])])];

/** A body may leave its namespace to the path. */
function placed(body: Json | undefined, previous: KubeObject): Json | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const { namespace } = previous.metadata;
  const meta = (body as Body).metadata;
  if (namespace === undefined || meta === undefined || meta.namespace === namespace) return body;
  return { ...(body as object), metadata: { ...meta, namespace } } as Json;
}

/** @rule kube.api.patch */
export function patchObject(context: WriteContext): ApiResponse {
  const { tx, request, query, target } = context;
  const dryRun = dryRunOf(query, "PatchOptions");
  if (typeof dryRun !== "boolean") return dryRun;
  const name = target.name ?? "";
  const row = stored(tx, target.resource.name, keyOf(target.namespace, name));
  const next = patched(target.resource, row?.object, request, query, name, context.typed, { subresource: target.subresource, now: nowText(tx) });
  if ("response" in next) return next.response;
  if (row === undefined) {
    if (next.create) return createObject({ ...context, request: { ...request, body: next.object } }, next.managers);
    return notFound(target.resource, name);
  }
  return writeNext(context, row.object, next.object, dryRun, next.managers);
}

/** The common end of PUT and PATCH: optimistic lock, the kind's rules, no write when nothing changed, removal when the last finalizer goes. */
export function writeNext(
  context: WriteContext,
  previous: KubeObject,
  next: Json | undefined,
  dryRun: boolean,
  managers?: readonly Manager[],
): ApiResponse {
  const { tx, query, target } = context;
  const { resource, subresource } = target;
  const name = previous.metadata.name;
  const meta = (next as Body | undefined)?.metadata ?? {};
  if (meta.resourceVersion && meta.resourceVersion !== "0" && meta.resourceVersion !== previous.metadata.resourceVersion)
    return conflict(resource, name, MODIFIED);
  if (meta.uid && meta.uid !== previous.metadata.uid) return conflict(resource, name, uidMismatch(resource, previous, meta.uid));
  const admitted =
    (context.typed ? trustedUpdate(resource, next, previous, subresource) : undefined) ??
    admitUpdate(tx, resource, next, previous, subresource, query);
  if ("code" in admitted) return admitted;
  const { warnings } = admitted;
  const object = withManagers(admitted.object, managers ?? managersNow(context, previous, admitted.object));
  if (subresource === "status" && !context.typed) {
    const errors = statusErrors(resource, object);
    if (errors.length > 0) return invalidStatus(resource, name, errors);
  }
  if (sameJson(object as unknown as Json, previous as unknown as Json)) return answer(200, previous as never, warnings);
  if (dryRun) return answer(200, object as never, warnings);
  const key = keyOf(target.namespace, name);
  const written = commit(tx, resource.name, key, object);
  if (isFinished(written)) return answer(200, commit(tx, resource.name, key, undefined) as never, warnings);
  return answer(200, written as never, warnings);
}

/** Who owns what after a write by a client that names itself; undefined for the cluster's own. */
function managersNow(
  { tx, request, query, target, typed }: WriteContext,
  before: KubeObject | undefined,
  after: KubeObject,
): readonly Manager[] | undefined {
  const manager = query["fieldManager"] || request.user;
  if (typed || manager === undefined || manager.startsWith("system:") || target.resource.name === "events") return undefined;
  return managersAfterUpdate(target.resource, before, after, { manager, operation: "Update", subresource: target.subresource, now: nowText(tx) });
}

const managed = (managers: readonly Manager[] | undefined): { readonly managedFields?: readonly Manager[] } =>
  managers === undefined || managers.length === 0 ? {} : { managedFields: managers };

/** Nobody's new claim is no change. */
function withManagers(object: KubeObject, managers: readonly Manager[] | undefined): KubeObject {
  if (managers === undefined || sameJson(managers as unknown as Json, managersOf(object) as unknown as Json)) return object;
  return { ...object, metadata: { ...object.metadata, ...managed(managers) } as KubeObject["metadata"] };
}

/**
 * What the cluster's own components write most (statuses, Events, leases) is taken as they built it, with the labels and annotations it
 * may change; undefined for everything else, which goes through its kind's rules.
 */
function trustedUpdate(resource: ResourceInfo, next: Json | undefined, previous: KubeObject, subresource: string | undefined): Outcome | undefined {
  const whole = subresource === undefined && (resource.name === "events" || resource.name === "leases");
  if (!whole && subresource !== "status") return undefined;
  const { metadata, status } = next as unknown as KubeObject & { readonly status?: Json };
  const { labels = previous.metadata.labels, annotations = previous.metadata.annotations } = metadata ?? {};
  const kept = labels === previous.metadata.labels && annotations === previous.metadata.annotations;
  const settled = kept ? previous.metadata : { ...previous.metadata, labels, annotations };
  return { object: (whole ? { ...(next as object), metadata: settled } : { ...previous, metadata: settled, status }) as KubeObject };
}

const uidMismatch = (resource: ResourceInfo, previous: KubeObject, uid: string): string => {
  const place = previous.metadata.namespace ? `${previous.metadata.namespace}/` : "";
  return `StorageError: invalid object, Code: 4, Key: /registry/${resource.name}/${place}${previous.metadata.name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid}`;
};

/**
 * Being deleted, its time of grace over, and nobody holds it any more.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go ShouldDeleteDuringUpdate
 */
export function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers?.length ?? 0) > 0) return false;
  if (object.kind === "Namespace")
    return ((object as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec?.finalizers?.length ?? 0) === 0;
  return (deletionGracePeriodSeconds ?? 0) === 0;
}
