/**
 * `apiserver/main`: requests in, answers out after their time, notices to watchers, and the proxy to kubelets for logs and exec.
 *
 * A write happens when the request arrives; its answer leaves after the store's commit. Not modelled: requests waiting for each other
 * (priority and fairness), authentication beyond a name.
 */
import { linkDelay, linkTable } from "../../sim/faults";
import { delayOf } from "../../sim/delays";
import type { Actor, Message, Tx } from "../../sim/types";
import type { ApiOpenWatch, WatchFault } from "../client/tables";
import type { KubeletPiece } from "../kubelet/door";
import { type EnablePlugins, pluginTable } from "./admission/plugins";
import { READ_REPLY, WRITE_REPLY } from "./delays";
import type { ApiCall, ApiReply, ApiResponse, ApiUnwatch } from "./door";
import { handle } from "./handler";
import { withTableOptions } from "./printing/accept";
import { closeStream, isProxied, proxyPiece, proxyRequest } from "./proxy";
import { parsePath, splitQuery } from "./request";
import { armDispatch, dispatch, dispatchRelaxed, faultWatch, greetWatchers, healWatches, openedWatch } from "./watch/dispatch";
import { closeOutside, dropOutside, openOutside } from "./watch/outside";

type Incoming =
  | EnablePlugins
  | ApiCall
  | ApiUnwatch
  | ApiOpenWatch
  | WatchFault
  | KubeletPiece
  | { readonly type: "actor.start" }
  | { readonly type: "api.dispatch" | "api.relaxed" };

export const apiserverActor: Actor = {
  kind: "apiserver",
  receive(tx: Tx, _name: string, message: Message): void {
    const incoming = message as Incoming;
    switch (incoming.type) {
      case "api.request":
        request(tx, incoming);
        break;
      case "api.dispatch":
        dispatch(tx);
        break;
      case "api.relaxed":
        dispatchRelaxed(tx);
        break;
      case "api.open":
        openedWatch(tx, incoming);
        break;
      case "api.unwatch":
        if (!closeOutside(tx, incoming.watch)) closeStream(tx, incoming.watch);
        break;
      case "kubelet.piece":
        proxyPiece(tx, incoming);
        break;
      case "api.plugins":
        for (const name of incoming.names) tx.write(pluginTable).put({ name });
        break;
      case "fault.watch":
        faultWatch(tx, incoming);
        break;
      case "actor.start":
        dropOutside(tx);
        greetWatchers(tx);
        break;
    }
    armDispatch(tx);
  },
};

function request(tx: Tx, call: ApiCall): void {
  if (call.replyTo !== "") healWatches(tx, call.replyTo);
  const { request: asked } = call;
  if (asked.method === "GET" || asked.path.includes("/exec")) {
    const { path, query } = splitQuery(asked);
    const target = parsePath(path);
    if (target?.type === "resource") {
      if (isProxied(target)) {
        const response = proxyRequest(tx, call, target, query);
        if (response !== undefined) reply(tx, call, response);
        return;
      }
      if (query["watch"] === "true" || query["watch"] === "1")
        return reply(tx, call, openOutside(tx, target, query, withTableOptions(asked.accept, query), call.replyTo));
    }
  }
  reply(tx, call, handle(tx, asked, call.typed === true || call.replyTo === ""));
}

/** Answers and lifts the caller's deadline, unless the way back is cut. A caller with an empty address waits for nothing. */
export function reply(
  tx: Tx,
  call: { readonly id: number; readonly replyTo: string; readonly timer?: number; readonly request?: { readonly method: string } },
  response: ApiResponse,
): void {
  if (call.replyTo === "") return;
  const links = tx.read(linkTable);
  const cut = links.size > 0 && linkDelay(links.rows(), tx.self, call.replyTo) === undefined;
  if (call.timer !== undefined && !cut) tx.cancel(call.timer);
  const message: ApiReply = { type: "api.reply", id: call.id, response };
  tx.send(call.replyTo, message, delayOf(tx, call.request?.method === "GET" ? READ_REPLY : WRITE_REPLY));
}
