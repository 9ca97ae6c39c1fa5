/**
 * Names of hosts, services and protocols, as far as a machine without a name server knows them: /etc/hosts and the well-known ports.
 *
 * @source glibc@2.36 getaddrinfo(3) getservbyname(3)
 */
import { formatAddress, parseAddress } from "../../../linux/net/address";
import type { System } from "../../../linux/program";
import { readFile } from "./support";

export const UNKNOWN_HOST = "Temporary failure in name resolution";

interface HostLine {
  readonly address: number;
  readonly names: readonly string[];
}

function hostLines(system: System): readonly HostLine[] {
  const file = readFile(system, "/etc/hosts");
  const own = "text" in file ? file.text : "127.0.0.1 localhost\n";
  return own.split("\n").flatMap((line) => {
    const [first = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const address = parseAddress(first);
    return address === undefined ? [] : [{ address, names }];
  });
}

/** Numbers as inet_aton reads them: the last one fills what is left. */
export function numericAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|\d+)$/i.test(part))) return undefined;
  const numbers = parts.map(Number);
  const last = numbers.pop() ?? 0;
  if (numbers.some((part) => part > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  return numbers.reduce((sum, part, i) => sum + part * 256 ** (3 - i), 0) + last;
}

export function hostAddress(system: System, name: string): number | undefined {
  const numeric = numericAddress(name);
  if (numeric !== undefined) return numeric;
  const uname = system.uname();
  const found = hostLines(system).find(({ names }) => names.includes(name));
  if (found !== undefined) return found.address;
  if (name === "localhost") return 0x7f000001;
  return uname.ok && uname.value.nodename === name ? 0x7f000001 : undefined;
}

export function hostName(system: System, address: number): string | undefined {
  return hostLines(system).find((line) => line.address === address)?.names[0];
}

/** `localhost (127.0.0.1)`, or the number alone. */
export function shownHost(system: System, address: number): string {
  const name = hostName(system, address);
  return name === undefined ? formatAddress(address) : `${name} (${formatAddress(address)})`;
}

const SERVICES: readonly (readonly [name: string, port: number, protocols: string])[] = [
  ["echo", 7, "tcp udp"],
  ["discard", 9, "tcp udp"],
  ["ftp-data", 20, "tcp"],
  ["ftp", 21, "tcp"],
  ["ssh", 22, "tcp"],
  ["telnet", 23, "tcp"],
  ["smtp", 25, "tcp"],
  ["time", 37, "tcp udp"],
  ["domain", 53, "tcp udp"],
  ["bootps", 67, "udp"],
  ["bootpc", 68, "udp"],
  ["tftp", 69, "udp"],
  ["http", 80, "tcp"],
  ["kerberos", 88, "tcp udp"],
  ["pop3", 110, "tcp"],
  ["sunrpc", 111, "tcp udp"],
  ["ntp", 123, "udp"],
  ["imap2", 143, "tcp"],
  ["snmp", 161, "tcp udp"],
  ["ldap", 389, "tcp udp"],
  ["https", 443, "tcp udp"],
  ["microsoft-ds", 445, "tcp udp"],
  ["syslog", 514, "udp"],
  ["submission", 587, "tcp"],
  ["ldaps", 636, "tcp udp"],
  ["imaps", 993, "tcp"],
  ["pop3s", 995, "tcp"],
  ["socks", 1080, "tcp"],
  ["ms-sql-s", 1433, "tcp"],
  ["nfs", 2049, "tcp udp"],
  ["mysql", 3306, "tcp"],
  ["postgresql", 5432, "tcp"],
  ["mdns", 5353, "udp"],
  ["x11", 6000, "tcp"],
  ["redis", 6379, "tcp"],
  ["http-alt", 8080, "tcp udp"],
  ["zabbix-agent", 10050, "tcp"],
];

export const serviceName = (port: number, protocol: string): string | undefined =>
  SERVICES.find(([, number, protocols]) => number === port && protocols.split(" ").includes(protocol))?.[0];

export const servicePort = (name: string, protocol?: string): number | undefined =>
  SERVICES.find(([known, , protocols]) => known === name && (protocol === undefined || protocols.split(" ").includes(protocol)))?.[1];
