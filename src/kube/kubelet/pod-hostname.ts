/** What a Pod calls itself, and its /etc/hosts. */
import { isDNS1123Label, isDNS1123Subdomain } from "../apis/names";

const LONGEST = 63;

export interface HostnameGiven {
  readonly name: string;
  readonly namespace: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly hostnameOverride?: string | null;
}
export type Hostname = { readonly hostname: string; readonly domain: string } | { readonly error: string };

/**
 * At most 63 characters, not ending in `-` or `.`; undefined when nothing is left.
 * @rule kube.pod.hostname-truncated
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go truncatePodHostnameIfNeeded
 */
export function truncateHostname(hostname: string): string | undefined {
  if (hostname.length <= LONGEST) return hostname;
  const cut = hostname.slice(0, LONGEST).replace(/[-.]+$/, "");
  return cut === "" ? undefined : cut;
}

/**
 * @rule kube.pod.hostname
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain
 */
export function podHostname(given: HostnameGiven, clusterDomain: string): Hostname {
  if (given.hostnameOverride) {
    const errors = isDNS1123Subdomain(given.hostnameOverride);
    if (errors.length > 0)
      return { error: `pod HostnameOverride ${JSON.stringify(given.hostnameOverride)} is not a valid DNS subdomain: ${errors.join(";")}` };
    const hostname = truncateHostname(given.hostnameOverride);
    return hostname === undefined ? tooLong(given) : { hostname, domain: "" };
  }
  if (given.hostname) {
    const errors = isDNS1123Label(given.hostname);
    if (errors.length > 0) return { error: `pod Hostname ${JSON.stringify(given.hostname)} is not a valid DNS label: ${errors.join(";")}` };
  }
  const hostname = truncateHostname(given.hostname || given.name);
  if (hostname === undefined) return tooLong(given);
  if (!given.subdomain) return { hostname, domain: "" };
  const errors = isDNS1123Label(given.subdomain);
  if (errors.length > 0) return { error: `pod Subdomain ${JSON.stringify(given.subdomain)} is not a valid DNS label: ${errors.join(";")}` };
  return { hostname, domain: `${given.subdomain}.${given.namespace}.svc.${clusterDomain}` };
}

const tooLong = ({ name, hostname }: HostnameGiven): Hostname => ({
  error: `hostname for pod ${JSON.stringify(name)} was invalid: ${JSON.stringify(hostname ?? name)}`,
});

export interface HostAlias {
  readonly ip: string;
  readonly hostnames?: readonly string[] | null;
}

/**
 * @rule kube.pod.hosts-file
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go managedHostsFileContent
 */
export function hostsFile(podIPs: readonly string[], hostname: string, domain: string, aliases: readonly HostAlias[]): string {
  const lines = [
    "# Kubernetes-managed hosts file.",
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "fe00::0\tip6-mcastprefix",
    "fe00::1\tip6-allnodes",
    "fe00::2\tip6-allrouters",
    ...podIPs.map((ip) => (domain === "" ? `${ip}\t${hostname}` : `${ip}\t${hostname}.${domain}\t${hostname}`)),
  ];
  if (aliases.length > 0) {
    lines.push("", "# Entries added by HostAliases.");
    for (const { ip, hostnames } of aliases) lines.push(`${ip}\t${(hostnames ?? []).join("\t")}`);
  }
  return `${lines.join("\n")}\n`;
}
