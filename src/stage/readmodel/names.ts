/** How components and objects are named in pictures. */
import type { KubeObject } from "../../kube/apis/objects";
import { kindOf } from "./history";
import type { ObjectRef, Words } from "./types";

const KNOWN: ReadonlySet<string> = new Set([
  "apiserver",
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
  "namespace-controller",
  "garbage-collector",
  "serviceaccount-controller",
  "root-ca-certificate-publisher-controller",
  "node-lifecycle-controller",
  "taint-eviction-controller",
  "pod-gc-controller",
  "scheduler",
]);

/** The component behind an address. */
export function whoIs(address: string): Words {
  const [kind = "", name = ""] = address.split("/");
  if (kind === "kubelet" || kind === "kube-proxy") return { key: `stage.who.${kind}`, params: { node: name } };
  if (kind === "terminal") return { key: "stage.who.kubectl" };
  if (KNOWN.has(kind)) return { key: `stage.who.${kind}` };
  return { key: "stage.who.other", params: { name: kind === "client" ? name : kind } };
}

/** What sets a name apart from its siblings: the last part of a Pod's, the template's hash of a ReplicaSet's. */
export function shortIdOf(resource: string, object: KubeObject): string {
  const { name, generateName, ownerReferences, labels } = object.metadata;
  if (resource === "replicasets") return labels?.["pod-template-hash"] ?? name;
  const prefix = generateName ?? (ownerReferences?.[0] === undefined ? undefined : `${ownerReferences[0].name}-`);
  return prefix !== undefined && name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : name;
}

export function refOf(resource: string, object: KubeObject): ObjectRef {
  const { namespace, name, uid } = object.metadata;
  return { resource, kind: kindOf(resource), namespace, name, shortId: shortIdOf(resource, object), uid };
}
