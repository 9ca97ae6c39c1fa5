/** Label selectors of objects, parsed once, and the objects that one may match. */
import { type Selector, selectorOfObject } from "../../apis/label-selector";
import type { KubeObject, LabelSelector } from "../../apis/objects";
import type { CacheReader } from "../../client/types";

const selectors = new WeakMap<LabelSelector, Selector>();

/** A selector that is wrong matches nothing. */
export function selectorOf(selector: LabelSelector): Selector {
  let parsed = selectors.get(selector);
  if (parsed === undefined) {
    const result = selectorOfObject(selector);
    parsed = result !== null && "error" in result ? null : result;
    selectors.set(selector, parsed);
  }
  return parsed;
}

/** Objects in a namespace that a selector may match, by one of its label pairs. */
export function candidates<T extends KubeObject>(cache: CacheReader, resource: string, namespace: string, selector: LabelSelector): readonly T[] {
  const pairs = Object.entries(selector.matchLabels ?? {});
  const pair = pairs.find(([key]) => key === "pod-template-hash") ?? pairs[0];
  return pair === undefined ? cache.list<T>(resource, namespace) : cache.labelled<T>(resource, namespace, pair[0], pair[1]);
}
