/** Values of awk: a number, a text, or a text from input that may look like a number. */
import { expressionOf } from "./text-regexp";

/** From input: compared as a number when it looks like one. */
export interface InputText {
  readonly text: string;
}
export type Value = number | string | InputText | undefined;

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/;
const WHOLE = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)\s*$/;

export const looksNumeric = (value: Value): boolean =>
  value === undefined || typeof value === "number" || (typeof value === "object" && WHOLE.test(value.text));

export function numberOf(value: Value): number {
  if (typeof value === "number") return value;
  if (value === undefined) return 0;
  const text = typeof value === "string" ? value : value.text;
  return Number(NUMBER.exec(text)?.[0] ?? 0);
}

export function textOf(value: Value, format = "%.6g"): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "object") return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value);
  return formatted(format, [value]);
}

export const truthOf = (value: Value): boolean => {
  if (typeof value === "string") return value !== "";
  if (typeof value === "object") return looksNumeric(value) ? numberOf(value) !== 0 : value.text !== "";
  return numberOf(value) !== 0;
};

export function compared(a: Value, b: Value): number {
  if (looksNumeric(a) && looksNumeric(b)) return numberOf(a) - numberOf(b);
  const [x, y] = [textOf(a), textOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `%g`, as C prints it. */
function general(value: number, precision: number): string {
  if (value === 0) return "0";
  const digits = precision === 0 ? 1 : precision;
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = "", power = "0"] = value.toExponential(digits - 1).split("e");
    const bare = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${bare}e${power.startsWith("-") ? "-" : "+"}${power.replace(/^[-+]/, "").padStart(2, "0")}`;
  }
  const fixed = value.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

function converted(kind: string, flags: string, precision: number | undefined, value: Value): string {
  const number = numberOf(value);
  const sign = flags.includes("+") && number >= 0 ? "+" : flags.includes(" ") && number >= 0 ? " " : "";
  switch (kind) {
    case "d":
    case "i":
      return `${sign}${String(Math.trunc(number)).replace(/^(-?)(\d+)$/, (_all, minus: string, digits: string) => minus + digits.padStart(precision ?? 0, "0"))}`;
    case "u":
      return String(Math.trunc(Math.abs(number)));
    case "o":
      return Math.trunc(number).toString(8);
    case "x":
      return `${flags.includes("#") ? "0x" : ""}${Math.trunc(number).toString(16)}`;
    case "X":
      return Math.trunc(number).toString(16).toUpperCase();
    case "e":
      return number.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, "e$10$2");
    case "f":
    case "F":
      return `${sign}${number.toFixed(precision ?? 6)}`;
    case "g":
    case "G":
      return `${sign}${general(number, precision ?? 6)}`;
    case "c":
      return typeof value === "number" ? String.fromCharCode(value & 0xff) : textOf(value).slice(0, 1);
    default:
      return textOf(value).slice(0, precision);
  }
}

export function formatted(format: string, args: readonly Value[]): string {
  let next = 0;
  return format.replace(/%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z%])/g, (whole, flags: string, wide?: string, fine?: string, kind = "") => {
    if (kind === "%") return "%";
    const width = wide === "*" ? numberOf(args[next++]) : Number(wide ?? 0);
    const precision = fine === "*" ? numberOf(args[next++]) : fine === undefined ? (whole.includes(".") ? 0 : undefined) : Number(fine);
    const text = converted(kind, flags, precision, args[next++]);
    if (flags.includes("-")) return text.padEnd(width);
    if (flags.includes("0") && !"sc".includes(kind))
      return text.replace(/^([-+]?)(.*)$/s, (_all, sign: string, rest: string) => sign + rest.padStart(width - sign.length, "0"));
    return text.padStart(width);
  });
}

const cache = new Map<string, RegExp>();
const MOST_CACHED = 500;

/** An extended expression; the same text gives the same one. */
export function matcher(source: string): RegExp {
  let found = cache.get(source);
  if (found === undefined) {
    if (cache.size > MOST_CACHED) cache.clear();
    cache.set(source, (found = expressionOf(source, { extended: true, global: true })));
  }
  found.lastIndex = 0;
  return found;
}
