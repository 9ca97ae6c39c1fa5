/**
 * `--sort-by`: by the value a path finds; quantities as numbers, texts naturally (`web-2` before `web-10`).
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/sorter.go
 */
import { compareQuantities, parseQuantity } from "../../kube/apis/quantity";
import type { Json } from "../../sim/types";
import { fatal } from "./failure";
import { relaxedJsonPath } from "./printers/columns";
import { compileJsonPath, findValues } from "./printers/jsonpath";

/** Undefined when no item has the field and that is to be kept quiet. */
export function sorted<T>(items: readonly T[], field: string, objectOf: (item: T) => Json, quietly = false): readonly T[] | undefined {
  const relaxed = relaxedJsonPath(field);
  if ("error" in relaxed) throw fatal(relaxed.error);
  const compiled = compileJsonPath(relaxed.path);
  if ("error" in compiled) throw fatal(compiled.error);
  const keyed = items.map((item) => {
    const found = findValues(compiled.template, objectOf(item), true);
    return { item, key: "values" in found ? found.values[0] : undefined };
  });
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) {
    if (quietly) return undefined;
    throw fatal(`couldn't find any field with path ${JSON.stringify(relaxed.path)} in the list of objects`);
  }
  return keyed.sort((a, b) => compareValues(a.key, b.key)).map(({ item }) => item);
}

function compareValues(a: Json | undefined, b: Json | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  const [x, y] = [parseQuantity(left), parseQuantity(right)];
  if (!("error" in x) && !("error" in y)) return compareQuantities(x, y);
  return compareNaturally(left, right);
}

function compareNaturally(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [left = "", right = ""] = [x[i], y[i]];
    if (left === right) continue;
    const numeric = /^\d/.test(left) && /^\d/.test(right);
    if (numeric && Number(left) !== Number(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return x.length - y.length;
}
