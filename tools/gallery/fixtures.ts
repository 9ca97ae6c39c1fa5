/** Fixture views: the rolling update of the mockups, written by hand. */
import type { ClusterView, NodeView, PodState, PodView, ReplicaSetView } from "../../src/stage/readmodel/types";

const SECOND = 1_000_000;

export function node(name: string, i: number, change: Partial<NodeView> = {}): NodeView {
  const cpu = [1.9, 2.3, 1.6][i] ?? 1;
  const memory = [3.1, 4.4, 2.9][i] ?? 2;
  return {
    uid: `node-${i}`,
    name,
    podCIDR: `10.244.${i + 1}.0/24`,
    controlPlane: false,
    state: "ready",
    troubles: [],
    stopped: false,
    cutOff: false,
    cordoned: false,
    taints: [],
    cpu: { used: cpu, of: 4, text: String(cpu) },
    memory: { used: memory, of: 8, text: `${memory} Gi` },
    pods: 2,
    components: [],
    ...change,
  };
}

export function pod(shortId: string, set: ReplicaSetView, onNode: string | undefined, state: PodState, service = true): PodView {
  return {
    uid: shortId,
    name: `${set.name}-${shortId}`,
    namespace: "default",
    shortId,
    node: onNode,
    owner: { kind: "ReplicaSet", name: set.name, uid: set.uid },
    revision: set.revision,
    state,
    containers: [{ name: "web", image: set.images[0] ?? "", init: false, ready: state.kind === "ready", restarts: 0, state: "running" }],
    restarts: 0,
    labels: { app: "web" },
    endpointOf: state.kind === "ready" && service ? ["svc"] : [],
    selectedBy: service ? ["svc"] : [],
    createdAt: 0,
  };
}

export function set(hash: string, revision: number, image: string, change: Partial<ReplicaSetView> = {}): ReplicaSetView {
  return {
    uid: hash,
    name: `web-${hash}`,
    namespace: "default",
    hash,
    deployment: "deploy",
    revision,
    images: [image],
    desired: 2,
    have: 2,
    ready: 2,
    observed: { want: 2, have: 2 },
    gap: 0,
    phase: "rest",
    acting: 0,
    ghosts: [],
    ...change,
  };
}

const READY: PodState = { kind: "ready" };

export function rolling(): ClusterView {
  const one = set("6f8d9c7b5", 1, "shop/web:1.4");
  const two = set("9bd47c6f4", 2, "shop/web:2.0", {
    desired: 3,
    ready: 1,
    observed: { want: 3, have: 2 },
    gap: 1,
    phase: "act",
    acting: 1,
    ghosts: [{ id: "ghost-1", shortId: "tq7zp" }],
  });
  const pods = [
    pod("m4xkz", one, "node-a", READY),
    pod("p9dlw", one, "node-b", READY),
    pod("zt2vn", one, "node-c", { kind: "terminating", word: { key: "stage.state.terminating", params: { seconds: 29 } } }),
    pod("k2xrb", two, "node-a", READY),
    pod("h7qcs", two, "node-c", { kind: "creating", progress: 0.62, word: { key: "stage.state.pulling", params: { percent: 62 } } }),
  ];
  return {
    now: 9.1 * SECOND,
    position: 418,
    head: 11.4 * SECOND,
    nodes: [node("node-a", 0), node("node-b", 1), node("node-c", 2)],
    pods,
    replicaSets: [one, two],
    deployments: [
      {
        uid: "deploy",
        name: "web",
        namespace: "default",
        replicas: 4,
        image: "shop/web:2.0",
        paused: false,
        strategy: "RollingUpdate",
        revision: 2,
        rolling: true,
        updated: 2,
        ready: 3,
        observed: true,
        budget: {
          floor: 3,
          ceiling: 5,
          available: 3,
          total: 4,
          ghosts: 1,
          leaving: 1,
          runs: [],
          cells: [
            { uid: "m4xkz", revision: 1, state: "ready" },
            { uid: "p9dlw", revision: 1, state: "ready" },
            { uid: "k2xrb", revision: 2, state: "ready" },
            { uid: "h7qcs", revision: 2, state: "creating" },
            { uid: "zt2vn", revision: 1, state: "terminating" },
          ],
        },
      },
    ],
    services: [
      {
        uid: "svc",
        name: "web",
        namespace: "default",
        type: "ClusterIP",
        clusterIP: "10.96.41.7",
        ports: ["80"],
        endpoints: [
          { pod: "m4xkz", ready: true, terminating: false },
          { pod: "p9dlw", ready: true, terminating: false },
          { pod: "k2xrb", ready: true, terminating: false },
          { pod: "zt2vn", ready: false, terminating: true },
        ],
        readyCount: 3,
      },
    ],
    requests: [0, 1, 2, 3, 4, 5].map((i) => ({
      id: `r${i}`,
      client: "clients",
      service: "svc",
      pod: ["m4xkz", "p9dlw", "k2xrb"][i % 3],
      failed: false,
      sentAt: (9.1 - 0.15 * (i + 0.7)) * SECOND,
      arrivesAt: (9.1 - 0.15 * (i + 0.7) + 1) * SECOND,
    })),
    traffic: [{ client: "clients", service: "svc", perSecond: 212, failed: 0 }],
    components: [],
    hidden: 0,
    namespaces: ["default"],
    touched: [],
  };
}

export function empty(): ClusterView {
  return { ...rolling(), pods: [], replicaSets: [], deployments: [], services: [], requests: [], traffic: [] };
}

const PARTS = [
  "apiserver",
  "scheduler",
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
  "node-lifecycle-controller",
  "garbage-collector",
  "namespace-controller",
];

/** Several applications, a control plane, every state. */
export function busy(): ClusterView {
  const base = rolling();
  const names = ["db", "redis", "result", "vote", "worker"];
  const sets = names.map((name, i) =>
    set(`${"5c8f7d"}${i}b${i}`, 1, `${name}:1`, {
      uid: name,
      name: `${name}-5c8f7d${i}b${i}`,
      deployment: `d-${name}`,
      desired: i + 1,
      have: i + 1,
      observed: { want: i + 1, have: i + 1 },
      ready: 1,
    }),
  );
  const states: readonly PodState[] = [
    READY,
    { kind: "notReady", word: { key: "stage.state.notReady" } },
    { kind: "failed", reason: "ImagePullBackOff" },
    { kind: "creating", progress: 0.3, word: { key: "stage.state.creating" } },
    { kind: "pending" },
    { kind: "unknown", word: { key: "stage.state.unknown" } },
    { kind: "terminating", word: { key: "stage.state.terminating", params: { seconds: 12 } } },
  ];
  let n = 0;
  const pods = sets.flatMap((one, i) =>
    Array.from({ length: i + 1 }, (_, j) => {
      const state = states[n % states.length] as PodState;
      const place = state.kind === "pending" ? undefined : ["node-a", "node-b", "node-c"][(n + j) % 3];
      n++;
      return {
        ...pod(`p${i}${j}xyz`.slice(0, 5), one, place, state, false),
        restarts: n % 5,
        endpointOf: state.kind === "ready" ? [`s-${one.uid}`] : [],
        selectedBy: [`s-${one.uid}`],
      };
    }),
  );
  return {
    ...base,
    nodes: [
      {
        ...node("control-plane", 3),
        controlPlane: true,
        components: PARTS.map((part, i) => ({
          address: `${part}/main`,
          who: { key: `stage.who.${part}` },
          node: "control-plane",
          running: i !== 1,
          behind: i === 3 ? 2 : 0,
        })),
      },
      node("node-a", 0),
      node("node-b", 1, { cordoned: true }),
      node("node-c", 2, { state: "unknown" }),
    ],
    pods,
    replicaSets: sets,
    deployments: names.map((name, i) => ({
      ...(base.deployments[0] as ClusterView["deployments"][number]),
      uid: `d-${name}`,
      name,
      replicas: i + 1,
      image: `${name}:1`,
      rolling: false,
    })),
    services: names.slice(0, 4).map((name) => ({
      uid: `s-${name}`,
      name,
      namespace: "default",
      type: "ClusterIP",
      clusterIP: "10.96.12.4",
      ports: ["80"],
      endpoints: pods
        .filter((one) => one.owner?.uid === name && one.state.kind === "ready")
        .map((one) => ({ pod: one.uid, ready: true, terminating: false })),
      readyCount: 1,
    })),
    requests: [],
    traffic: [],
  };
}

/** A hundred Pods of one Deployment that rolls. */
export function hundred(): ClusterView {
  const base = rolling();
  const one = set("6f8d9c7b5", 1, "shop/web:1.4", { desired: 60, have: 60, observed: { want: 60, have: 60 } });
  const two = set("9bd47c6f4", 2, "shop/web:2.0", {
    desired: 48,
    have: 44,
    observed: { want: 48, have: 44 },
    gap: 4,
    phase: "act",
    acting: 4,
    ghosts: [1, 2, 3, 4].map((i) => ({ id: `g${i}` })),
  });
  const at = (i: number): string => `node-${"abcdefghij"[i % 10]}`;
  const pods = [
    ...Array.from({ length: 60 }, (_, i) => pod(`a${i}qqq`.slice(0, 5), one, at(i), READY)),
    ...Array.from({ length: 44 }, (_, i) =>
      pod(
        `b${i}qqq`.slice(0, 5),
        two,
        i < 40 ? at(i * 7) : undefined,
        i < 30 ? READY : i < 40 ? { kind: "creating", progress: 0.5 } : { kind: "pending" },
      ),
    ),
  ];
  return {
    ...base,
    pods,
    replicaSets: [one, two],
    nodes: Array.from({ length: 10 }, (_, i) => node(at(i), i)),
    services: base.services.map((s) => ({
      ...s,
      endpoints: pods.filter((p) => p.endpointOf.length > 0).map((p) => ({ pod: p.uid, ready: true, terminating: false })),
      readyCount: 90,
    })),
  };
}

/** One of three Pods was deleted (the first lesson). */
export function thermostat(): ClusterView {
  const base = rolling();
  const one = set("6f8d9c7b5", 1, "nginx", {
    uid: "rs",
    name: "web-6f8d9c7b5",
    desired: 3,
    have: 2,
    observed: { want: 3, have: 2 },
    gap: 1,
    phase: "act",
    acting: 1,
    ghosts: [{ id: "g", shortId: "w4nbz" }],
  });
  const pods = [
    pod("k7xtm", one, "node-a", READY),
    pod("p9dlw", one, "node-b", { kind: "terminating", word: { key: "stage.state.terminating", params: { seconds: 29 } } }),
    pod("h2qcs", one, "node-c", READY),
  ];
  return { ...base, pods, replicaSets: [one] };
}

/** A node is lost (the presenter's picture). */
export function lost(): ClusterView {
  const base = thermostat();
  const one = set("6f8d9c7b5", 1, "nginx", {
    desired: 5,
    have: 3,
    observed: { want: 5, have: 3 },
    gap: 2,
    phase: "act",
    acting: 2,
    ghosts: [{ id: "g1" }, { id: "g2" }],
  });
  const unknown: PodState = { kind: "unknown" };
  const pods = [
    pod("aaaaa", one, "node-a", READY),
    pod("bbbbb", one, "node-a", READY),
    pod("ccccc", one, "node-b", READY),
    pod("ddddd", one, "node-c", unknown),
    pod("eeeee", one, "node-c", unknown),
  ];
  return { ...base, pods, replicaSets: [one], nodes: [node("node-a", 0), node("node-b", 1), node("node-c", 2, { state: "unknown", stopped: true })] };
}

/** Three hundred nodes. */
export function many(): ClusterView {
  const base = rolling();
  const one = base.replicaSets[0] as ReplicaSetView;
  const nodes = Array.from({ length: 300 }, (_, i) =>
    node(`node-${String(i + 1).padStart(3, "0")}`, i, { zone: `zone-${(i % 3) + 1}`, state: i % 97 === 5 ? "unknown" : "ready", cordoned: i > 290 }),
  );
  const pods = nodes.flatMap((n, i) =>
    [0, 1].map((j) => ({
      ...pod(
        `${i}${j}`,
        one,
        n.name,
        i < 200 || (i * 7 + j) % 5 === 0 ? READY : i % 61 === 3 ? { kind: "failed" as const, reason: "ErrImagePull" } : { kind: "creating" as const },
      ),
      uid: `${i}-${j}`,
    })),
  );
  return { ...base, nodes, pods };
}
