/**
 * A fresh cluster comes up: the objects an installer and the API server itself create, then the machines, then the controllers. One
 * input to `world/main` starts it, so everything in a world has a cause.
 *
 * Not modelled: certificates, bootstrap tokens, the installer's own steps.
 */
import { SERVICE_ACCOUNT } from "../kube/apiserver/admission/plugins";
import type { ApiRequest } from "../kube/apiserver/door";
import type { NodeConfig } from "../kube/kubelet/tables";
import { millis } from "../sim/time";
import type { Actor, Json, Message, Tx } from "../sim/types";
import { CONTROL_PLANE_ADDRESS, nodeConfigs, type WorldConfig } from "./config";
import { SAMPLES } from "./samples";
import { mirrorPods } from "./static-pods";

export interface Boot extends Message {
  readonly type: "world.boot";
  readonly nodes: readonly NodeConfig[];
  readonly objects: readonly { readonly path: string; readonly body: Json }[];
  readonly components: readonly string[];
}

const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];
/** The first objects are there before the first component looks. */
const OBJECTS_EVERY = millis(1);
const COMPONENTS_AT = millis(100);

const priorityClass = (name: string, value: number, description: string): Json => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  value,
  description,
});

/** @source kubernetes@1.35 pkg/apis/scheduling/v1/helpers.go SystemPriorityClasses */
const PRIORITY_CLASSES: readonly Json[] = [
  priorityClass("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
  priorityClass(
    "system-cluster-critical",
    2_000_000_000,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ),
];

/** @source kubernetes@1.35 pkg/controlplane/controller/kubernetesservice/controller.go UpdateKubernetesService */
const KUBERNETES_SERVICE: Json = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kubernetes", labels: { component: "apiserver", provider: "kubernetes" } },
  spec: {
    clusterIP: "10.96.0.1",
    ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    sessionAffinity: "None",
    type: "ClusterIP",
  },
};

/** The API server lists itself: a slice that no controller writes. @source kubernetes@1.35 pkg/controlplane/reconcilers/endpointsadapter.go Create */
const kubernetesSlice = (address: string): Json => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "kubernetes", labels: { "kubernetes.io/service-name": "kubernetes" } },
  addressType: "IPv4",
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
  ports: [{ name: "https", port: 6443, protocol: "TCP" }],
});

const DNS_LABELS = { "k8s-app": "kube-dns" };
const DNS_SERVICE: Json = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kube-dns", labels: { ...DNS_LABELS, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" } },
  spec: {
    clusterIP: "10.96.0.10",
    selector: DNS_LABELS,
    ports: [
      { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
      { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
    ],
  },
};
const DNS_DEPLOYMENT: Json = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "coredns", labels: DNS_LABELS },
  spec: {
    replicas: 2,
    selector: { matchLabels: DNS_LABELS },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels: DNS_LABELS },
      spec: {
        priorityClassName: "system-cluster-critical",
        tolerations: [
          { key: "CriticalAddonsOnly", operator: "Exists" },
          { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
        ],
        dnsPolicy: "Default",
        containers: [
          {
            name: "coredns",
            image: "registry.k8s.io/coredns/coredns:v1.13.1",
            resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
            ports: [
              { name: "dns", containerPort: 53, protocol: "UDP" },
              { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
            ],
          },
        ],
      },
    },
  },
};

/** The input that brings a cluster up. */
export function bootOf(config: WorldConfig, components: readonly string[]): Boot {
  const objects = [
    ...NAMESPACES.map((name) => ({ path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name } } })),
    ...PRIORITY_CLASSES.map((body) => ({ path: "/apis/scheduling.k8s.io/v1/priorityclasses", body })),
    { path: "/api/v1/namespaces/default/services", body: KUBERNETES_SERVICE },
    { path: "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", body: kubernetesSlice(CONTROL_PLANE_ADDRESS) },
  ];
  const system = [
    { path: "/api/v1/namespaces/kube-system/services", body: DNS_SERVICE },
    { path: "/apis/apps/v1/namespaces/kube-system/deployments", body: DNS_DEPLOYMENT },
  ];
  const mirrors = config.controlPlane ? mirrorPods().map((body) => ({ path: "/api/v1/namespaces/kube-system/pods", body })) : [];
  return {
    type: "world.boot",
    nodes: nodeConfigs(config),
    objects: config.kubeSystem ? [...objects, ...system, ...mirrors] : objects,
    components,
  };
}

export const worldActor: Actor = {
  kind: "world",
  receive(tx: Tx, _name, message): void {
    if (message.type !== "world.boot") return;
    const { nodes, objects, components } = message as Boot;
    tx.send("apiserver/main", { type: "api.plugins", names: [SERVICE_ACCOUNT] } as Message, OBJECTS_EVERY);
    for (const [i, { path, body }] of objects.entries()) {
      const request: ApiRequest = { method: "POST", path, body, contentType: "application/json", user: "system:apiserver" };
      tx.send("apiserver/main", { type: "api.request", id: i + 1, replyTo: tx.self, request } as Message, OBJECTS_EVERY * (i + 1));
    }
    for (const config of nodes) tx.send(`kubelet/${config.name}`, { type: "kubelet.configure", config } as Message, COMPONENTS_AT);
    for (const [path, text] of Object.entries(SAMPLES)) tx.send("terminal/1", { type: "workspace.write", path, text } as Message, COMPONENTS_AT);
    for (const component of components) tx.send(component, { type: "actor.start" }, COMPONENTS_AT);
  },
};
