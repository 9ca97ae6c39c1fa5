/** From "should run" to "runs": back-off, image, environment, create, start. */
import { delayOf } from "../../sim/delays";
import { seconds } from "../../sim/time";
import type { Tx } from "../../sim/types";
import type { Container, JsonObject, Service } from "../apis/objects";
import { goDuration } from "../apis/duration";
import { unitsOf } from "../apis/quantity";
import { cacheOf } from "../client/cache";
import { watchTable } from "../client/tables";
import { backoffAfter, isInBackOffSince, nextBackOff } from "./backoff";
import { postStartCommand, stopContainer } from "./container-end";
import { containerEnv, type EnvResult } from "./container-env";
import { CREATE_CONTAINER, MOUNT_RETRY, RELIST, START_CONTAINER } from "./delays";
import { podEvent } from "./event-recorder";
import { runInContainer } from "./exec";
import { expandAll } from "./expansion";
import { containerId, imageId } from "./identifiers";
import { ensureImage } from "./image-pull";
import { resolveImage } from "./images/catalogue";
import { noSuchCommand, planProcess } from "./images/programs";
import type { ProcessPlan } from "./images/plan";
import { beginProbes } from "./probes";
import { podText, runtimeOf, specOf, withContainer } from "./rows";
import { startProcess } from "./processes";
import { type ContainerRow, nodeTable, type PodRow } from "./tables";
import { configMapOf, secretOf, watching } from "./volumes";

/**
 * Starts a container, unless it is in back-off after its last end.
 * @rule kube.kubelet.start-container
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod, doBackOff
 */
export function startContainer(tx: Tx, row: PodRow, container: ContainerRow): PodRow {
  const spec = specOf(row, container.name);
  if (!spec) return row;
  if (container.state === "terminated" && isInBackOffSince(container.backoff, container.endedAt ?? 0, tx.now))
    return waitForRestart(tx, row, container);
  const image = ensureImage(tx, row, { ...container, retry: container.retry }, spec);
  if (!image.present) return image.row;
  return createContainer(tx, image.row, container.name);
}

function waitForRestart(tx: Tx, row: PodRow, container: ContainerRow): PodRow {
  if (container.retry !== undefined) return row;
  const span = backoffAfter(container.backoff, container.endedAt ?? 0);
  podEvent(tx, row, "Warning", "BackOff", `Back-off restarting failed container ${container.name} in pod ${podText(row)}`, container);
  tx.fired("kube.container.crash-backoff", `${row.namespace}/${row.name}`);
  const retry = tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, Math.max(1, (container.endedAt ?? 0) + span - tx.now));
  const message = `back-off ${goDuration(Math.round(span / 1_000_000))} restarting failed container=${container.name} pod=${podText(row)}`;
  return withContainer(row, container.name, (c) => ({ ...c, reason: "CrashLoopBackOff", message, retry }));
}

const reference = (value: unknown, field: string): boolean => typeof value === "object" && value !== null && field in (value as JsonObject);

/** Which caches the environment needs. */
function needs(spec: Container, part: "configMap" | "secret"): boolean {
  return (
    (spec.envFrom ?? []).some((source) => reference(source, `${part}Ref`)) ||
    (spec.env ?? []).some((variable) => reference(variable.valueFrom, `${part}KeyRef`))
  );
}

const NO_ENV: EnvResult = { env: {} };

function environment(tx: Tx, row: PodRow, spec: Container): EnvResult | "wait" {
  if ((spec.env ?? []).length === 0 && (spec.envFrom ?? []).length === 0) return NO_ENV;
  if (needs(spec, "configMap") && !watching(tx, "configmaps")) return "wait";
  if (needs(spec, "secret") && !watching(tx, "secrets")) return "wait";
  if (!tx.read(watchTable).get(`${tx.self} services`)?.synced) return "wait";
  const node = tx.read(nodeTable).get(row.node);
  return containerEnv(spec, {
    pod: row.pod.spec.enableServiceLinks === undefined ? { ...row.pod, spec: { ...row.pod.spec, enableServiceLinks: true } } : row.pod,
    podIPs: row.ip === undefined ? [] : [row.ip],
    hostIPs: [node?.config.internalIP ?? ""],
    services: cacheOf(tx).list<Service>("services"),
    configMap: (name) => configMapOf(tx, row.node, row.namespace, name),
    secret: (name) => secretOf(tx, row.node, row.namespace, name),
    allocatable: node?.config.allocatable ?? node?.config.capacity,
  });
}

export function createContainer(tx: Tx, row: PodRow, name: string): PodRow {
  const spec = specOf(row, name);
  if (!spec) return row;
  const env = environment(tx, row, spec);
  if (env === "wait") {
    const retry = tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, delayOf(tx, MOUNT_RETRY));
    return withContainer(row, name, (c) => ({ ...c, retry }));
  }
  if ("error" in env) return configError(tx, row, name, env.error);
  const container = row.containers.find((candidate) => candidate.name === name);
  const delay = delayOf(tx, CREATE_CONTAINER) + delayOf(tx, START_CONTAINER);
  tx.send(tx.self, { type: "kubelet.started", uid: row.uid, container: name, attempt: container?.restartCount ?? 0 } as never, delay);
  const mine = (spec.env ?? []).length > 0 || (spec.envFrom ?? []).length > 0 ? env.env : undefined;
  return withContainer(row, name, (c) => ({ ...c, step: "creating", env: mine ?? c.env, retry: undefined }));
}

/** @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer: ErrCreateContainerConfig */
function configError(tx: Tx, row: PodRow, name: string, error: string): PodRow {
  const container = row.containers.find((candidate) => candidate.name === name);
  podEvent(tx, row, "Warning", "Failed", `Error: ${error}`, container);
  const retry = tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, 10_000_000);
  return withContainer(row, name, (c) => ({ ...c, step: undefined, reason: "CreateContainerConfigError", message: error, retry }));
}

const shared = new WeakMap<Container, ProcessPlan>();

/** The program's plan; containers of one template without variables share it. */
function planOf(spec: Container, env: Readonly<Record<string, string>> | undefined): ProcessPlan | { readonly error: string } {
  const known = env === undefined ? shared.get(spec) : undefined;
  if (known) return known;
  const resolved = resolveImage(spec.image);
  if ("error" in resolved) return resolved;
  const values = env ?? {};
  const command = expandAll(spec.command, values) ?? [];
  const plan = planProcess(resolved.image, resolved.known, spec, values, command, expandAll(spec.args, values) ?? []);
  if (resolved.known && command.length > 0 && plan.exit?.code === 127) return { error: noSuchCommand(command[0] ?? "") };
  if (env === undefined) shared.set(spec, Object.freeze(plan));
  return plan;
}

/** Containers of a Pod share its address: a port somebody else listens on is taken. */
function takenPort(row: PodRow, name: string, plan: ProcessPlan): number | undefined {
  const others = row.containers.filter((other) => other.name !== name && other.state === "running");
  const taken = new Set(others.flatMap((other) => (other.plan?.listens ?? []).map((listener) => listener.port)));
  return plan.listens.find((listener) => taken.has(listener.port))?.port;
}

/** How the run will end by itself, from the program, its memory limit and its neighbours. */
function fated(row: PodRow, spec: Container, plan: ProcessPlan): ProcessPlan {
  const port = takenPort(row, spec.name, plan);
  if (port !== undefined) {
    const log = [`bind() to 0.0.0.0:${port} failed (98: Address already in use)`];
    return { ...plan, listens: [], log, exit: { after: 500_000, code: 1 } };
  }
  const limit = unitsOf(spec.resources?.limits?.["memory"]);
  if (limit > 0 && plan.memoryBytes > limit) return { ...plan, exit: { after: 1_000_000, code: 137, oom: true } };
  return plan;
}

/**
 * The runtime has created and started the container.
 * @rule kube.kubelet.container-started
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer
 */
export function containerStarted(tx: Tx, row: PodRow, container: ContainerRow): PodRow {
  const spec = specOf(row, container.name);
  if (!spec) return row;
  const planned = planOf(spec, container.env);
  podEvent(tx, row, "Normal", "Created", "Container created", container);
  if ("error" in planned) return startFailed(tx, row, container, spec, planned.error);
  podEvent(tx, row, "Normal", "Started", "Container started", container);
  const again = container.id !== undefined;
  const restartCount = again ? container.restartCount + 1 : container.restartCount;
  const plan = fated(row, spec, planned);
  const resolved = resolveImage(spec.image);
  const running: ContainerRow = {
    name: container.name,
    role: container.role,
    state: "running",
    id: containerId(row.uid, container.name, restartCount),
    imageID: imageId("error" in resolved ? spec.image : resolved.text),
    startedAt: tx.now,
    ...(again && container.end ? { last: container.end } : {}),
    restartCount,
    started: spec.startupProbe === undefined,
    ready: spec.startupProbe === undefined && spec.readinessProbe === undefined,
    ...(again ? { backoff: nextBackOff(container.backoff, container.endedAt ?? tx.now, tx.now) } : {}),
    plan,
    ...(container.env ? { env: container.env } : {}),
    memory: plan.memoryBytes,
    ...(plan.exit ? { exitTimer: scheduleExit(tx, row, container.name, restartCount, plan.exit) } : {}),
  };
  const next = withContainer({ ...row, initialized: row.initialized || container.role === "regular" }, container.name, () => running);
  if (plan.script || plan.client) startProcess(tx, next, running);
  return beginProbes(tx, hooked(tx, next, running, spec), running, spec);
}

/**
 * Runs the postStart hook; a container whose hook fails is killed.
 *
 * Not modelled: the hook's time (the container counts as running at once), hooks by HTTP.
 * @rule kube.kubelet.post-start
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer (post start)
 */
function hooked(tx: Tx, row: PodRow, container: ContainerRow, spec: Container): PodRow {
  const command = postStartCommand(spec);
  if (command === undefined || runInContainer(tx, row, container, command).code === 0) return row;
  podEvent(tx, row, "Warning", "FailedPostStartHook", "PostStartHook failed", container);
  return stopContainer(tx, row, container, seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30), "FailedPostStartHook");
}

function scheduleExit(tx: Tx, row: PodRow, container: string, attempt: number, exit: NonNullable<ProcessPlan["exit"]>): number {
  const message = { type: "kubelet.exited", uid: row.uid, container, attempt, code: exit.code, cause: exit.oom ? "oom" : "itself" };
  return tx.send(runtimeOf(row.node), message as never, Math.max(1, exit.after));
}

/** The runtime could not start the command: the container counts as ended with 128. */
function startFailed(tx: Tx, row: PodRow, container: ContainerRow, _spec: Container, error: string): PodRow {
  podEvent(tx, row, "Warning", "Failed", `Error: ${error}`, container);
  tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, delayOf(tx, RELIST));
  const again = container.id !== undefined;
  const restartCount = again ? container.restartCount + 1 : container.restartCount;
  const id = containerId(row.uid, container.name, restartCount);
  const epoch = "1970-01-01T00:00:00Z";
  return withContainer(row, container.name, (c) => ({
    name: c.name,
    role: c.role,
    state: "terminated",
    id,
    restartCount,
    started: false,
    ready: false,
    ...(again && c.end ? { last: c.end } : {}),
    backoff: again ? nextBackOff(c.backoff, c.endedAt ?? tx.now, tx.now) : c.backoff,
    end: { exitCode: 128, reason: "StartError", message: error, startedAt: epoch, finishedAt: epoch, containerID: id },
    endedAt: tx.now,
    reason: "RunContainerError",
    message: error,
  }));
}
