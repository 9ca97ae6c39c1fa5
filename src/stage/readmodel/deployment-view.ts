/** Deployments: the record above its loops, and the budget that a rolling update may not leave. */
import type { Deployment, Pod } from "../../kube/apis/objects";
import { isPodAvailable } from "../../kube/apis/pod-availability";
import { storeTable } from "../../kube/apiserver/storage/store";
import { cacheOfActor } from "../../kube/client/cache";
import { watchTable } from "../../kube/client/tables";
import { isRollingUpdate, maxSurge, maxUnavailable, replicasOf } from "../../kube/controllers/deployment/fenceposts";
import { revisionOf } from "../../kube/controllers/deployment/revisions";
import { asRead, counts, podsOf } from "./loops";
import type { BudgetView, DeploymentView, HeldState, PodView, ReplicaSetView, WorldReader } from "./types";

const CONTROLLER = "deployment-controller/main";
/** More Pods than this make cells too thin to be read. */
const MOST_CELLS = 40;

const RANK: Readonly<Record<HeldState, number>> = {
  ready: 0,
  notReady: 1,
  creating: 2,
  pending: 3,
  failed: 4,
  unknown: 5,
  finished: 6,
  terminating: 7,
};

function budgetOf(reader: WorldReader, deployment: Deployment, sets: readonly ReplicaSetView[], drawn: ReadonlyMap<string, PodView>): BudgetView {
  const replicas = replicasOf(deployment);
  const pods = sets.flatMap((set) => podsOf(reader, set.uid).map((pod) => ({ pod, revision: set.revision ?? 0 })));
  const active = pods.filter(({ pod }) => counts(pod));
  const available = active.filter(({ pod }) => isPodAvailable(pod, deployment.spec.minReadySeconds ?? 0, reader.now)).length;
  const floor = Math.max(0, replicas - maxUnavailable(deployment));
  const ceiling = replicas + maxSurge(deployment);
  const state = (pod: Pod): HeldState => {
    const kind = drawn.get(pod.metadata.uid)?.state.kind;
    if (kind !== undefined && kind !== "desired") return kind;
    return pod.metadata.deletionTimestamp === undefined ? "ready" : "terminating";
  };
  const cells = pods
    .map(({ pod, revision }) => ({ uid: pod.metadata.uid, revision, state: state(pod) }))
    .sort((a, b) => RANK[a.state] - RANK[b.state] || a.revision - b.revision || (a.uid < b.uid ? -1 : 1));
  const resting = sets.every((set) => set.gap === 0);
  const old = sets.slice(0, -1).some((set) => set.desired > 0);
  const blocked = resting && old ? (active.length >= ceiling ? "ceiling" : available <= floor ? "floor" : undefined) : undefined;
  return {
    floor,
    ceiling,
    available,
    total: active.length,
    cells: cells.length <= MOST_CELLS ? cells : [],
    runs: runsOf(cells),
    ghosts: sets.reduce((sum, set) => sum + set.ghosts.length, 0),
    leaving: pods.length - active.length,
    ...(blocked === undefined ? {} : { blocked }),
  };
}

function runsOf(cells: BudgetView["cells"]): BudgetView["runs"] {
  const runs: { state: HeldState; revision: number; count: number }[] = [];
  for (const { state, revision } of cells) {
    const last = runs.at(-1);
    if (last?.state === state && last.revision === revision) last.count++;
    else runs.push({ state, revision, count: 1 });
  }
  return runs;
}

function hasObserved(reader: WorldReader, deployment: Deployment): boolean {
  if (reader.table(watchTable).get(`${CONTROLLER} deployments`)?.synced !== true) return false;
  const { namespace = "", name, generation } = deployment.metadata;
  return cacheOfActor(asRead(reader), CONTROLLER).get<Deployment>("deployments", namespace, name)?.metadata.generation === generation;
}

export function deploymentView(
  reader: WorldReader,
  deployment: Deployment,
  sets: readonly ReplicaSetView[],
  drawn: ReadonlyMap<string, PodView>,
): DeploymentView {
  const { uid, name, namespace = "" } = deployment.metadata;
  const own = sets.filter((set) => set.deployment === uid);
  const replicas = replicasOf(deployment);
  const ready = own.reduce((sum, set) => sum + set.ready, 0);
  const newest = own.at(-1);
  const observed = hasObserved(reader, deployment);
  return {
    uid,
    name,
    namespace,
    replicas,
    image: deployment.spec.template.spec.containers[0]?.image ?? "",
    paused: deployment.spec.paused === true,
    strategy: deployment.spec.strategy?.type ?? "RollingUpdate",
    revision: revisionOf(deployment) || undefined,
    rolling: !observed || ready < replicas || own.some((set) => set !== newest && (set.desired > 0 || set.have > 0)),
    updated: newest?.have ?? 0,
    ready,
    observed,
    ...(isRollingUpdate(deployment) ? { budget: budgetOf(reader, deployment, own, drawn) } : {}),
  };
}

export function deploymentViews(
  reader: WorldReader,
  shown: (namespace: string) => boolean,
  sets: readonly ReplicaSetView[],
  drawn: ReadonlyMap<string, PodView>,
): readonly DeploymentView[] {
  const views: DeploymentView[] = [];
  for (const { object } of reader.table(storeTable("deployments")).rows()) {
    if (shown(object.metadata.namespace ?? "")) views.push(deploymentView(reader, object as Deployment, sets, drawn));
  }
  return views;
}
