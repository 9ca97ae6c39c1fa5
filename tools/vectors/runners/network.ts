/** Vector suites of Service routing and DNS. */
import { isDeepStrictEqual } from "node:util";
import type { EndpointSlice, StringMap } from "../../../src/kube/apis/objects";
import { answerQuery, type DnsAnswer } from "../../../src/kube/dns/answer";
import { searchOrder } from "../../../src/kube/dns/name";
import type { DnsPort, DnsService, DnsSubset, DnsView } from "../../../src/kube/dns/view";
import { categorizeEndpoints, endpointsOfSlices, type ProxyEndpoint } from "../../../src/kube/proxy/endpoints";
import type { Runners } from "../runner";

interface GivenEndpoint {
  readonly endpoint: string;
  readonly ip: string;
  readonly port: number;
  readonly isLocal: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: Readonly<Record<string, unknown>> | null;
  readonly nodeHints: Readonly<Record<string, unknown>> | null;
}
interface ProxyGiven {
  readonly endpoints?: readonly GivenEndpoint[] | null;
  readonly serviceInfo?: {
    readonly internalPolicyLocal: boolean;
    readonly externalPolicyLocal: boolean;
    readonly nodePort: number;
    readonly externalIPs: readonly string[] | null;
    readonly loadBalancerVIPs: readonly string[] | null;
  };
  readonly nodeName?: string;
  readonly nodeLabels?: StringMap | null;
  readonly preferSameEnabled?: boolean;
  readonly endpointSlices?: readonly EndpointSlice[];
  readonly hostname?: string;
  readonly namespacedName?: { readonly Namespace: string; readonly Name: string };
}

const set = (names: readonly string[]): Readonly<Record<string, unknown>> | null =>
  names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, {}]));
const fromGiven = (endpoint: GivenEndpoint): ProxyEndpoint => ({
  ...endpoint,
  zoneHints: Object.keys(endpoint.zoneHints ?? {}),
  nodeHints: Object.keys(endpoint.nodeHints ?? {}),
});

function categorize(given: ProxyGiven): unknown {
  const info = given.serviceInfo;
  const policy = {
    internalPolicyLocal: info?.internalPolicyLocal ?? false,
    externalPolicyLocal: info?.externalPolicyLocal ?? false,
    externallyAccessible: (info?.nodePort ?? 0) !== 0 || (info?.externalIPs ?? []).length > 0 || (info?.loadBalancerVIPs ?? []).length > 0,
  };
  const result = categorizeEndpoints(
    (given.endpoints ?? []).map(fromGiven),
    policy,
    given.nodeName ?? "",
    given.nodeLabels ?? {},
    given.preferSameEnabled,
  );
  const names = (list: readonly ProxyEndpoint[] | undefined): readonly string[] | null =>
    list === undefined ? null : list.map((endpoint) => endpoint.endpoint).sort();
  return { cluster: names(result.cluster), local: names(result.local), all: names(result.reachable), hasAny: result.hasAny };
}

interface ProxyExpected {
  readonly expectedMap?: Readonly<Record<string, readonly GivenEndpoint[]>>;
  readonly clusterEndpoints?: readonly string[] | null;
  readonly localEndpoints?: readonly string[] | null;
  readonly allEndpoints?: readonly string[] | null;
  readonly onlyRemoteEndpoints?: boolean;
}

/** As upstream's test compares: null means that the list is not to be there; the union is only given where it differs from both. */
function sameCategories(got: unknown, expected: ProxyExpected): boolean {
  const mine = got as { cluster: readonly string[] | null; local: readonly string[] | null; all: readonly string[] | null; hasAny: boolean };
  const list = (names: readonly string[] | null | undefined): readonly string[] | null => (names ? [...names].sort() : null);
  const cluster = list(expected.clusterEndpoints);
  const local = list(expected.localEndpoints);
  const all = cluster !== null && local === null ? cluster : cluster === null && local !== null ? local : (list(expected.allEndpoints) ?? []);
  const remote = (mine.all ?? []).length === 0 && mine.hasAny;
  return isDeepStrictEqual([mine.cluster, mine.local, mine.all, remote], [cluster, local, all, expected.onlyRemoteEndpoints ?? false]);
}

interface Fixture {
  readonly zone: string;
  readonly exposedNamespaces: readonly string[];
  readonly services: Readonly<Record<string, Omit<DnsService, "name" | "namespace">>>;
  readonly endpoints: Readonly<Record<string, DnsSubset>>;
}
interface SpecService extends DnsService {
  readonly clusterIP?: string;
  readonly endpoints?: readonly { readonly ip: string; readonly hostname?: string; readonly ready: boolean }[];
  readonly publishNotReadyAddresses?: boolean;
}
interface DnsGiven {
  readonly fixture?: Fixture;
  readonly zone?: string;
  readonly service?: SpecService;
  readonly qname?: string;
  readonly qtype?: string;
  readonly name?: string;
  readonly resolvConf?: { readonly search: readonly string[]; readonly ndots: number };
}

/** The only name outside the zone that the fixture's upstream knows. */
const upstream = (name: string, type: string): readonly string[] =>
  name === "ext.interwebs.test." && type === "A" ? ["ext.interwebs.test. 5 IN A 1.2.3.4"] : [];

function fixtureView({ zone, exposedNamespaces, services, endpoints }: Fixture): DnsView {
  const split = (key: string): readonly [string, string] => [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
  const of = (namespace: string, name: string): DnsService | undefined => {
    const found = services[`${name}.${namespace}`];
    return found && { ...found, name, namespace };
  };
  return {
    zone,
    ttl: 5,
    pods: "disabled",
    namespaceExists: (namespace) => exposedNamespaces.includes(namespace),
    service: of,
    endpoints: (namespace, name) => {
      const found = endpoints[`${name}.${namespace}`];
      return found ? [found] : [];
    },
    services: () => Object.keys(services).flatMap((key) => of(split(key)[1], split(key)[0]) ?? []),
    upstream,
  };
}

function specView(zone: string, service: SpecService): DnsView {
  const own: DnsService = { ...service, clusterIPs: service.clusterIP === undefined ? [] : [service.clusterIP] };
  const addresses = (service.endpoints ?? []).filter((endpoint) => endpoint.ready || service.publishNotReadyAddresses === true);
  const ports = (service.ports ?? []) as readonly DnsPort[];
  return {
    zone,
    ttl: 5,
    pods: "insecure",
    namespaceExists: (namespace) => namespace === service.namespace,
    service: (namespace, name) => (namespace === service.namespace && name === service.name ? own : undefined),
    endpoints: () => (addresses.length === 0 ? [] : [{ addresses, ports }]),
    services: () => [own],
    upstream: () => [],
  };
}

const data = (row: string): string => row.split(" ").slice(4).join(" ");
const sorted = (rows: readonly string[] | undefined): readonly string[] => [...(rows ?? [])].sort();

interface DnsExpected {
  readonly queriesInOrderUntilAnswered?: readonly string[];
  readonly rcode?: string;
  readonly answer?: readonly string[];
  readonly additional?: readonly string[];
  readonly authoritySOA?: boolean;
  readonly answers?: readonly string[];
  readonly cname?: string;
  readonly srv?: readonly { readonly port: number; readonly target: string }[];
}

function sameDns(got: unknown, expected: DnsExpected): boolean {
  if (expected.queriesInOrderUntilAnswered) return isDeepStrictEqual(got, expected);
  const mine = got as DnsAnswer;
  if (expected.rcode !== undefined && mine.rcode !== expected.rcode) return false;
  if (expected.answers) return isDeepStrictEqual(sorted(mine.answer.map(data)), sorted(expected.answers));
  if (expected.cname !== undefined) return mine.answer.some((row) => row.includes(" IN CNAME ") && data(row) === expected.cname);
  if (expected.srv) {
    const rows = mine.answer.map((row) => ({ port: Number(row.split(" ")[6]), target: row.split(" ")[7] ?? "" }));
    return isDeepStrictEqual(
      sorted(rows.map((row) => JSON.stringify(row))),
      sorted(expected.srv.map(({ port, target }) => JSON.stringify({ port, target }))),
    );
  }
  if (expected.answer === undefined) return true;
  return (
    isDeepStrictEqual(sorted(mine.answer), sorted(expected.answer)) &&
    (expected.additional === undefined || isDeepStrictEqual(sorted(mine.additional), sorted(expected.additional))) &&
    mine.authoritySOA === (expected.authoritySOA ?? false)
  );
}

export const runners: Runners = {
  "kube-proxy-endpoints": {
    run: (given: ProxyGiven) => {
      if (!given.endpointSlices) return categorize(given);
      const place = `${given.namespacedName?.Namespace}/${given.namespacedName?.Name}`;
      const found = endpointsOfSlices(given.endpointSlices, given.hostname ?? "");
      const rows = [...found].map(([port, endpoints]) => [
        port === "" ? place : `${place}:${port}`,
        endpoints.map((endpoint) => ({ ...endpoint, zoneHints: set(endpoint.zoneHints), nodeHints: set(endpoint.nodeHints) })),
      ]);
      return { expectedMap: Object.fromEntries(rows) };
    },
    same: (got, expected: ProxyExpected) =>
      expected.expectedMap ? isDeepStrictEqual(got, { expectedMap: expected.expectedMap }) : sameCategories(got, expected),
  },
  dns: {
    run: (given: DnsGiven) => {
      if (given.resolvConf) return { queriesInOrderUntilAnswered: searchOrder(given.name ?? "", given.resolvConf.search, given.resolvConf.ndots) };
      const view = given.fixture ? fixtureView(given.fixture) : specView(given.zone ?? "cluster.local", given.service as SpecService);
      return answerQuery(view, given.qname ?? "", given.qtype ?? "A");
    },
    same: sameDns,
  },
};
