/**
 * What `kubectl wait --for` waits for.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/wait/wait.go conditionFuncFor, newJSONPathParser
 */
import type { JsonObject } from "../../kube/apis/objects";
import type { Json } from "../../sim/types";
import type { Made } from "./create-service";
import { relaxedJsonPath } from "./printers/columns";
import { compileJsonPath, findValues, type Template } from "./printers/jsonpath";

export type WaitCondition =
  | { readonly kind: "delete" | "create" }
  | { readonly kind: "condition"; readonly type: string; readonly status: string }
  | { readonly kind: "jsonpath"; readonly template: Template; readonly value: string | undefined };

const FORMAT = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";

/** @rule kubectl.wait.parse */
export function parseWaitCondition(text: string): Made<WaitCondition> {
  const lower = text.toLowerCase();
  if (lower === "delete" || lower === "create") return { value: { kind: lower } };
  if (text.startsWith("condition=")) {
    const condition = text.slice("condition=".length);
    const equals = condition.indexOf("=");
    return {
      value: {
        kind: "condition",
        type: equals < 0 ? condition : condition.slice(0, equals),
        status: equals < 0 ? "true" : condition.slice(equals + 1),
      },
    };
  }
  if (text.startsWith("jsonpath=")) return parseJsonPathCondition(text.slice("jsonpath=".length));
  return { error: `unrecognized condition: ${JSON.stringify(text)}` };
}

/** Splits at the equals signs that are not part of the expression. @source splitJSONPathInput */
function splitInput(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let depth = 0;
  let quote = "";
  for (const c of text) {
    if (quote !== "") quote = c === quote ? "" : quote;
    else if ((c === '"' || c === "'") && depth > 0) quote = c;
    else if (c === "[" || c === "(") depth += 1;
    else if (c === "]" || c === ")") depth -= 1;
    if (c === "=" && depth === 0 && quote === "") {
      parts.push(part);
      part = "";
    } else part += c;
  }
  return [...parts, part];
}

function parseJsonPathCondition(text: string): Made<WaitCondition> {
  const parts = splitInput(text).map((part) => part.trim());
  const [expression = "", raw] = parts;
  if (parts.length > 2) return { error: FORMAT };
  if (raw !== undefined && unquoted(raw) === "")
    return { error: "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3" };
  if (/\}['"]/.test(expression)) return { error: FORMAT };
  if (expression === "") return { error: FORMAT };
  const relaxed = relaxedJsonPath(expression);
  if ("error" in relaxed) return relaxed;
  const compiled = compileJsonPath(relaxed.path);
  if ("error" in compiled) return compiled;
  return { value: { kind: "jsonpath", template: compiled.template, value: raw === undefined ? undefined : unquoted(raw) } };
}

const unquoted = (text: string): string => text.replace(/^(['"])(.*)\1$/s, "$2");

/** Whether an object meets it; an error when the path finds what cannot be compared. */
export function meets(condition: WaitCondition, object: JsonObject): Made<boolean> {
  if (condition.kind === "condition") {
    const status = (object["status"] ?? {}) as { readonly conditions?: readonly JsonObject[]; readonly observedGeneration?: number };
    const generation = Number(((object["metadata"] ?? {}) as JsonObject)["generation"] ?? 0);
    for (const each of status.conditions ?? []) {
      if (String(each["type"]).toLowerCase() !== condition.type.toLowerCase()) continue;
      const observed = each["observedGeneration"] ?? status.observedGeneration;
      if (typeof observed === "number" && observed < generation) return { value: false };
      return { value: String(each["status"]).toLowerCase() === condition.status.toLowerCase() };
    }
    return { value: false };
  }
  if (condition.kind !== "jsonpath") return { value: condition.kind === "create" };
  const found = findValues(condition.template, object, true);
  if ("error" in found) return { error: found.error };
  const { values } = found;
  if (values.length === 0) return { value: false };
  if (values.length > 1) return { error: "given jsonpath expression matches more than one value" };
  const value = values[0] as Json;
  if (value !== null && typeof value === "object") return { error: "jsonpath leads to a nested object or list which is not supported" };
  return { value: condition.value === undefined ? true : String(value).toLowerCase() === condition.value.toLowerCase() };
}
