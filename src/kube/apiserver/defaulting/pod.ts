/**
 * Defaults of Pods and Pod templates. Each function fills only what is missing and gives its argument back when nothing is.
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go
 */
import { addQuantities, formatQuantity } from "../../apis/quantity";
import { type Obj, flag, int, items, sortedEntries, strings, sub, text, withFields, withItems, withSub } from "../../apis/schema/typed-json";
import type { Json } from "../../../sim/types";
import { amount } from "../validation/resources";
import { defaultPullPolicy } from "./pull-policy";

export const FILE_MODE = 420;

/** Fields with these values where they are absent or zero. */
export function fill(object: Obj, values: Obj): Obj {
  const changes: Record<string, Json | undefined> = {};
  for (const [name, value] of Object.entries(values)) {
    const has = object[name];
    if (has === undefined || has === null || has === "" || has === 0) changes[name] = value;
  }
  return withFields(object, changes);
}
/** Fields with these values where they are absent; zero counts as given. */
export function fillNil(object: Obj, values: Obj): Obj {
  const missing = Object.entries(values).filter(([name]) => object[name] === undefined || object[name] === null);
  return missing.length === 0 ? object : { ...object, ...Object.fromEntries(missing) };
}

const httpGet = (handler: Obj): Obj => withSub(handler, "httpGet", (action) => fill(action, { path: "/", scheme: "HTTP" }));

/** @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_Probe */
function defaultProbe(probe: Obj): Obj {
  const filled = fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  return withSub(httpGet(filled), "grpc", (grpc) => fillNil(grpc, { service: "" }));
}

function defaultEnv(variable: Obj): Obj {
  return withSub(variable, "valueFrom", (from) => withSub(from, "fieldRef", (ref) => fill(ref, { apiVersion: "v1" })));
}

/**
 * @rule kube.defaults.container
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_Container
 */
export function defaultContainer(container: Obj): Obj {
  let out = fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: defaultPullPolicy(text(container, "image")),
  });
  out = withItems(out, "ports", (port) => fill(port, { protocol: "TCP" }));
  out = withItems(out, "env", defaultEnv);
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) out = withSub(out, name, defaultProbe);
  return withSub(out, "lifecycle", (lifecycle) => withSub(withSub(lifecycle, "postStart", httpGet), "preStop", httpGet));
}

const downwardItems = (source: Obj): Obj => withItems(source, "items", (file) => withSub(file, "fieldRef", (ref) => fill(ref, { apiVersion: "v1" })));

/**
 * @rule kube.defaults.volume
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_Volume
 */
function defaultVolume(volume: Obj): Obj {
  if (Object.keys(volume).every((name) => name === "name")) return { ...volume, emptyDir: {} };
  let out = volume;
  for (const name of ["configMap", "secret", "downwardAPI", "projected"])
    out = withSub(out, name, (source) => fillNil(source, { defaultMode: FILE_MODE }));
  out = withSub(out, "downwardAPI", downwardItems);
  out = withSub(out, "projected", (projected) =>
    withItems(projected, "sources", (source) =>
      withSub(withSub(source, "downwardAPI", downwardItems), "serviceAccountToken", (token) => fillNil(token, { expirationSeconds: 3600 })),
    ),
  );
  out = withSub(out, "hostPath", (host) => fillNil(host, { type: "" }));
  out = withSub(out, "iscsi", (iscsi) => fill(iscsi, { iscsiInterface: "default" }));
  out = withSub(out, "rbd", (rbd) => fill(rbd, { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" }));
  out = withSub(out, "azureDisk", (disk) => fillNil(disk, { cachingMode: "ReadWrite", kind: "Shared", fsType: "ext4", readOnly: false }));
  out = withSub(out, "scaleIO", (scale) => fill(scale, { storageMode: "ThinProvisioned", fsType: "xfs" }));
  out = withSub(out, "image", (image) => fill(image, { pullPolicy: defaultPullPolicy(text(image, "reference")) }));
  return withSub(out, "ephemeral", (ephemeral) =>
    withSub(ephemeral, "volumeClaimTemplate", (template) => withSub(template, "spec", (spec) => fillNil(spec, { volumeMode: "Filesystem" }))),
  );
}

/**
 * What Pods and templates have in common.
 * @rule kube.defaults.pod-spec
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_PodSpec
 */
export function defaultPodSpec(spec: Obj): Obj {
  let out = fill(spec, { dnsPolicy: "ClusterFirst", restartPolicy: "Always", schedulerName: "default-scheduler" });
  const account = text(out, "serviceAccountName") || text(out, "serviceAccount");
  if (account !== "") out = withFields(out, { serviceAccountName: account, serviceAccount: account });
  out = fillNil(out, { securityContext: {}, terminationGracePeriodSeconds: 30 });
  for (const name of ["containers", "initContainers", "ephemeralContainers"]) out = withItems(out, name, defaultContainer);
  return withItems(out, "volumes", defaultVolume);
}

/** Limits stand in for requests that are missing. */
function defaultRequests(container: Obj): Obj {
  const resources = sub(container, "resources");
  const limits = strings(resources, "limits");
  const requests = strings(resources, "requests");
  const missing = sortedEntries(limits).filter(([name]) => !Object.hasOwn(requests, name));
  if (missing.length === 0) return container;
  return withFields(container, { resources: { ...resources, requests: { ...requests, ...Object.fromEntries(missing) } } as Json });
}

function hostPorts(container: Obj): Obj {
  return withItems(container, "ports", (port) => (int(port, "hostPort") === 0 ? withFields(port, { hostPort: int(port, "containerPort") }) : port));
}

/** Requests of the whole Pod: the sum of its containers', then its limits. @source kubernetes@1.35 pkg/apis/core/v1/defaults.go defaultPodRequests */
function defaultPodLevelRequests(spec: Obj): Obj {
  const resources = sub(spec, "resources");
  if (resources === undefined || (resources["limits"] === undefined && resources["requests"] === undefined)) return spec;
  const requests: Record<string, string> = { ...strings(resources, "requests") };
  for (const name of ["cpu", "memory"]) {
    if (Object.hasOwn(requests, name)) continue;
    const own = items(spec, "containers").flatMap((container) => strings(sub(container, "resources"), "requests")[name] ?? []);
    if (own.length > 0) requests[name] = formatQuantity(own.map((value) => amount(value)).reduce(addQuantities));
  }
  for (const [name, limit] of sortedEntries(strings(resources, "limits"))) requests[name] ??= limit;
  if (Object.keys(requests).length === Object.keys(strings(resources, "requests")).length) return spec;
  return withFields(spec, { resources: { ...resources, requests } as Json });
}

/**
 * What only Pods get: requests from limits, host ports, service links.
 * @rule kube.defaults.pod
 * @source kubernetes@1.35 pkg/apis/core/v1/defaults.go SetDefaults_Pod
 */
export function defaultPod(spec: Obj): Obj {
  let out = withItems(withItems(spec, "containers", defaultRequests), "initContainers", defaultRequests);
  out = defaultPodLevelRequests(out);
  out = fillNil(out, { enableServiceLinks: true });
  if (flag(out, "hostNetwork")) out = withItems(withItems(out, "containers", hostPorts), "initContainers", hostPorts);
  return defaultPodSpec(out);
}

const templates = new WeakMap<object, Obj>();
/** A template with its defaults; the same for the same template. */
export function defaultTemplate(template: Obj): Obj {
  const known = templates.get(template);
  if (known !== undefined) return known;
  const spec = Object.freeze(defaultPodSpec(sub(template, "spec") ?? {}));
  const out = Object.freeze(withFields(template, { spec: spec as Json }));
  if (Object.isFrozen(template)) templates.set(template, out);
  templates.set(out, out);
  return out;
}
