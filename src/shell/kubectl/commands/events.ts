/** `kubectl events`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/events/events.go */
import type { JsonObject, KubeObject } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import { parseTime } from "../../../kube/apis/time";
import type { Json, Micros } from "../../../sim/types";
import { err, next, now, out, type Run } from "../../program";
import { must, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal } from "../failure";
import { mustResource } from "../mapper";
import { eventInterval, type EventObject } from "../describe/writer";
import { printerOf } from "../printers/output";
import { aligned, TABLE } from "../printers/tabwriter";
import { listOf } from "./get";

const EVENTS = resourceNamed("events") as ResourceInfo;
type Event = EventObject & KubeObject;

/** When it was last seen. */
function lastSeen(event: Event): number {
  const text = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  return parseTime(text ?? "") ?? 0;
}

function row(event: Event, at: Micros, withNamespace: boolean): string {
  const { kind, name } = (event.involvedObject ?? {}) as { readonly kind?: string; readonly name?: string };
  const message = (event.message ?? "").trim();
  return `${withNamespace ? `${event.metadata.namespace}\t` : ""}${eventInterval(event, at)}\t${event.type}\t${event.reason}\t${kind}/${name}\t${message}`;
}

export function* events(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "events",
    `${OUTPUT_FLAGS};watch w bool;all-namespaces A bool;for string;types list;no-headers bool;chunk-size int=500`,
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const printer = yield* printerOf(kubectl, false);
  const all = flags.bool("all-namespaces");
  const namespace = all ? undefined : kubectl.namespace;
  const query: Record<string, string> = {};
  if (flags.has("for")) {
    const [type = "", name = ""] = flags.text("for").split("/");
    if (name === "") throw fatal(`--for must be in resource/name form`);
    const resource = mustResource(type);
    query["fieldSelector"] = `involvedObject.kind=${resource.kind},involvedObject.name=${name}`;
  }
  const types = flags.all("types").map((type) => type.toLowerCase());
  if (types.some((type) => type !== "normal" && type !== "warning")) throw fatal("valid --types are Normal or Warning");
  const wanted = (event: Event): boolean => types.length === 0 || types.includes((event.type ?? "").toLowerCase());
  const list = (yield* must({ method: "GET", path: pathOf(EVENTS, namespace), query })) as unknown as {
    readonly items?: readonly Event[];
    readonly metadata?: { readonly resourceVersion?: string };
  };
  const items = (list.items ?? []).filter(wanted).sort((a, b) => lastSeen(a) - lastSeen(b));
  if (items.length === 0 && !flags.bool("watch")) {
    yield* err(all ? "No events found.\n" : `No events found in ${kubectl.namespace} namespace.\n`);
    return 0;
  }
  if (printer.form === "object") yield* out(printer.print(listOf(items as unknown as readonly Json[]), 0));
  const header = `${all ? "NAMESPACE\t" : ""}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE`;
  const remembered: number[] = [];
  const at = yield* now();
  const lines = [...(flags.bool("no-headers") ? [] : [header]), ...items.map((event) => row(event, at, all))];
  if (printer.form !== "object" && lines.length > 0) yield* out(aligned(`${lines.join("\n")}\n`, { ...TABLE, remembered }));
  if (!flags.bool("watch")) return 0;
  const opened = yield* send({
    method: "GET",
    path: pathOf(EVENTS, namespace),
    query: { ...query, watch: "true", resourceVersion: list.metadata?.resourceVersion ?? "" },
  });
  if (failed(opened)) throw new Exit(failureText(opened));
  for (;;) {
    const piece = yield* next((opened.body as { readonly watch: string }).watch);
    for (const { type, object } of piece?.events ?? []) {
      const event = object as unknown as Event;
      if (type === "DELETED" || type === "BOOKMARK" || type === "ERROR" || !wanted(event)) continue;
      yield* out(
        printer.form === "object" ? printer.print(object as JsonObject, 0) : aligned(`${row(event, yield* now(), all)}\n`, { ...TABLE, remembered }),
      );
    }
    if (piece === undefined || piece.closed === true) return 0;
  }
}
