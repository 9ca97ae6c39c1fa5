/**
 * Documents about the API itself: versions, groups, resources, by group and aggregated.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/discovery
 */
import type { Json } from "../../sim/types";
import { RESOURCES, type ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";
import { openapi } from "./openapi";
import { answer, noSuchResource } from "./status";

const VERSION = {
  major: "1",
  minor: "35",
  emulationMajor: "1",
  emulationMinor: "35",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "34",
  gitVersion: "v1.35.6",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "go1.25.0",
  compiler: "gc",
  platform: "linux/amd64",
};
const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** Namespaces go one by one; a Service can be deleted in bulk since 1.23. */
const verbsOf = ({ name }: ResourceInfo): readonly string[] => (name === "namespaces" ? VERBS.filter((verb) => verb !== "deletecollection") : VERBS);

interface Door {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly verbs: readonly string[];
}
/** What each subresource takes and answers, where that is not the kind itself. */
const DOORS: Readonly<Record<string, Door>> = {
  binding: { kind: "Binding", verbs: ["create"] },
  eviction: { group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] },
  scale: { group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"] },
  log: { verbs: ["get"] },
  exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
  attach: { kind: "PodAttachOptions", verbs: ["create", "get"] },
  portforward: { kind: "PodPortForwardOptions", verbs: ["create", "get"] },
  finalize: { verbs: ["update"] },
  token: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", verbs: ["create"] },
};
function doorOf(door: string): Door {
  return DOORS[door] ?? { verbs: ["get", "patch", "update"] };
}

function describe(resource: ResourceInfo): Json[] {
  const { name, singular, namespaced, kind, shortNames, categories } = resource;
  const main = {
    name,
    singularName: singular,
    namespaced,
    kind,
    verbs: verbsOf(resource),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories === undefined ? {} : { categories }),
  };
  const doors = resource.subresources.map((door) => ({ name: `${name}/${door}`, singularName: "", namespaced, kind, ...doorOf(door) }));
  return [main, ...doors] as Json[];
}

function aggregated(resource: ResourceInfo): Json {
  const { name, singular, namespaced, kind, shortNames, categories } = resource;
  const responseKind = (door?: Door) => ({ group: door?.group ?? "", version: door?.version ?? "", kind: door?.kind ?? kind });
  const subresources = resource.subresources.map((door) => {
    const { verbs, ...rest } = doorOf(door);
    return { subresource: door, responseKind: responseKind({ verbs, ...rest }), verbs };
  });
  return {
    resource: name,
    responseKind: responseKind(),
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs: verbsOf(resource),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories === undefined ? {} : { categories }),
    ...(subresources.length > 0 ? { subresources } : {}),
  } as Json;
}

const groups = [...new Set(RESOURCES.map((resource) => resource.group).filter((group) => group !== ""))];
const groupVersion = (group: string): string => (group === "" ? "v1" : `${group}/v1`);
const groupOf = (name: string) => {
  const version = { groupVersion: groupVersion(name), version: "v1" };
  return { name, versions: [version], preferredVersion: version };
};
const inGroup = (group: string): readonly ResourceInfo[] => RESOURCES.filter((resource) => resource.group === group);
const resourceList = (group: string): Json => ({
  kind: "APIResourceList",
  apiVersion: "v1",
  groupVersion: groupVersion(group),
  resources: inGroup(group).flatMap(describe),
});

/** @rule kube.api.aggregated-discovery */
const aggregate = (names: readonly string[], apiVersion: string): Json => ({
  kind: "APIGroupDiscoveryList",
  apiVersion,
  metadata: {},
  items: names.map((name) => ({
    metadata: name === "" ? { creationTimestamp: null } : { name, creationTimestamp: null },
    versions: [{ version: "v1", resources: inGroup(name).map(aggregated), freshness: "Current" }],
  })),
});

/** The API version of aggregated discovery that the client takes, if any. */
const wantsAggregated = (accept: string | undefined): string | undefined => {
  const match = /application\/json;(?=[^,]*g=apidiscovery\.k8s\.io)(?=[^,]*as=APIGroupDiscoveryList)[^,]*v=(v2(?:beta1)?)/.exec(accept ?? "");
  return match === null ? undefined : `apidiscovery.k8s.io/${match[1]}`;
};

const ROOTS = [
  "/api",
  "/api/v1",
  "/apis",
  ...groups.flatMap((group) => [`/apis/${group}`, `/apis/${group}/v1`]),
  "/healthz",
  "/livez",
  "/openapi/v3",
  "/readyz",
  "/version",
];

/** @rule kube.api.discovery */
export function discovery(path: string, accept: string | undefined): ApiResponse {
  const [root, first, second] = path.split("/").filter((part) => part !== "");
  const whole = wantsAggregated(accept);
  switch (root) {
    case undefined:
      return answer(200, { paths: ROOTS });
    case "version":
      return answer(200, VERSION);
    case "healthz":
    case "livez":
    case "readyz":
      return answer(200, "ok");
    case "openapi":
      return openapi(path);
    case "api":
      if (first === "v1") return answer(200, resourceList(""));
      if (whole !== undefined) return answer(200, aggregate([""], whole));
      return answer(200, {
        kind: "APIVersions",
        versions: ["v1"],
        serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "10.0.0.2:6443" }],
      });
    case "apis":
      if (first === undefined)
        return answer(200, whole === undefined ? { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) } : aggregate(groups, whole));
      if (!groups.includes(first)) return noSuchResource();
      if (second === undefined) return answer(200, { kind: "APIGroup", apiVersion: "v1", ...groupOf(first) });
      return second === "v1" ? answer(200, resourceList(first)) : noSuchResource();
    default:
      return noSuchResource();
  }
}
