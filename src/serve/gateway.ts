/**
 * Where real clients come in: a request from a socket is an input to `gateway/main`, which knocks at the API server's door and keeps the
 * answers as rows for the server to send on. So a session with a real kubectl replays like any other.
 *
 * Not modelled: flow control; a client that does not read is not noticed.
 */
import type { ApiReply, ApiRequest, ApiResponse, ApiStreamPiece, ApiWatchEvents } from "../kube/apiserver/door";
import { defineDelay, delayOf } from "../sim/delays";
import { defineTable } from "../sim/table";
import type { Actor, Json, Message, Tx } from "../sim/types";

export interface GatewayCall extends Message {
  readonly type: "gateway.call";
  readonly call: number;
  readonly request: ApiRequest;
}
export interface GatewayClose extends Message {
  readonly type: "gateway.close";
  readonly call: number;
}

/** One row a message for the client: `piece` 0 is the response, later ones are watch events or stream pieces. */
export interface GatewayPiece {
  readonly call: number;
  readonly piece: number;
  readonly response?: ApiResponse;
  readonly events?: ApiWatchEvents["events"];
  readonly stream?: { readonly out?: string; readonly err?: string; readonly exitCode?: number };
  readonly done: boolean;
}
export const gatewayPieces = defineTable<GatewayPiece>({ name: "gateway.piece", key: (row) => pieceKey(row.call, row.piece) });
export const pieceKey = (call: number, piece: number): string => `${String(call).padStart(9, "0")}/${String(piece).padStart(9, "0")}`;

interface OpenRow {
  readonly id: string;
  readonly call: number;
  readonly pieces: number;
}
const openTable = defineTable<OpenRow>({ name: "gateway.open", key: (row) => row.id });

const gatewayDelay = defineDelay({ name: "gateway.request", real: 500, teaching: 500, source: "chosen" });

export const gatewayActor: Actor = {
  kind: "gateway",
  receive(tx: Tx, _name, message): void {
    if (message.type === "gateway.call") return call(tx, message as GatewayCall);
    if (message.type === "gateway.close") return close(tx, (message as GatewayClose).call);
    if (message.type === "api.reply") return reply(tx, message as ApiReply);
    if (message.type === "api.events") {
      const { watch, events, closed } = message as ApiWatchEvents;
      return piece(tx, watch, { events }, closed === true);
    }
    if (message.type === "api.stream") {
      const { stream, out, err, exitCode, done } = message as ApiStreamPiece;
      return piece(tx, stream, { stream: { out, err, exitCode } }, done === true);
    }
  },
};

function call(tx: Tx, message: GatewayCall): void {
  tx.send(
    "apiserver/main",
    { type: "api.request", id: message.call, replyTo: tx.self, request: message.request } as Message,
    delayOf(tx, gatewayDelay),
  );
}

function close(tx: Tx, call: number): void {
  const open = tx
    .read(openTable)
    .rows()
    .find((row) => row.call === call);
  if (open === undefined) return;
  tx.write(openTable).delete(open.id);
  tx.send("apiserver/main", { type: "api.unwatch", watch: open.id } as Message, delayOf(tx, gatewayDelay));
}

function reply(tx: Tx, message: ApiReply): void {
  const { id, response } = message;
  const body = response.body as { readonly [key: string]: Json } | null;
  const opened = typeof body === "object" && body !== null && !Array.isArray(body) ? (body["watch"] ?? body["stream"]) : undefined;
  const isOpen = response.code === 200 && typeof opened === "string" && body?.["kind"] === undefined;
  if (isOpen) tx.write(openTable).put({ id: opened, call: id, pieces: 1 });
  tx.write(gatewayPieces).put({ call: id, piece: 0, response, done: !isOpen });
}

function piece(tx: Tx, id: string, content: Partial<GatewayPiece>, done: boolean): void {
  const open = tx.read(openTable).get(id);
  if (open === undefined) return;
  tx.write(gatewayPieces).put({ ...content, call: open.call, piece: open.pieces, done });
  if (done) tx.write(openTable).delete(id);
  else tx.write(openTable).put({ ...open, pieces: open.pieces + 1 });
}
