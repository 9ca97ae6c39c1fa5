/**
 * What the scheduler needs to know of a Pod, worked out once and remembered by the identity of the frozen parts it comes from, which
 * Pods of one template share.
 *
 * Not modelled: requests of a Pod that is being resized in place, device claims.
 */
import type { Container, ContainerPort, Pod, PodSpec, ResourceList } from "../apis/objects";
import { podRequests, requestNumbers, type ResourcePod } from "../apis/pod-resources";
import { milliOf, unitsOf } from "../apis/quantity";

/** Amounts: cpu in millicores, all else in whole units. `scalar` holds everything beside the three basic resources. */
export interface Amounts {
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  readonly scalar: Readonly<Record<string, number>>;
}

export interface PodAmounts extends Amounts {
  /** As above, but a container that asks for nothing counts as a small one; only used to score. */
  readonly nonZeroCpu: number;
  readonly nonZeroMemory: number;
}

/** What a container without a request counts as, so that nodes full of such containers do not look empty. */
const UNREQUESTED: ResourceList = { cpu: "100m", memory: String(200 * 1024 * 1024) };

const NO_CONTAINERS: readonly Container[] = Object.freeze([]);

interface Memo {
  readonly init: readonly Container[] | undefined;
  readonly overhead: ResourceList | undefined;
  readonly whole: unknown;
  readonly amounts: PodAmounts;
}
const memo = new WeakMap<object, Memo>();
const BASIC = new Set(["cpu", "memory", "ephemeral-storage", "pods"]);

/** Extended resources, huge pages and attachable volumes are counted by name. */
const isScalar = (name: string): boolean =>
  !BASIC.has(name) && (name.includes("/") || name.startsWith("hugepages-") || name.startsWith("attachable-volumes-"));

export function scalarsOf(list: ResourceList | undefined): Record<string, number> {
  const scalars: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(list ?? {})) if (isScalar(name)) scalars[name] = unitsOf(quantity);
  return scalars;
}

/**
 * @rule kube.scheduler.pod-requests
 * @source kubernetes@1.35 pkg/scheduler/framework/types.go PodInfo.CalculateResource
 */
export function podAmounts(pod: Pod): PodAmounts {
  const given = pod.spec as PodSpec & Pick<ResourcePod["spec"], "resources">;
  const spec = given.containers === undefined ? { ...given, containers: NO_CONTAINERS } : given;
  const known = memo.get(spec.containers);
  if (known !== undefined && known.init === spec.initContainers && known.overhead === spec.overhead && known.whole === spec.resources)
    return known.amounts;
  const numbers = requestNumbers(spec);
  const nonZero = podRequests({ spec }, { nonMissingContainerRequests: UNREQUESTED });
  const amounts: PodAmounts = Object.freeze({
    cpu: numbers["cpu"] ?? 0,
    memory: numbers["memory"] ?? 0,
    storage: numbers["ephemeral-storage"] ?? 0,
    scalar: Object.freeze(Object.fromEntries(Object.entries(numbers).filter(([name]) => isScalar(name)))),
    nonZeroCpu: milliOf(nonZero["cpu"]),
    nonZeroMemory: unitsOf(nonZero["memory"]),
  });
  memo.set(spec.containers, { init: spec.initContainers, overhead: spec.overhead, whole: spec.resources, amounts });
  return amounts;
}

/** Amounts as text, equal for equal amounts. */
export function amountsText(amounts: PodAmounts): string {
  let text = `${amounts.cpu} ${amounts.memory} ${amounts.storage} ${amounts.nonZeroCpu} ${amounts.nonZeroMemory}`;
  for (const name in amounts.scalar) text += ` ${name}=${amounts.scalar[name]}`;
  return text;
}

/** @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go PodPriority */
export const podPriority = (pod: Pod): number => pod.spec.priority ?? 0;

export const podNamespace = (pod: Pod): string => pod.metadata.namespace ?? "";
export const podKey = (pod: Pod): string => `${podNamespace(pod)}/${pod.metadata.name}`;
/** The same Pod, whatever its version. */
export const samePod = (a: Pod, b: Pod): boolean => a === b || (a.metadata.uid !== undefined && a.metadata.uid === b.metadata.uid);

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const portsMemo = new WeakMap<object, readonly HostPort[]>();
const NO_PORTS: readonly HostPort[] = Object.freeze([]);

const hostPortsOf = (ports: readonly ContainerPort[] | undefined): HostPort[] =>
  (ports ?? [])
    .filter((port) => (port.hostPort ?? 0) > 0)
    .map((port) => ({
      ip: port.hostIP === undefined || port.hostIP === "" ? "0.0.0.0" : port.hostIP,
      protocol: port.protocol || "TCP",
      port: port.hostPort ?? 0,
    }));

/**
 * Ports a Pod takes on its node, of containers and sidecars.
 * @source kubernetes@1.35 pkg/scheduler/util/utils.go GetHostPorts
 */
export function hostPorts(pod: Pod): readonly HostPort[] {
  const containers = pod.spec.containers ?? NO_CONTAINERS;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  const known = portsMemo.get(containers);
  if (known !== undefined && sidecars.length === 0) return known;
  const ports = [...containers, ...sidecars].flatMap((container) => hostPortsOf(container.ports));
  if (sidecars.length === 0) portsMemo.set(containers, ports.length === 0 ? NO_PORTS : ports);
  return ports;
}
