/** What the API server gives a new object: a uid, a name's suffix, a time. Deterministic, in the real shapes. */
import { mix } from "../../sim/random";
import type { Tx } from "../../sim/types";
import { SAFE_ALPHABET } from "../apis/rand-safe";
import { rfc3339 } from "../apis/time";

const hex = (n: number, digits: number): string => (n >>> 0).toString(16).padStart(8, "0").slice(0, digits);

/** RFC 4122 version 4 in shape; the randomness of one draw is spread over it. */
export function newUid(tx: Tx): string {
  const draw = tx.random("apiserver/uid");
  const high = Math.floor(draw * 0x100000000) | 0;
  const low = Math.floor((draw * 0x100000000 - Math.floor(draw * 0x100000000)) * 0x200000) | 0;
  const [a, b, c, d] = [mix(high ^ 0x5bd1e995), mix(low ^ high), mix((high + 0x27d4eb2f) ^ low), mix((low << 11) ^ mix(high))];
  const variant = "89ab"[c >>> 30] ?? "8";
  return `${hex(a, 8)}-${hex(b, 4)}-4${hex(b << 16, 3)}-${variant}${hex(c << 4, 3)}-${hex(c << 16, 4)}${hex(d, 8)}`;
}

/**
 * @rule kube.names.generate
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/names/generate.go simpleNameGenerator.GenerateName
 */
export function generatedName(tx: Tx, base: string): string {
  let draw = Math.floor(tx.random("apiserver/names") * SAFE_ALPHABET.length ** 5);
  let suffix = "";
  for (let i = 0; i < 5; i++) {
    suffix += SAFE_ALPHABET[draw % SAFE_ALPHABET.length];
    draw = Math.floor(draw / SAFE_ALPHABET.length);
  }
  return base.slice(0, 58) + suffix;
}

export const nowText = (tx: Pick<Tx, "now">): string => rfc3339(tx.now);
