/**
 * `printf`: a template, used again until the arguments are used up.
 *
 * @rule linux.shell.printf
 * @source bash(1) printf
 */
import { unescape } from "../language/bash-word";

export interface Formatted {
  readonly text: string;
  readonly problems: readonly string[];
}

const FLOATING = "fFeEgG";
const DIRECTIVE = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlLqjzt]*([a-zA-Z%])/g;

function padded(text: string, flags: string, width: number): string {
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width);
}

function number(text: string, problems: string[]): number {
  const quoted = /^['"](.)/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.charCodeAt(0);
  if (text === "") return 0;
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)/.exec(text);
  if (match === null || match[0].length !== text.length) problems.push(`${text}: invalid number`);
  if (match === null) return 0;
  const digits = match[2] ?? "0";
  const value = /^0\d+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return match[1] === "-" ? -value : value;
}

/** `1.5e+03`. */
function exponential(value: number, places: number): string {
  const [digits = "", power = "0"] = value.toExponential(places).split("e");
  return `${digits}e${power.startsWith("-") ? "-" : "+"}${power.replace(/^[-+]/, "").padStart(2, "0")}`;
}

/** As short as the number allows. */
function general(value: number, precision: number, keeps: boolean): string {
  const places = precision === 0 ? 1 : precision;
  const power = value === 0 ? 0 : Number(value.toExponential(places - 1).split("e")[1]);
  const short = (text: string): string => (keeps || !text.includes(".") ? text : text.replace(/\.?0+$/, ""));
  if (power >= -4 && power < places) return short(value.toFixed(places - 1 - power));
  const [digits = "", rest = ""] = exponential(value, places - 1).split("e");
  return `${short(digits)}e${rest}`;
}

function floating(kind: string, value: number, precision: number | undefined, flags: string): string {
  const text =
    kind === "f" || kind === "F"
      ? value.toFixed(precision ?? 6)
      : kind === "e" || kind === "E"
        ? exponential(value, precision ?? 6)
        : general(value, precision ?? 6, flags.includes("#"));
  return kind === kind.toUpperCase() ? text.toUpperCase() : text;
}

function numeric(kind: string, value: number, flags: string, width: number, precision: number | undefined): string {
  const whole = Math.abs(Math.trunc(value));
  let digits =
    kind === "x"
      ? whole.toString(16)
      : kind === "X"
        ? whole.toString(16).toUpperCase()
        : kind === "o"
          ? whole.toString(8)
          : FLOATING.includes(kind)
            ? floating(kind, Math.abs(value), precision, flags)
            : String(whole);
  if (!FLOATING.includes(kind) && precision !== undefined) digits = digits.padStart(precision, "0");
  if (flags.includes("#") && (kind === "x" || kind === "X")) digits = `0${kind}${digits}`;
  const sign = value < 0 ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  if (flags.includes("0") && !flags.includes("-")) digits = digits.padStart(width - sign.length, "0");
  return padded(sign + digits, flags, width);
}

export function format(template: string, values: readonly string[]): Formatted {
  const problems: string[] = [];
  const rest = [...values];
  let text = "";
  do {
    const before = rest.length;
    text += round(template, rest, problems);
    if (rest.length === before) break;
  } while (rest.length > 0);
  return { text, problems };
}

function round(template: string, rest: string[], problems: string[]): string {
  let text = "";
  let at = 0;
  for (const match of template.matchAll(DIRECTIVE)) {
    text += unescape(template.slice(at, match.index));
    at = match.index + match[0].length;
    const [, flags = "", widthText, precisionText, kind = ""] = match;
    if (kind === "%") {
      text += "%";
      continue;
    }
    const width = widthText === "*" ? Number(rest.shift() ?? 0) : Number(widthText ?? 0);
    const precision = precisionText === "*" ? Number(rest.shift() ?? 0) : precisionText === undefined ? undefined : Number(precisionText);
    text += directive(kind, rest.shift() ?? "", { flags, width, precision }, problems);
  }
  return text + unescape(template.slice(at));
}

interface Shape {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

function directive(kind: string, value: string, { flags, width, precision }: Shape, problems: string[]): string {
  if (kind === "s") return padded(value.slice(0, precision), flags, width);
  if (kind === "b") return padded(unescape(value).slice(0, precision), flags, width);
  if (kind === "c") return padded(value.slice(0, 1), flags, width);
  if (kind === "q")
    return padded(/^[\w./:=@%+-]+$/.test(value) ? value : value === "" ? "''" : value.replace(/[^\w./:=@%+-]/g, "\\$&"), flags, width);
  if ("diuxXofFeEgG".includes(kind)) return numeric(kind, number(value, problems), flags, width, precision);
  problems.push(`\`${kind}': invalid format character`);
  return "";
}
