/** Arithmetic on resource lists (`{cpu: "1", memory: "2Gi"}`) in parsed form, and back. */
import type { ResourceList } from "./objects";
import { addQuantities, compareQuantities, formatQuantity, type ParsedQuantity, parseQuantity } from "./quantity";

/** A list being summed up: mutable only inside the rule that builds it. */
export type ResourceTotals = Map<string, ParsedQuantity>;

const ZERO: ParsedQuantity = { value: 0n, scale: 0, big: false, format: "DecimalSI" };

/** The parsed amount, or zero when missing or wrong. */
export function quantityOf(list: ResourceList | undefined | null, name: string): ParsedQuantity {
  const text = list?.[name];
  const parsed = text === undefined ? ZERO : parseQuantity(text);
  return "error" in parsed ? ZERO : parsed;
}

export function totalsOf(list: ResourceList | undefined | null): ResourceTotals {
  return new Map(Object.keys(list ?? {}).map((name) => [name, quantityOf(list, name)]));
}

/** Adds each amount of `list` to `totals`. @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go addResourceList */
export function addTotals(totals: ResourceTotals, list: ResourceTotals): void {
  for (const [name, quantity] of list) {
    const have = totals.get(name);
    totals.set(name, have ? addQuantities(have, quantity) : quantity);
  }
}

/** Raises each amount of `totals` to that of `list`. @source kubernetes@1.35 staging/src/k8s.io/component-helpers/resource/helpers.go maxResourceList */
export function raiseTotals(totals: ResourceTotals, list: ResourceTotals): void {
  for (const [name, quantity] of list) {
    const have = totals.get(name);
    if (!have || compareQuantities(quantity, have) > 0) totals.set(name, quantity);
  }
}

/** Canonical texts, in name order. */
export function resourceListOf(totals: ResourceTotals): ResourceList {
  const rows = [...totals].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(rows.map(([name, quantity]) => [name, formatQuantity(quantity)]));
}
