/**
 * A 64-bit hash of state, equal wherever the state is: a tree of hashes over JSON values with sorted keys, absent and undefined alike.
 * Subtrees are remembered by identity, since rows are values: hashing again costs what has changed.
 *
 * Not modelled: resistance to forgery.
 */
import { hashText, mix } from "./random";
import type { Json } from "./types";

interface Digest {
  readonly high: number;
  readonly low: number;
  /** Number of nodes in the subtree; small ones are not worth remembering. */
  readonly nodes: number;
}

const REMEMBER_FROM = 12;
const SEED_HIGH = 0x243f6a88;
const SEED_LOW = 0x85a308d3;
const known = new WeakMap<object, Digest>();

function leaf(text: string): Digest {
  return { high: hashText(text, SEED_HIGH), low: hashText(text, SEED_LOW), nodes: 1 };
}

function digestOf(value: Json | undefined): Digest {
  if (typeof value === "string") return leaf(`"${value}`);
  if (value === null || value === undefined || typeof value !== "object") return leaf(String(value));
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  const digest = Array.isArray(value) ? ofList(value) : ofObject(value as { readonly [key: string]: Json | undefined });
  if (digest.nodes >= REMEMBER_FROM) known.set(value, digest);
  return digest;
}

function ofList(list: readonly Json[]): Digest {
  let high = mix(SEED_HIGH ^ list.length);
  let low = mix(SEED_LOW ^ 0x5b);
  let nodes = 1;
  for (const item of list) {
    const digest = digestOf(item);
    high = mix(high ^ digest.high);
    low = mix((low + digest.low) | 0);
    nodes += digest.nodes;
  }
  return { high, low, nodes };
}

function ofObject(object: { readonly [key: string]: Json | undefined }): Digest {
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  keys.sort((a, b) => (a < b ? -1 : 1));
  let high = mix(SEED_HIGH ^ 0x7b);
  let low = mix(SEED_LOW ^ keys.length);
  let nodes = 1;
  for (const key of keys) {
    const digest = digestOf(object[key]);
    high = mix(high ^ hashText(key, digest.high));
    low = mix((low + hashText(key, digest.low)) | 0);
    nodes += digest.nodes;
  }
  return { high, low, nodes };
}

/** Takes keyed values in a given order; the order is part of the hash. */
export class StateHash {
  private high = SEED_HIGH;
  private low = SEED_LOW;

  add(key: string, value: Json | undefined): void {
    const digest = digestOf(value);
    this.high = mix(this.high ^ hashText(key, digest.high));
    this.low = mix((this.low + hashText(key, digest.low)) | 0);
  }

  /** 16 hexadecimal digits. */
  text(): string {
    return this.high.toString(16).padStart(8, "0") + this.low.toString(16).padStart(8, "0");
  }
}
