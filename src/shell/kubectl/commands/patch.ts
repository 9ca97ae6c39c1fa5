/** `kubectl patch`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go */
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { resolvePath } from "../../paths";
import { err, readFile, type Run, terminalState } from "../../program";
import { parseYaml } from "../../yaml/parse";
import { DRY_RUN, dryRunOf, dryRunQuery, FILE_FLAGS, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal, together } from "../failure";
import { jsonText } from "../printers/json";
import { resultsOf } from "../results";
import { findObjects } from "../targets";

const TYPES: Readonly<Record<string, string>> = {
  strategic: "application/strategic-merge-patch+json",
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
};

export function* patch(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "patch",
    `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};patch p string;patch-file string;type string=strategic;local bool;subresource string;field-manager string=kubectl-patch`,
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const dryRun = dryRunOf(flags);
  const type = flags.text("type").toLowerCase();
  const contentType = TYPES[type];
  if (contentType === undefined) throw fatal(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.text("type"))}`);
  if (!flags.has("patch") === !flags.has("patch-file"))
    throw fatal(
      flags.has("patch")
        ? "cannot specify --patch and --patch-file together"
        : "must specify --patch or --patch-file containing the contents of the patch",
    );
  const text = flags.has("patch") ? flags.text("patch") : yield* contents(flags.text("patch-file"));
  const { infos, failures } = yield* findObjects(kubectl);
  if (failures.length > 0 && infos.length === 0) throw new Exit(failures.join(""));
  if (/^\s*\{/.test(text) && !isJson(text)) throw new Exit(`Error from server (BadRequest): ${jsonProblem(text)}\n`);
  const { documents, problem } = parseYaml(text);
  if (problem !== undefined) throw fatal(`unable to parse ${JSON.stringify(text)}: ${problem.message}`);
  const given: Json = documents[0]?.value ?? null;
  // A body that is a text is JSON text to the server.
  const body: Json = typeof given === "string" ? JSON.stringify(given) : given;
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals = [...failures];
  for (const info of infos) {
    if (dryRun === "client") {
      yield* results.add(info.resource, info.name, "patched", info.object);
      continue;
    }
    const query = { fieldManager: flags.text("field-manager"), ...dryRunQuery(dryRun) };
    const path = pathOf(info.resource, info.namespace, info.name, flags.text("subresource") || undefined);
    const response = yield* send({ method: "PATCH", path, contentType, query, body });
    if (failed(response)) refusals.push(failureText(response));
    else
      yield* results.add(
        info.resource,
        info.name,
        same(info.object, response.body as JsonObject) ? "patched (no change)" : "patched",
        response.body as JsonObject,
      );
  }
  yield* results.endEach();
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What looks like JSON goes to the server as it is; this is what its decoder says. @source go@1.25 src/encoding/json/scanner.go */
function jsonProblem(text: string): string {
  for (let end = text.length; end > 0; end--)
    if (isJson(text.slice(0, end))) return `invalid character '${text.slice(end).trim()[0] ?? ""}' after top-level value`;
  return "unexpected end of JSON input";
}

const same = (a: JsonObject, b: JsonObject): boolean => jsonText(a) === jsonText(b);

function* contents(name: string): Run<string> {
  const { cwd } = yield* terminalState();
  const path = resolvePath(cwd, name);
  const text = path === undefined ? undefined : yield* readFile(path);
  if (text === undefined) throw fatal(`unable to read patch file: open ${name}: no such file or directory`);
  return text;
}
