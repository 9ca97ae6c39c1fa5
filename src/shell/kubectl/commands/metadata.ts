/**
 * `kubectl label` and `kubectl annotate`.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/label/label.go, annotate/annotate.go
 */
import { isValidLabelValue } from "../../../kube/apis/names";
import type { JsonObject, StringMap } from "../../../kube/apis/objects";
import { pathOf } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, out, type Run } from "../../program";
import { DRY_RUN, type DryRun, dryRunOf, dryRunQuery, FILE_FLAGS, type Kubectl, OUTPUT_FLAGS, readFlags, send } from "../context";
import { failed, failureText, fatal, together } from "../failure";
import { type Results, resultsOf } from "../results";
import { findObjects, type Info, usesFiles } from "../targets";
import { resourcesAndPairs } from "./nodes";

interface Changes {
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

function parseChanges(pairs: readonly string[], what: "label" | "annotation"): Changes {
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals > 0) {
      const value = pair.slice(equals + 1);
      const problems = what === "label" ? isValidLabelValue(value) : [];
      if (problems.length > 0) throw fatal(`invalid label value: ${JSON.stringify(pair)}: ${problems.join(";")}`);
      set.set(pair.slice(0, equals), value);
    } else if (pair.endsWith("-")) remove.push(pair.slice(0, -1));
    else throw fatal(`unknown ${what} spec: ${pair}`);
  }
  const both = remove.filter((key) => set.has(key));
  if (both.length > 0) throw fatal(`can not both modify and remove ${what === "label" ? "a label" : "an annotation"} in the same command`);
  return { set, remove };
}

export function* label(args: readonly string[], name: string): Run<number> {
  const flags = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};overwrite bool;all bool;all-namespaces A bool;selector l string;field-selector string;list bool;resource-version string;field-manager string`;
  const kubectl = yield* readFlags(name, flags, args);
  if (kubectl === undefined) return 0;
  const what = name === "label" ? "label" : "annotation";
  const { resources, pairs } = resourcesAndPairs(kubectl.flags.args, what);
  if (resources.length === 0 && !usesFiles(kubectl)) throw fatal("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  const changes = parseChanges(pairs, what);
  const listing = kubectl.flags.bool("list");
  if (pairs.length === 0 && !listing) throw fatal(`at least one ${what} update is required`);
  const dryRun = dryRunOf(kubectl.flags);
  const { infos, failures } = yield* findObjects(kubectl, { args: resources });
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals = [...failures];
  for (const info of infos) {
    if (listing) yield* list(info, what, infos.length > 1);
    const refusal = pairs.length > 0 ? yield* change(kubectl, info, changes, what, dryRun, results) : undefined;
    if (refusal !== undefined) refusals.push(refusal);
  }
  yield* results.endEach();
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

const mapOf = (object: JsonObject, field: string): StringMap => (((object["metadata"] ?? {}) as JsonObject)[field] ?? {}) as StringMap;

function* list(info: Info, what: "label" | "annotation", many: boolean): Run<void> {
  if (many) yield* out(`Listing ${what}s for ${info.resource.kind}.${info.resource.group}/${info.name}:\n`);
  const entries = Object.entries(mapOf(info.object, `${what}s`)).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, value] of entries) yield* out(`${many ? " " : ""}${key}=${value}\n`);
}

function* change(
  kubectl: Kubectl,
  info: Info,
  { set, remove }: Changes,
  what: "label" | "annotation",
  dryRun: DryRun,
  results: Results,
): Run<string | undefined> {
  const field = `${what}s`;
  const old = mapOf(info.object, field);
  const overwrite = kubectl.flags.bool("overwrite");
  const taken = overwrite
    ? []
    : [...set].filter(([key, value]) => old[key] !== undefined && old[key] !== value).map(([key]) => `'${key}' already has a value (${old[key]})`);
  if (taken.length > 0)
    return what === "label"
      ? `error: ${taken.length === 1 ? taken[0] : `[${taken.join(", ")}]`}, and --overwrite is false\n`
      : `error: --overwrite is false but found the following declared annotation(s): ${taken.join("; ")}\n`;
  const patch: Record<string, string | null> = {};
  for (const [key, value] of set) if (old[key] !== value) patch[key] = value;
  for (const key of remove) {
    if (old[key] !== undefined) patch[key] = null;
    else if (what === "label") yield* out(`label ${JSON.stringify(key)} not found.\n`);
  }
  const changed = Object.keys(patch).length > 0;
  let object = info.object;
  if (changed && dryRun !== "client") {
    const version = kubectl.flags.text("resource-version");
    const body: Json = { metadata: { [field]: patch, ...(version === "" ? {} : { resourceVersion: version }) } };
    const response = yield* send({
      method: "PATCH",
      path: pathOf(info.resource, info.namespace, info.name),
      contentType: "application/merge-patch+json",
      query: dryRunQuery(dryRun),
      body,
    });
    if (failed(response)) return failureText(response);
    object = response.body as JsonObject;
  }
  const operation = what === "annotation" ? "annotated" : !changed ? "not labeled" : remove.length > 0 && !overwrite ? "unlabeled" : "labeled";
  yield* results.add(info.resource, info.name, operation, object);
  return undefined;
}
