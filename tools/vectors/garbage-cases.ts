/** Sets up what a garbage-collection case describes in words, deletes, and lists what is left after each step. */
import { pathOf, resourceNamed, type ResourceInfo } from "../../src/kube/apis/resources";
import type { KubeObject, OwnerReference } from "../../src/kube/apis/objects";
import type { Json } from "../../src/sim/types";
import { type ApiWorld, apiWorld } from "./api-world";

export interface GarbageGiven {
  readonly deployment?: string;
  readonly child?: string;
  readonly objects?: string;
  readonly object?: string;
  readonly delete?: string | readonly string[] | Readonly<Record<string, string | null>>;
}

const KINDS = ["configmaps", "deployments", "replicasets", "pods"].map((name) => resourceNamed(name) as ResourceInfo);
const CONFIG_MAPS = resourceNamed("configmaps") as ResourceInfo;
const NAMESPACE = "gc";
const HOLD = "example.com/hold";
const OTHER_UID = "00000000-0000-4000-8000-000000000000";

class Scene {
  readonly world: ApiWorld = apiWorld();

  constructor() {
    this.world.ask({ method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } } });
  }
  create(resource: string, body: Json): KubeObject {
    const response = this.world.ask({ method: "POST", path: pathOf(resourceNamed(resource) as ResourceInfo, NAMESPACE), body });
    if (response.code !== 201) throw new Error(JSON.stringify(response.body));
    return response.body as unknown as KubeObject;
  }
  configMap(name: string, owners: readonly Partial<OwnerReference>[] = [], finalizers: readonly string[] = []): KubeObject {
    const metadata = { name, ownerReferences: owners.length > 0 ? owners : undefined, finalizers: finalizers.length > 0 ? finalizers : undefined };
    return this.create("configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata, data: { k: "v" } } as unknown as Json);
  }
  remove(resource: string, name: string, propagationPolicy?: string | null): number {
    const body = propagationPolicy ? { propagationPolicy } : undefined;
    const { code } = this.world.ask({ method: "DELETE", path: pathOf(resourceNamed(resource) as ResourceInfo, NAMESPACE, name), body });
    this.world.settle();
    return code;
  }
  release(name: string): void {
    const path = pathOf(CONFIG_MAPS, NAMESPACE, name);
    this.world.ask({ method: "PATCH", path, contentType: "application/merge-patch+json", body: { metadata: { finalizers: null } } });
    this.world.settle();
  }
  /** What is there, by kind, as the recording tells it: generated names are cut to their base. */
  left(): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const resource of KINDS) {
      const { items } = this.world.ask({ method: "GET", path: pathOf(resource, NAMESPACE) }).body as unknown as {
        readonly items: readonly KubeObject[];
      };
      if (items.length === 0) continue;
      out[resource.kind] = items.map(({ metadata }) => ({
        name: metadata.name.split("-")[0],
        deleting: metadata.deletionTimestamp !== undefined,
        finalizers: metadata.finalizers ?? [],
        owners: (metadata.ownerReferences ?? []).map((owner) => owner.kind),
      }));
    }
    return out;
  }
}

const owner = (object: KubeObject, more: Partial<OwnerReference> = {}): Partial<OwnerReference> => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  name: object.metadata.name,
  uid: object.metadata.uid,
  ...more,
});

function deploymentCase(words: string, policy: string | null | undefined): Record<string, unknown> {
  const scene = new Scene();
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "x" }] } };
  const selector = { matchLabels: { app: "web" } };
  const replicas = Number(/(\d+) replicas/.exec(words)?.[1] ?? 1);
  const controls = { controller: true, blockOwnerDeletion: true };
  const deployment = scene.create("deployments", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas, selector, template },
  });
  const ownedBy = (object: KubeObject) => ({ labels: { app: "web" }, ownerReferences: [owner(object, controls)] });
  const set = scene.create("replicasets", {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name: "web-5d4f8c7b9", ...ownedBy(deployment) },
    spec: { replicas, selector, template },
  } as unknown as Json);
  for (let i = 0; i < replicas; i++)
    scene.create("pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { generateName: `${set.metadata.name}-`, ...ownedBy(set) },
      spec: template.spec,
    } as unknown as Json);
  scene.world.settle();
  const deleteStatus = scene.remove("deployments", "web", policy);
  return { deleteStatus, after: scene.left() };
}

function childCase(words: string, removal: GarbageGiven["delete"]): Record<string, unknown> {
  const scene = new Scene();
  const finalizers = words.includes("finalizer") ? [HOLD] : [];
  const block = words.includes("blockOwnerDeletion: true") ? { blockOwnerDeletion: true } : {};
  if (/another uid|wrong uid/.test(words)) {
    const a = scene.configMap("a");
    scene.configMap("child", [owner(a, { uid: OTHER_UID })], finalizers);
    scene.world.settle();
    return { after: scene.left() };
  }
  if (/does not exist|missing|no such|never existed/.test(words)) {
    scene.configMap("child", [{ apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: OTHER_UID }], finalizers);
    scene.world.settle();
    return { after: scene.left() };
  }
  const steps = Array.isArray(removal)
    ? (removal as readonly string[]).map((name) => [name, undefined] as const)
    : Object.entries((removal ?? { a: null }) as Record<string, string | null>);
  const names = /ConfigMaps? (\w+) and (\w+)/.exec(words)?.slice(1) ?? [...new Set(steps.map(([name]) => name))];
  scene.configMap(
    "child",
    names.map((name) => owner(scene.configMap(name), block)),
    finalizers,
  );
  scene.world.settle();
  const after = steps.map(([name, policy]) => {
    const deleteStatus = scene.remove("configmaps", name, policy);
    return { deleteStatus, left: scene.left() };
  });
  if (finalizers.length > 0) scene.release("child");
  const last = after.at(-1);
  return {
    deleteStatus: after[0]?.deleteStatus,
    afterFirstOwnerDeleted: after[0]?.left,
    afterSecondOwnerDeleted: after[1]?.left,
    whileChildHeld: last?.left,
    after: last?.left,
    afterRelease: scene.left(),
  };
}

/** `a <- b <- c (owned by)`. */
function chainCase(words: string, removal: readonly string[]): Record<string, unknown> {
  const scene = new Scene();
  let above: KubeObject | undefined;
  for (const name of words.replace(/\(.*\)/, "").split("<-")) above = scene.configMap(name.trim(), above === undefined ? [] : [owner(above)]);
  scene.world.settle();
  for (const name of removal) scene.remove("configmaps", name);
  return { after: scene.left() };
}

function heldCase(): Record<string, unknown> {
  const scene = new Scene();
  const path = pathOf(CONFIG_MAPS, NAMESPACE, "a");
  scene.configMap("a", [], [HOLD]);
  const deleteCode = scene.remove("configmaps", "a");
  const whileHeld = scene.left();
  const patch = (body: Json) => scene.world.ask({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
  const added = patch({ metadata: { finalizers: [HOLD, "example.com/new"] } });
  const updated = patch({ data: { k: "other" } });
  const again = scene.world.ask({
    method: "POST",
    path: pathOf(CONFIG_MAPS, NAMESPACE),
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
  });
  scene.release("a");
  return {
    deleteCode,
    whileHeld,
    addFinalizerWhileDeleting: { code: added.code, message: (added.body as { message?: string }).message },
    updateDataWhileDeleting: updated.code,
    recreateWhileDeleting: again.code,
    afterRelease: scene.left(),
  };
}

export function garbageCase(given: GarbageGiven): Record<string, unknown> {
  if (given.deployment !== undefined)
    return deploymentCase(given.deployment, (given.delete as { propagationPolicy?: string | null } | undefined)?.propagationPolicy);
  if (given.child !== undefined) return childCase(given.child, given.delete);
  if (given.objects !== undefined) return chainCase(given.objects, (given.delete ?? []) as readonly string[]);
  return heldCase();
}
