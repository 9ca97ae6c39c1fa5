/**
 * Objects from `-f`: files, folders and standard input, several documents and Lists, with kubectl's complaints.
 * @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/resource/{builder,visitor}.go
 * Not modelled: URLs, kustomizations.
 */
import type { JsonObject } from "../../kube/apis/objects";
import { type ResourceInfo, resourceOfKind } from "../../kube/apis/resources";
import type { Json } from "../../sim/types";
import { entriesOf, expandGlob, isFolder, resolvePath } from "../paths";
import { filePaths, readAllInput, readFile, type Run, terminalState } from "../program";
import { parseYaml } from "../yaml/parse";
import type { Kubectl } from "./context";
import { fatal } from "./failure";
import { jsonText } from "./printers/json";

export interface Loaded {
  readonly object: JsonObject;
  readonly resource: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As named in errors: the path, or `STDIN`. */
  readonly source: string;
}

interface Source {
  readonly name: string;
  readonly text: string;
}

const EXTENSIONS = /\.(json|yaml|yml)$/;

function* sourcesOf(kubectl: Kubectl): Run<readonly Source[]> {
  const { flags } = kubectl;
  if (flags.has("kustomize")) throw fatal("kustomizations are not available in the lab");
  const { cwd } = yield* terminalState();
  const paths = yield* filePaths();
  const sources: Source[] = [];
  for (const name of flags.all("filename")) {
    if (name === "-") {
      sources.push({ name: "STDIN", text: yield* readAllInput() });
      continue;
    }
    if (/^https?:\/\//.test(name)) throw fatal(`unable to read URL ${JSON.stringify(name)}: the lab has no network outside the cluster`);
    const names = /[*?[]/.test(name) ? expandGlob(paths, cwd, name) : [name];
    if (names.length === 0) throw fatal(`the path ${JSON.stringify(name)} does not exist`);
    for (const each of names) sources.push(...(yield* sourcesAt(each, cwd, paths, flags.bool("recursive"))));
  }
  return sources;
}

function* sourcesAt(name: string, cwd: string, paths: readonly string[], recursive: boolean): Run<readonly Source[]> {
  const path = resolvePath(cwd, name);
  const text = path === undefined ? undefined : yield* readFile(path);
  if (text !== undefined) return [{ name, text }];
  if (path === undefined || !isFolder(paths, path)) throw fatal(`the path ${JSON.stringify(name)} does not exist`);
  const prefix = path === "" ? "" : `${path}/`;
  const inside = recursive
    ? paths.filter((file) => file.startsWith(prefix))
    : entriesOf(paths, path)
        .filter((entry) => !entry.endsWith("/"))
        .map((entry) => prefix + entry);
  const found: Source[] = [];
  const shown = name.replace(/\/$/, "");
  for (const file of inside.filter((each) => EXTENSIONS.test(each))) {
    const relative = file.slice(prefix.length);
    found.push({ name: shown === "." ? relative : `${shown}/${relative}`, text: (yield* readFile(file)) ?? "" });
  }
  if (found.length === 0) throw fatal(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`);
  return found;
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Everything that can be used, and a line for each document that cannot. */
export function* loadFiles(kubectl: Kubectl): Run<{ readonly loaded: readonly Loaded[]; readonly failures: readonly string[] }> {
  const loaded: Loaded[] = [];
  const failures: string[] = [];
  const validate = !/^(false|ignore)$/.test(kubectl.flags.text("validate"));
  for (const { name, text } of yield* sourcesOf(kubectl)) {
    const { documents, problem } = parseYaml(text);
    for (const { value } of documents) {
      const result = decoded(value, name, kubectl, validate);
      if (typeof result === "string") failures.push(`error: ${result}\n`);
      else loaded.push(...result);
    }
    if (problem !== undefined) failures.push(`error: error parsing ${name}: error converting YAML to JSON: ${problem.message}\n`);
  }
  return { loaded, failures };
}

function decoded(value: Json, source: string, kubectl: Kubectl, validate: boolean): readonly Loaded[] | string {
  if (!isObject(value)) {
    const kind = Array.isArray(value) ? "array" : typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "number";
    return `error validating ${JSON.stringify(source)}: error validating data: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}; if you choose to ignore these errors, turn validation off with --validate=false`;
  }
  const { apiVersion, kind } = value;
  if (validate) {
    const missing = [
      apiVersion === undefined || apiVersion === "" ? "apiVersion not set" : "",
      kind === undefined || kind === "" ? "kind not set" : "",
    ].filter((text) => text !== "");
    if (missing.length > 0)
      return `error validating ${JSON.stringify(source)}: error validating data: ${missing.length > 1 ? `[${missing.join(", ")}]` : missing[0]}; if you choose to ignore these errors, turn validation off with --validate=false`;
  }
  if (typeof kind !== "string" || kind === "") return `unable to decode ${JSON.stringify(source)}: Object 'Kind' is missing in '${jsonText(value)}'`;
  if (typeof apiVersion !== "string") return `unable to decode ${JSON.stringify(source)}: Object 'apiVersion' is missing in '${jsonText(value)}'`;
  if (kind === "List" || (kind.endsWith("List") && Array.isArray(value["items"]))) {
    const out: Loaded[] = [];
    for (const item of (value["items"] ?? []) as readonly Json[]) {
      const result = decoded(item, source, kubectl, validate);
      if (typeof result === "string") return result;
      out.push(...result);
    }
    return out;
  }
  return placed(value, source, kubectl, apiVersion, kind);
}

function placed(value: JsonObject, source: string, kubectl: Kubectl, apiVersion: string, kind: string): readonly Loaded[] | string {
  const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
  const name = typeof metadata["name"] === "string" ? metadata["name"] : "";
  const own = typeof metadata["namespace"] === "string" ? metadata["namespace"] : "";
  const resource = resourceOfKind(apiVersion, kind);
  if (resource === undefined || (resource.group === "" ? resource.version : `${resource.group}/${resource.version}`) !== apiVersion)
    return `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`;
  if (!resource.namespaced) return [{ object: value, resource, namespace: undefined, name, source }];
  if (own !== "" && kubectl.namespaceGiven && own !== kubectl.namespace)
    return `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(kubectl.namespace)}. You must pass '--namespace=${own}' to perform this operation.`;
  const namespace = own === "" ? kubectl.namespace : own;
  return [{ object: { ...value, metadata: { ...metadata, namespace } }, resource, namespace, name, source }];
}
