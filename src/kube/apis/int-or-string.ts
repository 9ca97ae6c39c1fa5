/** Numbers that may be given as a percentage of a total, as in maxSurge and maxUnavailable. */
import type { IntOrString } from "./objects";

export type ScaledValue = { readonly value: number } | { readonly error: string };

/** Go's strconv.Atoi: the number or the error's text. */
function atoi(text: string): ScaledValue {
  if (!/^[+-]?[0-9]+$/.test(text)) return { error: `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax` };
  const exact = BigInt(text.replace(/^\+/, ""));
  if (BigInt.asIntN(64, exact) !== exact) return { error: `strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range` };
  const value = Number(exact);
  return { value };
}

/**
 * The number, or the percentage of `total` rounded up or down.
 * @rule kube.intstr.scaled-value
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go GetScaledValueFromIntOrPercent
 */
export function scaledValueFromIntOrPercent(value: IntOrString | undefined | null, total: number, roundUp: boolean): ScaledValue {
  if (value === undefined || value === null) return { error: "nil value for IntOrString" };
  if (typeof value === "number") return { value };
  if (!value.endsWith("%")) return { error: "invalid value for IntOrString: invalid type: string is not a percentage" };
  const percent = atoi(value.slice(0, -1));
  if ("error" in percent) return { error: `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: ${percent.error}` };
  const exact = (percent.value * total) / 100;
  return { value: (roundUp ? Math.ceil(exact) : Math.floor(exact)) + 0 };
}
