/**
 * `kubectl create token`: a token of a ServiceAccount for a while.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_token.go
 */
import type { JsonObject } from "../../../kube/apis/objects";
import { mustResource } from "../mapper";
import { pathOf } from "../../../kube/apis/resources";
import { out, type Run } from "../../program";
import { OUTPUT_FLAGS, readFlags, send } from "../context";
import { parseDuration } from "../flags";
import { Exit, failed, fatal, plainMessage } from "../failure";
import { printerOf } from "../printers/output";

export function* createToken(args: readonly string[]): Run<number> {
  const spec = `${OUTPUT_FLAGS};audience array;duration string;bound-object-kind string;bound-object-name string;bound-object-uid string`;
  const kubectl = yield* readFlags("create token", spec, args);
  if (kubectl === undefined) return 0;
  const { flags, namespace } = kubectl;
  const [name, ...rest] = flags.args;
  if (name === undefined || rest.length > 0)
    throw new Exit(`error: exactly one NAME is required, got ${flags.args.length}\nSee 'kubectl create token -h' for help and examples\n`);
  const seconds = flags.has("duration") ? secondsOf(flags.text("duration")) : undefined;
  const bound = flags.text("bound-object-kind");
  const ref = {
    kind: bound,
    apiVersion: "v1",
    name: flags.text("bound-object-name"),
    ...(flags.has("bound-object-uid") ? { uid: flags.text("bound-object-uid") } : {}),
  };
  const body: JsonObject = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: {
      ...(flags.has("audience") ? { audiences: flags.all("audience") } : {}),
      ...(seconds === undefined ? {} : { expirationSeconds: seconds }),
      ...(bound === "" ? {} : { boundObjectRef: ref }),
    },
  };
  const response = yield* send({ method: "POST", path: pathOf(mustResource("serviceaccounts"), namespace, name, "token"), body });
  if (failed(response)) throw fatal(`failed to create token: ${plainMessage(response)}`);
  const made = response.body as JsonObject;
  const printer = yield* printerOf(kubectl, false);
  if (printer.form === "object") yield* out(printer.print(made, 0));
  else yield* out(`${(made["status"] as JsonObject)["token"] as string}\n`);
  return 0;
}

/** Whole seconds, more than none. */
function secondsOf(text: string): number {
  const span = parseDuration(text);
  if (span === undefined || span <= 0) throw fatal("--duration must be greater than or equal to 0");
  if (span % 1_000_000 !== 0) throw fatal("--duration cannot be expressed in units less than seconds");
  return span / 1_000_000;
}
