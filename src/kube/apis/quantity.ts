/**
 * resource.Quantity: exact decimal amounts with the suffix family they were written in. Small amounts live in 64-bit integers and
 * large or precise ones in arbitrary decimals, as upstream does, because the two differ where values overflow.
 *
 * Interface: parseQuantity, formatQuantity, addQuantities, subtractQuantities, compareQuantities, valueOf, milliValueOf; and for rules
 * that only need numbers: milliOf and unitsOf (memoized by text; ordinary numbers, exact up to 2^53).
 * Not modelled: int32 overflow of scales.
 */
import type { Quantity } from "./objects";

export type QuantityFormat = "DecimalSI" | "BinarySI" | "DecimalExponent";

/** `value * 10^scale`. `big` tells the arbitrary-precision form from the 64-bit one. */
export interface ParsedQuantity {
  readonly value: bigint;
  readonly scale: number;
  readonly big: boolean;
  readonly format: QuantityFormat;
  /** The text it was parsed from, when that is to be printed again as it is. */
  readonly text?: string;
}
export type QuantityError = { readonly error: string };

const FORMAT_WRONG: QuantityError = { error: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" };
const NUMERIC_WRONG: QuantityError = { error: "unable to parse numeric part of quantity" };
const SUFFIX_WRONG: QuantityError = { error: "unable to parse quantity's suffix" };

const MAX_INT64 = 9223372036854775807n;
const DECIMAL_SUFFIXES: readonly (readonly [string, number])[] = [
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
];
const BINARY_SUFFIXES: readonly (readonly [string, number])[] = [
  ["Ki", 10],
  ["Mi", 20],
  ["Gi", 30],
  ["Ti", 40],
  ["Pi", 50],
  ["Ei", 60],
];
const exponentOfDecimal = new Map(DECIMAL_SUFFIXES);
const exponentOfBinary = new Map(BINARY_SUFFIXES);
const decimalSuffixOf = new Map(DECIMAL_SUFFIXES.map(([suffix, exponent]) => [exponent, suffix]));
const binarySuffixOf = new Map(BINARY_SUFFIXES.map(([suffix, exponent]) => [exponent, suffix]));

const pow10 = (n: number): bigint => 10n ** BigInt(n);
const wrap = (n: bigint): bigint => BigInt.asIntN(64, n);
const fits = (n: bigint): boolean => n <= MAX_INT64 && n >= -MAX_INT64 - 1n;
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

interface Scanned {
  readonly positive: boolean;
  readonly value: string;
  readonly num: string;
  readonly denom: string;
  readonly suffix: string;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go parseQuantityString */
function scan(text: string): Scanned | undefined {
  const sign = /^[+-]/.test(text) ? 1 : 0;
  const positive = text[0] !== "-";
  const zeros = sign + (/^0*/.exec(text.slice(sign))?.[0].length ?? 0);
  if (zeros === text.length) return { positive, value: "0", num: "0", denom: "", suffix: "" };
  const parts = /^([0-9]*)(\.?)([0-9]*)/.exec(text.slice(zeros));
  const whole = parts?.[1] ?? "";
  const denom = parts?.[2] === "." ? (parts[3] ?? "") : "";
  const end = zeros + (parts?.[0].length ?? 0);
  const suffix = text.slice(end);
  if (!/^[eEinumkKMGTP]*[-+]?[0-9]*$/.test(suffix)) return undefined;
  return { positive, value: text.slice(0, end), num: whole === "" ? "0" : whole, denom, suffix };
}

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/suffix.go suffixHandler.interpret */
function interpret(suffix: string): Suffix | undefined {
  const decimal = exponentOfDecimal.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: "DecimalSI" };
  const binary = exponentOfBinary.get(suffix);
  if (binary !== undefined) return { base: 2, exponent: binary, format: "BinarySI" };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) return undefined;
  return { base: 10, exponent: Number(suffix.slice(1)), format: "DecimalExponent" };
}

/**
 * @rule kube.quantity.parse
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go ParseQuantity
 */
export function parseQuantity(quantity: Quantity): ParsedQuantity | QuantityError {
  const text = String(quantity);
  if (text === "") return FORMAT_WRONG;
  if (text === "0") return { value: 0n, scale: 0, big: false, format: "DecimalSI", text };
  const scanned = scan(text);
  if (!scanned) return FORMAT_WRONG;
  const suffix = interpret(scanned.suffix);
  if (!suffix) return SUFFIX_WRONG;
  return parseSmall(text, scanned, suffix) ?? parseBig(scanned, suffix);
}

/** The 64-bit form, when the digits and the suffix leave room for it. */
function parseSmall(text: string, { num, denom, positive }: Scanned, { exponent, format }: Suffix): ParsedQuantity | undefined {
  const binary = format === "BinarySI";
  if (binary && denom !== "") return undefined;
  const precision = binary ? 15 - num.length - Math.trunc((exponent * 3) / 10) - 1 : 18 - (num.length + denom.length);
  const scale = (binary ? 0 : exponent) - denom.length;
  if (precision < 0 || scale < -9) return undefined;
  const shifted = num + denom;
  const digits = BigInt(shifted);
  const magnitude = binary ? digits << BigInt(exponent) : digits;
  if (magnitude > MAX_INT64) return undefined;
  const canonical = binary ? exponent % 10 === 0 && (digits & 7n) !== 0n : scale % 3 === 0 && !shifted.endsWith("000") && !shifted.startsWith("0");
  return { value: positive ? magnitude : -magnitude, scale, big: false, format, ...(canonical ? { text } : {}) };
}

/** The arbitrary form: rounded away from zero to nanos; binary amounts are capped at the largest 64-bit integer. */
function parseBig({ value, positive }: Scanned, { base, exponent, format }: Suffix): ParsedQuantity | QuantityError {
  const match = /^[+-]?([0-9]*)(?:\.([0-9]*))?$/.exec(value);
  const whole = match?.[1] ?? "";
  const fraction = match?.[2] ?? "";
  if (!match || whole + fraction === "") return NUMERIC_WRONG;
  const digits = BigInt(whole + fraction);
  const scaled = base === 2 ? digits << BigInt(exponent) : digits;
  const scale = -fraction.length + (base === 10 ? exponent : 0);
  const rounded = scaled === 0n ? { value: 0n, scale } : { value: rescaleUp(scaled, scale, -9), scale: -9 };
  const capped = format === "BinarySI" && rounded.value > MAX_INT64 * pow10(9) ? { value: MAX_INT64, scale: 0 } : rounded;
  const belowOne = format === "BinarySI" && capped.value > 0n && capped.scale === -9 && capped.value < pow10(9);
  return { value: positive ? capped.value : -capped.value, scale: capped.scale, big: true, format: belowOne ? "DecimalSI" : format };
}

/** `value * 10^scale` in units of 10^target, rounded away from zero. */
function rescaleUp(value: bigint, scale: number, target: number): bigint {
  if (scale >= target) return value * pow10(scale - target);
  const divisor = pow10(target - scale);
  const quotient = value / divisor;
  if (value % divisor === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

const isExactAt = (q: ParsedQuantity, target: number): boolean => q.scale >= target || q.value % pow10(target - q.scale) === 0n;

/**
 * The canonical text: no fraction, the largest suffix of its family that loses nothing.
 * @rule kube.quantity.format
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go CanonicalizeBytes
 */
export function formatQuantity(q: ParsedQuantity): string {
  if (q.text !== undefined) return q.text;
  if (q.value === 0n) return "0";
  const small = compareExact(q, { value: -1024n, scale: 0 }) > 0 && compareExact(q, { value: 1024n, scale: 0 }) < 0;
  if (q.format === "BinarySI" && !small && isExactAt(q, 0)) return formatBinary(rescaleUp(q.value, q.scale, 0));
  let { value, scale } = q;
  while (value % 10n === 0n) {
    value /= 10n;
    scale++;
  }
  while (scale % 3 !== 0) {
    value *= 10n;
    scale--;
  }
  if (q.format === "DecimalExponent") return scale === 0 ? String(value) : `${value}e${scale}`;
  return `${value}${decimalSuffixOf.get(scale) ?? ""}`;
}

function formatBinary(whole: bigint): string {
  let value = whole;
  let exponent = 0;
  while (value % 1024n === 0n) {
    value /= 1024n;
    exponent += 10;
  }
  return `${value}${exponent === 0 ? "" : (binarySuffixOf.get(exponent) ?? "")}`;
}

/** The canonical text of a quantity as written, or the text itself when it is none. */
export function canonicalQuantity(quantity: Quantity): string {
  const parsed = parseQuantity(quantity);
  return "error" in parsed ? String(quantity) : formatQuantity(parsed);
}

type Exact = Pick<ParsedQuantity, "value" | "scale">;

function compareExact(a: Exact, b: Exact): number {
  const scale = Math.min(a.scale, b.scale);
  const left = a.value * pow10(a.scale - scale);
  const right = b.value * pow10(b.scale - scale);
  return left === right ? 0 : left < right ? -1 : 1;
}

/**
 * -1, 0 or 1.
 * @rule kube.quantity.compare
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go Quantity.Cmp
 */
export const compareQuantities = (a: ParsedQuantity, b: ParsedQuantity): number => compareExact(a, b);

/**
 * The sum, in the format of `a` unless `a` is zero.
 * @rule kube.quantity.add
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go Quantity.Add
 */
export function addQuantities(a: ParsedQuantity, b: ParsedQuantity): ParsedQuantity {
  const format = a.value === 0n ? b.format : a.format;
  if (!a.big && !b.big) {
    if (b.value === 0n) return { value: a.value, scale: a.scale, big: false, format };
    if (a.value === 0n) return { value: b.value, scale: b.scale, big: false, format };
  }
  const scale = Math.min(a.scale, b.scale);
  const left = a.value * pow10(a.scale - scale);
  const right = b.value * pow10(b.scale - scale);
  const big = a.big || b.big || !fits(left) || !fits(right) || !fits(left + right);
  return { value: left + right, scale, big, format };
}

/**
 * The difference, in the format of `a` unless `a` is zero.
 * @rule kube.quantity.subtract
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go Quantity.Sub
 */
export const subtractQuantities = (a: ParsedQuantity, b: ParsedQuantity): ParsedQuantity => addQuantities(a, { ...b, value: -b.value });

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go NewQuantity, NewMilliQuantity */
export const newQuantity = (value: bigint | number, format: QuantityFormat, scale = 0): ParsedQuantity => ({
  value: BigInt(value),
  scale,
  big: false,
  format,
});

/**
 * The amount in units of 10^scale, rounded up, as a 64-bit integer that may overflow as upstream's does.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go Quantity.ScaledValue
 */
export function scaledValue(q: ParsedQuantity, scale: number): bigint {
  const up = q.scale - scale;
  if (q.big) return scaledBig(q.value, up);
  if (up < 0) return rescaleUp(q.value, q.scale, scale);
  const exact = q.value * pow10(up);
  if (fits(exact)) return exact;
  return up === 1 || up === 2 || up === 3 || up === 6 || up === 9 ? wrap(exact) : 0n;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/resource/scale_int.go scaledValue */
function scaledBig(value: bigint, up: number): bigint {
  if (up >= 0) return wrap(wrap(value) * wrap(pow10(up)));
  const divisor = pow10(-up);
  if (abs(value) < MAX_INT64 && -up < 19) return value / divisor + (value % divisor === 0n ? 0n : 1n);
  const truncated = value / divisor;
  const floored = value % divisor < 0n ? truncated - 1n : truncated;
  return wrap(wrap(floored) + (value % divisor === 0n ? 0n : 1n));
}

export const valueOf = (q: ParsedQuantity): bigint => scaledValue(q, 0);
export const milliValueOf = (q: ParsedQuantity): bigint => scaledValue(q, -3);
export const signOf = (q: ParsedQuantity): number => (q.value === 0n ? 0 : q.value < 0n ? -1 : 1);

const MEMO_LIMIT = 10_000;
const milliMemo = new Map<Quantity, number>();
const unitsMemo = new Map<Quantity, number>();

function memoized(memo: Map<Quantity, number>, quantity: Quantity | undefined, scale: number): number {
  if (quantity === undefined) return 0;
  const known = memo.get(quantity);
  if (known !== undefined) return known;
  const parsed = parseQuantity(quantity);
  const number = "error" in parsed ? 0 : Number(scaledValue(parsed, scale));
  if (memo.size < MEMO_LIMIT) memo.set(quantity, number);
  return number;
}

/** Thousandths, rounded up: CPU as millicores. 0 when missing or not a quantity. */
export const milliOf = (quantity: Quantity | undefined): number => memoized(milliMemo, quantity, -3);
/** Whole units, rounded up: bytes, Pods. 0 when missing or not a quantity. */
export const unitsOf = (quantity: Quantity | undefined): number => memoized(unitsMemo, quantity, 0);
