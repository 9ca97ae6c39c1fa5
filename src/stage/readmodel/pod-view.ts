/**
 * A Pod as it is drawn: one state of the table in the visual language, its word, its containers.
 *
 * Which state wins when several hold: unknown, terminating, failed, creating, not ready, ready.
 */
import type { Container, ContainerStatus, Pod } from "../../kube/apis/objects";
import { conditionOf, isPodReady } from "../../kube/apis/pod-availability";
import { parseTime } from "../../kube/apis/time";
import { imageTable, nodeTable, podTable, type PodRow } from "../../kube/kubelet/tables";
import type { Micros } from "../../sim/types";
import { intern } from "./intern";
import { shortIdOf } from "./names";
import type { ContainerView, HeldState, PodState, PodView, WorldReader } from "./types";

/** Reasons of a waiting container that are work in progress; every other reason is a failure. */
const IN_PROGRESS: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing"]);
const MICROS = 1_000_000;

const secondsLeft = (until: Micros, now: Micros): number => Math.max(0, Math.ceil((until - now) / MICROS));

type PodBase = Omit<PodView, "state" | "revision" | "endpointOf" | "selectedBy" | "boundAt">;
const bases = new WeakMap<Pod, PodBase>();

function containerView(container: Container, status: ContainerStatus | undefined, init: boolean): ContainerView {
  const { waiting, running, terminated } = status?.state ?? {};
  const reason = waiting?.reason ?? terminated?.reason;
  return {
    name: container.name,
    image: container.image,
    init: init && container.restartPolicy !== "Always",
    ready: status?.ready === true,
    restarts: status?.restartCount ?? 0,
    state: running !== undefined ? "running" : terminated !== undefined ? "terminated" : "waiting",
    ...(reason === undefined ? {} : { reason }),
  };
}

function containersOf({ spec, status }: Pod): ContainerView[] {
  const find = (list: readonly ContainerStatus[] | undefined, name: string): ContainerStatus | undefined => list?.find((one) => one.name === name);
  return [
    ...(spec.initContainers ?? []).map((one) => containerView(one, find(status?.initContainerStatuses, one.name), true)),
    ...spec.containers.map((one) => containerView(one, find(status?.containerStatuses, one.name), false)),
  ];
}

/** What depends on the stored object alone. */
export function podBase(pod: Pod): PodBase {
  const known = bases.get(pod);
  if (known !== undefined) return known;
  const { metadata, spec, status } = pod;
  const owner = metadata.ownerReferences?.find((one) => one.controller === true);
  const containers = containersOf(pod);
  const deleted = metadata.deletionTimestamp === undefined ? undefined : parseTime(metadata.deletionTimestamp);
  const base: PodBase = {
    uid: metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    shortId: shortIdOf("pods", pod),
    node: spec.nodeName === "" ? undefined : spec.nodeName,
    owner: owner === undefined ? undefined : intern({ kind: owner.kind, name: owner.name, uid: owner.uid }),
    containers: intern(containers),
    restarts: containers.reduce((sum, one) => sum + one.restarts, 0),
    ip: status?.podIP,
    labels: intern(metadata.labels ?? {}),
    createdAt: parseTime(metadata.creationTimestamp) ?? 0,
    deletedAt: deleted === undefined ? undefined : deleted - (metadata.deletionGracePeriodSeconds ?? 0) * MICROS,
  };
  bases.set(pod, base);
  return base;
}

/** The reason why a Pod counts as failed, in the API's own words. */
function failureOf({ status }: Pod, containers: readonly ContainerView[]): string | undefined {
  if (status?.phase === "Failed") return status.reason ?? containers.find((one) => one.reason !== undefined)?.reason ?? "Failed";
  for (const one of containers) {
    if (one.state === "waiting" && one.reason !== undefined && !IN_PROGRESS.has(one.reason)) return one.reason;
    if (one.state === "terminated" && !one.init && one.reason !== undefined && one.reason !== "Completed") return one.reason;
  }
  return undefined;
}

/** How far the pull has come, 0 to 1, and whether it is a pull. */
function pullOf(reader: WorldReader, row: PodRow | undefined): { readonly pulling: boolean; readonly progress?: number } {
  const puller = row?.containers.find((one) => one.step === "pulling");
  if (row === undefined || puller === undefined) return { pulling: false };
  const wanted = [...(row.pod.spec.initContainers ?? []), ...row.pod.spec.containers].find((one) => one.name === puller.name)?.image;
  const image = reader
    .table(imageTable)
    .by("node", row.node)
    .find((one) => one.readyAt > reader.now && wanted !== undefined && (one.image === wanted || one.image.endsWith(`/${wanted}`)));
  const bandwidth = reader.table(nodeTable).get(row.node)?.config.pullBandwidth;
  if (image === undefined || image.sizeBytes === 0) return { pulling: true };
  const took = bandwidth === undefined ? 2 * MICROS : (image.sizeBytes / bandwidth) * MICROS;
  return { pulling: true, progress: Math.min(1, Math.max(0, 1 - (image.readyAt - reader.now) / took)) };
}

function creating(reader: WorldReader, pod: Pod, containers: readonly ContainerView[]): PodState {
  const row = reader.table(podTable).get(pod.metadata.uid);
  const { pulling, progress } = pullOf(reader, row);
  if (pulling && progress !== undefined) {
    return { kind: "creating", progress, word: { key: "stage.state.pulling", params: { percent: Math.round(progress * 100) } } };
  }
  const inits = containers.filter((one) => one.init);
  const done = inits.filter((one) => one.state === "terminated" && one.reason === "Completed").length;
  if (done < inits.length) {
    return {
      kind: "creating",
      progress: (0.2 + done) / (inits.length + 1),
      word: { key: "stage.state.init", params: { done, of: inits.length } },
    };
  }
  const steps = { none: 0.1, mounting: 0.15, creating: 0.25, ready: 0.6, stopped: 0.1 };
  return { kind: "creating", progress: steps[row?.sandbox ?? "none"], word: { key: pulling ? "stage.state.pull" : "stage.state.creating" } };
}

/** The state's kind, by the object alone. */
export function stateKind(pod: Pod): HeldState {
  const { metadata, spec, status } = pod;
  const { containers } = podBase(pod);
  if (metadata.deletionTimestamp !== undefined) return "terminating";
  if (failureOf(pod, containers) !== undefined) return "failed";
  if (status?.phase === "Succeeded") return "finished";
  if (spec.nodeName === undefined || spec.nodeName === "") return "pending";
  if (containers.some((one) => !one.init && one.state === "waiting")) return "creating";
  return isPodReady(pod) ? "ready" : "notReady";
}

/** The state that is drawn. `lost` says that the Pod's node does not report. */
export function podState(reader: WorldReader, pod: Pod, lost: boolean): PodState {
  if (lost) return { kind: "unknown", word: { key: "stage.state.unknown" } };
  const kind = stateKind(pod);
  const { containers } = podBase(pod);
  if (kind === "terminating") {
    const until = parseTime(pod.metadata.deletionTimestamp ?? "") ?? reader.now;
    return { kind, word: { key: "stage.state.terminating", params: { seconds: secondsLeft(until, reader.now) } } };
  }
  if (kind === "failed") return { kind, reason: failureOf(pod, containers) };
  if (kind === "pending") {
    const reason = conditionOf(pod.status, "PodScheduled")?.reason;
    return { kind, ...(reason === undefined ? {} : { reason }) };
  }
  if (kind === "creating") return creating(reader, pod, containers);
  return kind === "ready" ? { kind } : { kind, word: { key: `stage.state.${kind}` } };
}
