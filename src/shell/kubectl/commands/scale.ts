/** `kubectl scale`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go; pkg/scale/scale.go */
import type { ApiResponse } from "../../../kube/apiserver/door";
import type { JsonObject } from "../../../kube/apis/objects";
import { apiVersionOf, pathOf } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, now, out, type Run } from "../../program";
import { DRY_RUN, dryRunNote, dryRunOf, dryRunQuery, FILE_FLAGS, type Kubectl, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal, together } from "../failure";
import { parseDuration } from "../flags";
import { resultsOf } from "../results";
import { findObjects, type Info, mustFind } from "../targets";
import { observe } from "../waiting";

const FLAGS = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};all bool;selector l string;replicas int;current-replicas int=-1;resource-version string;timeout duration`;

export function* scale(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("scale", FLAGS, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  if (!flags.has("replicas")) throw fatal('required flag(s) "replicas" not set');
  if (flags.number("replicas") < 0) throw fatal("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  if (flags.has("current-replicas") && flags.number("current-replicas") < -1)
    throw fatal("The --current-replicas must specify an integer of -1 or greater");
  const dryRun = dryRunOf(flags);
  const { infos, failures } = yield* findObjects(kubectl);
  const results = yield* resultsOf(kubectl, dryRun);
  const refusals = [...failures];
  for (const info of infos) {
    const refusal = dryRun === "client" ? undefined : yield* scaleOne(kubectl, info, dryRunQuery(dryRun));
    if (refusal === undefined) yield* results.add(info.resource, info.name, "scaled", info.object);
    else refusals.push(refusal);
  }
  if (infos.length === 0 && failures.length === 0) throw fatal("no objects passed to scale");
  yield* results.endEach();
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

function* scaleOne(kubectl: Kubectl, { resource, namespace, name }: Info, query: Readonly<Record<string, string>>): Run<string | undefined> {
  const { flags } = kubectl;
  const path = pathOf(resource, namespace, name, "scale");
  const replicas = flags.number("replicas");
  const expected = flags.number("current-replicas");
  const version = flags.text("resource-version");
  let response: ApiResponse;
  if (expected >= 0 || version !== "") {
    const current = yield* send({ method: "GET", path });
    if (failed(current)) return failureText(current);
    const body = current.body as { readonly spec?: { readonly replicas?: number }; readonly metadata?: { readonly resourceVersion?: string } };
    if (expected >= 0 && (body.spec?.replicas ?? 0) !== expected)
      return `error: Expected replicas to be ${expected}, was ${body.spec?.replicas ?? 0}\n`;
    if (version !== "" && body.metadata?.resourceVersion !== version)
      return `error: Expected resource version to be ${version}, was ${body.metadata?.resourceVersion}\n`;
    response = yield* send({ method: "PUT", path, query, body: { ...(current.body as JsonObject), spec: { replicas } } as Json });
  } else response = yield* send({ method: "PATCH", path, query, contentType: "application/merge-patch+json", body: { spec: { replicas } } });
  if (failed(response)) return failureText(response);
  const limit = parseDuration(flags.text("timeout")) ?? 0;
  if (limit > 0 && !(yield* observe(resource, namespace, name, (yield* now()) + limit, (seen) => scaled(seen?.object, replicas))))
    return "error: timed out waiting for the condition\n";
  return undefined;
}

const scaled = (object: JsonObject | undefined, replicas: number): boolean => {
  const { spec, status, metadata } = (object ?? {}) as {
    readonly spec?: { readonly replicas?: number };
    readonly status?: { readonly replicas?: number; readonly observedGeneration?: number };
    readonly metadata?: { readonly generation?: number };
  };
  return spec?.replicas === replicas && (status?.replicas ?? 0) === replicas && (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
};

/**
 * `kubectl autoscale`: makes a HorizontalPodAutoscaler, which this API server may not serve.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/autoscale/autoscale.go
 */
export function* autoscale(args: readonly string[]): Run<number> {
  const flagText = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};min int=-1;max int=-1;cpu string;cpu-percent int=-1;memory string;name string;field-manager string`;
  const kubectl = yield* readFlags("autoscale", flagText, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  if (!flags.has("max")) throw fatal('required flag(s) "max" not set');
  const [min, max] = [flags.number("min"), flags.number("max")];
  if (max < 1) throw fatal(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw fatal(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  const dryRun = dryRunOf(flags);
  for (const info of yield* mustFind(kubectl)) {
    const cpu = /^(\d+)%$/.exec(flags.text("cpu"))?.[1] ?? (flags.has("cpu-percent") ? flags.text("cpu-percent") : undefined);
    const target =
      cpu === undefined ? { type: "AverageValue", averageValue: flags.text("cpu") } : { type: "Utilization", averageUtilization: Number(cpu) };
    const name = flags.text("name") || info.name;
    const scaleTargetRef = { apiVersion: apiVersionOf(info.resource), kind: info.resource.kind, name: info.name };
    const metrics = flags.has("cpu") || cpu !== undefined ? { metrics: [{ type: "Resource", resource: { name: "cpu", target } }] } : {};
    const body = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name },
      spec: { ...(min > 0 ? { minReplicas: min } : {}), maxReplicas: max, scaleTargetRef, ...metrics },
    };
    if (dryRun !== "client") {
      const path = `/apis/autoscaling/v2/namespaces/${info.namespace ?? ""}/horizontalpodautoscalers`;
      const response = yield* send({ method: "POST", path, query: dryRunQuery(dryRun), body });
      if (failed(response)) throw new Exit(failureText(response));
    }
    yield* out(`horizontalpodautoscaler.autoscaling/${name} autoscaled${dryRunNote(dryRun)}\n`);
  }
  return 0;
}
