/**
 * Defaults kind by kind. `applyDefaults` is idempotent and shares what it does not change.
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go and their siblings
 */
import type { Json } from "../../../sim/types";
import type { ResourceInfo } from "../../apis/resources";
import { toBase64 } from "../../apis/schema/go-base64";
import { type Obj, int, items, sortedEntries, strings, sub, text, texts, withFields, withItems, withSub } from "../../apis/schema/typed-json";
import { isExternallyAccessible } from "../validation/service";
import { defaultPod, defaultTemplate, fill, fillNil } from "./pod";

type Defaults = (object: Obj) => Obj;

const onSpec =
  (change: Defaults): Defaults =>
  (object) =>
    withFields(object, { spec: change(sub(object, "spec") ?? {}) as Json });
const template: Defaults = (spec) => withFields(spec, { template: defaultTemplate(sub(spec, "template") ?? {}) as Json });

/**
 * @rule kube.defaults.deployment
 * @source kubernetes@1.35 pkg/apis/apps/v1/defaults.go SetDefaults_Deployment
 */
const deployment: Defaults = (spec) => {
  const filled = fillNil(template(spec), { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  return withSub(filled, "strategy", (strategy) => {
    const typed = fill(strategy, { type: "RollingUpdate" });
    if (text(typed, "type") !== "RollingUpdate") return typed;
    const rolling = fillNil(sub(typed, "rollingUpdate") ?? {}, { maxUnavailable: "25%", maxSurge: "25%" });
    return withFields(typed, { rollingUpdate: rolling as Json });
  });
};

const statefulSet: Defaults = (spec) => {
  const filled = fillNil(fill(template(spec), { podManagementPolicy: "OrderedReady" }), {
    replicas: 1,
    updateStrategy: {},
    revisionHistoryLimit: 10,
  });
  const strategy = withSub(filled, "updateStrategy", (given) => {
    const typed = fill(given, { type: "RollingUpdate" });
    if (text(typed, "type") !== "RollingUpdate") return typed;
    return withFields(typed, { rollingUpdate: fillNil(sub(typed, "rollingUpdate") ?? {}, { partition: 0 }) as Json });
  });
  const retention = fill(sub(strategy, "persistentVolumeClaimRetentionPolicy") ?? {}, { whenDeleted: "Retain", whenScaled: "Retain" });
  const claims = withItems(strategy, "volumeClaimTemplates", (claim) => {
    const status = fill(sub(claim, "status") ?? {}, { phase: "Pending" });
    return withFields(onSpec(claimSpec)(claim), { apiVersion: "v1", kind: "PersistentVolumeClaim", status: status as Json });
  });
  return withFields(claims, { persistentVolumeClaimRetentionPolicy: retention as Json });
};

const daemonSet: Defaults = (spec) => {
  const filled = fillNil(template(spec), { updateStrategy: {}, revisionHistoryLimit: 10 });
  return withSub(filled, "updateStrategy", (given) => {
    const typed = fill(given, { type: "RollingUpdate" });
    if (text(typed, "type") !== "RollingUpdate") return typed;
    return withFields(typed, { rollingUpdate: fillNil(sub(typed, "rollingUpdate") ?? {}, { maxUnavailable: 1, maxSurge: 0 }) as Json });
  });
};

const job: Defaults = (spec) => {
  const nothing = spec["completions"] === undefined && spec["parallelism"] === undefined;
  let out = fillNil(template(spec), { parallelism: 1, backoffLimit: spec["backoffLimitPerIndex"] === undefined ? 6 : 2147483647, suspend: false });
  if (nothing) out = fillNil(out, { completions: 1 });
  out = fillNil(out, { completionMode: "NonIndexed", manualSelector: false });
  const failing = spec["podFailurePolicy"] !== undefined;
  out = fillNil(out, { podReplacementPolicy: failing ? "Failed" : "TerminatingOrFailed" });
  return withSub(out, "podFailurePolicy", (policy) =>
    withItems(policy, "rules", (rule) => withItems(rule, "onPodConditions", (condition) => fill(condition, { status: "True" }))),
  );
};

const cronJob: Defaults = (spec) => {
  const jobTemplate = sub(spec, "jobTemplate") ?? {};
  const inner = sub(jobTemplate, "spec") ?? {};
  const changed = withFields(jobTemplate, { spec: template(inner) as Json });
  const filled = fillNil(withFields(spec, { jobTemplate: changed as Json }), {
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  return fill(filled, { concurrencyPolicy: "Allow" });
};

/**
 * @rule kube.defaults.service
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_Service
 */
const service: Defaults = (spec) => {
  let out = fill(spec, { sessionAffinity: "None", type: "ClusterIP" });
  if (text(out, "sessionAffinity") === "None") out = withFields(out, { sessionAffinityConfig: undefined });
  if (text(out, "sessionAffinity") === "ClientIP") {
    const client = fillNil(sub(sub(out, "sessionAffinityConfig"), "clientIP") ?? {}, { timeoutSeconds: 10800 });
    out = withFields(out, { sessionAffinityConfig: { ...sub(out, "sessionAffinityConfig"), clientIP: client } as Json });
  }
  out = withItems(out, "ports", (port) => {
    const typed = fill(port, { protocol: "TCP" });
    const target = port["targetPort"];
    return target === undefined || target === 0 || target === "" ? withFields(typed, { targetPort: int(port, "port") }) : typed;
  });
  if (isExternallyAccessible(out)) out = fill(out, { externalTrafficPolicy: "Cluster" });
  const type = text(out, "type");
  if (type === "ClusterIP" || type === "NodePort" || type === "LoadBalancer") out = fillNil(out, { internalTrafficPolicy: "Cluster" });
  return type === "LoadBalancer" ? fillNil(out, { allocateLoadBalancerNodePorts: true }) : out;
};

const namespace: Defaults = (object) => {
  const meta = sub(object, "metadata") ?? {};
  const name = text(meta, "name");
  if (name === "" || strings(meta, "labels")["kubernetes.io/metadata.name"] === name) return object;
  return withFields(object, { metadata: { ...meta, labels: { ...strings(meta, "labels"), "kubernetes.io/metadata.name": name } } as Json });
};

/** stringData wins over data. @source kubernetes@1.35 pkg/apis/core/v1/conversion.go Convert_v1_Secret_To_core_Secret */
const secret: Defaults = (object) => {
  const plain = sortedEntries(strings(object, "stringData"));
  const typed = fill(object, { type: "Opaque" });
  if (plain.length === 0) return withFields(typed, { stringData: undefined });
  const encoded = Object.fromEntries(plain.map(([key, value]) => [key, toBase64(value)]));
  return withFields(typed, { stringData: undefined, data: { ...strings(object, "data"), ...encoded } as Json });
};

const endpointSlice: Defaults = (object) => withItems(object, "ports", (port) => fillNil(port, { name: "", protocol: "TCP" }));
const claimSpec: Defaults = (spec) => fillNil(spec, { volumeMode: "Filesystem" });
const volume: Defaults = (spec) => {
  const out = fillNil(fill(spec, { persistentVolumeReclaimPolicy: "Retain" }), { volumeMode: "Filesystem" });
  return withSub(out, "hostPath", (host) => fillNil(host, { type: "" }));
};

const hpa: Defaults = (spec) => {
  const out = fillNil(spec, { minReplicas: 1 });
  const average = { type: "Utilization", averageUtilization: 80 };
  const metrics =
    items(out, "metrics").length === 0 ? withFields(out, { metrics: [{ type: "Resource", resource: { name: "cpu", target: average } }] }) : out;
  return withSub(metrics, "behavior", (behavior) => {
    const upPolicies = [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ];
    const rules = (given: Obj | undefined, window: number | undefined, policies: Json): Obj => {
      const filled = fillNil(given ?? {}, { selectPolicy: "Max", ...(window === undefined ? {} : { stabilizationWindowSeconds: window }) });
      return items(filled, "policies").length === 0 ? withFields(filled, { policies }) : filled;
    };
    return withFields(behavior, {
      scaleUp: rules(sub(behavior, "scaleUp"), 0, upPolicies) as Json,
      scaleDown: rules(sub(behavior, "scaleDown"), undefined, [{ type: "Percent", value: 100, periodSeconds: 15 }]) as Json,
    });
  });
};

/** @source kubernetes@1.35 pkg/apis/networking/v1/defaults.go SetDefaults_NetworkPolicy */
const networkPolicy: Defaults = (spec) => {
  const out = withItems(withItems(spec, "ingress", defaultPorts), "egress", defaultPorts);
  if (texts(out, "policyTypes").length > 0) return out;
  return withFields(out, { policyTypes: items(out, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"] });
};
const defaultPorts: Defaults = (rule) => withItems(rule, "ports", (port) => fillNil(port, { protocol: "TCP" }));

/** @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem */
const limitRange: Defaults = (spec) =>
  withItems(spec, "limits", (limit) => {
    if (text(limit, "type") !== "Container") return limit;
    const usual = { ...strings(limit, "max"), ...strings(limit, "default") };
    const asks = { ...strings(limit, "min"), ...usual, ...strings(limit, "defaultRequest") };
    return withFields(limit, {
      default: Object.keys(usual).length > 0 ? usual : undefined,
      defaultRequest: Object.keys(asks).length > 0 ? asks : undefined,
    });
  });

/** The old field and the first of the new ones are the same. @source kubernetes@1.35 pkg/apis/core/v1/conversion.go Convert_v1_NodeSpec_To_core_NodeSpec */
const node: Defaults = (object) =>
  withSub(object, "spec", (spec) => {
    const [one, many] = [text(spec, "podCIDR"), texts(spec, "podCIDRs")];
    if (one !== "" && many.length === 0) return withFields(spec, { podCIDRs: [one] });
    return many[0] !== undefined && many[0] !== one ? withFields(spec, { podCIDR: many[0] }) : spec;
  });

const subjects: Defaults = (object) => {
  const out = withItems(object, "subjects", (subject) => {
    const kind = text(subject, "kind");
    return kind === "User" || kind === "Group" ? fill(subject, { apiGroup: "rbac.authorization.k8s.io" }) : subject;
  });
  return withSub(out, "roleRef", (ref) => fill(ref, { apiGroup: "rbac.authorization.k8s.io" }));
};

const BY_RESOURCE: Readonly<Record<string, Defaults>> = {
  pods: onSpec(defaultPod),
  deployments: onSpec(deployment),
  replicasets: onSpec((spec) => fillNil(template(spec), { replicas: 1 })),
  statefulsets: onSpec(statefulSet),
  daemonsets: onSpec(daemonSet),
  jobs: onSpec(job),
  cronjobs: onSpec(cronJob),
  services: onSpec(service),
  namespaces: namespace,
  nodes: node,
  secrets: secret,
  endpointslices: endpointSlice,
  endpoints: (object) => withItems(object, "subsets", (subset) => withItems(subset, "ports", (port) => fill(port, { protocol: "TCP" }))),
  persistentvolumeclaims: (object) => fillNil(onSpec(claimSpec)(object), { status: {} }),
  persistentvolumes: onSpec(volume),
  priorityclasses: (object) => fillNil(object, { preemptionPolicy: "PreemptLowerPriority" }),
  storageclasses: (object) => fillNil(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  horizontalpodautoscalers: onSpec(hpa),
  networkpolicies: onSpec(networkPolicy),
  limitranges: onSpec(limitRange),
  rolebindings: subjects,
  clusterrolebindings: subjects,
};

/** @rule kube.defaults.apply */
export function applyDefaults(resource: ResourceInfo, object: Obj): Obj {
  return BY_RESOURCE[resource.name]?.(object) ?? object;
}
