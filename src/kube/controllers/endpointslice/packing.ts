/**
 * How endpoints are spread over slices: changed in place, then into slices that change anyway, then into the one slice where the rest
 * fits best, then into new ones. Slices that need not change are left alone, because every change goes to every node.
 */
import type { Endpoint, EndpointSlice } from "../../apis/objects";

export const MAX_ENDPOINTS_PER_SLICE = 100;

export interface Packing {
  /** Endpoints of slices to be made. */
  readonly create: readonly (readonly Endpoint[])[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

const identities = new WeakMap<Endpoint, string>();
/** Endpoints are the same by what they point to and their addresses. */
function identity(endpoint: Endpoint): string {
  let text = identities.get(endpoint);
  if (text === undefined) {
    const { targetRef, addresses } = endpoint;
    text =
      targetRef === undefined ? addresses.join(",") : `${targetRef.namespace ?? ""}/${targetRef.name}/${targetRef.uid ?? ""} ${addresses.join(",")}`;
    identities.set(endpoint, text);
  }
  return text;
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a === b) return true;
  const [x, y] = [a.conditions ?? {}, b.conditions ?? {}];
  return (
    x.ready === y.ready &&
    x.serving === y.serving &&
    x.terminating === y.terminating &&
    a.hostname === b.hostname &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone
  );
}

interface Kept {
  readonly slice: EndpointSlice;
  endpoints: readonly Endpoint[];
  changed: boolean;
}

/** What is left of each slice, with what was placed taken out of `desired`. */
function keep(existing: readonly EndpointSlice[], desired: Map<string, Endpoint>): Kept[] {
  return existing.map((slice) => {
    const before = slice.endpoints ?? [];
    const endpoints: Endpoint[] = [];
    let changed = false;
    for (const endpoint of before) {
      const key = identity(endpoint);
      const wanted = desired.get(key);
      if (wanted === undefined) continue;
      const same = sameEndpoint(wanted, endpoint);
      if (!same) changed = true;
      endpoints.push(same ? endpoint : wanted);
      desired.delete(key);
    }
    return { slice, endpoints, changed: changed || endpoints.length !== before.length };
  });
}

function take(desired: Map<string, Endpoint>, count: number): readonly Endpoint[] {
  const taken: Endpoint[] = [];
  for (const [key, endpoint] of desired) {
    if (taken.length >= count) break;
    taken.push(endpoint);
    desired.delete(key);
  }
  return taken;
}

/** The slice that is fullest after taking all of `count`. @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go getSliceToFill */
function sliceToFill(kept: readonly Kept[], count: number, most: number): Kept | undefined {
  let best: Kept | undefined;
  for (const candidate of kept) {
    if (candidate.changed || candidate.endpoints.length + count > most) continue;
    if (best === undefined || candidate.endpoints.length > best.endpoints.length) best = candidate;
  }
  return best;
}

/** What is left to place goes into slices that change anyway, then into the best one that does not, then into new ones. */
function distribute(kept: readonly Kept[], desired: Map<string, Endpoint>, most: number): Packing {
  const filling = kept.filter(({ changed, endpoints }) => changed && endpoints.length > 0);
  for (const entry of filling.sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    if (desired.size === 0) break;
    entry.endpoints = [...entry.endpoints, ...take(desired, most - entry.endpoints.length)];
  }
  const create: (readonly Endpoint[])[] = [];
  while (desired.size > 0) {
    const target = desired.size < most ? sliceToFill(kept, desired.size, most) : undefined;
    if (target === undefined) {
      create.push(take(desired, most));
      continue;
    }
    target.endpoints = [...target.endpoints, ...take(desired, most - target.endpoints.length)];
    target.changed = true;
  }
  return {
    create,
    update: kept.filter(({ changed, endpoints }) => changed && endpoints.length > 0).map(({ slice, endpoints }) => ({ ...slice, endpoints })),
    remove: kept.filter(({ changed, endpoints }) => changed && endpoints.length === 0).map(({ slice }) => slice),
  };
}

/**
 * `existing` are the slices of one address type and one set of ports.
 * @rule kube.endpointslice.packing
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/reconciler.go reconcileByPortMapping
 */
export function packEndpoints(existing: readonly EndpointSlice[], wanted: readonly Endpoint[], most = MAX_ENDPOINTS_PER_SLICE): Packing {
  const desired = new Map(wanted.map((endpoint) => [identity(endpoint), endpoint]));
  return distribute(keep(existing, desired), desired, most);
}

const places = new WeakMap<EndpointSlice, ReadonlyMap<string, number>>();
/** Where in a slice each Pod's endpoint is. */
function placesOf(slice: EndpointSlice): ReadonlyMap<string, number> {
  let known = places.get(slice);
  if (known === undefined) {
    known = new Map((slice.endpoints ?? []).map((endpoint, i) => [endpoint.targetRef?.name ?? "", i]));
    places.set(slice, known);
  }
  return known;
}

/**
 * The same for a few Pods, by name, whose endpoints changed (undefined: gone), when all other endpoints are known to be right.
 */
export function packChanges(
  existing: readonly EndpointSlice[],
  changes: ReadonlyMap<string, Endpoint | undefined>,
  most = MAX_ENDPOINTS_PER_SLICE,
): Packing {
  const desired = new Map<string, Endpoint>();
  const kept = existing.map((slice): Kept => ({ slice, endpoints: slice.endpoints ?? [], changed: false }));
  const gone = new Map<Kept, Set<number>>();
  for (const [name, wanted] of changes) {
    const entry = kept.find(({ slice }) => placesOf(slice).has(name));
    if (entry === undefined) {
      if (wanted !== undefined) desired.set(name, wanted);
      continue;
    }
    const at = placesOf(entry.slice).get(name) ?? 0;
    const before = entry.endpoints[at];
    if (wanted !== undefined && before !== undefined && identity(before) === identity(wanted) && sameEndpoint(before, wanted)) continue;
    entry.changed = true;
    if (wanted === undefined) gone.set(entry, (gone.get(entry) ?? new Set()).add(at));
    else entry.endpoints = entry.endpoints.with(at, wanted);
  }
  for (const [entry, indexes] of gone) entry.endpoints = entry.endpoints.filter((_, i) => !indexes.has(i));
  return distribute(kept, desired, most);
}
