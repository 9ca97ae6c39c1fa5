/**
 * `kubectl auth can-i` and `whoami`: questions about oneself, which the API server answers.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/auth/{cani,whoami}.go
 */
import type { JsonObject } from "../../../kube/apis/objects";
import type { Json } from "../../../sim/types";
import { err, out, type Run } from "../../program";
import { type Kubectl, must, OUTPUT_FLAGS, readFlags } from "../context";
import { Exit } from "../failure";
import { resourceOfWord } from "../mapper";
import { printerOf } from "../printers/output";
import { aligned, TABLE } from "../printers/tabwriter";

const AUTHORIZATION = "/apis/authorization.k8s.io/v1";
const VERBS = new Set("get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest".split(" "));
const URL_VERBS = new Set(["get", "put", "post", "head", "options", "delete", "patch", "*"]);

const ask = (path: string, body: JsonObject): Run<Json> => must({ method: "POST", path, body });

export function* auth(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("auth", `${OUTPUT_FLAGS};list bool;quiet q bool;all-namespaces A bool;subresource string;no-headers bool`, args);
  if (kubectl === undefined) return 0;
  const [word] = kubectl.flags.args;
  if (word === "whoami") return yield* whoAmI(kubectl);
  if (word === "can-i") return kubectl.flags.bool("list") ? yield* list(kubectl) : yield* canI(kubectl);
  throw new Exit(`error: unknown command ${JSON.stringify(word ?? "")}\nSee 'kubectl auth -h' for help and examples\n`);
}

function* whoAmI(kubectl: Kubectl): Run<number> {
  const kind = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const review = (yield* ask("/apis/authentication.k8s.io/v1/selfsubjectreviews", kind)) as JsonObject;
  const printer = yield* printerOf(kubectl, false);
  if (printer.form === "object") {
    yield* out(printer.print(review, 0));
    return 0;
  }
  const { userInfo } = review["status"] as unknown as { readonly userInfo: { readonly username: string; readonly groups: readonly string[] } };
  const header = kubectl.flags.bool("no-headers") ? "" : "ATTRIBUTE\tVALUE\n";
  yield* out(aligned(`${header}Username\t${userInfo.username}\nGroups\t[${userInfo.groups.join(" ")}]\n`, TABLE));
  return 0;
}

/** What is asked about: a resource (with a name, in a namespace) or a path. */
function* attributes(kubectl: Kubectl, verb: string, given: string): Run<JsonObject> {
  const { flags, namespace } = kubectl;
  if (given.startsWith("/")) {
    if (!URL_VERBS.has(verb)) yield* err(`Warning: verb '${verb}' is not a known verb\n\n`);
    return { nonResourceAttributes: { path: given, verb } };
  }
  const slash = given.indexOf("/");
  const word = slash < 0 ? given : given.slice(0, slash);
  const name = slash < 0 ? (flags.args[3] ?? "") : given.slice(slash + 1);
  if (!VERBS.has(verb)) yield* err(`Warning: verb '${verb}' is not a known verb\n\n`);
  const resource = word === "*" ? undefined : resourceOfWord(word);
  if (resource === undefined && word !== "*") yield* err(`Warning: the server doesn't have a resource type '${word}'\n\n`);
  if (resource !== undefined && !resource.namespaced && !flags.bool("all-namespaces"))
    yield* err(`Warning: resource '${resource.name}' is not namespace scoped${resource.group === "" ? "" : ` in group '${resource.group}'`}\n\n`);
  const subresource = flags.text("subresource");
  const place = flags.bool("all-namespaces") ? {} : { namespace };
  return {
    resourceAttributes: {
      ...place,
      verb,
      group: resource?.group ?? (word === "*" ? "*" : ""),
      resource: resource?.name ?? word,
      ...(subresource === "" ? {} : { subresource }),
      ...(name === "" ? {} : { name }),
    },
  };
}

function* canI(kubectl: Kubectl): Run<number> {
  const [, verb, given] = kubectl.flags.args;
  if (verb === undefined || given === undefined)
    throw new Exit(
      "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.\n",
    );
  const spec = yield* attributes(kubectl, verb, given);
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
  const review = (yield* ask(`${AUTHORIZATION}/selfsubjectaccessreviews`, { ...kind, spec })) as JsonObject;
  const { allowed } = review["status"] as unknown as { readonly allowed: boolean };
  if (!kubectl.flags.bool("quiet")) yield* out(allowed ? "yes\n" : "no\n");
  return allowed ? 0 : 1;
}

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** The rules one has, resources before paths, `*` first. */
function* list(kubectl: Kubectl): Run<number> {
  const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview" };
  const body = { ...kind, spec: { namespace: kubectl.namespace } };
  const review = (yield* ask(`${AUTHORIZATION}/selfsubjectrulesreviews`, body)) as JsonObject;
  const { resourceRules, nonResourceRules } = review["status"] as unknown as {
    readonly resourceRules: readonly Rule[];
    readonly nonResourceRules: readonly Rule[];
  };
  const cells = (rule: Rule): string => {
    const names = (rule.resources ?? []).map((resource) => (rule.apiGroups?.[0] ? `${resource}.${rule.apiGroups[0]}` : resource));
    return `${names.join(",")}\t[${(rule.nonResourceURLs ?? []).join(" ")}]\t[]\t[${rule.verbs.join(" ")}]`;
  };
  const isAll = (rule: Rule): boolean => (rule.resources ?? rule.nonResourceURLs ?? [])[0] === "*";
  const rules = [
    ...resourceRules.filter(isAll),
    ...nonResourceRules.filter(isAll),
    ...resourceRules.filter((r) => !isAll(r)),
    ...nonResourceRules.filter((r) => !isAll(r)),
  ];
  const resources = rules.flatMap((rule) =>
    (rule.resources ?? [""]).map((resource) => ({ ...rule, ...(rule.resources ? { resources: [resource] } : {}) })),
  );
  const header = kubectl.flags.bool("no-headers") ? [] : ["Resources\tNon-Resource URLs\tResource Names\tVerbs"];
  yield* out(aligned(`${[...header, ...resources.map(cells)].join("\n")}\n`, TABLE));
  return 0;
}
