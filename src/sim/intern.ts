/**
 * Makes equal JSON values one value again. In a world that was played, versions of an object share what did not change, and handlers take a
 * short cut when two are the same; a world that was read from text must share alike.
 */
import type { Json } from "./types";

/** A function that returns, for equal objects, the same object, nested ones included. */
export function interner(): <T>(value: T) => T {
  const known = new Map<string, object>();
  const intern = (value: Json | undefined): Json | undefined => {
    if (typeof value !== "object" || value === null) return value;
    const copy = Array.isArray(value)
      ? value.map((item) => intern(item) as Json)
      : members(value as { readonly [key: string]: Json | undefined }, intern);
    const text = JSON.stringify(copy);
    const same = known.get(text);
    if (same !== undefined) return same as Json;
    known.set(text, copy);
    return copy;
  };
  return <T>(value: T): T => intern(value as Json) as T;
}

function members(
  object: { readonly [key: string]: Json | undefined },
  intern: (value: Json | undefined) => Json | undefined,
): { [key: string]: Json | undefined } {
  const out: { [key: string]: Json | undefined } = {};
  for (const [key, value] of Object.entries(object)) out[key] = intern(value);
  return out;
}
