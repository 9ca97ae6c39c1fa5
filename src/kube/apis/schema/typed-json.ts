/**
 * Reading decoded objects: the decoder has checked every type, so a field is what its schema says or absent. These functions are the one
 * place where JSON is narrowed to that.
 */
import type { Json } from "../../../sim/types";
import type { JsonObject, StringMap } from "../objects";

export type Obj = JsonObject;
const NOTHING: readonly never[] = Object.freeze([]);
const NO_STRINGS: StringMap = Object.freeze({});

const at = (object: Obj | undefined, name: string): Json | undefined => object?.[name] ?? undefined;

/** "" when absent, as a Go string is. */
export const text = (object: Obj | undefined, name: string): string => (at(object, name) as string | undefined) ?? "";
/** A pointer to a string: undefined when nil. */
export const textOf = (object: Obj | undefined, name: string): string | undefined => at(object, name) as string | undefined;
/** 0 when absent, as a Go integer is. */
export const int = (object: Obj | undefined, name: string): number => (at(object, name) as number | undefined) ?? 0;
/** A pointer to an integer: undefined when nil. */
export const intOf = (object: Obj | undefined, name: string): number | undefined => at(object, name) as number | undefined;
export const flag = (object: Obj | undefined, name: string): boolean => at(object, name) === true;
export const flagOf = (object: Obj | undefined, name: string): boolean | undefined => at(object, name) as boolean | undefined;
/** A pointer to a struct: undefined when nil. */
export const sub = (object: Obj | undefined, name: string): Obj | undefined => at(object, name) as Obj | undefined;
export const items = (object: Obj | undefined, name: string): readonly Obj[] => (at(object, name) as readonly Obj[] | undefined) ?? NOTHING;
export const texts = (object: Obj | undefined, name: string): readonly string[] => (at(object, name) as readonly string[] | undefined) ?? NOTHING;
export const ints = (object: Obj | undefined, name: string): readonly number[] => (at(object, name) as readonly number[] | undefined) ?? NOTHING;
export const strings = (object: Obj | undefined, name: string): StringMap => (at(object, name) as StringMap | undefined) ?? NO_STRINGS;
export const intOrString = (object: Obj | undefined, name: string): number | string | undefined => at(object, name) as number | string | undefined;

/** Entries in key order; Go's maps have no order, so complaints about them are told in this one. */
export function sortedEntries<T>(map: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Without the fields that are undefined; a new object only when there are such. */
function defined(changes: Obj): Obj {
  for (const name in changes)
    if (changes[name] === undefined) return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return changes;
}

/** The object with some fields changed; undefined removes a field. The same object when nothing changes. */
export function withFields(object: Obj, changes: Obj): Obj {
  let same = true;
  let removes = false;
  for (const name in changes) {
    if (object[name] === changes[name]) continue;
    same = false;
    if (changes[name] === undefined) removes = true;
  }
  if (same) return object;
  if (!removes) return { ...object, ...defined(changes) };
  const out: Record<string, Json | undefined> = {};
  for (const name in object) if (!(name in changes) || changes[name] !== undefined) out[name] = name in changes ? changes[name] : object[name];
  for (const name in changes) if (!(name in out) && changes[name] !== undefined) out[name] = changes[name];
  return out;
}

/** Each item changed by a function; the same list when no item changes. */
export function mapItems(list: readonly Obj[], change: (item: Obj) => Obj): readonly Obj[] {
  let same = true;
  const out = list.map((item) => {
    const next = change(item);
    if (next !== item) same = false;
    return next;
  });
  return same ? list : out;
}

/** A field's list of objects, each changed by a function. */
export function withItems(object: Obj, name: string, change: (item: Obj) => Obj): Obj {
  const list = at(object, name) as readonly Obj[] | undefined;
  if (list === undefined) return object;
  return withFields(object, { [name]: mapItems(list, change) as Json });
}

/** A field's object, changed by a function. */
export function withSub(object: Obj, name: string, change: (inner: Obj) => Obj): Obj {
  const inner = sub(object, name);
  return inner === undefined ? object : withFields(object, { [name]: change(inner) as Json });
}
