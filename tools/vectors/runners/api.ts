/** Vector suites of the API server's door: api-status-body, api-patch, garbage-collection. */
import { isDeepStrictEqual } from "node:util";
import type { ApiRequest, ApiResponse, Verb } from "../../../src/kube/apiserver/door";
import type { Json } from "../../../src/sim/types";
import { type ApiWorld, apiWorld } from "../api-world";
import { garbageCase, type GarbageGiven } from "../garbage-cases";
import type { Runners } from "../runner";

interface RequestGiven {
  readonly method: Verb;
  readonly path: string;
  readonly body?: Json;
  readonly contentType?: string;
  readonly user?: string;
}
interface PatchGiven {
  readonly existing: { readonly metadata: { readonly name: string } };
  readonly contentType: string;
  readonly patch: Json;
}

const container = { name: "c", image: "nginx:1.27" };
const CONFIG_MAPS = "/api/v1/namespaces/ops/configmaps";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/ops/deployments";
/** What the recorded cluster held. */
const FIXTURE: readonly (readonly [string, Json])[] = [
  ["/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } }],
  ["/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } }],
  ["/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "ops" } }],
  [CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cfg" }, data: { a: "1" } }],
  [
    DEPLOYMENTS,
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } },
      },
    },
  ],
  [
    "/api/v1/namespaces/ops/services",
    { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } },
  ],
  ["/api/v1/namespaces/ops/pods", { apiVersion: "v1", kind: "Pod", metadata: { name: "full" }, spec: { containers: [container] } }],
];

function fixture(): ApiWorld {
  const world = apiWorld();
  for (const [path, body] of FIXTURE) {
    const response = world.ask({ method: "POST", path, body });
    if (response.code !== 201) throw new Error(JSON.stringify(response));
  }
  return world;
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const VARYING = ["uid", "resourceVersion", "creationTimestamp", "managedFields"];

/** The recording drops what varies from objects and writes `<uid>` elsewhere. */
function recorded(response: ApiResponse): unknown {
  const body = typeof response.body === "string" ? { $text: response.body } : (JSON.parse(JSON.stringify(response.body)) as Record<string, unknown>);
  const metadata = (body as { metadata?: Record<string, unknown> }).metadata;
  if (metadata !== undefined) for (const key of VARYING) delete metadata[key];
  const text = JSON.stringify({ code: response.code, body }).replace(UID, "<uid>");
  return { ...(JSON.parse(text) as object), warnings: response.warnings ?? [] };
}

export const runners: Runners = {
  "api-status-body": {
    run({ method, path, body, contentType, user }: RequestGiven) {
      const request: ApiRequest = { method, path, body, contentType, as: user };
      return recorded(fixture().ask(request));
    },
    // Refusals of unauthorized users were recorded without their warnings.
    same: (got, expected: Record<string, unknown>) =>
      isDeepStrictEqual("warnings" in expected ? got : { ...(got as object), warnings: undefined }, { warnings: undefined, ...expected }),
  },
  "api-patch": {
    run({ existing, contentType, patch }: PatchGiven) {
      const world = fixture();
      world.ask({ method: "POST", path: DEPLOYMENTS, body: existing as unknown as Json });
      const response = world.ask({ method: "PATCH", path: `${DEPLOYMENTS}/${existing.metadata.name}`, contentType, body: patch });
      const body = response.body as Record<string, unknown>;
      if (response.code >= 400) {
        const { causes } = (body["details"] ?? {}) as { causes?: readonly { reason: string; message: string; field: string }[] };
        const told = causes?.map(({ field, reason, message }) => ({ field, type: reason, message }));
        return { accepted: false, code: response.code, reason: body["reason"] ?? null, message: body["message"], causes: told };
      }
      const metadata = body["metadata"] as { labels?: unknown; generation?: number };
      return { accepted: true, code: response.code, labels: metadata.labels, spec: body["spec"], generation: metadata.generation };
    },
  },
  "garbage-collection": {
    run: (given: GarbageGiven) => garbageCase(given),
    same: (got, expected: Record<string, unknown>) =>
      Object.entries(expected).every(([key, value]) => isDeepStrictEqual((got as Record<string, unknown>)[key], value)),
  },
};
