/** Requests that arrive at a Pod of this node: found by its address, answered by whoever listens on the port. */
import { delayOf } from "../../sim/delays";
import type { Message, Tx } from "../../sim/types";
import { HOP } from "../proxy/delays";
import type { NetAnswer, NetPacket, NetResult } from "../proxy/messages";
import { listenerOn, portAnswer } from "./http-answer";
import { appendLog } from "./logs";
import { processMessage } from "./processes";
import { nodeTable, type PodRow, podTable } from "./tables";

/** The Pod with an address; Pods in the host's network share the node's. */
function podAt(tx: Tx, node: string, packet: NetPacket): PodRow | undefined {
  const rows = tx
    .read(podTable)
    .by("node", node)
    .filter((row) => row.ip === packet.ip && !row.finished);
  return rows.find((row) => listenerOn(row, packet.port, tx.now) !== undefined) ?? rows[0];
}

function answerTo(tx: Tx, node: string, packet: NetPacket): void {
  if (tx.read(nodeTable).get(node)?.crashed) return;
  const row = podAt(tx, node, packet);
  if (!row || row.finished || row.sandbox !== "ready") return;
  const answer = portAnswer(tx, row, packet.port, packet.path);
  const http = answer.kind === "http" && !packet.connectOnly;
  const result: NetResult =
    answer.kind === "refused"
      ? { kind: "refused" }
      : http
        ? { kind: "http", status: answer.status, body: answer.body, server: answer.server }
        : { kind: "connected", protocol: answer.kind === "connected" ? answer.protocol : "http" };
  if (http) logRequest(tx, row, packet, answer.status);
  const reply: NetAnswer = { type: "net.answer", id: packet.id, result, namespace: row.namespace, pod: row.name };
  tx.send(packet.replyTo, reply as Message, delayOf(tx, HOP) + (http ? answer.delay : 0));
}

function logRequest(tx: Tx, row: PodRow, packet: NetPacket, status: number): void {
  const found = listenerOn(row, packet.port, tx.now);
  if (!found?.container.plan?.http?.logRequests) return;
  appendLog(tx, row.uid, found.container.name, found.container.restartCount, `${packet.from.ip} - - "GET ${packet.path} HTTP/1.1" ${status}`);
}

export function networkMessage(tx: Tx, name: string, message: Message): void {
  if (message.type === "net.packet") answerTo(tx, name, message as unknown as NetPacket);
  else if (message.type === "net.reply" || message.type === "dns.answer") processMessage(tx, name, message);
}
