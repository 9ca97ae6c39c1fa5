/**
 * `kubectl cordon`, `uncordon`, `taint`.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go RunCordonOrUncordon; cmd/taint/taint.go
 */
import type { NodeObject } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, out, type Run } from "../../program";
import { DRY_RUN, type DryRun, dryRunNote, dryRunOf, dryRunQuery, type Kubectl, must, readFlags, send } from "../context";
import { failed, failureText, fatal, usageError } from "../failure";
import { mustResource } from "../mapper";
import { changedTaints, parseTaints, takenKeys } from "../taints";
import { mustFind } from "../targets";

export const NODES = resourceNamed("nodes") as ResourceInfo;

/** Nodes named as `NODE…`, or by a selector. */
export function* nodesOf(kubectl: Kubectl): Run<readonly NodeObject[]> {
  const { args } = kubectl.flags;
  const selecting = kubectl.flags.text("selector") !== "";
  if (args.length === 0 && !selecting) throw usageError(kubectl.command, `USAGE: ${kubectl.command} NODE [flags]`);
  if (args.length > 0 && selecting)
    throw usageError(kubectl.command, "error: cannot specify both a node name and a --selector option".replace(/^error: /, ""));
  const words = selecting ? ["nodes"] : args.map((name) => (name.includes("/") ? name : `nodes/${name}`));
  return (yield* mustFind(kubectl, { args: words, all: true })).map((info) => info.object as unknown as NodeObject);
}

export function* cordonNode(node: NodeObject, wanted: boolean, dryRun: DryRun): Run<boolean> {
  const name = node.metadata.name;
  const word = wanted ? "cordoned" : "uncordoned";
  if ((node.spec?.unschedulable === true) === wanted) {
    yield* out(`node/${name} already ${word}${dryRunNote(dryRun)}\n`);
    return true;
  }
  if (dryRun !== "client") {
    const body: Json = { spec: { unschedulable: wanted ? true : null } };
    const response = yield* send({
      method: "PATCH",
      path: pathOf(NODES, undefined, name),
      contentType: "application/strategic-merge-patch+json",
      query: dryRunQuery(dryRun),
      body,
    });
    if (failed(response)) {
      yield* err(`error: unable to ${wanted ? "cordon" : "uncordon"} node ${JSON.stringify(name)}: ${failureText(response)}`);
      return false;
    }
  }
  yield* out(`node/${name} ${word}${dryRunNote(dryRun)}\n`);
  return true;
}

export function* cordon(args: readonly string[], name: string): Run<number> {
  const kubectl = yield* readFlags(name, `${DRY_RUN};selector l string`, args);
  if (kubectl === undefined) return 0;
  const dryRun = dryRunOf(kubectl.flags);
  let code = 0;
  for (const node of yield* nodesOf(kubectl)) if (!(yield* cordonNode(node, name === "cordon", dryRun))) code = 1;
  return code;
}

const isPlainPair = (word: string): boolean => (word.includes("=") && !word.startsWith("=")) || (word.endsWith("-") && word !== "-");

/** Splits `TYPE NAME… CHANGE…`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetResourcesAndPairs */
export function resourcesAndPairs(
  args: readonly string[],
  what: string,
  isPair = isPlainPair,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: args, pairs: [] };
  const stray = args.slice(first).find((word) => !isPair(word));
  if (stray !== undefined) throw fatal(`all resources must be specified before ${what} changes: ${stray}`);
  return { resources: args.slice(0, first), pairs: args.slice(first) };
}

export function* taint(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "taint",
    `${DRY_RUN};overwrite bool;all bool;selector l string;output o string;validate string?strict=strict;field-manager string`,
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const dryRun = dryRunOf(flags);
  const { resources, pairs } = resourcesAndPairs(flags.args, "taint", (word) => word.includes("=") || word.includes(":") || word.endsWith("-"));
  const parsed = parseTaints(pairs);
  if ("error" in parsed) throw usageError("taint", parsed.error);
  const [type, ...names] = resources;
  if (type === undefined) throw fatal("one or more resources must be specified as <resource> <name>");
  if (!type.includes("/") && mustResource(type) !== NODES) throw fatal(`invalid resource type ${type}, only node types are supported`);
  if (!type.includes("/") && names.length === 0 && !flags.bool("all") && flags.text("selector") === "")
    throw fatal("at least one resource name must be specified since 'all' parameter is not set");
  if (pairs.length === 0) throw fatal("at least one taint update is required");
  const both = parsed.value.add.filter((each) =>
    parsed.value.remove.some((other) => other.key === each.key && (other.effect === "" || other.effect === each.effect)),
  );
  if (both.length > 0)
    throw fatal(
      `can not both modify and remove the following taint(s) in the same command: ${both.map((each) => `${each.key}=${each.effect}`).join(", ")}`,
    );
  for (const info of yield* mustFind(kubectl, { args: resources }))
    yield* taintNode(kubectl, info.object as unknown as NodeObject, parsed.value, dryRun);
  return 0;
}

function* taintNode(
  kubectl: Kubectl,
  node: NodeObject,
  { add, remove }: { readonly add: Parameters<typeof changedTaints>[1]; readonly remove: Parameters<typeof changedTaints>[2] },
  dryRun: DryRun,
): Run<void> {
  const old = node.spec?.taints ?? [];
  const name = node.metadata.name;
  const overwrite = kubectl.flags.bool("overwrite");
  const taken = overwrite ? [] : takenKeys(old, add);
  if (taken.length > 0) throw fatal(`node ${name} already has ${taken.join(",")} taint(s) with same effect(s) and --overwrite is false`);
  const changed = changedTaints(old, add, remove, overwrite);
  if ("error" in changed) throw fatal(changed.error);
  if (dryRun !== "client") {
    const body = { spec: { taints: changed.value.taints } } as unknown as Json;
    yield* must({
      method: "PATCH",
      path: pathOf(NODES, undefined, name),
      contentType: "application/strategic-merge-patch+json",
      query: dryRunQuery(dryRun),
      body,
    });
  }
  yield* out(`node/${name} ${changed.value.operation}${dryRunNote(dryRun)}\n`);
}
