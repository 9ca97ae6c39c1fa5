/**
 * Requests to the API server. Each call has a deadline; the server's answer cancels it. So a server that is stopped, or a broken link
 * in either direction, shows as a refused connection or a timeout and nothing waits for ever.
 *
 * Not modelled: client-side rate limits (QPS and burst) and retries; those are the caller's.
 */
import { stoppedTable } from "../../sim/faults";
import { delayOf } from "../../sim/delays";
import type { Tx } from "../../sim/types";
import type { ApiCall, ApiReply, ApiRequest, ApiResponse } from "../apiserver/door";
import { CLIENT_TIMEOUT, CONNECTION_REFUSED, REQUEST_TRAVEL } from "./delays";

const SERVER = "apiserver/main";
const failed = (message: string): ApiResponse =>
  Object.freeze({
    code: 0,
    body: Object.freeze({ kind: "Status", apiVersion: "v1", metadata: Object.freeze({}), status: "Failure", message, code: 0 }),
  });
const REFUSED = failed("dial tcp: connect: connection refused");
const TIMED_OUT = failed("net/http: request canceled (Client.Timeout exceeded while awaiting headers)");

/** Sends a request for the running actor; the `ApiReply` comes to it with the returned id. Code 0 means that there was no answer. */
export function callApi(tx: Tx, request: ApiRequest): number {
  const id = tx.nextId("api.call");
  const stopped = tx.read(stoppedTable);
  if (stopped.size > 0 && stopped.has(SERVER)) {
    const refused: ApiReply = { type: "api.reply", id, response: REFUSED };
    tx.send(tx.self, refused, delayOf(tx, CONNECTION_REFUSED));
    return id;
  }
  const late: ApiReply = { type: "api.reply", id, response: TIMED_OUT };
  const timer = tx.send(tx.self, late, delayOf(tx, CLIENT_TIMEOUT));
  const call: ApiCall = { type: "api.request", id, replyTo: tx.self, request, timer, typed: true };
  tx.send(SERVER, call, delayOf(tx, REQUEST_TRAVEL));
  return id;
}
