/**
 * Sockets to the API server's door for real clients: https with a self-made authority, a bearer token, watches as chunked JSON lines,
 * exec over WebSocket, bodies in protobuf. No rule of Kubernetes lives here.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { generate } from "selfsigned";
import type { ApiRequest, Verb } from "../kube/apiserver/door";
import type { Json } from "../sim/types";
import { serveExec } from "./exec";
import { LiveWorld } from "./live-world";
import { decodeProtobuf } from "./protobuf";

export interface ServeOptions {
  readonly port: number;
  readonly nodes: number;
  readonly seed: number;
  /** Virtual seconds per second. */
  readonly speed: number;
}

export interface Served {
  readonly url: string;
  readonly kubeconfig: string;
  readonly world: LiveWorld;
  close(): void;
}

const MAX_BODY_BYTES = 3 << 20;
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const VERBS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

export async function serve(options: ServeOptions): Promise<Served> {
  const token = randomBytes(24).toString("hex");
  const pems = await generate([{ name: "commonName", value: "strata" }], {
    keySize: 2048,
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, keyEncipherment: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const world = new LiveWorld(options);
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    if (!authorized(request, token)) return refuse(response, 401, "Unauthorized", "Unauthorized");
    void handle(world, request, response);
  });
  serveExec(server, world, (request) => authorized(request, token));
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === "object" && address !== null ? address.port : options.port}`;
  world.start();
  return {
    url,
    kubeconfig: kubeconfigFor(url, pems.cert, token),
    world,
    close: () => {
      world.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

function authorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY_BYTES) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

/** The request as the door takes it; a text says what is wrong with its body. */
export function requestOf(request: IncomingMessage, body: Buffer): ApiRequest | string {
  const url = new URL(request.url ?? "/", "https://door");
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  let json: Json | undefined;
  if (body.length > 0 && type === PROTOBUF) {
    const decoded = decodeProtobuf(body);
    if ("error" in decoded) return decoded.error;
    json = decoded.object;
  } else if (body.length > 0) {
    const text = body.toString("utf8");
    try {
      json = JSON.parse(text) as Json;
    } catch {
      json = text;
    }
    // What is no document goes to the door as text: it has the words for what is wrong with it.
    if (typeof json === "string") json = text;
  }
  const query = Object.fromEntries([...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key).join("\n")]));
  return {
    method: request.method as Verb,
    path: decodeURI(url.pathname).replace(/(.)\/+$/, "$1"),
    query,
    user: (request.headers["user-agent"] ?? "").split("/")[0] ?? "",
    ...(request.headers.accept === undefined ? {} : { accept: request.headers.accept }),
    ...(type === "" ? {} : { contentType: type }),
    ...(json === undefined ? {} : { body: json }),
  };
}

async function handle(world: LiveWorld, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!VERBS.includes(request.method ?? ""))
    return refuse(response, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  const body = await bodyOf(request);
  if (body === undefined) return refuse(response, 413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BODY_BYTES}`);
  const call = requestOf(request, body);
  if (typeof call === "string") return refuse(response, 400, "BadRequest", call);
  const id = world.call(call, (piece) => {
    if (piece.response !== undefined) begin(response, piece.response.code, piece.response.body, piece.response.warnings ?? [], piece.done);
    for (const event of piece.events ?? []) response.write(`${JSON.stringify(event)}\n`);
    if (piece.stream?.out !== undefined) response.write(piece.stream.out);
    if (piece.done && piece.response === undefined) response.end();
  });
  response.on("close", () => world.close(id));
}

function begin(response: ServerResponse, code: number, body: Json, warnings: readonly string[], done: boolean): void {
  const text = typeof body === "string";
  const stream = !done && typeof body === "object" && body !== null && "stream" in body;
  response.statusCode = code === 0 ? 503 : code;
  response.setHeader("content-type", text || stream ? "text/plain" : contentTypeOf(body));
  if (warnings.length > 0)
    response.setHeader(
      "warning",
      warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
    );
  if (done) response.end(text ? body : JSON.stringify(body));
  else response.flushHeaders();
}

/** Aggregated discovery is told from the plain form by its content type alone. */
function contentTypeOf(body: Json): string {
  const { kind, apiVersion } = (body ?? {}) as { readonly kind?: Json; readonly apiVersion?: Json };
  if (kind !== "APIGroupDiscoveryList" || typeof apiVersion !== "string") return "application/json";
  return `application/json;g=apidiscovery.k8s.io;v=${apiVersion.split("/")[1] ?? "v2"};as=APIGroupDiscoveryList`;
}

function kubeconfigFor(url: string, certificate: string, token: string): string {
  const authority = Buffer.from(certificate).toString("base64");
  return [
    "apiVersion: v1",
    "kind: Config",
    "current-context: strata",
    "clusters:",
    `- {name: strata, cluster: {server: "${url}", certificate-authority-data: ${authority}}}`,
    "users:",
    `- {name: student, user: {token: ${token}}}`,
    "contexts:",
    "- {name: strata, context: {cluster: strata, user: student}}",
    "",
  ].join("\n");
}
