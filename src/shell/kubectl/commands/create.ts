/**
 * `kubectl create`: from files, or one object from flags (`generators.ts`).
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create.go
 */
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf, resourceOfKind } from "../../../kube/apis/resources";
import { err, type Run } from "../../program";
import { createToken } from "./create-token";
import { DRY_RUN, dryRunOf, dryRunQuery, FILE_FLAGS, fieldValidationOf, OUTPUT_FLAGS, readFlags, send, VALIDATE } from "../context";
import { Exit, failed, failureText, fatal, plainMessage, together } from "../failure";
import { GENERATORS, type Generator } from "../generators";
import { withLastApplied } from "../last-applied";
import { loadFiles } from "../manifests";
import { resultsOf } from "../results";

const COMMON = `${OUTPUT_FLAGS};${DRY_RUN};${VALIDATE};save-config bool;field-manager string=kubectl-create`;

export function* create(args: readonly string[]): Run<number> {
  const [word, second] = args;
  if (word === "token") return yield* createToken(args.slice(1));
  const generator = GENERATORS.get(word ?? "") ?? GENERATORS.get(`${word} ${second}`);
  if (generator !== undefined) return yield* generate(generator, GENERATORS.has(word ?? "") ? args.slice(1) : args.slice(2));
  if (word !== undefined && !word.startsWith("-") && [...GENERATORS.keys()].some((name) => name.startsWith(`${word} `)))
    throw new Exit(
      `error: you must specify a kind of ${word}: ${[...GENERATORS.keys()]
        .filter((name) => name.startsWith(`${word} `))
        .map((name) => name.slice(word.length + 1))
        .join(", ")}\nSee 'kubectl create ${word} -h' for help and examples\n`,
    );
  return yield* createFiles(args);
}

function* createFiles(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("create", `${COMMON};${FILE_FLAGS};selector l string;edit bool;raw string;windows-line-endings bool`, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  if (flags.args.length > 0) throw new Exit(`error: Unexpected args: [${flags.args.join(" ")}]\nSee 'kubectl create -h' for help and examples\n`);
  if (!flags.has("filename")) throw fatal("must specify one of -f and -k");
  const dryRun = dryRunOf(flags);
  const query = { fieldManager: flags.text("field-manager"), fieldValidation: fieldValidationOf(flags), ...dryRunQuery(dryRun) };
  const { loaded, failures } = yield* loadFiles(kubectl);
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals: string[] = [];
  for (const { resource, namespace, name, object, source } of loaded) {
    const body = flags.bool("save-config") ? withLastApplied(object) : object;
    if (dryRun === "client") {
      yield* results.add(resource, name, "created", body);
      continue;
    }
    const response = yield* send({ method: "POST", path: pathOf(resource, namespace), query, body });
    if (failed(response)) refusals.push(failureText(response, { verb: "creating", source }));
    else yield* results.add(resource, nameOf(response.body as JsonObject), "created", response.body as JsonObject);
  }
  yield* results.endEach();
  refusals.push(...failures);
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

const isRun = (made: Run<JsonObject> | JsonObject): made is Run<JsonObject> => Symbol.iterator in made;

const nameOf = (object: JsonObject): string => String((object["metadata"] as JsonObject | undefined)?.["name"] ?? "");

function* generate(generator: Generator, args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(`create ${generator.usage}`, `${COMMON};${generator.flags}`, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const absent = (generator.required ?? []).filter((flag) => !flags.has(flag));
  if (absent.length > 0) throw fatal(`required flag(s) ${absent.map((flag) => JSON.stringify(flag)).join(", ")} not set`);
  const named = flags.dash < 0 ? flags.args : flags.args.slice(0, flags.dash);
  const extra = flags.dash < 0 ? [] : flags.args.slice(flags.dash);
  if (named.length !== (generator.args ?? 1))
    throw new Exit(`error: exactly one NAME is required, got ${named.length}\nSee 'kubectl create ${generator.usage} -h' for help and examples\n`);
  const dryRun = dryRunOf(flags);
  const made = generator.make(kubectl, named, extra);
  const object = isRun(made) ? yield* made : made;
  const resource = resourceOfKind(String(object["apiVersion"]), String(object["kind"]));
  const kind = {
    group: String(object["apiVersion"]).includes("/") ? (String(object["apiVersion"]).split("/")[0] ?? "") : "",
    kind: String(object["kind"]),
  };
  const shown = resource ?? {
    name: `${kind.kind.toLowerCase()}s`,
    group: kind.group,
    version: "v1",
    kind: kind.kind,
    singular: kind.kind.toLowerCase(),
    namespaced: true,
    shortNames: [],
    subresources: [],
  };
  const results = yield* resultsOf(kubectl, dryRun);
  const body = flags.bool("save-config")
    ? withLastApplied(object)
    : kubectl.namespaceGiven && shown.namespaced
      ? { ...object, metadata: { ...(object["metadata"] as JsonObject), namespace: kubectl.namespace } }
      : object;
  let answer = body;
  if (dryRun !== "client") {
    const query = { fieldManager: flags.text("field-manager"), fieldValidation: fieldValidationOf(flags), ...dryRunQuery(dryRun) };
    const response = yield* send({ method: "POST", path: pathOf(shown, kubectl.namespace), query, body });
    if (failed(response))
      throw generator.failure === undefined || response.code === 0
        ? new Exit(failureText(response))
        : fatal(`${generator.failure} ${plainMessage(response)}`);
    answer = response.body as JsonObject;
  }
  yield* results.add(shown, nameOf(object), "created", answer);
  yield* results.endEach();
  return 0;
}
