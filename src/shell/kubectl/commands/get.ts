/**
 * `kubectl get`: tables that the server printed, or the objects in another form; with `-w`, their changes.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/get.go
 */
import type { ApiResponse } from "../../../kube/apiserver/door";
import type { JsonObject } from "../../../kube/apis/objects";
import { pathOf, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, next, out, type Run } from "../../program";
import { type Kubectl, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal, isNotFound } from "../failure";
import { loadFiles } from "../manifests";
import { kindWord, nameWord } from "../mapper";
import { type Printer, printerOf } from "../printers/output";
import { headerLine, isTable, metaOf, rowLine, type Table, TABLE_ACCEPT, type TableOptions } from "../printers/table";
import { aligned, TABLE } from "../printers/tabwriter";
import { sorted } from "../sorting";
import { infosOf, listFailure, parseTargets, selection, type Target, usesFiles } from "../targets";
import { missingType } from "../usage";

const FLAGS = `${OUTPUT_FLAGS};all-namespaces A bool;selector l string;field-selector string;watch w bool;watch-only bool;output-watch-events bool;no-headers bool;show-labels bool;show-kind bool;label-columns L list;sort-by string;ignore-not-found bool;chunk-size int=500;raw string;server-print bool=true;subresource string;filename f list;recursive R bool;kustomize k string`;

interface Wanted extends Target {
  readonly namespace: string | undefined;
}

export function* get(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("get", FLAGS, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  if (flags.has("raw")) return yield* raw(flags.text("raw"));
  if (flags.args.length === 0 && !usesFiles(kubectl)) throw missingType("get");
  const wanted = yield* targetsOf(kubectl);
  if (flags.bool("watch") || flags.bool("watch-only")) return yield* watch(kubectl, wanted, yield* printerOf(kubectl, true));
  const output = flags.text("output");
  const human = output === "wide" || (output === "" && flags.text("template") === "");
  return human ? yield* tables(kubectl, wanted, output === "wide") : yield* objects(kubectl, wanted);
}

function* raw(path: string): Run<number> {
  const response = yield* send({ method: "GET", path });
  if (failed(response)) throw new Exit(failureText(response));
  yield* out(`${JSON.stringify(response.body)}\n`);
  return 0;
}

function* targetsOf(kubectl: Kubectl): Run<readonly Wanted[]> {
  const { flags, namespace } = kubectl;
  if (usesFiles(kubectl)) {
    const { loaded, failures } = yield* loadFiles(kubectl);
    if (failures.length > 0) throw new Exit(failures.join(""));
    return loaded.map((each) => ({ resource: each.resource, name: each.name, namespace: each.namespace }));
  }
  const all = flags.bool("all-namespaces");
  const targets = parseTargets(flags.args);
  const named = targets.some((target) => target.name !== undefined);
  if (named && all) throw fatal("a resource cannot be retrieved by name across all namespaces");
  if (named && Object.keys(selection(kubectl)).length > 0)
    throw fatal(
      flags.text("selector") === "" ? "field selectors and names cannot be combined" : "name cannot be provided when a selector is specified",
    );
  return targets.map((target) => ({ ...target, namespace: all || !target.resource.namespaced ? undefined : namespace }));
}

/** A list is fetched in chunks, as the real one does. */
function* fetched(kubectl: Kubectl, { resource, name, namespace }: Wanted, accept: string | undefined): Run<ApiResponse> {
  const subresource = kubectl.flags.text("subresource") || undefined;
  const path = pathOf(resource, namespace, name, name === undefined ? undefined : subresource);
  const full: Readonly<Record<string, string>> = kubectl.flags.has("sort-by") && accept !== undefined ? { includeObject: "Object" } : {};
  if (name !== undefined) return yield* send({ method: "GET", path, accept, query: full });
  const query: Readonly<Record<string, string>> = {
    ...selection(kubectl),
    ...full,
    ...(kubectl.flags.number("chunk-size") > 0 ? { limit: String(kubectl.flags.number("chunk-size")) } : {}),
  };
  let whole = yield* send({ method: "GET", path, accept, query });
  for (let token = continuation(whole); token !== ""; ) {
    const page = yield* send({ method: "GET", path, accept, query: { ...query, continue: token } });
    if (failed(page)) return page;
    const [a, b] = [whole.body as JsonObject, page.body as JsonObject];
    const key = isTable(page.body) ? "rows" : "items";
    whole = { ...whole, body: { ...b, [key]: [...(a[key] as readonly Json[]), ...(b[key] as readonly Json[])] } };
    token = continuation(page);
  }
  return whole;
}

const continuation = (response: ApiResponse): string => {
  const metadata = (response.body as { readonly metadata?: { readonly continue?: string } } | null)?.metadata;
  return failed(response) ? "" : (metadata?.continue ?? "");
};

const tableOptions = (kubectl: Kubectl, resource: ResourceInfo, wide: boolean, many: boolean): TableOptions => ({
  wide,
  noHeaders: kubectl.flags.bool("no-headers"),
  withNamespace: kubectl.flags.bool("all-namespaces") && resource.namespaced,
  kind: many || kubectl.flags.bool("show-kind") ? kindWord(resource) : undefined,
  showLabels: kubectl.flags.bool("show-labels"),
  labelColumns: kubectl.flags.all("label-columns"),
});

function* tables(kubectl: Kubectl, wanted: readonly Wanted[], wide: boolean): Run<number> {
  const { flags } = kubectl;
  const failures: string[] = [];
  const groups: { readonly resource: ResourceInfo; readonly table: Table }[] = [];
  const answered = new Set<string>();
  for (const target of wanted) {
    const response = yield* fetched(kubectl, target, TABLE_ACCEPT);
    if (failed(response)) {
      if (!(isNotFound(response) && flags.bool("ignore-not-found"))) failures.push(listFailure(target.resource, target.name, kubectl, response));
    } else if (isTable(response.body)) {
      answered.add(target.resource.name);
      if (response.body.rows.length > 0) groups.push({ resource: target.resource, table: response.body });
    }
  }
  const many = answered.size > 1;
  let written = false;
  for (const group of merged(groups)) {
    const options = tableOptions(kubectl, group.resource, wide, many);
    const { table } = group;
    const rows = flags.has("sort-by") ? sortedRows(table, flags.text("sort-by")) : table.rows;
    if (rows.length === 0) continue;
    const lines = [...(options.noHeaders ? [] : [headerLine(table, options)]), ...rows.map((row) => rowLine(table, row, options))];
    if (written && !options.noHeaders) yield* out("\n");
    yield* out(aligned(`${lines.join("\n")}\n`, TABLE));
    written = true;
  }
  yield* err(failures.join(""));
  if (failures.length > 0) return 1;
  if (!written && !flags.bool("ignore-not-found")) {
    const everywhere = flags.bool("all-namespaces") || wanted.some((target) => !target.resource.namespaced);
    yield* err(everywhere ? "No resources found\n" : `No resources found in ${kubectl.namespace} namespace.\n`);
  }
  return 0;
}

/** A table without the field it is to be sorted by is shown as if it were empty, as the real one does. */
function sortedRows(table: Table, field: string): Table["rows"] {
  const rows = sorted(table.rows, field, (row) => row.object ?? {}, true);
  return rows ?? [];
}

/** Objects of one type that were asked for by name share one table. */
function merged(
  groups: readonly { readonly resource: ResourceInfo; readonly table: Table }[],
): readonly { readonly resource: ResourceInfo; readonly table: Table }[] {
  const joined: { resource: ResourceInfo; table: Table }[] = [];
  for (const group of groups) {
    const last = joined.at(-1);
    if (last?.resource === group.resource) last.table = { ...last.table, rows: [...last.table.rows, ...group.table.rows] };
    else joined.push({ ...group });
  }
  return joined;
}

/** The printer is made when something was found, so that a missing object is what is complained about first. */
function* objects(kubectl: Kubectl, wanted: readonly Wanted[]): Run<number> {
  const { flags } = kubectl;
  const failures: string[] = [];
  const found: { readonly resource: ResourceInfo; readonly object: Json; readonly name: string }[] = [];
  for (const target of wanted) {
    const response = yield* fetched(kubectl, target, undefined);
    if (failed(response)) {
      if (!(isNotFound(response) && flags.bool("ignore-not-found"))) failures.push(listFailure(target.resource, target.name, kubectl, response));
    } else for (const { resource, name, object } of infosOf(target.resource, response)) found.push({ resource, name, object });
  }
  const lone = wanted.length === 1 && wanted[0]?.name !== undefined;
  if (lone && found.length === 0) {
    yield* err(failures.join(""));
    return failures.length > 0 ? 1 : 0;
  }
  const printer = yield* printerOf(kubectl, true);
  if (printer.form === "human") return 0;
  const items = flags.has("sort-by") ? (sorted(found, flags.text("sort-by"), (item) => item.object) ?? []) : found;
  if (printer.form === "name") yield* out(items.map(({ resource, name }) => `${nameWord(resource, name)}\n`).join(""));
  else if (printer.form === "columns") {
    if (items.length > 0 || failures.length === 0)
      yield* out(
        printer.print(
          items.map((item) => item.object),
          flags.bool("no-headers"),
        ),
      );
  } else if (lone) yield* out(items.map((item, i) => printer.print(item.object, i)).join(""));
  else if (failures.length === 0 || items.length > 0) yield* out(printer.print(listOf(items.map((item) => item.object)), 0));
  yield* err(failures.join(""));
  return failures.length > 0 ? 1 : 0;
}

export const listOf = (items: readonly Json[]): Json => ({ apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } });

/**
 * Prints what is there, then each change as it comes. Columns keep the widths they have had.
 * @rule kubectl.get.watch
 */
function* watch(kubectl: Kubectl, wanted: readonly Wanted[], printer: Printer): Run<number> {
  const { flags } = kubectl;
  const [target] = wanted;
  if (target === undefined || wanted.some((each) => each.resource !== target.resource)) throw fatal("you may only specify a single resource type");
  const human = printer.form === "human";
  const remembered: number[] = [];
  const options = tableOptions(kubectl, target.resource, human && printer.wide, false);
  let headed = options.noHeaders;
  let printed = 0;
  const show = function* (object: Json, type: string): Run<void> {
    if (printer.form === "human") {
      if (!isTable(object) || object.rows.length === 0) return;
      const withEvent = (line: string, first: string): string => (flags.bool("output-watch-events") ? `${first}\t${line}` : line);
      const lines = object.rows.map((row) => withEvent(rowLine(object, row, options), type));
      if (!headed) lines.unshift(withEvent(headerLine(object, options), "EVENT"));
      headed = true;
      yield* out(aligned(`${lines.join("\n")}\n`, { ...TABLE, remembered }));
    } else if (printer.form === "name") yield* out(`${nameWord(target.resource, metaOf({ cells: [], object: object as JsonObject }).name ?? "")}\n`);
    else if (printer.form === "columns") {
      yield* out(printer.print([object], headed));
      headed = true;
    } else yield* out(printer.print(flags.bool("output-watch-events") ? { object, type } : object, printed++));
  };
  const accept = human ? TABLE_ACCEPT : undefined;
  const first = yield* fetched(kubectl, target, accept);
  if (failed(first)) throw new Exit(failureText(first));
  if (!flags.bool("watch-only")) {
    if (human) yield* show(first.body, "ADDED");
    else for (const info of infosOf(target.resource, first)) yield* show(info.object, "ADDED");
  }
  const version = (first.body as { readonly metadata?: { readonly resourceVersion?: string } }).metadata?.resourceVersion ?? "";
  const query = {
    ...selection(kubectl),
    ...(target.name === undefined ? {} : { fieldSelector: `metadata.name=${target.name}` }),
    watch: "true",
    ...(version === "" ? {} : { resourceVersion: version }),
  };
  const opened = yield* send({ method: "GET", path: pathOf(target.resource, target.namespace), query, accept });
  if (failed(opened)) throw new Exit(failureText(opened));
  const stream = (opened.body as { readonly watch: string }).watch;
  for (;;) {
    const piece = yield* next(stream);
    for (const event of piece?.events ?? []) {
      if (event.type === "ERROR") throw new Exit(failureText({ code: 410, body: event.object }));
      if (event.type !== "BOOKMARK") yield* show(event.object, event.type);
    }
    if (piece === undefined || piece.closed === true) return 0;
  }
}
