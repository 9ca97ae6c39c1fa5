/**
 * What a Pod asks for and may use in all: containers add up, init containers count by their maximum, sidecars (init containers that
 * restart always) add to both; the Pod's own level and overhead come on top.
 *
 * Interface: podRequests, podLimits; requestNumbers for rules that only need numbers (memoized by the spec's identity).
 * Not modelled: device claims.
 */
import type { Condition, Container, PodSpec, ResourceList } from "./objects";
import { milliValueOf, type ParsedQuantity, valueOf } from "./quantity";
import { addTotals, quantityOf, raiseTotals, type ResourceTotals, resourceListOf, totalsOf } from "./resource-list";

export interface PodResourcesOptions {
  readonly useStatusResources?: boolean;
  readonly excludeOverhead?: boolean;
  readonly nonMissingContainerRequests?: ResourceList | null;
  readonly skipPodLevelResources?: boolean;
  readonly skipContainerLevelResources?: boolean;
}

interface StatusResources {
  readonly name: string;
  readonly allocatedResources?: ResourceList;
  readonly resources?: Requirements | null;
}
interface Requirements {
  readonly requests?: ResourceList | null;
  readonly limits?: ResourceList | null;
}

/** The parts of a Pod that these rules read. */
export interface ResourcePod {
  readonly spec: Partial<PodSpec> & { readonly resources?: Requirements | null };
  readonly status?: {
    readonly conditions?: readonly Condition[] | null;
    readonly containerStatuses?: readonly StatusResources[] | null;
    readonly initContainerStatuses?: readonly StatusResources[] | null;
  };
}

export const isSidecar = (container: Pick<Container, "restartPolicy">): boolean => container.restartPolicy === "Always";

/** @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go IsSupportedPodLevelResource */
const isPodLevelResource = (name: string): boolean => name === "cpu" || name === "memory" || name.startsWith("hugepages-");
const podLevel = (list: ResourceList | undefined | null): string[] => Object.keys(list ?? {}).filter(isPodLevelResource);

/** Whether the Pod as a whole has requests or limits. @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go IsPodLevelResourcesSet */
export const isPodLevelResourcesSet = ({ spec }: ResourcePod): boolean =>
  podLevel(spec.resources?.requests).length > 0 || podLevel(spec.resources?.limits).length > 0;

/** Whether a requested resize cannot be done on this node, so the status says what is in use. */
const resizeInfeasible = (pod: ResourcePod): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === "PodResizePending" && condition.reason === "Infeasible");

type Kind = "requests" | "limits";

/** One container's amounts; with status, the largest of wanted, allocated and actuated. */
function containerTotals(pod: ResourcePod, container: Container, kind: Kind, options: PodResourcesOptions): ResourceTotals {
  const status = options.useStatusResources
    ? [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find((row) => row.name === container.name)
    : undefined;
  const wanted = totalsOf(container.resources?.[kind]);
  if (!status?.resources) return kind === "requests" ? withMissing(wanted, options) : wanted;
  const totals = totalsOf(status.resources[kind]);
  if (kind === "requests") raiseTotals(totals, totalsOf(status.allocatedResources));
  if (!resizeInfeasible(pod)) raiseTotals(totals, wanted);
  return kind === "requests" ? withMissing(totals, options) : totals;
}

function withMissing(totals: ResourceTotals, options: PodResourcesOptions): ResourceTotals {
  for (const [name, quantity] of totalsOf(options.nonMissingContainerRequests)) if (!totals.has(name)) totals.set(name, quantity);
  return totals;
}

/**
 * Sum over containers and sidecars, at least what each init container needs beside the sidecars started before it.
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go AggregateContainerRequests, AggregateContainerLimits
 */
function aggregate(pod: ResourcePod, kind: Kind, options: PodResourcesOptions): ResourceTotals {
  const totals: ResourceTotals = new Map();
  for (const container of pod.spec.containers ?? []) addTotals(totals, containerTotals(pod, container, kind, options));
  const sidecars: ResourceTotals = new Map();
  const init: ResourceTotals = new Map();
  for (const container of pod.spec.initContainers ?? []) {
    const own = containerTotals(pod, container, kind, options);
    if (isSidecar(container)) {
      addTotals(totals, own);
      addTotals(sidecars, own);
      raiseTotals(init, sidecars);
    } else {
      addTotals(own, sidecars);
      raiseTotals(init, own);
    }
  }
  raiseTotals(totals, init);
  return totals;
}

function requestTotals(pod: ResourcePod, options: PodResourcesOptions): ResourceTotals {
  const totals: ResourceTotals = options.skipContainerLevelResources ? new Map() : aggregate(pod, "requests", options);
  if (!options.skipPodLevelResources)
    for (const name of podLevel(pod.spec.resources?.requests)) totals.set(name, quantityOf(pod.spec.resources?.requests, name));
  if (!options.excludeOverhead) addTotals(totals, totalsOf(pod.spec.overhead));
  return totals;
}

/**
 * @rule kube.pod.requests
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests
 */
export const podRequests = (pod: ResourcePod, options: PodResourcesOptions = {}): ResourceList => resourceListOf(requestTotals(pod, options));

/**
 * Overhead is added only to limits that exist.
 * @rule kube.pod.limits
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go PodLimits
 */
export function podLimits(pod: ResourcePod, options: PodResourcesOptions = {}): ResourceList {
  const totals: ResourceTotals = options.skipContainerLevelResources ? new Map() : aggregate(pod, "limits", options);
  if (!options.skipPodLevelResources)
    for (const name of podLevel(pod.spec.resources?.limits)) totals.set(name, quantityOf(pod.spec.resources?.limits, name));
  if (!options.excludeOverhead) addTotals(totals, new Map([...totalsOf(pod.spec.overhead)].filter(([name]) => totals.has(name))));
  return resourceListOf(totals);
}

/** Requests as numbers: `cpu` in millicores, all else in whole units. */
export type RequestNumbers = Readonly<Record<string, number>>;
interface NumbersMemo {
  readonly init: PodSpec["initContainers"];
  readonly overhead: PodSpec["overhead"];
  readonly whole: unknown;
  readonly numbers: RequestNumbers;
}
/** By the list of containers, which Pods of one template share although their specs differ in node and name. */
const numbersMemo = new WeakMap<object, NumbersMemo>();

const numberOf = (name: string, quantity: ParsedQuantity): number => Number(name === "cpu" ? milliValueOf(quantity) : valueOf(quantity));

/** podRequests as numbers, memoized by the identity of the (frozen) parts it depends on. */
export function requestNumbers(spec: PodSpec): RequestNumbers {
  const whole = (spec as ResourcePod["spec"]).resources;
  const known = numbersMemo.get(spec.containers);
  if (known && known.init === spec.initContainers && known.overhead === spec.overhead && known.whole === whole) return known.numbers;
  const numbers = Object.fromEntries([...requestTotals({ spec }, {})].map(([name, quantity]) => [name, numberOf(name, quantity)]));
  numbersMemo.set(spec.containers, { init: spec.initContainers, overhead: spec.overhead, whole, numbers });
  return numbers;
}
