/**
 * Logs and exec: the API server finds the container's kubelet and passes its pieces on.
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go LogLocation, streamLocation
 */
import { delayOf } from "../../sim/delays";
import { linkDelay, linkTable, stoppedTable } from "../../sim/faults";
import { defineTable } from "../../sim/table";
import type { Json, Tx } from "../../sim/types";
import type { Pod } from "../apis/objects";
import type { KubeletCall, KubeletCancel, KubeletPiece, KubeletRequest } from "../kubelet/door";
import { KUBELET_TRAVEL, READ_REPLY, WATCH_TRAVEL } from "./delays";
import type { ApiCall, ApiReply, ApiResponse, ApiStreamPiece } from "./door";
import type { ResourceTarget } from "./request";
import { answer, badRequest, failure, internalError, methodNotAllowed, notFound } from "./status";
import { keyOf, stored } from "./storage/store";

interface ProxyRow {
  /** The id of the kubelet call. */
  readonly id: string;
  readonly call: number;
  readonly replyTo: string;
  readonly timer?: number;
  readonly node: string;
  /** A stream's name; undefined when the whole text is one answer. */
  readonly stream?: string;
  readonly text: string;
}
export const proxyTable = defineTable<ProxyRow, "stream">({
  name: "apiserver.proxy",
  key: (row) => row.id,
  indexes: { stream: (row) => row.stream },
});

export const isProxied = (target: ResourceTarget): boolean =>
  target.resource.name === "pods" && (target.subresource === "log" || target.subresource === "exec");

/** An answer at once, or undefined when it comes from the kubelet. */
export function proxyRequest(tx: Tx, call: ApiCall, target: ResourceTarget, query: Readonly<Record<string, string>>): ApiResponse | undefined {
  const name = target.name ?? "";
  const exec = target.subresource === "exec";
  if (exec ? call.request.method !== "POST" && call.request.method !== "GET" : call.request.method !== "GET") return methodNotAllowed();
  const pod = stored(tx, "pods", keyOf(target.namespace, name))?.object as Pod | undefined;
  if (pod === undefined) return notFound(target.resource, name);
  const container = chooseContainer(pod, query["container"] ?? "");
  if (typeof container !== "string") return container;
  const node = pod.spec.nodeName ?? "";
  if (node === "") return exec ? badRequest(`pod ${name} does not have a host assigned`) : answer(204, "");
  const kubelet = `kubelet/${node}`;
  if (tx.read(stoppedTable).has(kubelet) || linkDelay(tx.read(linkTable).rows(), tx.self, kubelet) === undefined)
    return internalError(`error dialing backend: dial tcp ${pod.status?.hostIP ?? node}:10250: connect: connection refused`);
  const place = { namespace: target.namespace ?? "", pod: name, container };
  const request: KubeletRequest = exec ? { verb: "exec", ...place, ...commandOf(call, query) } : { verb: "logs", ...place, ...logOptions(query) };
  const id = tx.nextId("apiserver.proxy");
  const streams = exec || query["follow"] === "true";
  const row: ProxyRow = {
    id: String(id),
    call: call.id,
    replyTo: call.replyTo,
    timer: call.timer,
    node,
    text: "",
    stream: streams ? `stream-${id}` : undefined,
  };
  tx.write(proxyTable).put(row);
  // An established stream may be silent for long: only its first answer counts.
  if (streams && call.timer !== undefined) tx.cancel(call.timer);
  const ask: KubeletCall = { type: "kubelet.request", id, replyTo: tx.self, request };
  tx.send(kubelet, ask, delayOf(tx, KUBELET_TRAVEL));
  return undefined;
}

/** @rule kube.api.log-container */
export function chooseContainer(pod: Pod, asked: string): string | ApiResponse {
  const { name } = pod.metadata;
  const names = pod.spec.containers.map((container) => container.name);
  const inits = (pod.spec.initContainers ?? []).map((container) => container.name);
  if (asked !== "") return names.includes(asked) || inits.includes(asked) ? asked : badRequest(`container ${asked} is not valid for pod ${name}`);
  if (names.length === 1) return names[0] ?? "";
  const more = inits.length > 0 ? ` or one of the init containers: [${inits.join(" ")}]` : "";
  return badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(" ")}]${more}`);
}

function logOptions(query: Readonly<Record<string, string>>) {
  const count = (key: string): number | undefined => (query[key] === undefined ? undefined : Number(query[key]));
  return {
    follow: query["follow"] === "true",
    previous: query["previous"] === "true",
    timestamps: query["timestamps"] === "true",
    tailLines: count("tailLines"),
    sinceSeconds: count("sinceSeconds"),
  };
}

/** The command comes as repeated `command=` in the path, joined by newlines in the query (door.ts), or in the body `{command, stdin}`. */
function commandOf(call: ApiCall, query: Readonly<Record<string, string>>): { readonly command: readonly string[]; readonly stdin?: string } {
  const body = call.request.body as { readonly command?: readonly string[]; readonly stdin?: string } | undefined;
  if (body?.command !== undefined) return { command: body.command, stdin: body.stdin };
  const text = call.request.path.split("?")[1] ?? "";
  const repeated = text.split("&").filter((pair) => pair.startsWith("command="));
  if (repeated.length > 0) return { command: repeated.map((pair) => decodeURIComponent(pair.slice("command=".length).replace(/\+/g, " "))) };
  return { command: query["command"]?.split("\n") ?? [], ...(query["stdin"] === undefined ? {} : { stdin: query["stdin"] }) };
}

/** A piece from a kubelet: text to collect, or a piece of a stream to pass on. */
export function proxyPiece(tx: Tx, piece: KubeletPiece): void {
  const rows = tx.write(proxyTable);
  const row = rows.get(String(piece.id));
  if (row === undefined) return;
  const first = row.timer !== undefined || row.call > 0;
  if (piece.error !== undefined) {
    rows.delete(row.id);
    const { code, message } = piece.error;
    if (first)
      settle(
        tx,
        row,
        code === 500 ? internalError(message) : failure(code, code === 400 ? "BadRequest" : code === 404 ? "NotFound" : undefined, message),
      );
    else forward(tx, row, { ...piece, err: message, done: true, exitCode: 1 });
    return;
  }
  if (row.stream === undefined) {
    const text = row.text + (piece.out ?? "") + (piece.err ?? "");
    if (piece.done !== true) return rows.put({ ...row, text });
    rows.delete(row.id);
    return settle(tx, row, answer(200, text));
  }
  if (first) settle(tx, row, answer(200, { stream: row.stream } as Json));
  if (piece.done === true) rows.delete(row.id);
  else if (first) rows.put({ ...row, call: 0, timer: undefined });
  forward(tx, row, piece);
}

function settle(tx: Tx, row: ProxyRow, response: ApiResponse): void {
  if (row.timer !== undefined) tx.cancel(row.timer);
  const message: ApiReply = { type: "api.reply", id: row.call, response };
  tx.send(row.replyTo, message, delayOf(tx, READ_REPLY));
}

function forward(tx: Tx, row: ProxyRow, piece: KubeletPiece): void {
  const message: ApiStreamPiece = {
    type: "api.stream",
    stream: row.stream ?? "",
    out: piece.out,
    err: piece.err,
    done: piece.done,
    exitCode: piece.exitCode,
  };
  tx.send(row.replyTo, message, delayOf(tx, READ_REPLY) + delayOf(tx, WATCH_TRAVEL));
}

/** The server goes away, and every client that a stream runs to sees its connection end. */
export function dropStreams(tx: Tx): void {
  for (const row of tx.read(proxyTable).rows()) {
    if (row.stream === undefined) continue;
    forward(tx, row, { type: "kubelet.piece", id: Number(row.id), err: "error: unexpected EOF\n", exitCode: 1, done: true });
    closeStream(tx, row.stream);
  }
}

/** The client has gone away. */
export function closeStream(tx: Tx, stream: string): void {
  for (const row of tx.read(proxyTable).by("stream", stream)) {
    tx.write(proxyTable).delete(row.id);
    const cancel: KubeletCancel = { type: "kubelet.cancel", id: Number(row.id) };
    tx.send(`kubelet/${row.node}`, cancel, delayOf(tx, KUBELET_TRAVEL));
  }
}
