/** What the API server gives a new object: a uid, a name's suffix, a time. Deterministic, in the real shapes. */
import { mix } from "../../sim/random";
import type { Tx } from "../../sim/types";
import { SAFE_ALPHABET } from "../apis/rand-safe";
import { rfc3339 } from "../apis/time";

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
const byte = (n: number): string => BYTES[n & 255] as string;
const word = (n: number): string => byte(n >>> 24) + byte(n >>> 16) + byte(n >>> 8) + byte(n);

/** RFC 4122 version 4 in shape; the randomness of one draw is spread over it. */
export function newUid(tx: Tx): string {
  const draw = tx.random("apiserver/uid") * 0x100000000;
  const high = Math.floor(draw) | 0;
  const low = Math.floor((draw - Math.floor(draw)) * 0x200000) | 0;
  const a = word(mix(high ^ 0x5bd1e995));
  const b = word(mix(low ^ high));
  const c = mix((high + 0x27d4eb2f) ^ low);
  const tail = word(c);
  const d = word(mix((low << 11) ^ mix(high)));
  // Joined, not concatenated: the engine keeps what is concatenated as a chain of its pieces.
  return [a, b.slice(0, 4), `4${b.slice(4, 7)}`, ("89ab"[c >>> 30] ?? "8") + tail.slice(1, 4), tail.slice(4) + d].join("-");
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

/** The text of the second that was asked for last. */
const latest = { second: -1, text: "" };

export function nowText({ now }: Pick<Tx, "now">): string {
  const second = Math.floor(now / 1_000_000);
  if (latest.second !== second) {
    latest.text = rfc3339(now);
    latest.second = second;
  }
  return latest.text;
}
