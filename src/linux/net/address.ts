/** IPv4 addresses as unsigned numbers, prefixes, and link-layer addresses as text. */

export type Address = number;

export const formatAddress = (address: Address): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");

/** Dotted numbers; fewer than four are the first ones, as iproute2 reads them. */
export function parseAddress(text: string, least = 4): Address | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || parts.length < least || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return [0, 1, 2, 3].reduce((sum, i) => sum * 256 + Number(parts[i] ?? 0), 0);
}

export const maskOf = (prefix: number): Address => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
export const networkOf = (address: Address, prefix: number): Address => (address & maskOf(prefix)) >>> 0;
export const broadcastOf = (address: Address, prefix: number): Address => (networkOf(address, prefix) | (~maskOf(prefix) >>> 0)) >>> 0;
export const within = (address: Address, network: Address, prefix: number): boolean => networkOf(address, prefix) === networkOf(network, prefix);

export const isLoopback = (address: Address): boolean => address >>> 24 === 127;
export const isMulticast = (address: Address): boolean => address >>> 28 === 14;
export const LIMITED_BROADCAST = 0xffffffff;

export const BROADCAST_MAC = "ff:ff:ff:ff:ff:ff";
export const NO_MAC = "00:00:00:00:00:00";

/** The link-local IPv6 address that a link-layer address gives. */
export function linkLocal(mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  bytes[0] = (bytes[0] ?? 0) ^ 2;
  const all = [...bytes.slice(0, 3), 255, 254, ...bytes.slice(3)];
  const words = [0, 2, 4, 6].map((at) => ((all[at] ?? 0) * 256 + (all[at + 1] ?? 0)).toString(16));
  return `fe80::${words.join(":")}`;
}
