/** `kubectl rollout`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/rollout/*.go, pkg/polymorphichelpers/*.go */
import { formatLabelSelector } from "../../../kube/apis/label-selector";
import type { Deployment, JsonObject, PodTemplateSpec, ReplicaSet } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import { deploymentRolloutStatus } from "../../../kube/apis/rollout-status";
import { rfc3339 } from "../../../kube/apis/time";
import type { Json } from "../../../sim/types";
import { err, now, out, type Run } from "../../program";
import { patchBetween, sendPatch } from "../change";
import { DRY_RUN, dryRunNote, dryRunOf, dryRunQuery, FILE_FLAGS, type Kubectl, must, OUTPUT_FLAGS, readFlags, send } from "../context";
import { templateLines } from "../describe/pod-template";
import { Writer } from "../describe/writer";
import { Exit, failed, fatal, plainMessage, together } from "../failure";
import { parseDuration } from "../flags";
import { nameWord, resourceWord } from "../mapper";
import { printerOf } from "../printers/output";
import { jsonText } from "../printers/json";
import { aligned, DESCRIBE } from "../printers/tabwriter";
import { resultsOf } from "../results";
import { findObjects, type Info, mustFind } from "../targets";
import { observe } from "../waiting";

const REVISION = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE = "kubernetes.io/change-cause";
const REPLICA_SETS = resourceNamed("replicasets") as ResourceInfo;
const COMMON = `${FILE_FLAGS};selector l string`;

export function* rollout(args: readonly string[]): Run<number> {
  const [word = "", ...rest] = args;
  if (word === "status") return yield* status(rest);
  if (word === "history") return yield* history(rest);
  if (word === "undo") return yield* undo(rest);
  if (word === "restart" || word === "pause" || word === "resume") return yield* change(word, rest);
  throw new Exit(
    word === ""
      ? "error: you must specify a rollout command: history, pause, restart, resume, status, undo\n"
      : `error: unknown command ${JSON.stringify(word)}\nSee 'kubectl rollout -h' for help and examples\n`,
  );
}

const deploymentOf = (info: Info): Deployment => info.object as unknown as Deployment;
const groupKind = ({ resource }: Info): string => (resource.group === "" ? resource.kind : `${resource.kind}.${resource.group}`);
const isDeployment = (info: Info): boolean => info.resource.name === "deployments";

function* status(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("rollout status", `${COMMON};watch w bool=true;revision int=0;timeout duration`, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  if (flags.args.length === 0 && !flags.has("filename") && !flags.has("selector")) throw new Exit("error: required resource not specified\n");
  const infos = yield* mustFind(kubectl);
  const limit = parseDuration(flags.text("timeout")) ?? 0;
  if (infos.length === 0) yield* err(`No resources found in ${kubectl.namespace} namespace.\n`);
  for (const info of infos) {
    if (!isDeployment(info)) throw fatal(`no status viewer has been implemented for ${groupKind(info)}`);
    const deadline = limit > 0 ? (yield* now()) + limit : undefined;
    let code: number | undefined;
    const done = yield* observe(info.resource, info.namespace, info.name, deadline, function* (observed): Run<boolean> {
      if (observed === undefined) throw fatal("object has been deleted");
      if (observed.type === "DELETED") throw fatal("object has been deleted");
      const deployment = observed.object as unknown as Deployment;
      const wanted = flags.number("revision");
      if (wanted > 0 && deployment.metadata.annotations?.[REVISION] !== String(wanted))
        throw fatal(`desired revision (${wanted}) is different from the running revision (${deployment.metadata.annotations?.[REVISION] ?? 0})`);
      const report = deploymentRolloutStatus(deployment);
      if (report.error !== undefined) throw fatal(report.error);
      yield* out(report.message);
      if (report.done) code = 0;
      return report.done || !flags.bool("watch");
    });
    if (!done) throw fatal("timed out waiting for the condition");
    if (code === undefined && !flags.bool("watch")) continue;
  }
  return 0;
}

function* replicaSetsOf(info: Info): Run<readonly ReplicaSet[]> {
  const deployment = deploymentOf(info);
  const query = { labelSelector: formatLabelSelector(deployment.spec.selector) };
  const body = (yield* must({ method: "GET", path: pathOf(REPLICA_SETS, info.namespace), query })) as unknown as {
    readonly items?: readonly ReplicaSet[];
  };
  return (body.items ?? []).filter((rs) =>
    (rs.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === deployment.metadata.uid),
  );
}

const revisionOf = (rs: ReplicaSet): number => Number(rs.metadata.annotations?.[REVISION] ?? 0);

const VISITED: ReadonlySet<string> = new Set(["pods", "replicasets"]);
const noHistory = (info: Info): string =>
  VISITED.has(info.resource.name)
    ? `no history viewer has been implemented for "${groupKind(info)}"`
    : `error retrieving history for ${JSON.stringify(info.resource.kind)}, no visitor method exists for {${info.resource.group} ${info.resource.kind}}`;

/** @source polymorphichelpers/history.go DeploymentHistoryViewer */
function* history(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("rollout history", `${OUTPUT_FLAGS};${COMMON};revision int=0`, args);
  if (kubectl === undefined) return 0;
  const wanted = kubectl.flags.number("revision");
  if (wanted < 0) throw fatal(`revision must be a positive integer: ${wanted}`);
  const printer = yield* printerOf(kubectl, false);
  for (const info of yield* mustFind(kubectl)) {
    if (!isDeployment(info)) throw fatal(noHistory(info));
    const sets = [...(yield* replicaSetsOf(info))].sort((a, b) => revisionOf(a) - revisionOf(b));
    const chosen = wanted > 0 ? sets.find((rs) => revisionOf(rs) === wanted) : undefined;
    if (wanted > 0 && chosen === undefined) throw fatal("unable to find the specified revision");
    if (printer.form === "object") for (const rs of chosen === undefined ? sets : [chosen]) yield* out(printer.print(rs as unknown as Json, 0));
    else if (chosen !== undefined) yield* out(`${nameWord(info.resource, info.name)} with revision #${wanted}\n${templateText(chosen)}\n`);
    else {
      const rows = sets.map((rs) => `${revisionOf(rs)}\t${rs.metadata.annotations?.[CHANGE_CAUSE] || "<none>"}\n`);
      const table = rows.length === 0 ? "No rollout history found." : aligned(`REVISION\tCHANGE-CAUSE\n${rows.join("")}`, DESCRIBE);
      yield* out(`${nameWord(info.resource, info.name)} \n${table}\n`);
    }
  }
  return 0;
}

function templateText(rs: ReplicaSet): string {
  const cause = rs.metadata.annotations?.[CHANGE_CAUSE];
  const { template } = rs.spec;
  const writer = new Writer();
  templateLines(
    writer,
    cause === undefined
      ? template
      : { ...template, metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause } } },
  );
  return writer.raw();
}

const withoutHash = (template: PodTemplateSpec): PodTemplateSpec => {
  const { "pod-template-hash": _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
};

/** Annotations of the ReplicaSet that stay its own. @source deploymentutil annotationsToSkip */
const OWN_ANNOTATIONS = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
]);

/**
 * The ReplicaSet to return to: of a revision, or of the one before the latest.
 * @rule kubectl.rollout.undo-target
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollback.go deploymentRevision
 */
export function undoTarget(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  revision: number,
): { readonly rs: ReplicaSet } | { readonly error: string } {
  if (revision > 0) {
    const rs = sets.find((each) => revisionOf(each) === revision);
    return rs === undefined ? { error: `unable to find specified revision ${revision} in history` } : { rs };
  }
  const sorted = [...sets].sort((a, b) => revisionOf(b) - revisionOf(a));
  const previous = sorted[1];
  return previous === undefined ? { error: `no rollout history found for deployment ${JSON.stringify(deployment.metadata.name)}` } : { rs: previous };
}

function* undo(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("rollout undo", `${OUTPUT_FLAGS};${COMMON};${DRY_RUN};to-revision int=0`, args);
  if (kubectl === undefined) return 0;
  const dryRun = dryRunOf(kubectl.flags);
  for (const info of yield* mustFind(kubectl)) {
    if (!isDeployment(info)) throw fatal(`no rollbacker has been implemented for "${groupKind(info)}"`);
    const deployment = deploymentOf(info);
    const target = undoTarget(deployment, yield* replicaSetsOf(info), kubectl.flags.number("to-revision"));
    if ("error" in target) throw fatal(target.error);
    const word = nameWord(info.resource, info.name);
    if (dryRun === "client") {
      yield* out(`${word} ${templateText(target.rs)}${dryRunNote(dryRun)}\n`);
      continue;
    }
    if (deployment.spec.paused === true)
      throw fatal(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`);
    const template = withoutHash(target.rs.spec.template);
    if (jsonText(template as unknown as Json) === jsonText(withoutHash(deployment.spec.template) as unknown as Json)) {
      yield* out(`${word} skipped rollback (current template already matches revision ${revisionOf(target.rs)})\n`);
      continue;
    }
    yield* rollBack(info, deployment, target.rs, template, dryRunQuery(dryRun));
    yield* out(`${word} rolled back${dryRunNote(dryRun)}\n`);
  }
  return 0;
}

function* rollBack(
  info: Info,
  deployment: Deployment,
  rs: ReplicaSet,
  template: PodTemplateSpec,
  query: Readonly<Record<string, string>>,
): Run<void> {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (OWN_ANNOTATIONS.has(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(rs.metadata.annotations ?? {})) if (!OWN_ANNOTATIONS.has(key)) annotations[key] = value;
  const body = [
    { op: "replace", path: "/spec/template", value: template },
    { op: "replace", path: "/metadata/annotations", value: annotations },
  ] as unknown as Json;
  const response = yield* send({
    method: "PATCH",
    path: pathOf(info.resource, info.namespace, info.name),
    contentType: "application/json-patch+json",
    query,
    body,
  });
  if (failed(response)) throw fatal(`failed restoring revision ${revisionOf(rs)}: ${plainMessage(response)}`);
}

type Word = "restart" | "pause" | "resume";

function changed(word: Word, info: Info, time: string): JsonObject | string {
  const spec = info.object["spec"] as JsonObject & { readonly paused?: boolean; readonly template?: JsonObject };
  const named = `${resourceWord(info.resource)} ${JSON.stringify(info.name)}`;
  if (!isDeployment(info))
    return word === "restart" ? `${named} restarting is not supported` : `${named} ${word === "pause" ? "pausing" : "resuming"} is not supported`;
  if (word === "pause") return spec.paused === true ? `${named} is already paused` : { ...info.object, spec: { ...spec, paused: true } };
  if (word === "resume") return spec.paused === true ? { ...info.object, spec: { ...spec, paused: false } } : `${named} is not paused`;
  if (spec.paused === true) return `${named} can't restart paused deployment (run rollout resume first)`;
  const metadata = (spec.template?.["metadata"] ?? {}) as JsonObject;
  const annotations = { ...(metadata["annotations"] as JsonObject | undefined), "kubectl.kubernetes.io/restartedAt": time };
  return { ...info.object, spec: { ...spec, template: { ...spec.template, metadata: { ...metadata, annotations } } } };
}

const PAST: Readonly<Record<Word, string>> = { restart: "restarted", pause: "paused", resume: "resumed" };

function* change(word: Word, args: readonly string[]): Run<number> {
  const kubectl: Kubectl | undefined = yield* readFlags(`rollout ${word}`, `${OUTPUT_FLAGS};${COMMON};${DRY_RUN};field-manager string`, args);
  if (kubectl === undefined) return 0;
  if (kubectl.flags.args.length === 0 && !kubectl.flags.has("filename") && !kubectl.flags.has("selector"))
    throw new Exit("error: required resource not specified\n");
  const dryRun = dryRunOf(kubectl.flags);
  const { infos, failures } = yield* findObjects(kubectl);
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals = [...failures];
  for (const info of infos) {
    const next = changed(word, info, rfc3339(yield* now()));
    if (typeof next === "string") {
      refusals.push(`error: ${next}\n`);
      continue;
    }
    let object = next;
    if (dryRun !== "client") {
      const response = yield* sendPatch(info, patchBetween(info, next), { fieldManager: "kubectl-rollout", ...dryRunQuery(dryRun) });
      if (failed(response)) {
        refusals.push(`error: failed to patch: ${plainMessage(response)}\n`);
        continue;
      }
      object = response.body as JsonObject;
    }
    yield* results.add(info.resource, info.name, PAST[word], object);
  }
  yield* results.endEach();
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}
