/** What the DNS server knows of the cluster, whoever keeps it. */
export interface DnsPort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
}
export interface DnsService {
  readonly name: string;
  readonly namespace: string;
  readonly type?: string;
  readonly clusterIPs?: readonly string[];
  readonly externalName?: string;
  readonly ports?: readonly DnsPort[];
}
/** Addresses that share ports; only those that may be named (ready, or published although not ready). */
export interface DnsSubset {
  readonly addresses: readonly { readonly ip: string; readonly hostname?: string }[];
  readonly ports: readonly DnsPort[];
}
export interface DnsView {
  /** For example `cluster.local`. */
  readonly zone: string;
  readonly ttl: number;
  /** `insecure` answers `1-2-3-4.ns.pod` for any address, as the usual Corefile has it. */
  readonly pods: "disabled" | "insecure";
  namespaceExists(namespace: string): boolean;
  service(namespace: string, name: string): DnsService | undefined;
  endpoints(namespace: string, name: string): readonly DnsSubset[];
  /** Every Service, for reverse lookups. */
  services(): readonly DnsService[];
  /** Records of names outside the zone, as text. */
  upstream(name: string, type: string): readonly string[];
}
