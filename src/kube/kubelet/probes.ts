/**
 * Probes: when they run and what follows from them. What a probe reports is in probe-result.ts.
 *
 * Not modelled: the random first delay of a worker, HTTP headers and TLS, redirects.
 */
import { seconds } from "../../sim/time";
import type { Micros, Tx } from "../../sim/types";
import type { Container, Probe } from "../apis/objects";
import { stopContainer } from "./container-end";
import { podEvent } from "./event-recorder";
import { runInContainer } from "./exec";
import { portAnswer } from "./http-answer";
import { initialProbeState, type ProbeKind, probeStep } from "./probe-result";
import { containerOf, specOf, withContainer } from "./rows";
import type { ContainerRow, PodRow } from "./tables";

/** From the start of a container to its first probe, when no delay is asked for. */
const FIRST: Micros = 500_000;
const WORDS: Readonly<Record<ProbeKind, string>> = { startup: "Startup", liveness: "Liveness", readiness: "Readiness" };

export const probeSpec = (spec: Container, kind: ProbeKind): Probe | undefined =>
  kind === "startup" ? spec.startupProbe : kind === "liveness" ? spec.livenessProbe : spec.readinessProbe;

function schedule(tx: Tx, row: PodRow, container: ContainerRow, kind: ProbeKind, delay: Micros): void {
  tx.send(
    tx.self,
    { type: "kubelet.probe", uid: row.uid, container: container.name, attempt: container.restartCount, probe: kind } as never,
    Math.max(1, delay),
  );
}

/** First probes of a container that has just started; liveness and readiness wait for the startup probe. */
export function beginProbes(tx: Tx, row: PodRow, container: ContainerRow, spec: Container): PodRow {
  const kinds: readonly ProbeKind[] = spec.startupProbe ? ["startup"] : ["liveness", "readiness"];
  return begin(tx, row, container, spec, kinds);
}

function begin(tx: Tx, row: PodRow, container: ContainerRow, spec: Container, kinds: readonly ProbeKind[]): PodRow {
  if (container.role === "init") return row;
  const age = tx.now - (container.startedAt ?? tx.now);
  const probes = { ...container.probes };
  for (const kind of kinds) {
    const probe = probeSpec(spec, kind);
    if (!probe) continue;
    probes[kind] = initialProbeState(kind);
    schedule(tx, row, container, kind, Math.max(FIRST, seconds(probe.initialDelaySeconds ?? 0) - age));
  }
  return Object.keys(probes).length === 0 ? row : withContainer(row, container.name, (c) => ({ ...c, probes }));
}

export type ProbeAnswer = { readonly ok: boolean; readonly message: string };

export function portNumber(spec: Container, port: number | string): number {
  if (typeof port === "number") return port;
  return spec.ports?.find((candidate) => candidate.name === port)?.containerPort ?? Number(port);
}

function httpProbe(tx: Tx, row: PodRow, spec: Container, get: NonNullable<Probe["httpGet"]>, timeout: Micros): ProbeAnswer {
  const port = portNumber(spec, get.port);
  const host = get.host ?? row.ip ?? "";
  const path = (get.path ?? "/").startsWith("/") ? (get.path ?? "/") : `/${get.path}`;
  const url = `${(get.scheme ?? "HTTP").toLowerCase()}://${host}:${port}${path}`;
  const answer = portAnswer(tx, row, port, path);
  if (answer.kind === "refused") return { ok: false, message: `Get "${url}": dial tcp ${host}:${port}: connect: connection refused` };
  if (answer.kind === "connected")
    return { ok: false, message: `Get "${url}": net/http: HTTP/1.x transport connection broken: malformed HTTP response` };
  if (answer.delay > timeout)
    return { ok: false, message: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` };
  return { ok: answer.status >= 200 && answer.status < 400, message: `HTTP probe failed with statuscode: ${answer.status}` };
}

/**
 * One look at the container.
 * @rule kube.probe.run
 * @source kubernetes@1.35 pkg/kubelet/prober/prober.go runProbe
 */
export function runProbe(tx: Tx, row: PodRow, container: ContainerRow, spec: Container, probe: Probe): ProbeAnswer {
  const timeout = seconds(probe.timeoutSeconds ?? 1);
  if (probe.httpGet) return httpProbe(tx, row, spec, probe.httpGet, timeout);
  if (probe.tcpSocket) {
    const port = portNumber(spec, probe.tcpSocket.port);
    const answer = portAnswer(tx, row, port, "/");
    return { ok: answer.kind !== "refused", message: `dial tcp ${row.ip ?? ""}:${port}: connect: connection refused` };
  }
  if (probe.grpc) {
    const answer = portAnswer(tx, row, probe.grpc.port, "/");
    return {
      ok: answer.kind !== "refused",
      message: `timeout: failed to connect service "${row.ip ?? ""}:${probe.grpc.port}" within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded`,
    };
  }
  if (!probe.exec) return { ok: true, message: "" };
  const result = runInContainer(tx, row, container, probe.exec.command ?? []);
  if (result.span > timeout)
    return { ok: false, message: `command timed out: "${(probe.exec.command ?? []).join(" ")}" timed out after ${probe.timeoutSeconds ?? 1}s` };
  return { ok: result.code === 0, message: `${result.out}${result.err}` };
}

/**
 * The timer of a probe has fired.
 * @rule kube.probe.work
 * @source kubernetes@1.35 pkg/kubelet/prober/worker.go doProbe
 */
export function probeFired(tx: Tx, row: PodRow, name: string, kind: ProbeKind): PodRow {
  const container = containerOf(row, name);
  const spec = specOf(row, name);
  const probe = spec && probeSpec(spec, kind);
  if (!container || !spec || !probe || container.state !== "running" || container.step === "stopping") return row;
  const { ok, message } = runProbe(tx, row, container, spec, probe);
  const before = container.probes?.[kind] ?? initialProbeState(kind);
  const step = probeStep(kind, before, ok ? "Success" : "Failure", probe);
  tx.fired("kube.probe.work", `${row.namespace}/${row.name}`);
  if (!ok) podEvent(tx, row, "Warning", "Unhealthy", `${WORDS[kind]} probe failed: ${message}`, container);
  if (step.kill) {
    const grace = probe.terminationGracePeriodSeconds ?? row.pod.spec.terminationGracePeriodSeconds ?? 30;
    return stopContainer(tx, row, container, seconds(grace), `Container ${name} failed ${kind} probe, will be restarted`);
  }
  if (!(kind === "startup" && step.state.reported === "Success")) schedule(tx, row, container, kind, seconds(probe.periodSeconds ?? 10));
  const settled = step.state.reported === before.reported && before.lastResult === step.state.lastResult && before.reported === step.state.lastResult;
  if (settled) return row;
  const next = withContainer(row, name, (c) => ({ ...c, probes: { ...c.probes, [kind]: step.state } }));
  return concluded(tx, next, name, spec, kind);
}

/** Started and ready, as the probes now say. */
function concluded(tx: Tx, row: PodRow, name: string, spec: Container, kind: ProbeKind): PodRow {
  const container = containerOf(row, name);
  if (!container) return row;
  if (kind === "startup" && !container.started && container.probes?.startup?.reported === "Success") {
    const started = withContainer(row, name, (c) => ({ ...c, started: true, ready: spec.readinessProbe === undefined }));
    const now = containerOf(started, name);
    return now ? begin(tx, started, now, spec, ["liveness", "readiness"]) : started;
  }
  if (kind !== "readiness") return row;
  const ready = container.started && container.probes?.readiness?.reported === "Success";
  return ready === container.ready ? row : withContainer(row, name, (c) => ({ ...c, ready }));
}
