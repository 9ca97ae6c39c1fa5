/** Documents about the API itself: versions, groups, resources. */
import type { Json } from "../../sim/types";
import { RESOURCES, type ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";
import { answer, noSuchResource } from "./status";

const VERSION = {
  major: "1",
  minor: "35",
  gitVersion: "v1.35.6",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "",
  goVersion: "go1.25.0",
  compiler: "gc",
  platform: "linux/amd64",
};
const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** What each subresource takes and answers, where that is not the kind itself. */
const SUBRESOURCE_KINDS: Readonly<
  Record<string, { readonly group?: string; readonly version?: string; readonly kind: string; readonly verbs: readonly string[] }>
> = {
  binding: { kind: "Binding", verbs: ["create"] },
  eviction: { group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] },
  scale: { group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"] },
  log: { kind: "Pod", verbs: ["get"] },
  exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
  attach: { kind: "PodAttachOptions", verbs: ["create", "get"] },
  portforward: { kind: "PodPortForwardOptions", verbs: ["create", "get"] },
  finalize: { kind: "Namespace", verbs: ["update"] },
  token: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", verbs: ["create"] },
};

function describe(resource: ResourceInfo): Json[] {
  const { name, singular, namespaced, kind, shortNames, categories } = resource;
  const main = {
    name,
    singularName: singular,
    namespaced,
    kind,
    verbs: VERBS,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories === undefined ? {} : { categories }),
  };
  const doors = resource.subresources.map((door) => ({
    name: `${name}/${door}`,
    singularName: "",
    namespaced,
    verbs: ["get", "patch", "update"],
    kind,
    ...SUBRESOURCE_KINDS[door],
  }));
  return [main, ...doors] as Json[];
}

const groups = [...new Set(RESOURCES.map((resource) => resource.group).filter((group) => group !== ""))];
const groupOf = (name: string): Json => {
  const version = { groupVersion: `${name}/v1`, version: "v1" };
  return { name, versions: [version], preferredVersion: version };
};
const resourceList = (group: string): Json => ({
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: group === "" ? "v1" : `${group}/v1`,
  resources: RESOURCES.filter((resource) => resource.group === group).flatMap(describe),
});

/** @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/discovery */
export function discovery(path: string, _accept: string | undefined): ApiResponse {
  const parts = path.split("/").filter((part) => part !== "");
  const [root, first, second] = parts;
  if (path === "/version" || path === "/version/") return answer(200, VERSION);
  if (root === "healthz" || root === "livez" || root === "readyz") return answer(200, "ok");
  if (root === "api" && first === undefined)
    return answer(200, {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "10.0.0.2:6443" }],
    });
  if (root === "api" && first === "v1") return answer(200, resourceList(""));
  if (root === "apis" && first === undefined) return answer(200, { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) });
  if (root === "apis" && first !== undefined && groups.includes(first)) {
    if (second === undefined) return answer(200, { kind: "APIGroup", apiVersion: "v1", ...(groupOf(first) as object) } as Json);
    if (second === "v1") return answer(200, resourceList(first));
  }
  return noSuchResource();
}
