/**
 * `exec` for real clients: WebSocket frames whose first byte is the channel (0 stdin, 1 stdout, 2 stderr, 3 error).
 *
 * Not modelled: stdin and terminal resizing; a command runs with what it was given.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go StreamProtocolV5Name
 */
import type { IncomingMessage } from "node:http";
import type { Server } from "node:https";
import { type WebSocket, WebSocketServer } from "ws";
import type { LiveWorld } from "./live-world";
import { requestOf } from "./server";

const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const frame = (channel: number, text: string): Buffer => Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);

export function serveExec(server: Server, world: LiveWorld, authorized: (request: IncomingMessage) => boolean): void {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => PROTOCOLS.find((name) => offered.has(name)) ?? false });
  server.on("upgrade", (request, socket, head) => {
    if (!authorized(request) || !/\/exec(\?|$)/.test(request.url ?? "")) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => run(world, request, client));
  });
}

function run(world: LiveWorld, request: IncomingMessage, client: WebSocket): void {
  const call = requestOf(request, Buffer.alloc(0));
  if (typeof call === "string") return client.close();
  const id = world.call({ ...call, method: "POST" }, (piece) => {
    const { response, stream } = piece;
    if (response !== undefined && response.code !== 200) client.send(frame(3, JSON.stringify(response.body)));
    if (stream?.out !== undefined && stream.out !== "") client.send(frame(1, stream.out));
    if (stream?.err !== undefined && stream.err !== "") client.send(frame(2, stream.err));
    if (!piece.done) return;
    if (response === undefined) client.send(frame(3, JSON.stringify(exitStatus(stream?.exitCode ?? 0))));
    client.close(1000);
  });
  client.on("close", () => world.close(id));
}

function exitStatus(code: number): object {
  if (code === 0) return { metadata: {}, status: "Success" };
  const causes = [{ reason: "ExitCode", message: String(code) }];
  const message = `command terminated with non-zero exit code: exit status ${code}`;
  return { metadata: {}, status: "Failure", message, reason: "NonZeroExitCode", details: { causes } };
}
