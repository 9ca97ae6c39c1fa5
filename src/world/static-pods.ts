/**
 * The control plane as Pods: what `kubectl get pods -n kube-system` shows of the processes that are actors here. On a real node the
 * kubelet runs them from files and shows mirror Pods; here the mirror Pods come with the cluster and the actors are the processes.
 *
 * Not modelled: manifests on the node's disk; a deleted mirror Pod does not come back. kube-proxy's DaemonSet.
 * @source kubernetes@1.35 cmd/kubeadm/app/phases/controlplane/manifests.go GetStaticPodSpecs
 */
import type { Address, Json } from "../sim/types";

export const CONTROL_PLANE_NODE = "control-plane";

interface StaticPod {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly cpu: string;
  readonly memory?: string;
}

const PODS: readonly StaticPod[] = [
  { name: "etcd", image: "registry.k8s.io/etcd:3.6.6-0", command: ["etcd", "--data-dir=/var/lib/etcd"], cpu: "100m", memory: "100Mi" },
  {
    name: "kube-apiserver",
    image: "registry.k8s.io/kube-apiserver:v1.35.6",
    command: ["kube-apiserver", "--service-cluster-ip-range=10.96.0.0/16"],
    cpu: "250m",
  },
  {
    name: "kube-controller-manager",
    image: "registry.k8s.io/kube-controller-manager:v1.35.6",
    command: ["kube-controller-manager", "--cluster-cidr=10.244.0.0/16", "--use-service-account-credentials=true"],
    cpu: "200m",
  },
  { name: "kube-scheduler", image: "registry.k8s.io/kube-scheduler:v1.35.6", command: ["kube-scheduler", "--leader-elect=true"], cpu: "100m" },
];

export const CONTROL_PLANE_IMAGES: readonly string[] = PODS.map(({ image }) => image);

/** The actors that a control-plane container is. The store is part of the API server here. */
const PROCESSES: Readonly<Record<string, readonly Address[]>> = {
  etcd: ["apiserver/main"],
  "kube-apiserver": ["apiserver/main"],
  "kube-scheduler": ["scheduler/main"],
  "kube-controller-manager": [
    "deployment-controller/main",
    "replicaset-controller/main",
    "endpointslice-controller/main",
    "node-lifecycle-controller/main",
    "taint-eviction-controller/main",
    "pod-gc-controller/main",
    "namespace-controller/main",
    "garbage-collector/main",
    "serviceaccount-controller/main",
    "root-ca-certificate-publisher-controller/main",
  ],
};

export const processesOf = (namespace: string, pod: string): readonly Address[] =>
  namespace === "kube-system" && pod.endsWith(`-${CONTROL_PLANE_NODE}`) ? (PROCESSES[pod.slice(0, -CONTROL_PLANE_NODE.length - 1)] ?? []) : [];

const mirrorPod = ({ name, image, command, cpu, memory }: StaticPod): Json => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: `${name}-${CONTROL_PLANE_NODE}`,
    namespace: "kube-system",
    labels: { component: name, tier: "control-plane" },
    annotations: { "kubernetes.io/config.mirror": name, "kubernetes.io/config.source": "file" },
  },
  spec: {
    nodeName: CONTROL_PLANE_NODE,
    hostNetwork: true,
    priorityClassName: "system-node-critical",
    tolerations: [{ effect: "NoExecute", operator: "Exists" }],
    containers: [
      { name, image, imagePullPolicy: "IfNotPresent", command, resources: { requests: { cpu, ...(memory === undefined ? {} : { memory }) } } },
    ],
  },
});

export const mirrorPods = (): readonly Json[] => PODS.map(mirrorPod);
