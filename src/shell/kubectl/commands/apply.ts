/**
 * `kubectl apply`: create what is missing; otherwise send what differs between the manifest, the live object and what was applied last.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go
 * Not modelled: `--prune`, and retrying after a conflict.
 */
import type { JsonObject } from "../../../kube/apis/objects";
import { patchTypeOf } from "../../../kube/apis/patch/kind-schema";
import { FREE_FORM } from "../../../kube/apis/patch/patch-schema";
import { createThreeWayStrategicPatch } from "../../../kube/apis/patch/strategic";
import { apiVersionOf, pathOf, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, type Run } from "../../program";
import {
  DRY_RUN,
  type DryRun,
  dryRunOf,
  dryRunQuery,
  FILE_FLAGS,
  fieldValidationOf,
  type Kubectl,
  OUTPUT_FLAGS,
  readFlags,
  send,
  VALIDATE,
} from "../context";
import { type Doing, failed, failureText, fatal, isNotFound, together } from "../failure";
import { lastAppliedOf, withLastApplied } from "../last-applied";
import { type Loaded, loadFiles } from "../manifests";
import { jsonText } from "../printers/json";
import { type Results, resultsOf } from "../results";
import { lastApplied } from "./apply-last";

const FLAGS = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};${VALIDATE};server-side bool;force-conflicts bool;field-manager string=kubectl-client-side-apply;force bool;overwrite bool=true;prune bool;all bool;selector l string;wait bool;timeout duration;grace-period int=-1;cascade string?background=background;openapi-patch bool=true;prune-allowlist array`;

interface Applying {
  readonly kubectl: Kubectl;
  readonly dryRun: DryRun;
  readonly results: Results;
  readonly query: Readonly<Record<string, string>>;
}

export function* apply(args: readonly string[]): Run<number> {
  if (/^(view|set|edit)-last-applied$/.test(args[0] ?? "")) return yield* lastApplied(args[0] ?? "", args.slice(1));
  const kubectl = yield* readFlags("apply", FLAGS, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const dryRun = dryRunOf(flags);
  if (!flags.has("filename") && !flags.has("kustomize")) throw fatal("must specify one of -f and -k");
  if (flags.args.length > 0) throw fatal(`Unexpected args: [${flags.args.join(" ")}]\nSee 'kubectl apply -h' for help and examples`);
  if (flags.bool("prune")) throw fatal("--prune is not available in the lab");
  const serverSide = flags.bool("server-side");
  if (flags.bool("force-conflicts") && !serverSide) throw fatal("--force-conflicts only works with --server-side");
  const manager = serverSide && !flags.has("field-manager") ? "kubectl" : flags.text("field-manager");
  const query = { fieldManager: manager, fieldValidation: fieldValidationOf(flags), ...dryRunQuery(dryRun) };
  const applying: Applying = { kubectl, dryRun, results: yield* resultsOf(kubectl, dryRun), query };
  const { loaded, failures } = yield* loadFiles(kubectl);
  const refusals: string[] = [];
  for (const each of loaded) {
    const refusal = serverSide ? yield* applyOnServer(applying, each) : yield* applyOne(applying, each);
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (loaded.length === 0 && failures.length === 0) throw fatal("no objects passed to apply");
  yield* applying.results.end();
  const all = [...failures, ...refusals];
  yield* err(together(all));
  return all.length > 0 ? 1 : 0;
}

const described = (resource: ResourceInfo, { name, namespace }: Loaded): string => {
  const version = `${resource.group}/${resource.version}`;
  return `Resource: "${version}, Resource=${resource.name}", GroupVersionKind: "${version}, Kind=${resource.kind}"\nName: "${name}", Namespace: "${namespace ?? ""}"`;
};

/** Returns the text of a refusal. */
function* applyOne(applying: Applying, loaded: Loaded): Run<string | undefined> {
  const { resource, namespace, name, source } = loaded;
  if (name === "") {
    const generate = (loaded.object["metadata"] as JsonObject | undefined)?.["generateName"];
    return generate === undefined ? "error: resource name may not be empty\n" : `error: from ${generate}: cannot use generate name with apply\n`;
  }
  const modified = withLastApplied(loaded.object);
  const current = yield* send({ method: "GET", path: pathOf(resource, namespace, name) });
  if (failed(current) && !isNotFound(current))
    return failureText(
      current,
      current.code === 0 ? undefined : { verb: `retrieving current configuration of:\n${described(resource, loaded)}\nfrom server for:`, source },
    );
  if (isNotFound(current)) return yield* create(applying, loaded, modified, { verb: "creating", source });
  const live = current.body as JsonObject;
  if (lastAppliedOf(live) === undefined)
    yield* err(
      `Warning: resource ${resource.name}/${name} is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    );
  if (applying.dryRun === "client") {
    yield* applying.results.add(resource, name, "configured", live);
    return undefined;
  }
  return yield* patch(applying, loaded, modified, live);
}

function* create(
  { results, query, dryRun }: Applying,
  { resource, namespace, name }: Loaded,
  body: JsonObject,
  doing: Doing,
): Run<string | undefined> {
  if (dryRun === "client") {
    yield* results.add(resource, name, "created", body);
    return undefined;
  }
  const response = yield* send({ method: "POST", path: pathOf(resource, namespace), query, body });
  if (failed(response)) return failureText(response, doing);
  yield* results.add(resource, name, "created", response.body as JsonObject);
  return undefined;
}

/**
 * The patch apply sends for an object.
 * @rule kubectl.apply.three-way
 */
export function applyPatch(
  resource: ResourceInfo,
  live: JsonObject,
  modified: JsonObject,
): { readonly value: JsonObject } | { readonly error: string } {
  const applied = lastAppliedOf(live);
  const original = applied === undefined ? {} : (JSON.parse(applied) as JsonObject);
  return createThreeWayStrategicPatch(original, modified, live, patchTypeOf(apiVersionOf(resource), resource.kind) ?? FREE_FORM);
}

function* patch(applying: Applying, loaded: Loaded, modified: JsonObject, live: JsonObject): Run<string | undefined> {
  const { resource, namespace, name, source } = loaded;
  const { results, query, kubectl } = applying;
  const made = applyPatch(resource, live, modified);
  if ("error" in made) return `error: error when creating patch with:\n${made.error}\nfor: ${JSON.stringify(source)}: ${made.error}\n`;
  if (Object.keys(made.value).length === 0) {
    yield* results.add(resource, name, "unchanged", live);
    return undefined;
  }
  const body = made.value as Json;
  const response = yield* send({
    method: "PATCH",
    path: pathOf(resource, namespace, name),
    query,
    contentType: "application/strategic-merge-patch+json",
    body,
  });
  if (failed(response)) {
    if (kubectl.flags.bool("force") && (response.code === 409 || response.code === 422)) return yield* recreate(applying, loaded, modified);
    return failureText(response, { verb: `applying patch:\n${jsonText(body)}\nto:\n${described(resource, loaded)}\nfor:`, source });
  }
  yield* results.add(resource, name, "configured", response.body as JsonObject);
  return undefined;
}

function* recreate(applying: Applying, loaded: Loaded, modified: JsonObject): Run<string | undefined> {
  const { resource, namespace, name, source } = loaded;
  const path = pathOf(resource, namespace, name);
  const deleted = yield* send({ method: "DELETE", path, body: { propagationPolicy: "Background", gracePeriodSeconds: 0 } });
  if (failed(deleted)) return failureText(deleted, { verb: "deleting", source });
  const refusal = yield* create({ ...applying, results: NO_RESULTS }, loaded, modified, { verb: "creating", source });
  if (refusal === undefined) yield* applying.results.add(resource, name, "configured", modified);
  return refusal;
}
const NO_RESULTS = { *add(): Run<void> {}, *end(): Run<void> {}, *endEach(): Run<void> {} } as unknown as Results;

/** @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/apply/apply.go applyOneObject */
const CONFLICT_ADVICE = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`;

/** Not modelled: the fields of an earlier client-side apply do not become those of this one. */
function* applyOnServer({ results, query, kubectl }: Applying, { resource, namespace, name, source, object }: Loaded): Run<string | undefined> {
  const force: Readonly<Record<string, string>> = kubectl.flags.bool("force-conflicts") ? { force: "true" } : {};
  const response = yield* send({
    method: "PATCH",
    path: pathOf(resource, namespace, name),
    query: { ...query, ...force },
    contentType: "application/apply-patch+yaml",
    body: object,
  });
  if (response.code === 409 && response.body !== null && (response.body as JsonObject)["reason"] === "Conflict")
    return `error: ${String((response.body as JsonObject)["message"])}\n${CONFLICT_ADVICE}`;
  if (failed(response)) return failureText(response, { verb: "applying", source });
  yield* results.add(resource, name, "serverside-applied", response.body as JsonObject);
  return undefined;
}
