/**
 * Answers of the cluster's DNS: CoreDNS with its kubernetes plugin. Records are text as `dig` prints them.
 *
 * Not modelled: DNSSEC, zone transfers, negative-cache times, multi-cluster services; an SOA is only said to be there.
 */
import { fqdn, parseName, type ParsedName } from "./name";
import type { DnsPort, DnsService, DnsView } from "./view";

export interface DnsAnswer {
  readonly rcode: "NOERROR" | "NXDOMAIN";
  readonly answer: readonly string[];
  readonly additional: readonly string[];
  /** The zone's SOA is in the authority section: there is no such name, or no such record. */
  readonly authoritySOA: boolean;
}

/** One target that a name stands for. */
interface Target {
  /** An address, or another name. */
  readonly host: string;
  readonly port: number;
  /** The name of the target itself, in full. */
  readonly key: string;
}

const NO_PORT: DnsPort = { port: -1 };
const isIPv6 = (host: string): boolean => host.includes(":");
const isIP = (host: string): boolean => isIPv6(host) || /^\d+\.\d+\.\d+\.\d+$/.test(host);
const typeOf = (host: string): "A" | "AAAA" | "CNAME" => (isIPv6(host) ? "AAAA" : isIP(host) ? "A" : "CNAME");
const headless = (service: DnsService): boolean => service.clusterIPs?.[0] === "None";

/** @source coredns@1.13 plugin/kubernetes/kubernetes.go endpointHostname */
const endpointName = (address: { readonly ip: string; readonly hostname?: string }): string =>
  address.hostname ? address.hostname.toLowerCase() : address.ip.replace(/[.:]/g, "-");

const same = (wanted: string, given: string | undefined): boolean => wanted === "" || wanted === (given ?? "").toLowerCase();
const portMatches = (name: ParsedName, port: DnsPort): boolean => same(name.port, port.name) && same(name.protocol, port.protocol);
const portsOf = (ports: readonly DnsPort[] | undefined): readonly DnsPort[] => (ports && ports.length > 0 ? ports : [NO_PORT]);

/** Undefined: no such name. Empty: the name exists, without targets. */
type Targets = readonly Target[] | undefined;

/**
 * @rule kube.dns.services
 * @source coredns@1.13 plugin/kubernetes/kubernetes.go findServices
 */
function findServices(view: DnsView, name: ParsedName): Targets {
  if (!view.namespaceExists(name.namespace)) return undefined;
  if (name.service === "") return [];
  const service = view.service(name.namespace, name.service);
  if (!service) return undefined;
  const key = `${service.name}.${service.namespace}.svc.${fqdn(view.zone)}`;
  if (service.type === "ExternalName") {
    if (name.endpoint !== "" || name.port !== "" || name.protocol !== "") return undefined;
    const host = service.externalName ?? "";
    return typeOf(host) === "CNAME" ? [{ host, port: 0, key }] : undefined;
  }
  const targets = headless(service) || name.endpoint !== "" ? endpointTargets(view, service, name, key) : clusterTargets(service, name, key);
  return targets.length > 0 ? targets : undefined;
}

function endpointTargets(view: DnsView, service: DnsService, name: ParsedName, key: string): readonly Target[] {
  return view.endpoints(service.namespace, service.name).flatMap((subset) =>
    subset.addresses.flatMap((address) => {
      if (!same(name.endpoint, endpointName(address))) return [];
      const ports = portsOf(subset.ports).filter((port) => portMatches(name, port));
      return ports.map((port): Target => ({ host: address.ip, port: port.port, key: `${endpointName(address)}.${key}` }));
    }),
  );
}

const clusterTargets = (service: DnsService, name: ParsedName, key: string): readonly Target[] =>
  portsOf(service.ports)
    .filter((port) => portMatches(name, port))
    .flatMap((port) => (service.clusterIPs ?? []).filter(isIP).map((host): Target => ({ host, port: port.port, key })));

/** @source coredns@1.13 plugin/kubernetes/kubernetes.go findPods */
function findPods(view: DnsView, name: ParsedName): Targets {
  if (!view.namespaceExists(name.namespace)) return undefined;
  if (name.service === "") return [];
  if (view.pods === "disabled" || name.endpoint !== "" || name.port !== "") return undefined;
  const dashes = name.service.split("-").length - 1;
  const ip = dashes === 3 && !name.service.includes("--") ? name.service.replace(/-/g, ".") : name.service.replace(/-/g, ":");
  return isIP(ip) ? [{ host: ip, port: -1, key: `${name.service}.${name.namespace}.pod.${fqdn(view.zone)}` }] : undefined;
}

function targetsOf(view: DnsView, qname: string): Targets {
  const name = parseName(qname, view.zone);
  if (!name) return undefined;
  if (name.kind === "") return [];
  return name.kind === "pod" ? findPods(view, name) : findServices(view, name);
}

const record = (view: DnsView, owner: string, type: string, data: string): string => `${owner} ${view.ttl} IN ${type} ${data}`;
const unique = (records: readonly string[]): readonly string[] => [...new Set(records)];

/** Addresses of a name, through CNAMEs. Undefined: no such name. */
function addresses(view: DnsView, owner: string, type: "A" | "AAAA", targets: Targets, depth = 0): readonly string[] | undefined {
  if (!targets) return undefined;
  const out: string[] = [];
  for (const { host } of targets) {
    const kind = typeOf(host);
    if (kind === type) out.push(record(view, owner, type, host));
    if (kind !== "CNAME" || depth > 7) continue;
    const target = fqdn(host);
    const inside = addresses(view, target, type, targetsOf(view, target), depth + 1);
    out.push(record(view, owner, "CNAME", target), ...(inside ?? view.upstream(target, type)));
  }
  return unique(out);
}

/**
 * SRV records with weights that share 100, and the addresses of their targets.
 * @rule kube.dns.srv
 * @source coredns@1.13 plugin/backend_lookup.go SRV
 */
function srv(
  view: DnsView,
  owner: string,
  targets: readonly Target[],
): { readonly answer: readonly string[]; readonly additional: readonly string[] } {
  const weight = Math.max(1, Math.floor(100 / targets.length));
  const answer: string[] = [];
  const additional: string[] = [];
  for (const { host, port, key } of targets) {
    if (port === -1) continue;
    const kind = typeOf(host);
    const target = kind === "CNAME" ? fqdn(host) : key;
    answer.push(record(view, owner, "SRV", `0 ${weight} ${port} ${target}`));
    if (kind === "CNAME") additional.push(...(addresses(view, target, "A", targetsOf(view, target)) ?? view.upstream(target, "A")));
    else additional.push(record(view, key, kind, host));
  }
  return { answer: unique(answer), additional: unique(additional) };
}

/** The address that a reverse name spells; undefined when it is none. */
export function addressOfReverse(qname: string): string | undefined {
  const lower = qname.toLowerCase();
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa\.?$/.exec(lower);
  if (v4) return [v4[4], v4[3], v4[2], v4[1]].join(".");
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa\.?$/.exec(lower);
  if (!v6) return undefined;
  const hex = (v6[1] ?? "").split(".").reverse().join("");
  return (hex.match(/.{4}/g) ?? []).join(":");
}

const expanded = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const [head = "", tail] = ip.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((part) => part.padStart(4, "0")).join(":");
};

/**
 * @rule kube.dns.reverse
 * @source coredns@1.13 plugin/kubernetes/reverse.go serviceRecordForIP
 */
function reverse(view: DnsView, ip: string): readonly string[] {
  const wanted = expanded(ip);
  const zone = fqdn(view.zone);
  const services = view.services();
  const own = services.filter((service) => (service.clusterIPs ?? []).some((address) => isIP(address) && expanded(address) === wanted));
  if (own.length > 0) return own.map((service) => `${service.name}.${service.namespace}.svc.${zone}`);
  return services.flatMap((service) =>
    view
      .endpoints(service.namespace, service.name)
      .flatMap((subset) =>
        subset.addresses
          .filter((address) => expanded(address.ip) === wanted)
          .map((address) => `${endpointName(address)}.${service.name}.${service.namespace}.svc.${zone}`),
      ),
  );
}

const NXDOMAIN: DnsAnswer = { rcode: "NXDOMAIN", answer: [], additional: [], authoritySOA: true };
const NODATA: DnsAnswer = { rcode: "NOERROR", answer: [], additional: [], authoritySOA: true };
const found = (answer: readonly string[], additional: readonly string[] = []): DnsAnswer =>
  answer.length === 0 ? NODATA : { rcode: "NOERROR", answer, additional, authoritySOA: false };

function textAnswer(view: DnsView, owner: string): DnsAnswer {
  if (owner.toLowerCase() === `dns-version.${fqdn(view.zone)}`) return found([`${owner} 28800 IN TXT "1.1.0"`]);
  const targets = targetsOf(view, owner);
  return targets && targets.length > 0 ? NODATA : NXDOMAIN;
}

/**
 * @rule kube.dns.answer
 * @source coredns@1.13 plugin/kubernetes/handler.go ServeDNS
 */
export function answerQuery(view: DnsView, qname: string, qtype: string): DnsAnswer {
  const owner = fqdn(qname);
  if (qtype === "PTR") {
    const ip = addressOfReverse(owner);
    const names = ip === undefined ? [] : reverse(view, ip);
    return names.length > 0 ? found(names.map((name) => record(view, owner, "PTR", name))) : NXDOMAIN;
  }
  const zone = fqdn(view.zone.toLowerCase());
  if (owner.toLowerCase() === zone && qtype === "SOA")
    return found([record(view, owner, "SOA", `ns.dns.${zone} hostmaster.${zone} 1499347823 7200 1800 86400 ${view.ttl}`)]);
  if (owner.toLowerCase() === zone && qtype === "NS") return found([record(view, owner, "NS", `ns.dns.${zone}`)]);
  if (!owner.toLowerCase().endsWith(`.${zone}`) && owner.toLowerCase() !== zone) {
    const records = view.upstream(owner, qtype);
    return records.length > 0 ? found(records) : NXDOMAIN;
  }
  if (qtype === "TXT") return textAnswer(view, owner);
  const targets = targetsOf(view, owner);
  if (!targets) return NXDOMAIN;
  if (qtype === "A" || qtype === "AAAA") return found(addresses(view, owner, qtype, targets) ?? []);
  if (qtype === "SRV") {
    const { answer, additional } = srv(view, owner, targets);
    return found(answer, additional);
  }
  const alias = qtype === "CNAME" ? targets[0] : undefined;
  return alias && typeOf(alias.host) === "CNAME" ? found([record(view, owner, "CNAME", fqdn(alias.host))]) : NODATA;
}
