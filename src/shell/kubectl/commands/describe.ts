/**
 * `kubectl describe`: fetches an object with what belongs to it, and prints the description of its kind.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/describe/describe.go
 */
import { formatLabelSelector } from "../../../kube/apis/label-selector";
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  KubeObject,
  Lease,
  Namespace,
  NodeObject,
  Pod,
  PriorityClass,
  ReplicaSet,
  Secret,
  Service,
} from "../../../kube/apis/objects";
import { pathOf, resourceNamed } from "../../../kube/apis/resources";
import { err, now, out, type Run } from "../../program";
import { FILE_FLAGS, type Kubectl, readFlags, send } from "../context";
import { failed, fatal } from "../failure";
import {
  describeAnything,
  describeConfigMap,
  describeNamespace,
  describePriorityClass,
  describeSecret,
  describeServiceAccount,
} from "../describe/configuration";
import { describeNode } from "../describe/node";
import { describeEndpointSlice, describeService } from "../describe/service";
import { describeDeployment, describePod, describeReplicaSet } from "../describe/workloads";
import type { EventObject } from "../describe/writer";
import { findObjects, type Found, type Info, usesFiles } from "../targets";

const FLAGS = `${FILE_FLAGS};all-namespaces A bool;selector l string;show-events bool=true;chunk-size int=500`;

export function* describe(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("describe", FLAGS, args);
  if (kubectl === undefined) return 0;
  if (kubectl.flags.args.length === 0 && !usesFiles(kubectl))
    throw fatal('You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
  const found = yield* findObjects(kubectl, { all: true });
  const { infos, failures } = found.failures.length > 0 ? yield* byPrefix(kubectl, found) : found;
  for (const [i, info] of infos.entries()) yield* out(`${i > 0 ? "\n\n" : ""}${yield* described(kubectl, info)}`);
  yield* err(failures.join(""));
  if (failures.length > 0) return 1;
  if (infos.length === 0)
    yield* err(kubectl.flags.bool("all-namespaces") ? "No resources found\n" : `No resources found in ${kubectl.namespace} namespace.\n`);
  return 0;
}

/** `describe pod web` describes every Pod whose name begins with `web` when there is none of that name. */
function* byPrefix(kubectl: Kubectl, found: Found): Run<Found> {
  const [type, prefix, ...more] = kubectl.flags.args;
  if (type === undefined || prefix === undefined || more.length > 0 || found.infos.length > 0) return found;
  const all = yield* findObjects(kubectl, { all: true, args: [type] });
  const infos = all.infos.filter((info) => info.name.startsWith(prefix));
  return infos.length === 0 ? found : { infos, failures: [], single: false };
}

function* list<T extends KubeObject>(resource: string, namespace: string | undefined, query: Readonly<Record<string, string>>): Run<readonly T[]> {
  const info = resourceNamed(resource);
  if (info === undefined) return [];
  const response = yield* send({ method: "GET", path: pathOf(info, namespace), query });
  return failed(response) ? [] : ((response.body as { readonly items?: readonly T[] }).items ?? []);
}

function* eventsOf(kubectl: Kubectl, { resource, object }: Info): Run<readonly EventObject[]> {
  if (!kubectl.flags.bool("show-events")) return [];
  const { name, namespace, uid } = (object as unknown as KubeObject).metadata;
  const terms = [`involvedObject.name=${name}`, `involvedObject.namespace=${namespace ?? ""}`, `involvedObject.kind=${resource.kind}`];
  if (resource.name !== "nodes") terms.push(`involvedObject.uid=${uid}`);
  return (yield* list<KubeObject>("events", namespace ?? (resource.namespaced ? undefined : "default"), {
    fieldSelector: terms.join(","),
    limit: "500",
  })) as unknown as readonly EventObject[];
}

function* described(kubectl: Kubectl, info: Info): Run<string> {
  const object = info.object as unknown as KubeObject;
  const { name, namespace, uid } = object.metadata;
  const owned = (each: KubeObject): boolean => (each.metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid);
  switch (info.resource.name) {
    case "deployments": {
      const deployment = object as Deployment;
      const sets = (yield* list<ReplicaSet>("replicasets", namespace, { labelSelector: formatLabelSelector(deployment.spec.selector) })).filter(
        owned,
      );
      return describeDeployment(deployment, sets, yield* eventsOf(kubectl, info), yield* now());
    }
    case "replicasets": {
      const rs = object as ReplicaSet;
      const pods = (yield* list<Pod>("pods", namespace, { labelSelector: formatLabelSelector(rs.spec.selector) })).filter(owned);
      return describeReplicaSet(rs, pods, yield* eventsOf(kubectl, info), yield* now());
    }
    case "services": {
      const slices = yield* list<EndpointSlice>("endpointslices", namespace, { labelSelector: `kubernetes.io/service-name=${name}` });
      return describeService(object as Service, slices, yield* eventsOf(kubectl, info), yield* now());
    }
    case "nodes": {
      const lease = yield* send({ method: "GET", path: `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}` });
      const pods = yield* list<Pod>("pods", undefined, { fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed` });
      return describeNode(
        object as NodeObject,
        failed(lease) ? undefined : (lease.body as unknown as Lease),
        pods,
        yield* eventsOf(kubectl, info),
        yield* now(),
      );
    }
    case "secrets":
      return describeSecret(object as Secret);
    case "namespaces":
      return describeNamespace(object as Namespace);
    default: {
      const events = yield* eventsOf(kubectl, info);
      return describeOther(info.resource.name, object, events, yield* now());
    }
  }
}

function describeOther(resource: string, object: KubeObject, events: readonly EventObject[], at: number): string {
  if (resource === "pods") return describePod(object as Pod, events, at);
  if (resource === "configmaps") return describeConfigMap(object as ConfigMap, events, at);
  if (resource === "serviceaccounts") return describeServiceAccount(object, events, at);
  if (resource === "priorityclasses") return describePriorityClass(object as PriorityClass, events, at);
  if (resource === "endpointslices") return describeEndpointSlice(object as EndpointSlice, events, at);
  return describeAnything(object, events, at);
}
