/** IP addresses and ranges as fields hold them: both families as integers, and the words in which bad ones are refused. */
import { type FieldError, invalid } from "./field-error";

export interface Address {
  readonly family: "IPv4" | "IPv6";
  readonly value: bigint;
}
export interface Range {
  readonly family: "IPv4" | "IPv6";
  /** The first address. */
  readonly base: bigint;
  /** Bits of the prefix. */
  readonly prefix: number;
}

const BAD_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const BAD_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
const bitsOf = (family: Address["family"]): number => (family === "IPv4" ? 32 : 128);

function parse4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,4}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parse6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const last = groups.at(-1);
  const tail = last?.at(-1);
  if (tail?.includes(".")) {
    const four = parse4(tail);
    if (four === undefined) return undefined;
    last?.splice(-1, 1, (four >> 16n).toString(16), (four & 0xffffn).toString(16));
  }
  const count = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 2 ? count > 7 : count !== 8) return undefined;
  const middle = halves.length === 2 ? Array.from({ length: 8 - count }, () => "0") : [];
  const all = [...(groups[0] ?? []), ...middle, ...(halves.length === 2 ? (groups[1] ?? []) : [])];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

const V4_IN_V6 = 0xffffn;
/** As Go's net.ParseIP, with leading zeros allowed; a mapped IPv4 address counts as IPv4. */
export function parseIp(text: string): Address | undefined {
  if (!text.includes(":")) {
    const four = parse4(text);
    return four === undefined ? undefined : { family: "IPv4", value: four };
  }
  const six = parse6(text);
  if (six === undefined) return undefined;
  return six >> 32n === V4_IN_V6 ? { family: "IPv4", value: six & 0xffffffffn } : { family: "IPv6", value: six };
}

export function parseCidr(text: string): Range | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]+$/.test(digits)) return undefined;
  const prefix = Number(digits);
  if (prefix > bitsOf(address.family)) return undefined;
  const free = BigInt(bitsOf(address.family) - prefix);
  return { family: address.family, base: (address.value >> free) << free, prefix };
}

export const rangeSize = (range: Range): bigint => 1n << BigInt(bitsOf(range.family) - range.prefix);
export const inRange = (range: Range, address: Address): boolean =>
  address.family === range.family && address.value >= range.base && address.value < range.base + rangeSize(range);

/** The canonical text. */
export function formatIp({ family, value }: Address): string {
  if (family === "IPv4") return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === "0") length++;
    if (length > best.length) best = { start: i, length };
  }
  if (best.start < 0) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go IsValidIP */
export const validateIp = (field: string, value: string): FieldError[] => (parseIp(value) === undefined ? [invalid(field, value, BAD_IP)] : []);
/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go IsValidCIDR */
export const validateCidr = (field: string, value: string): FieldError[] => (parseCidr(value) === undefined ? [invalid(field, value, BAD_CIDR)] : []);

const within = (text: string): Range => parseCidr(text) as Range;
const LOOPBACK = [within("127.0.0.0/8"), within("::1/128")];
const LINK_LOCAL = [within("169.254.0.0/16"), within("fe80::/10")];
const LINK_LOCAL_MULTICAST = [within("224.0.0.0/24"), within("ff02::/16")];

/**
 * Addresses that endpoints and external IPs may not be.
 * @rule kube.validation.non-special-ip
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNonSpecialIP
 */
export function validateNonSpecialIp(value: string, field: string): FieldError[] {
  const address = parseIp(value);
  if (address === undefined) return [invalid(field, value, "must be a valid IP address")];
  const errors: FieldError[] = [];
  const any = (ranges: readonly Range[]): boolean => ranges.some((range) => inRange(range, address));
  if (address.value === 0n) errors.push(invalid(field, value, `may not be unspecified (${value})`));
  if (any(LOOPBACK)) errors.push(invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
  if (any(LINK_LOCAL)) errors.push(invalid(field, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
  if (any(LINK_LOCAL_MULTICAST)) errors.push(invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
  return errors;
}
