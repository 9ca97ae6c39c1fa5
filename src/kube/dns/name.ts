/** Names below the cluster's zone: `[endpoint | _port._protocol].service.namespace.svc`. */

export interface ParsedName {
  readonly kind: "" | "svc" | "pod";
  readonly namespace: string;
  readonly service: string;
  readonly endpoint: string;
  readonly port: string;
  readonly protocol: string;
}

const APEX: ParsedName = { kind: "", namespace: "", service: "", endpoint: "", port: "", protocol: "" };
const bare = (label: string): string => (label.startsWith("_") ? label.slice(1) : label);

export const fqdn = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

/**
 * Undefined when the name cannot be one of this schema.
 * @rule kube.dns.parse-name
 * @source coredns@1.13 plugin/kubernetes/parse.go parseRequest
 */
export function parseName(name: string, zone: string): ParsedName | undefined {
  const lower = fqdn(name.toLowerCase());
  const suffix = fqdn(zone.toLowerCase());
  if (lower === suffix) return APEX;
  if (!lower.endsWith(`.${suffix}`)) return undefined;
  const base = lower.slice(0, -suffix.length - 1);
  if (base === "svc" || base === "pod") return APEX;
  const labels = base.split(".");
  const kind = labels.pop();
  if (kind !== "svc" && kind !== "pod") return undefined;
  const namespace = labels.pop() ?? "";
  const service = labels.pop() ?? "";
  const parsed: ParsedName = { ...APEX, kind, namespace, service };
  if (labels.length === 0) return parsed;
  if (labels.length === 1) return { ...parsed, endpoint: labels[0] ?? "" };
  if (labels.length === 2) return { ...parsed, port: bare(labels[0] ?? ""), protocol: bare(labels[1] ?? "") };
  return undefined;
}

/**
 * The names a resolver asks for, in order, until one is answered: with fewer dots than ndots the search list comes first.
 * @rule kube.dns.search
 * @source man resolv.conf(5) search, ndots
 */
export function searchOrder(name: string, search: readonly string[], ndots: number): readonly string[] {
  if (name.endsWith(".")) return [name];
  const dots = name.split(".").length - 1;
  const listed = search.map((domain) => fqdn(`${name}.${domain}`));
  return dots >= ndots ? [fqdn(name), ...listed] : [...listed, fqdn(name)];
}
