/** The picture as text, from the very view that is drawn. */
import type { ClusterView, PodView, TableSection, TableView, Words } from "./types";

const column = (name: string): Words => ({ key: `stage.column.${name}` });
const cell = (value: string | number | undefined): string => (value === undefined ? "" : String(value));

/** A Pod's state in words, with the API's own reason where there is one. */
export function stateWords(pod: Pick<PodView, "state">): Words {
  const { kind, reason, word } = pod.state;
  if (kind === "failed" && reason !== undefined) return { key: "stage.state.failedBecause", params: { reason } };
  return word ?? { key: `stage.state.${kind}` };
}

function podRows(view: ClusterView): TableSection {
  const services = new Map(view.services.map((service) => [service.uid, service.name]));
  return {
    id: "pods",
    columns: ["pod", "namespace", "state", "node", "revision", "restarts", "ip", "endpointOf"].map(column),
    rows: view.pods.map((pod) => ({
      uid: pod.uid,
      cells: [
        pod.name,
        pod.namespace,
        stateWords(pod),
        cell(pod.node),
        cell(pod.revision),
        cell(pod.restarts),
        cell(pod.ip),
        pod.endpointOf.map((uid) => services.get(uid) ?? uid).join(", "),
      ],
    })),
  };
}

function loopRows(view: ClusterView): TableSection {
  return {
    id: "replicaSets",
    columns: ["replicaSet", "namespace", "revision", "wants", "counts", "ready", "seenGap"].map(column),
    rows: view.replicaSets.map((set) => ({
      uid: set.uid,
      cells: [set.name, set.namespace, cell(set.revision), cell(set.desired), cell(set.have), cell(set.ready), cell(set.gap)],
    })),
  };
}

function deploymentRows(view: ClusterView): TableSection {
  return {
    id: "deployments",
    columns: ["deployment", "namespace", "wants", "ready", "updated", "floor", "ceiling"].map(column),
    rows: view.deployments.map((one) => ({
      uid: one.uid,
      cells: [one.name, one.namespace, cell(one.replicas), cell(one.ready), cell(one.updated), cell(one.budget?.floor), cell(one.budget?.ceiling)],
    })),
  };
}

function serviceRows(view: ClusterView): TableSection {
  return {
    id: "services",
    columns: ["service", "namespace", "type", "address", "ports", "readyEndpoints"].map(column),
    rows: view.services.map((one) => ({
      uid: one.uid,
      cells: [one.name, one.namespace, one.type, cell(one.clusterIP), one.ports.join(", "), cell(one.readyCount)],
    })),
  };
}

function nodeRows(view: ClusterView): TableSection {
  return {
    id: "nodes",
    columns: ["node", "state", "scheduling", "pods", "cpu", "memory"].map(column),
    rows: view.nodes.map((node) => ({
      uid: node.uid,
      cells: [
        node.name,
        { key: `stage.node.${node.state}` },
        { key: node.cordoned ? "stage.node.cordoned" : "stage.node.open" },
        cell(node.pods),
        cell(node.cpu?.text),
        cell(node.memory?.text),
      ],
    })),
  };
}

/** The figure's description: one sentence per loop, then what is out of the ordinary. */
export function summaryOf(view: ClusterView): readonly Words[] {
  const pods = view.density === undefined ? view.pods.length : Object.values(view.density.totals).reduce((a, b) => a + b, 0);
  const words: Words[] = [{ key: "stage.summary.cluster", params: { nodes: view.nodes.length, pods, services: view.services.length } }];
  for (const set of view.replicaSets) {
    const params = { name: set.name, revision: set.revision ?? 0, want: set.observed.want, have: set.observed.have, gap: Math.abs(set.gap) };
    words.push({ key: set.gap > 0 ? "stage.summary.missing" : set.gap < 0 ? "stage.summary.surplus" : "stage.summary.settled", params });
  }
  for (const pod of view.pods) {
    if (pod.state.kind === "failed") words.push({ key: "stage.summary.failed", params: { name: pod.name, reason: pod.state.reason ?? "" } });
  }
  for (const node of view.nodes) if (node.state !== "ready") words.push({ key: `stage.summary.node-${node.state}`, params: { name: node.name } });
  return words;
}

export function tableView(view: ClusterView): TableView {
  return { summary: summaryOf(view), sections: [podRows(view), loopRows(view), deploymentRows(view), serviceRows(view), nodeRows(view)] };
}
