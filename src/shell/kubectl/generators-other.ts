/**
 * Generators of kinds that this API server may not serve: with `--dry-run=client -o yaml` they still write the manifest.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_*.go
 */
import type { JsonObject } from "../../kube/apis/objects";
import type { Kubectl } from "./context";
import { fatal } from "./failure";
import type { Generator } from "./generators";

const jobContainer = (name: string, image: string, command: readonly string[]): JsonObject => ({
  ...(command.length > 0 ? { command } : {}),
  image,
  name,
  resources: {},
});

function job({ flags }: Kubectl, [name = ""]: readonly string[], command: readonly string[]): JsonObject {
  if (!flags.has("image")) throw fatal("either --image or --from must be specified");
  const spec = { containers: [jobContainer(name, flags.text("image"), command)], restartPolicy: "Never" };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { template: { metadata: {}, spec } }, status: {} };
}

function cronJob({ flags }: Kubectl, [name = ""]: readonly string[], command: readonly string[]): JsonObject {
  const restartPolicy = flags.text("restart") || "OnFailure";
  const template = { metadata: {}, spec: { containers: [jobContainer(name, flags.text("image"), command)], restartPolicy } };
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name },
    spec: { jobTemplate: { metadata: { name }, spec: { template } }, schedule: flags.text("schedule") },
    status: {},
  };
}

const pairs = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair !== "")
      .map((pair) => [pair.split("=")[0] ?? "", pair.split("=").slice(1).join("=")]),
  );

function quota({ flags }: Kubectl, [name = ""]: readonly string[]): JsonObject {
  const hard = pairs(flags.text("hard"));
  const scopes = flags.all("scopes");
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name },
    spec: { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) },
    status: {},
  };
}

const GROUP_OF: Readonly<Record<string, string>> = {
  deployments: "apps",
  replicasets: "apps",
  statefulsets: "apps",
  daemonsets: "apps",
  jobs: "batch",
  cronjobs: "batch",
  ingresses: "networking.k8s.io",
  leases: "coordination.k8s.io",
};

const role = (kind: "Role" | "ClusterRole"): Generator["make"] =>
  function ({ flags }, [name = ""]): JsonObject {
    if (flags.all("verb").length === 0) throw fatal("at least one verb must be specified");
    const byGroup = new Map<string, string[]>();
    for (const resource of flags.all("resource")) {
      const [word = "", group] = resource.split(".");
      const key = group ?? GROUP_OF[word] ?? "";
      byGroup.set(key, [...(byGroup.get(key) ?? []), word]);
    }
    const names = flags.all("resource-name");
    const rules = [...byGroup].map(([group, resources]) => ({
      apiGroups: [group],
      ...(names.length > 0 ? { resourceNames: names } : {}),
      resources,
      verbs: flags.all("verb"),
    }));
    return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name }, rules };
  };

const binding = (kind: "RoleBinding" | "ClusterRoleBinding"): Generator["make"] =>
  function ({ flags }, [name = ""]): JsonObject {
    const cluster = flags.text("clusterrole");
    const apiGroup = "rbac.authorization.k8s.io";
    const subjects = [
      ...flags.all("user").map((user) => ({ apiGroup, kind: "User", name: user })),
      ...flags.all("group").map((group) => ({ apiGroup, kind: "Group", name: group })),
      ...flags
        .all("serviceaccount")
        .map((account) => ({ kind: "ServiceAccount", name: account.split(":")[1] ?? "", namespace: account.split(":")[0] ?? "" })),
    ];
    const roleRef = { apiGroup, kind: cluster === "" ? "Role" : "ClusterRole", name: cluster === "" ? flags.text("role") : cluster };
    return { apiVersion: `${apiGroup}/v1`, kind, metadata: { name }, roleRef, ...(subjects.length > 0 ? { subjects } : {}) };
  };

function ingressPath(rule: string): { readonly host: string; readonly path: JsonObject; readonly secret?: string } {
  const match = /^([^/]*)(\/[^=]*)?=([^:]+):([^,]+)(?:,tls(?:=(.*))?)?$/.exec(rule);
  if (match === null) throw fatal(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = "", path = "/", name = "", port = "", secret] = match;
  const exact = !path.endsWith("*");
  const number = /^\d+$/.test(port) ? { number: Number(port) } : { name: port };
  return {
    host,
    secret,
    path: { backend: { service: { name, port: number } }, path: path.replace(/\*$/, "") || "/", pathType: exact ? "Exact" : "Prefix" },
  };
}

function ingress({ flags }: Kubectl, [name = ""]: readonly string[]): JsonObject {
  const hosts = new Map<string, JsonObject[]>();
  for (const rule of flags.all("rule")) {
    const { host, path } = ingressPath(rule);
    hosts.set(host, [...(hosts.get(host) ?? []), path]);
  }
  const rules = [...hosts].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } }));
  const className = flags.text("class");
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name },
    spec: { ...(className === "" ? {} : { ingressClassName: className }), rules },
    status: { loadBalancer: {} },
  };
}

const countOrPercent = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

function budget({ flags }: Kubectl, [name = ""]: readonly string[]): JsonObject {
  if (!flags.has("min-available") && !flags.has("max-unavailable")) throw fatal("one of min-available or max-unavailable must be specified");
  const limit = flags.has("max-unavailable")
    ? { maxUnavailable: countOrPercent(flags.text("max-unavailable")) }
    : { minAvailable: countOrPercent(flags.text("min-available")) };
  const status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name },
    spec: { ...limit, selector: { matchLabels: pairs(flags.text("selector")) } },
    status,
  };
}

const ROLE_FLAGS = "verb list;resource list;resource-name array";
const BINDING_FLAGS = "role string;clusterrole string;user array;group array;serviceaccount array";
const quotaGenerator: Generator = { usage: "quota", flags: "hard string;scopes list", failure: "failed to create quota:", make: quota };
const budgetGenerator: Generator = {
  usage: "poddisruptionbudget",
  flags: "min-available string;max-unavailable string;selector string",
  required: ["selector"],
  failure: "failed to create poddisruptionbudgets:",
  make: budget,
};
const ingressGenerator: Generator = {
  usage: "ingress",
  flags: "rule array;class string;annotation array;default-backend string",
  failure: "failed to create ingress:",
  make: ingress,
};
const cronGenerator: Generator = {
  usage: "cronjob",
  flags: "image string;schedule string;restart string",
  required: ["image", "schedule"],
  failure: "failed to create cronjob:",
  make: cronJob,
};

export const OTHER_GENERATORS: readonly (readonly [string, Generator])[] = [
  ["job", { usage: "job", flags: "image string;from string", failure: "failed to create job:", make: job }],
  ["cronjob", cronGenerator],
  ["cj", cronGenerator],
  ["quota", quotaGenerator],
  ["resourcequota", quotaGenerator],
  ["role", { usage: "role", flags: ROLE_FLAGS, make: role("Role") }],
  ["clusterrole", { usage: "clusterrole", flags: ROLE_FLAGS, make: role("ClusterRole") }],
  ["rolebinding", { usage: "rolebinding", flags: BINDING_FLAGS, make: binding("RoleBinding") }],
  ["clusterrolebinding", { usage: "clusterrolebinding", flags: BINDING_FLAGS, make: binding("ClusterRoleBinding") }],
  ["ingress", ingressGenerator],
  ["ing", ingressGenerator],
  ["poddisruptionbudget", budgetGenerator],
  ["pdb", budgetGenerator],
];
