/**
 * Ranges from which Services get addresses and node ports. The lower band is kept for those who name a value; random ones come from above
 * it first.
 * @source kubernetes@1.35 pkg/registry/core/service/ipallocator/ipallocator.go, pkg/registry/core/service/portallocator/allocator.go
 */
import { type Address, inRange, type Range, rangeSize } from "../validation/ip";

const MAX_UINT64 = 18446744073709551615n;

/** Addresses that can be given: all but the network's and, in IPv4, the broadcast one. @source ipallocator.go hostsPerNetwork */
export function hostsPerNetwork(range: Range): bigint {
  const size = rangeSize(range);
  const taken = range.family === "IPv4" ? 2n : 1n;
  const hosts = size > taken ? size - taken : 0n;
  return hosts > MAX_UINT64 ? MAX_UINT64 : hosts;
}

const clamp = (value: bigint, least: bigint, most: bigint): bigint => (value < least ? least : value > most ? most : value);
/**
 * @rule kube.service.ip-band
 * @source kubernetes@1.35 pkg/registry/core/service/ipallocator/bitmap.go calculateRangeOffset
 */
export function addressBand(range: Range): bigint {
  const size = rangeSize(range);
  return size < 16n ? 0n : clamp(size / 16n, 16n, 256n);
}
/**
 * @rule kube.service.node-port-band
 * @source kubernetes@1.35 pkg/registry/core/service/portallocator/allocator.go calculateRangeOffset
 */
export function portBand(size: number): number {
  return size < 16 ? 0 : Number(clamp(BigInt(Math.floor(size / 32)), 16n, 128n));
}

/** Whether a Service may hold the address. */
export function isAllocatable(range: Range, address: Address): boolean {
  if (!inRange(range, address) || address.value === range.base) return false;
  return range.family === "IPv6" || address.value < range.base + rangeSize(range) - 1n;
}

/** A free number of `first … first+count-1`: where the draw says, or the next free one after it; first above the band. */
export function pickFree(first: bigint, count: bigint, band: bigint, draw: number, isTaken: (value: bigint) => boolean): bigint | undefined {
  const zones: readonly (readonly [bigint, bigint])[] = [
    [first + band, count - band],
    [first, band],
  ];
  for (const [start, size] of zones) {
    if (size <= 0n) continue;
    const span = size > 0x20000000000000n ? 0x20000000000000n : size;
    const offset = BigInt(Math.floor(draw * Number(span)));
    for (let i = 0n; i < span; i++) {
      const value = start + ((offset + i) % span);
      if (!isTaken(value)) return value;
    }
  }
  return undefined;
}
