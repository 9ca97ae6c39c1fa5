/**
 * `kubectl delete`: by name, selector or file; waits until the objects are gone.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go
 * Not modelled: `--interactive`.
 */
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, now, out, type Run } from "../../program";
import { DRY_RUN, type DryRun, dryRunNote, dryRunOf, FILE_FLAGS, type Kubectl, readFlags, send } from "../context";
import { failed, failureText, fatal, isNotFound, together } from "../failure";
import { parseDuration } from "../flags";
import { loadFiles } from "../manifests";
import { kindWord, nameWord } from "../mapper";
import { infosOf, namespaceFor, parseTargets, selection, usesFiles } from "../targets";
import { untilGone } from "../waiting";

const FLAGS = `${FILE_FLAGS};${DRY_RUN};all bool;all-namespaces A bool;selector l string;field-selector string;cascade string?background=background;force bool;grace-period int=-1;now bool;ignore-not-found bool;wait bool=true;timeout duration;output o string;raw string;interactive i bool`;

interface Doomed {
  readonly resource: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly source?: string;
}

export function* deleteCommand(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("delete", FLAGS, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const dryRun = dryRunOf(flags);
  const grace = graceOf(kubectl);
  if (flags.args.length === 0 && !usesFiles(kubectl))
    throw fatal(
      "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  const { doomed, failures, ignore } = yield* chosen(kubectl);
  if (grace === 0)
    yield* err(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n",
    );
  if (kubectl.namespaceGiven && doomed.some((each) => !each.resource.namespaced))
    yield* err("Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n");
  const refusals: string[] = [];
  const gone: (Doomed & { readonly uid: string })[] = [];
  for (const each of doomed) {
    const result = yield* deleteOne(kubectl, each, grace, dryRun);
    if ("uid" in result) gone.push({ ...each, uid: result.uid });
    else if (!(result.missing && ignore)) refusals.push(result.text);
  }
  if (doomed.length === 0 && failures.length === 0) yield* out("No resources found\n");
  refusals.push(...failures);
  yield* err(together(refusals));
  if (refusals.length > 0) return 1;
  return flags.bool("wait") && dryRun === "none" ? yield* waitForAll(kubectl, gone) : 0;
}

function* waitForAll(kubectl: Kubectl, gone: readonly (Doomed & { readonly uid: string })[]): Run<number> {
  const limit = parseDuration(kubectl.flags.text("timeout")) ?? 0;
  const deadline = limit > 0 ? (yield* now()) + limit : undefined;
  for (const { resource, namespace, name, uid } of gone) {
    if (yield* untilGone(resource, namespace, name, uid, deadline)) continue;
    yield* err(`error: timed out waiting for the condition on ${resource.name}/${name}\n`);
    return 1;
  }
  return 0;
}

function graceOf({ flags }: Kubectl): number | undefined {
  let grace = flags.number("grace-period");
  if (flags.bool("now")) {
    if (grace !== -1) throw fatal("--now and --grace-period cannot be specified together");
    grace = 1;
  }
  if (flags.bool("force") && grace > 0) throw fatal("--force and --grace-period greater than 0 cannot be specified together");
  if (grace === 0 && !flags.bool("force")) grace = 1;
  if (flags.bool("force") && grace < 0) grace = 0;
  return grace < 0 ? undefined : grace;
}

function policyOf(text: string): string {
  if (text === "background" || text === "true") return "Background";
  if (text === "orphan" || text === "false") return "Orphan";
  if (text === "foreground") return "Foreground";
  throw fatal(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
}

function* chosen(kubectl: Kubectl): Run<{ readonly doomed: readonly Doomed[]; readonly failures: readonly string[]; readonly ignore: boolean }> {
  const { flags } = kubectl;
  const ignore = flags.bool("ignore-not-found");
  if (usesFiles(kubectl)) {
    const { loaded, failures } = yield* loadFiles(kubectl);
    return { doomed: loaded, failures, ignore };
  }
  const query = selection(kubectl);
  const selecting = Object.keys(query).length > 0 || flags.bool("all");
  if (flags.bool("all") && flags.has("selector")) throw fatal("setting 'all' parameter but found a non empty selector. ".trimEnd());
  const targets = parseTargets(flags.args);
  if (selecting && targets.some((target) => target.name !== undefined))
    throw fatal(flags.bool("all") ? "name cannot be provided when a selector is specified" : "name cannot be provided when a selector is specified");
  if (!selecting && targets.some((target) => target.name === undefined)) throw fatal("resource(s) were provided, but no name was specified");
  const doomed: Doomed[] = [];
  const failures: string[] = [];
  for (const { resource, name } of targets) {
    const namespace = flags.bool("all-namespaces") ? undefined : namespaceFor(kubectl, resource);
    if (name !== undefined) doomed.push({ resource, namespace, name });
    else {
      const response = yield* send({ method: "GET", path: pathOf(resource, namespace), query });
      if (failed(response)) failures.push(failureText(response));
      else for (const info of infosOf(resource, response)) doomed.push({ resource, namespace: info.namespace, name: info.name });
    }
  }
  return { doomed, failures, ignore: flags.has("ignore-not-found") ? ignore : selecting };
}

function* deleteOne(
  kubectl: Kubectl,
  each: Doomed,
  grace: number | undefined,
  dryRun: DryRun,
): Run<{ readonly uid: string } | { readonly text: string; readonly missing: boolean }> {
  const { resource, namespace, name, source } = each;
  const path = pathOf(resource, namespace, name);
  const options: JsonObject = {
    propagationPolicy: policyOf(kubectl.flags.text("cascade")),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(dryRun === "server" ? { dryRun: ["All"] } : {}),
  };
  const response = dryRun === "client" ? undefined : yield* send({ method: "DELETE", path, body: options as Json });
  if (response !== undefined && failed(response))
    return { missing: isNotFound(response), text: failureText(response, source === undefined ? undefined : { verb: "deleting", source }) };
  const operation = grace === 0 ? "force deleted" : "deleted";
  const from = namespace === undefined ? "" : ` from ${namespace} namespace`;
  if (kubectl.flags.text("output") === "name") yield* out(`${nameWord(resource, name)}\n`);
  else yield* out(`${kindWord(resource)} ${JSON.stringify(name)} ${operation}${from}${dryRunNote(dryRun)}\n`);
  const body = (response?.body ?? {}) as { readonly metadata?: { readonly uid?: string }; readonly details?: { readonly uid?: string } };
  return { uid: body.details?.uid ?? body.metadata?.uid ?? "" };
}
