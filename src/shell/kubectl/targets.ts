/**
 * Which objects a command means: `TYPE`, `TYPE NAME…`, `TYPE/NAME…`, `TYPE,TYPE`, with labels or fields, or from files.
 * @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/resource/builder.go ResourceTypeOrNameArgs
 */
import type { ApiResponse } from "../../kube/apiserver/door";
import type { JsonObject } from "../../kube/apis/objects";
import { pathOf, type ResourceInfo } from "../../kube/apis/resources";
import type { Run } from "../program";
import { type Kubectl, send } from "./context";
import { Exit, failed, failureText, fatal, usageError } from "./failure";
import { loadFiles } from "./manifests";
import { CATEGORY_ALL, mustResource } from "./mapper";

/** One object by name, or all of a type. */
export interface Target {
  readonly resource: ResourceInfo;
  readonly name?: string;
}

export interface TargetOptions {
  /** Words before these are the objects; the rest belong to the command. */
  readonly args?: readonly string[];
  /** Whether a bare type means all its objects. */
  readonly all?: boolean;
}

const MIXED =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";

export function parseTargets(args: readonly string[]): readonly Target[] {
  if (args.some((arg) => arg.includes("/"))) {
    if (!args.every((arg) => arg.includes("/"))) throw fatal(MIXED);
    return args.map((arg) => {
      const [type = "", name = "", ...more] = arg.split("/");
      if (more.length > 0 || type === "" || name === "")
        throw fatal(
          type === "" || name === ""
            ? "arguments in resource/name form must have a single resource and name"
            : "arguments in resource/name form may not have more than one slash",
        );
      return { resource: mustResource(type), name };
    });
  }
  const [types = "", ...names] = args;
  const resources = types.split(",").flatMap((type) => (type.toLowerCase() === "all" ? CATEGORY_ALL : [mustResource(type)]));
  if (names.length === 0) return resources.map((resource) => ({ resource }));
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })));
}

/** An object that was found, or made from a file. */
export interface Info {
  readonly resource: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: JsonObject;
  readonly source?: string;
}

export interface Found {
  readonly infos: readonly Info[];
  /** Whether one object was asked for by name. */
  readonly single: boolean;
  /** Texts of refusals, in order. */
  readonly failures: readonly string[];
}

export const namespaceFor = (kubectl: Kubectl, resource: ResourceInfo): string | undefined => (resource.namespaced ? kubectl.namespace : undefined);

/** The query of a list from `-l` and `--field-selector`. */
export const selection = (kubectl: Kubectl): Readonly<Record<string, string>> => ({
  ...(kubectl.flags.text("selector") === "" ? {} : { labelSelector: kubectl.flags.text("selector") }),
  ...(kubectl.flags.text("field-selector") === "" ? {} : { fieldSelector: kubectl.flags.text("field-selector") }),
});

export const usesFiles = (kubectl: Kubectl): boolean => kubectl.flags.has("filename") || kubectl.flags.has("kustomize");

/**
 * Fetches the objects a command names. Refusals are collected, as kubectl's visitors continue on error; a command that cannot go on
 * without an object throws them with `settle`.
 */
export function* findObjects(kubectl: Kubectl, options: TargetOptions = {}): Run<Found> {
  if (usesFiles(kubectl)) return yield* findFromFiles(kubectl);
  const args = options.args ?? kubectl.flags.args;
  const query = selection(kubectl);
  const selecting = Object.keys(query).length > 0;
  const all = options.all === true || selecting || kubectl.flags.bool("all") || kubectl.flags.bool("all-namespaces");
  if (args.length === 0) throw missing(kubectl);
  const targets = parseTargets(args);
  if (selecting && targets.some((target) => target.name !== undefined)) throw fatal("name cannot be provided when a selector is specified");
  if (kubectl.flags.bool("all") && targets.some((target) => target.name !== undefined))
    throw fatal("setting 'all' parameter but found a non empty selector. ");
  const infos: Info[] = [];
  const failures: string[] = [];
  for (const { resource, name } of targets) {
    const namespace = kubectl.flags.bool("all-namespaces") ? undefined : namespaceFor(kubectl, resource);
    if (name === undefined && !all) throw fatal("resource(s) were provided, but no name was specified");
    const response = yield* send({ method: "GET", path: pathOf(resource, namespace, name), query: name === undefined ? query : {} });
    if (failed(response)) failures.push(listFailure(resource, name, kubectl, response));
    else infos.push(...infosOf(resource, response));
  }
  return { infos, failures, single: targets.length === 1 && targets[0]?.name !== undefined };
}

/** A list that is refused says what was looked for. @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/resource/selector.go Visit */
export function listFailure(resource: ResourceInfo, name: string | undefined, kubectl: Kubectl, response: ApiResponse): string {
  const body = response.body as JsonObject | null;
  if (name !== undefined || (response.code !== 400 && response.code !== 404) || typeof body !== "object" || body === null)
    return failureText(response);
  const where = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.name}`);
  const [labels, fields] = [kubectl.flags.text("selector"), kubectl.flags.text("field-selector")];
  const start =
    labels === "" && fields === ""
      ? `Unable to list ${where}`
      : `Unable to find ${where} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}`;
  return failureText({ ...response, body: { ...body, message: `${start}: ${String(body["message"] ?? "")}` } });
}

/** The kind is put back on items of a list, which the server leaves out. */
export function infosOf(resource: ResourceInfo, response: ApiResponse): readonly Info[] {
  const body = response.body as JsonObject & { readonly items?: readonly JsonObject[] };
  const items = Array.isArray(body.items) && String(body["kind"]).endsWith("List") ? body.items : [body];
  return items.map((item) => infoOf(resource, item));
}

export function infoOf(resource: ResourceInfo, object: JsonObject, source?: string): Info {
  const { name = "", namespace } = (object["metadata"] ?? {}) as { readonly name?: string; readonly namespace?: string };
  const apiVersion = resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
  return { resource, name, namespace, object: object["kind"] === undefined ? { apiVersion, kind: resource.kind, ...object } : object, source };
}

function missing(kubectl: Kubectl): Error {
  const verb = kubectl.command.split(" ")[0] ?? "";
  if (verb === "get" || verb === "describe") {
    const hint = `You must specify the type of resource to ${verb}. Use "kubectl api-resources" for a complete list of supported resources.\n\n`;
    const exit = usageError(kubectl.command, "Required resource not specified.");
    return Object.assign(exit, { text: hint + exit.text });
  }
  if (verb === "delete" || verb === "label" || verb === "annotate" || verb === "scale" || verb === "expose")
    return fatal(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  return fatal("required resource not specified");
}

function* findFromFiles(kubectl: Kubectl): Run<Found> {
  const { loaded, failures } = yield* loadFiles(kubectl);
  const infos: Info[] = [];
  const refusals = [...failures];
  for (const { resource, namespace, name, source } of loaded) {
    const response = yield* send({ method: "GET", path: pathOf(resource, namespace, name) });
    if (failed(response)) refusals.push(failureText(response));
    else infos.push(infoOf(resource, response.body as JsonObject, source));
  }
  return { infos, failures: refusals, single: loaded.length === 1 };
}

/** Finds the objects; any refusal ends the command. */
export function* mustFind(kubectl: Kubectl, options: TargetOptions = {}): Run<readonly Info[]> {
  const { infos, failures } = yield* findObjects(kubectl, options);
  if (failures.length > 0) throw settle(failures);
  return infos;
}

export const settle = (failures: readonly string[]): Exit => new Exit(failures.join(""));
