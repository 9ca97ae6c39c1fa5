/**
 * Questions about oneself: who am I, may I, what may I. They are POSTed and answered, and nothing is kept.
 * @source kubernetes@1.35 pkg/registry/authorization/{selfsubjectaccessreview,selfsubjectrulesreview}/rest.go, pkg/registry/authentication/selfsubjectreview/rest.go Create
 * Not modelled: RBAC. Who is part of the cluster may do everything; somebody acted as (`--as`) has what every authenticated user has.
 */
import type { Json } from "../../sim/types";
import type { ApiRequest, ApiResponse } from "./door";
import { answer, badRequest, invalid, methodNotAllowed } from "./status";

interface ResourceAttributes {
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
}
interface Body {
  readonly kind?: string;
  readonly spec?: {
    readonly namespace?: string;
    readonly resourceAttributes?: ResourceAttributes;
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  };
}

const ADMIN = { username: "kubernetes-admin", groups: ["kubeadm:cluster-admins", "system:authenticated"] };
const SELF: Readonly<Record<string, readonly string[]>> = {
  "authentication.k8s.io": ["selfsubjectreviews"],
  "authorization.k8s.io": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
};
const DISCOVERY_URLS = ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"];

const fits = (pattern: string, path: string): boolean => (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path);

/** @source kubernetes@1.35 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go ClusterRoles: system:basic-user, system:discovery */
function isAllowed(body: Body, stranger: boolean): boolean {
  if (!stranger) return true;
  const { resourceAttributes: what, nonResourceAttributes: url } = body.spec ?? {};
  if (url !== undefined) return url.verb === "get" && DISCOVERY_URLS.some((pattern) => fits(pattern, url.path ?? ""));
  return what?.verb === "create" && SELF[what.group ?? ""]?.includes(what.resource ?? "") === true;
}

function accessReview(body: Body, stranger: boolean): ApiResponse {
  const { resourceAttributes, nonResourceAttributes } = body.spec ?? {};
  const kind = { group: "authorization.k8s.io", kind: "SelfSubjectAccessReview" };
  const both = resourceAttributes !== undefined && nonResourceAttributes !== undefined;
  if (both || (resourceAttributes === undefined && nonResourceAttributes === undefined)) {
    const words = both
      ? "Invalid value: cannot be specified in combination with resourceAttributes"
      : "Required value: exactly one of nonResourceAttributes or resourceAttributes must be specified";
    const reason = both ? "FieldValueInvalid" : "FieldValueRequired";
    return invalid(kind, "", [{ reason, message: words, field: both ? "spec.nonResourceAttributes" : "spec.resourceAttributes" }]);
  }
  const allowed = isAllowed(body, stranger);
  return answer(201, {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: (body.spec ?? {}) as Json,
    status: { allowed },
  });
}

function rulesReview(body: Body, stranger: boolean): ApiResponse {
  if ((body.spec?.namespace ?? "") === "") return badRequest("no namespace on request");
  const own = Object.entries(SELF).map(([group, resources]) => ({ verbs: ["create"], apiGroups: [group], resources }));
  const urls = DISCOVERY_URLS.map((url) => ({ verbs: ["get"], nonResourceURLs: [url] }));
  const all = stranger ? [] : [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
  const everywhere = stranger ? [] : [{ verbs: ["*"], nonResourceURLs: ["*"] }];
  return answer(201, {
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: {},
    status: { resourceRules: [...all, ...own], nonResourceRules: [...everywhere, ...urls], incomplete: false },
  });
}

const whoAmI = (user: string | undefined): ApiResponse =>
  answer(201, {
    kind: "SelfSubjectReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    status: { userInfo: user === undefined ? ADMIN : { username: user, groups: ["system:authenticated"] } },
  });

const PATHS: Readonly<Record<string, (body: Body, user: string | undefined) => ApiResponse>> = {
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": (body, user) => accessReview(body, user !== undefined),
  "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": (body, user) => rulesReview(body, user !== undefined),
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": (_body, user) => whoAmI(user),
};

/**
 * The answer to a review; undefined for any other path. Everybody may ask about oneself.
 * @rule kube.api.self-review
 */
export function reviewed(request: ApiRequest, path: string): ApiResponse | undefined {
  const review = PATHS[path];
  if (review === undefined) return undefined;
  if (request.method !== "POST") return methodNotAllowed();
  const given = request.body;
  return review((typeof given === "object" && given !== null && !Array.isArray(given) ? given : {}) as Body, request.as);
}
