/**
 * `kubectl diff`: what apply would change, as `diff -u -N` of the live object and the server's answer to a dry run.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/diff/diff.go
 */
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { out, type Run } from "../../program";
import { FILE_FLAGS, readFlags, send, VALIDATE } from "../context";
import { Exit, failed, failureText, fatal, isNotFound } from "../failure";
import { withLastApplied } from "../last-applied";
import { loadFiles, type Loaded } from "../manifests";
import { withoutManagers } from "../printers/output";
import { yamlText } from "../printers/yaml";
import { unifiedDiff } from "../unified-diff";
import { applyPatch } from "./apply";

/** Differences end with 1, so failures end with 2. */
export function* diff(args: readonly string[]): Run<number> {
  try {
    return yield* compared(args);
  } catch (exit) {
    throw exit instanceof Exit ? new Exit(exit.text, 2) : exit;
  }
}

function* compared(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "diff",
    `${FILE_FLAGS};${VALIDATE};selector l string;server-side bool;field-manager string=kubectl-client-side-apply;prune bool;show-managed-fields bool;concurrency int=1`,
    args,
  );
  if (kubectl === undefined) return 0;
  if (!kubectl.flags.has("filename")) throw fatal("must specify one of -f and -k");
  const { loaded, failures } = yield* loadFiles(kubectl);
  if (failures.length > 0) throw new Exit(failures.join(""));
  let changed = false;
  for (const each of loaded) {
    const pair = yield* versions(each);
    const label = [each.resource.group, each.resource.version, each.resource.kind, each.namespace ?? "", each.name]
      .filter((part) => part !== "")
      .join(".");
    const text = unifiedDiff(`/tmp/LIVE/${label}`, `/tmp/MERGED/${label}`, pair.live, pair.merged);
    if (text === "") continue;
    changed = true;
    yield* out(`diff -u -N /tmp/LIVE/${label} /tmp/MERGED/${label}\n${text}`);
  }
  return changed ? 1 : 0;
}

function* versions(loaded: Loaded): Run<{ readonly live: string; readonly merged: string }> {
  const { resource, namespace, name, source, object } = loaded;
  const path = pathOf(resource, namespace, name);
  const modified = withLastApplied(object);
  const current = yield* send({ method: "GET", path });
  if (failed(current) && !isNotFound(current)) throw new Exit(failureText(current));
  const query = { dryRun: "All", fieldManager: "kubectl-client-side-apply" };
  if (isNotFound(current)) {
    const created = yield* send({ method: "POST", path: pathOf(resource, namespace), query, body: modified });
    if (failed(created)) throw new Exit(failureText(created, { verb: "creating", source }));
    return { live: "", merged: shown(created.body) };
  }
  const live = current.body as JsonObject;
  const patch = applyPatch(resource, live, modified);
  if ("error" in patch) throw fatal(patch.error);
  if (Object.keys(patch.value).length === 0) return { live: "", merged: "" };
  const merged = yield* send({ method: "PATCH", path, query, contentType: "application/strategic-merge-patch+json", body: patch.value });
  if (failed(merged)) throw new Exit(failureText(merged, { verb: "applying patch", source }));
  return { live: shown(live), merged: shown(merged.body) };
}

const shown = (body: Json): string => yamlText(withoutManagers(body));
