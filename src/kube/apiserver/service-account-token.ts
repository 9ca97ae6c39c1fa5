/**
 * `serviceaccounts/token`: a token for a while, for an account that is there.
 * @source kubernetes@1.35 pkg/registry/core/serviceaccount/storage/token.go TokenREST.Create
 * Not modelled: keys and signatures (the last part of a token is only a digest of the others), tokens bound to Nodes and Secrets; nobody
 * asks for a token at the door.
 */
import { hashText } from "../../sim/random";
import { seconds } from "../../sim/time";
import type { Json } from "../../sim/types";
import type { KubeObject, Pod } from "../apis/objects";
import { utf8Bytes } from "../apis/rand-safe";
import { rfc3339 } from "../apis/time";
import type { ApiResponse } from "./door";
import { newUid, nowText } from "./identity";
import { answer, badRequest, conflict, invalid, notFound, type Cause } from "./status";
import { keyOf, stored } from "./storage/store";
import type { WriteContext } from "./writes";

const AUDIENCE = "https://kubernetes.default.svc.cluster.local";
const HOUR = 3600;
const LEAST = 600;
const MOST = 2 ** 32;

interface TokenRequest {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Base64 for addresses, without padding, as tokens are written. */
function encoded(text: string): string {
  const bytes = utf8Bytes(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j < Math.min(4, bytes.length - i + 1); j++) out += DIGITS[(word >> (18 - 6 * j)) & 63];
  }
  return out;
}

const seal = (text: string): string =>
  Array.from({ length: 64 }, (_, i) => (hashText(text, i + 1) >>> 0).toString(36).padStart(7, "0"))
    .join("")
    .slice(0, 342);

/** @source kubernetes@1.35 pkg/apis/authentication/validation/validation.go ValidateTokenRequest */
function complaint(expiration: number): Cause | undefined {
  const words =
    expiration < LEAST
      ? "may not specify a duration less than 10 minutes"
      : expiration > MOST
        ? "may not specify a duration larger than 2^32 seconds"
        : undefined;
  if (words === undefined) return undefined;
  return { reason: "FieldValueInvalid", message: `Invalid value: ${expiration}: ${words}`, field: "spec.expirationSeconds" };
}

/** The Pod a token is bound to ends it. */
function boundTo({ tx, target }: WriteContext, ref: NonNullable<TokenRequest["spec"]>["boundObjectRef"]): Pod | ApiResponse | undefined {
  if (ref === undefined) return undefined;
  if (ref.kind !== "Pod") return badRequest(`cannot bind token to object of type ${ref.kind ?? ""}`);
  const pod = stored(tx, "pods", keyOf(target.namespace, ref.name ?? ""))?.object as Pod | undefined;
  if (pod === undefined) return notFound({ ...target.resource, name: "pods" }, ref.name ?? "");
  if (pod.spec.serviceAccountName !== target.name)
    return badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(target.name)} to pod running with different serviceaccount name ${JSON.stringify(pod.spec.serviceAccountName)}`,
    );
  if (ref.uid && ref.uid !== pod.metadata.uid)
    return conflict(
      target.resource,
      target.name ?? "",
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  return pod;
}

/** @rule kube.api.token-request */
export function requestToken(context: WriteContext, account: KubeObject | undefined): ApiResponse {
  const { tx, request, target } = context;
  const { name = "", namespace = "" } = target;
  const body = (request.body ?? {}) as TokenRequest;
  if (body.metadata?.name && body.metadata.name !== name)
    return badRequest(
      `the name in the request body ${JSON.stringify(body.metadata.name)} does not match the name on the URL ${JSON.stringify(name)}`,
    );
  if (account === undefined) return notFound(target.resource, name);
  const expiration = body.spec?.expirationSeconds ?? HOUR;
  const wrong = complaint(expiration);
  if (wrong !== undefined) return invalid({ group: "authentication.k8s.io", kind: "TokenRequest" }, "", [wrong]);
  const pod = boundTo(context, body.spec?.boundObjectRef);
  if (pod !== undefined && "code" in pod) return pod;
  const audiences = (body.spec?.audiences?.length ?? 0) > 0 ? (body.spec?.audiences ?? []) : [AUDIENCE];
  const now = Math.floor(tx.now / 1_000_000) + 1_767_225_600;
  const claims = {
    aud: audiences,
    exp: now + expiration,
    iat: now,
    iss: AUDIENCE,
    jti: newUid(tx),
    "kubernetes.io": {
      namespace,
      ...(pod === undefined ? {} : { pod: { name: pod.metadata.name, uid: pod.metadata.uid } }),
      serviceaccount: { name, uid: account.metadata.uid },
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const text = `${encoded(JSON.stringify({ alg: "RS256", kid: "strata" }))}.${encoded(JSON.stringify(claims))}`;
  return answer(201, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: nowText(tx) },
    spec: { audiences, expirationSeconds: expiration, boundObjectRef: (body.spec?.boundObjectRef ?? null) as Json },
    status: { token: `${text}.${seal(text)}`, expirationTimestamp: rfc3339(tx.now + seconds(expiration)) },
  });
}
