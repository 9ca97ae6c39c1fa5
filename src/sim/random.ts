/**
 * Named random streams: the n-th number of a stream is a pure function of (seed, name, n), so nothing but a counter has to travel in time.
 *
 * Two rounds of a 32-bit finalizer over a keyed counter give 53 bits. Not modelled: cryptographic strength.
 */

/** FNV-1a over UTF-16 code units, seeded; the building block of stream keys and state hashes. */
export function hashText(text: string, seed: number): number {
  let h = (2166136261 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return mix(h);
}

/** A bijection of 32-bit integers whose output bits all depend on all input bits. */
export function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number in [0, 1) with 53 random bits. */
export function randomAt(seed: number, stream: string, count: number): number {
  const key = hashText(stream, seed);
  const high = mix(key ^ mix(Math.imul(count, 2) + 0x9e3779b9));
  const low = mix(high ^ mix(Math.imul(count, 2) + 1 + key));
  return (high * 0x200000 + (low >>> 11)) / 0x20000000000000;
}
