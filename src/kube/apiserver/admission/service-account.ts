/**
 * The ServiceAccount admission: a Pod runs as an account of its namespace and finds that account's token, the API server's authority and
 * its namespace in each of its containers.
 *
 * Not modelled: waiting for the account of a new namespace (a Pod that comes before account and ConfigMap gets none), accounts that allow only some Secrets.
 * The volume's name follows from the spec, so that Pods of one template share it; upstream draws it for each Pod.
 */
import type { Json } from "../../../sim/types";
import { SAFE_ALPHABET } from "../../apis/rand-safe";
import type { ResourceInfo } from "../../apis/resources";
import { flagOf, items, type Obj, strings, sub, text, withFields } from "../../apis/schema/typed-json";
import type { ApiResponse } from "../door";
import { forbidden } from "../status";
import type { StrategyContext } from "../strategy-context";

const DEFAULT = "default";
const VOLUME = "kube-api-access-";
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const SUFFIX = 5;
/** An hour and what the plug-in adds to tell its own tokens. */
const EXPIRATION_SECONDS = 3607;
const FILE_MODE = 0o644;
const MIRROR = "kubernetes.io/config.mirror";

/** 32-bit FNV-1a, written in the alphabet of generated names. */
function suffixOf(content: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < content.length; i++) hash = Math.imul(hash ^ content.charCodeAt(i), 0x01000193) >>> 0;
  let out = "";
  for (let i = 0; i < SUFFIX; i++) {
    out += SAFE_ALPHABET[hash % SAFE_ALPHABET.length];
    hash = Math.floor(hash / SAFE_ALPHABET.length);
  }
  return out;
}

const tokenVolume = (name: string): Json => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: EXPIRATION_SECONDS, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
    ],
    defaultMode: FILE_MODE,
  },
});

/** A container that mounts something there already keeps it. */
const mounted = (container: Obj, name: string): Obj => {
  const mounts = items(container, "volumeMounts");
  if (mounts.some((mount) => text(mount, "mountPath") === MOUNT_PATH)) return container;
  return withFields(container, { volumeMounts: [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }] as Json });
};

/**
 * @rule kube.admission.service-account-token
 * @source kubernetes@1.35 plugin/pkg/admission/serviceaccount/admission.go mountServiceAccountToken, TokenVolumeSource
 */
export function mountToken(spec: Obj): Obj {
  const volumes = items(spec, "volumes");
  const own = volumes.find((volume) => text(volume, "name").startsWith(VOLUME));
  const name = own === undefined ? `${VOLUME}${suffixOf(JSON.stringify(spec))}` : text(own, "name");
  const changed: Record<string, Json> = {};
  for (const list of ["initContainers", "containers"]) {
    const before = items(spec, list);
    const after = before.map((container) => mounted(container, name));
    if (after.some((container, i) => container !== before[i])) changed[list] = after as Json;
  }
  if (Object.keys(changed).length === 0) return spec;
  return withFields(spec, { ...changed, ...(own === undefined ? { volumes: [...volumes, tokenVolume(name)] as Json } : {}) });
}

/** The account a Pod will run as: undefined where the namespace has no accounts, a refusal where it lacks the one that is named. */
export function accountOf(pod: Obj, pods: ResourceInfo, context: StrategyContext): Obj | ApiResponse | undefined {
  const fallback = context.account?.(DEFAULT);
  const meta = sub(pod, "metadata");
  if (fallback === undefined || strings(meta, "annotations")[MIRROR] !== undefined) return undefined;
  const wanted = text(sub(pod, "spec"), "serviceAccountName") || DEFAULT;
  const found = wanted === DEFAULT ? fallback : context.account?.(wanted);
  if (found !== undefined) return found;
  const why = `error looking up service account ${context.namespace}/${wanted}: serviceaccount ${JSON.stringify(wanted)} not found`;
  return forbidden(pods, text(meta, "name"), why);
}

/**
 * @rule kube.admission.service-account
 * @source kubernetes@1.35 plugin/pkg/admission/serviceaccount/admission.go Admit, shouldAutomount
 */
export function addServiceAccount(spec: Obj, account: Obj): Obj {
  const { name = DEFAULT } = account["metadata"] as { readonly name?: string };
  const named = text(spec, "serviceAccountName") === "" ? withFields(spec, { serviceAccountName: name, serviceAccount: name }) : spec;
  const wanted = flagOf(spec, "automountServiceAccountToken") ?? flagOf(account, "automountServiceAccountToken") ?? true;
  const out = wanted ? mountToken(named) : named;
  const secrets = items(account, "imagePullSecrets");
  return secrets.length > 0 && items(out, "imagePullSecrets").length === 0 ? withFields(out, { imagePullSecrets: secrets as Json }) : out;
}
