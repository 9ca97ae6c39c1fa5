/** `kubectl wait`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/wait/wait.go */
import { pathOf } from "../../../kube/apis/resources";
import { err, now, out, type Run, sleep } from "../../program";
import { FILE_FLAGS, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, fatal, isNotFound } from "../failure";
import { parseDuration } from "../flags";
import { nameWord } from "../mapper";
import { findObjects, type Info, namespaceFor, parseTargets } from "../targets";
import { observe, untilGone } from "../waiting";
import { meets, parseWaitCondition, type WaitCondition } from "../wait-condition";

const POLL = 500_000;

export function* wait(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "wait",
    `${OUTPUT_FLAGS};${FILE_FLAGS};for string;timeout duration=30s;selector l string;field-selector string;all bool;all-namespaces A bool;local bool`,
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const text = flags.text("for");
  if (text === "")
    throw fatal(
      "you must specify --for=condition or --for=delete or --for=jsonpath or --for=create".replace(/^you must.*$/, 'unrecognized condition: ""'),
    );
  const parsed = parseWaitCondition(text);
  if ("error" in parsed) throw fatal(parsed.error);
  const condition = parsed.value;
  const limit = parseDuration(flags.text("timeout")) ?? 0;
  const deadline = (yield* now()) + (limit < 0 ? 7 * 86_400e6 : limit);
  if (condition.kind === "create") yield* untilCreated(kubectl.flags.args, kubectl.namespace, deadline);
  const { infos, failures } = yield* findObjects(kubectl);
  const gone = condition.kind === "delete";
  const refusals = gone ? failures.filter((failure) => !failure.includes("(NotFound)")) : failures;
  if (refusals.length > 0) throw new Exit(refusals.join(""));
  if (infos.length === 0 && !gone) throw fatal("no matching resources found");
  let code = 0;
  for (const info of infos) {
    if (yield* waitForOne(info, condition, deadline))
      yield* out(`${nameWord(info.resource, info.name)} ${gone ? "condition met" : "condition met"}\n`);
    else {
      yield* err(`error: timed out waiting for the condition on ${info.resource.name}/${info.name}\n`);
      code = 1;
    }
  }
  return code;
}

function* waitForOne(info: Info, condition: WaitCondition, deadline: number): Run<boolean> {
  const { resource, namespace, name, object } = info;
  const uid = String((object["metadata"] as { readonly uid?: string } | undefined)?.uid ?? "");
  if (condition.kind === "delete") return yield* untilGone(resource, namespace, name, uid, deadline);
  return yield* observe(resource, namespace, name, deadline, (observed) => {
    if (observed === undefined || observed.type === "DELETED") {
      if (condition.kind === "create") return false;
      throw new Exit(
        `Error from server (NotFound): ${resource.name}${resource.group === "" ? "" : `.${resource.group}`} ${JSON.stringify(name)} not found\n`,
      );
    }
    const met = meets(condition, observed.object);
    if ("error" in met) throw fatal(met.error);
    return met.value;
  });
}

function* untilCreated(args: readonly string[], namespace: string, deadline: number): Run<void> {
  for (const target of parseTargets(args)) {
    if (target.name === undefined) throw fatal("resource name must be provided");
    const path = pathOf(target.resource, namespaceFor({ namespace } as never, target.resource), target.name);
    for (;;) {
      const response = yield* send({ method: "GET", path });
      if (!failed(response) || !isNotFound(response)) break;
      if ((yield* now()) >= deadline) throw fatal(`timed out waiting for the condition on ${target.resource.name}/${target.name}`);
      yield* sleep(POLL);
    }
  }
}
