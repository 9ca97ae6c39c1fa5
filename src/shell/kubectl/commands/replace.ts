/** `kubectl replace`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/replace/replace.go; cli-runtime/pkg/resource/helper.go Replace */
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf } from "../../../kube/apis/resources";
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
import { failed, failureText, fatal, isNotFound, together } from "../failure";
import { type Loaded, loadFiles } from "../manifests";
import { type Results, resultsOf } from "../results";
import { untilGone } from "../waiting";

export function* replace(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "replace",
    `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};${VALIDATE};force bool;grace-period int=-1;cascade string?background=background;timeout duration;wait bool;save-config bool;subresource string;raw string`,
    args,
  );
  if (kubectl === undefined) return 0;
  if (!kubectl.flags.has("filename")) throw fatal("must specify --filename to replace".replace("--filename to replace", "one of -f and -k"));
  const dryRun = dryRunOf(kubectl.flags);
  const { loaded, failures } = yield* loadFiles(kubectl);
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals: string[] = [];
  for (const each of loaded) {
    const refusal = kubectl.flags.bool("force") ? yield* recreate(each, results) : yield* replaceOne(kubectl, each, dryRun, results);
    if (refusal !== undefined) refusals.push(refusal);
  }
  yield* results.endEach();
  refusals.push(...failures);
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

function* replaceOne(
  kubectl: Kubectl,
  { resource, namespace, name, object, source }: Loaded,
  dryRun: DryRun,
  results: Results,
): Run<string | undefined> {
  const path = pathOf(resource, namespace, name);
  if (dryRun === "client") {
    yield* results.add(resource, name, "replaced", object);
    return undefined;
  }
  const metadata = object["metadata"] as JsonObject;
  let body = object;
  if (metadata["resourceVersion"] === undefined) {
    const current = yield* send({ method: "GET", path });
    if (failed(current) && !isNotFound(current)) return failureText(current, { verb: "replacing", source });
    const version = ((current.body as JsonObject)["metadata"] as JsonObject | undefined)?.["resourceVersion"];
    if (!failed(current) && version !== undefined) body = { ...object, metadata: { ...metadata, resourceVersion: version } };
  }
  const query = { fieldManager: "kubectl-replace", fieldValidation: fieldValidationOf(kubectl.flags), ...dryRunQuery(dryRun) };
  const response = yield* send({ method: "PUT", path, query, body });
  if (failed(response)) return failureText(response, { verb: "replacing", source });
  yield* results.add(resource, name, "replaced", response.body as JsonObject);
  return undefined;
}

function* recreate({ resource, namespace, name, object, source }: Loaded, results: Results): Run<string | undefined> {
  const path = pathOf(resource, namespace, name);
  const deleted = yield* send({ method: "DELETE", path, body: { propagationPolicy: "Background", gracePeriodSeconds: 0 } });
  if (failed(deleted) && !isNotFound(deleted)) return failureText(deleted, { verb: "deleting", source });
  if (!failed(deleted)) {
    yield* results.add(resource, name, "deleted", object);
    yield* untilGone(resource, namespace, name, "", undefined);
  }
  const response = yield* send({ method: "POST", path: pathOf(resource, namespace), body: object, query: { fieldManager: "kubectl-replace" } });
  if (failed(response)) return failureText(response, { verb: "creating", source });
  yield* results.add(resource, name, "replaced", response.body as JsonObject);
  return undefined;
}
