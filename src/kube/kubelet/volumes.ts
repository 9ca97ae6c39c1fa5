/** Volumes: what must exist before a Pod's sandbox is made, and the files a container sees through them. */
import type { Tx } from "../../sim/types";
import type { ConfigMap, JsonObject, Secret, StringMap } from "../apis/objects";
import { cacheOfActor } from "../client/cache";
import { watchTable } from "../client/tables";
import { openWatch } from "../client/watch";
import { decodeBase64 } from "./base64";
import { fieldValue } from "./container-env";
import { kubeletOf } from "./rows";
import type { PodRow } from "./tables";

type Kind = "configmaps" | "secrets";

/** Opens the watch of ConfigMaps or Secrets the first time somebody needs one; tells whether it has its list. */
export function watching(tx: Tx, resource: Kind): boolean {
  const row = tx.read(watchTable).get(`${tx.self} ${resource}`);
  if (!row) openWatch(tx, { resource });
  return row?.synced === true;
}

export const configMapOf = (tx: Tx, node: string, namespace: string, name: string): ConfigMap | undefined =>
  tx.read(watchTable).has(`${kubeletOf(node)} configmaps`)
    ? cacheOfActor(tx, kubeletOf(node)).get<ConfigMap>("configmaps", namespace, name)
    : undefined;
export const secretOf = (tx: Tx, node: string, namespace: string, name: string): Secret | undefined =>
  tx.read(watchTable).has(`${kubeletOf(node)} secrets`) ? cacheOfActor(tx, kubeletOf(node)).get<Secret>("secrets", namespace, name) : undefined;

interface Source {
  readonly kind: Kind;
  readonly name: string;
  readonly optional: boolean;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

const object = (value: unknown): JsonObject | undefined => (typeof value === "object" && value !== null ? (value as JsonObject) : undefined);

function sourceOf(kind: Kind, given: JsonObject, nameField: string): Source {
  const items = given["items"] as Source["items"];
  return { kind, name: String(given[nameField] ?? ""), optional: given["optional"] === true, ...(items ? { items } : {}) };
}

/** The ConfigMaps and Secrets a volume is made from. */
function sourcesOf(volume: JsonObject): readonly Source[] {
  const configMap = object(volume["configMap"]);
  if (configMap) return [sourceOf("configmaps", configMap, "name")];
  const secret = object(volume["secret"]);
  if (secret) return [sourceOf("secrets", secret, "secretName")];
  const projected = object(volume["projected"]);
  const parts = (projected?.["sources"] as readonly JsonObject[] | undefined) ?? [];
  return parts.flatMap((part) => {
    const own = object(part["configMap"]);
    const hidden = object(part["secret"]);
    return [...(own ? [sourceOf("configmaps", own, "name")] : []), ...(hidden ? [sourceOf("secrets", hidden, "name")] : [])];
  });
}

function dataOf(tx: Tx, node: string, namespace: string, source: Source): StringMap | undefined {
  if (source.kind === "configmaps") {
    const found = configMapOf(tx, node, namespace, source.name);
    return found ? { ...found.data, ...decoded(found.binaryData) } : undefined;
  }
  const found = secretOf(tx, node, namespace, source.name);
  return found ? decoded(found.data) : undefined;
}

const decoded = (data: StringMap | undefined): StringMap =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, decodeBase64(value)]));

/** What keeps the Pod's volumes from being mounted, in the kubelet's words; `wait` while the caches have no list yet. */
export type MountProblem = { readonly volume: string; readonly message: string } | "wait" | undefined;

/**
 * @rule kube.kubelet.mount
 * @source kubernetes@1.35 pkg/volume/configmap/configmap.go SetUpAt, pkg/volume/secret/secret.go SetUpAt
 */
export function mountProblem(tx: Tx, row: PodRow): MountProblem {
  for (const volume of row.pod.spec.volumes ?? []) {
    for (const source of sourcesOf(volume)) {
      if (!watching(tx, source.kind)) return "wait";
      const data = dataOf(tx, row.node, row.namespace, source);
      const noun = source.kind === "configmaps" ? "configmap" : "secret";
      if (data === undefined && !source.optional)
        return {
          volume: volume.name,
          message: `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${noun} ${JSON.stringify(source.name)} not found`,
        };
      const missing = source.items?.find((item) => data !== undefined && !(item.key in data));
      if (missing && !source.optional)
        return {
          volume: volume.name,
          message: `MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${noun} references non-existent ${noun === "secret" ? "secret" : "config"} key: ${missing.key}`,
        };
    }
  }
  return undefined;
}

function downward(row: PodRow, items: readonly JsonObject[], hostIP: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const item of items) {
    const field = object(item["fieldRef"]);
    const value = field ? fieldValue(String(field["fieldPath"]), { pod: row.pod, podIPs: row.ip ? [row.ip] : [], hostIPs: [hostIP] }) : "";
    out[String(item["path"])] = typeof value === "string" ? value : "";
  }
  return out;
}

/**
 * Files of a volume as it is derived from objects, by path within the volume. emptyDir has none of its own.
 *
 * Not modelled: the delay until a changed ConfigMap or Secret is seen (up to a minute and a half); contents are those of the cache.
 */
export function volumeFiles(tx: Tx, row: PodRow, volumeName: string, hostIP: string): StringMap {
  const volume = row.pod.spec.volumes?.find((candidate) => candidate.name === volumeName);
  if (!volume) return {};
  const out: Record<string, string> = {};
  for (const source of sourcesOf(volume)) {
    const data = dataOf(tx, row.node, row.namespace, source) ?? {};
    if (source.items) for (const { key, path } of source.items) out[path] = data[key] ?? "";
    else Object.assign(out, data);
  }
  const api = object(volume["downwardAPI"]);
  if (api) Object.assign(out, downward(row, (api["items"] as readonly JsonObject[] | undefined) ?? [], hostIP));
  for (const part of (object(volume["projected"])?.["sources"] as readonly JsonObject[] | undefined) ?? []) {
    const token = object(part["serviceAccountToken"]);
    if (token) out[String(token["path"])] = `eyJhbGciOiJSUzI1NiJ9.${row.uid}.signature`;
    const fields = object(part["downwardAPI"]);
    if (fields) Object.assign(out, downward(row, (fields["items"] as readonly JsonObject[] | undefined) ?? [], hostIP));
  }
  return out;
}
