/**
 * Units in which `df` and `du` count, as `-B` takes them, and amounts written in them: always rounded up.
 *
 * Not modelled: thousands grouped (`-B "'1"`), BLOCK_SIZE and its like in the environment.
 *
 * @source coreutils@9.1 lib/human.c human_options lib/xstrtol-error.c
 */
import { humanSize } from "./coreutils-human";
import type { Given, Parsed } from "./getopt";

export interface Unit {
  readonly bytes: number;
  /** What stands behind every amount. */
  readonly suffix: string;
  /** Sizes for people, in powers of this. */
  readonly human?: 1000 | 1024;
}

const POWERS = "KMGTPE";
const KIBI: Unit = { bytes: 1024, suffix: "" };

/** A number with a letter behind it; the sentence of what is wrong is made by the caller. */
export function sizeOf(text: string): number | "argument" | "suffix" {
  const [, digits = "", letters = ""] = /^(\d*)(.*)$/s.exec(text) ?? [];
  const [, power = "", ending = ""] = /^([kKMGTPE]?)(|B|iB)$/.exec(letters) ?? [];
  if (letters !== "" && power === "") return digits === "" ? "argument" : "suffix";
  if (digits === "" && power === "") return "argument";
  const exponent = power === "" ? 0 : POWERS.indexOf(power.toUpperCase()) + 1;
  const bytes = (digits === "" ? 1 : Number(digits)) * (ending === "B" ? 1000 : 1024) ** exponent;
  return bytes === 0 ? "argument" : bytes;
}

/** What the options ask for; the last counts. */
export function unitOf(given: Parsed): Unit | string {
  let unit = KIBI;
  for (const option of given.options) {
    const next = unitBy(option);
    if (typeof next === "string") return next;
    unit = next ?? unit;
  }
  return unit;
}

function unitBy({ key, value = "" }: Given): Unit | string | undefined {
  if (key === "h") return { bytes: 1, suffix: "", human: 1024 };
  if (key === "si") return { bytes: 1, suffix: "", human: 1000 };
  if (key === "k") return KIBI;
  if (key === "m") return { bytes: 1024 ** 2, suffix: "" };
  if (key === "b") return { bytes: 1, suffix: "" };
  if (key !== "B") return undefined;
  if (value === "human-readable") return { bytes: 1, suffix: "", human: 1024 };
  if (value === "si") return { bytes: 1, suffix: "", human: 1000 };
  const bytes = sizeOf(value);
  if (bytes === "argument") return `invalid -B argument '${value}'`;
  if (bytes === "suffix") return `invalid suffix in -B argument '${value}'`;
  return {
    bytes,
    suffix: /^\D/.test(value) ? (value.endsWith("B") && !value.endsWith("iB") ? value.replace(/^K/, "k") : (value[0] ?? "").toUpperCase()) : "",
  };
}

export const amount = (bytes: number, { bytes: unit, suffix, human }: Unit): string =>
  human === undefined ? `${Math.ceil(bytes / unit)}${suffix}` : humanSize(bytes, human);

/** `1K`, `1M`, `512B`, `1kB`: a unit's name in a heading. */
export function unitName({ bytes }: Unit): string {
  for (const base of [1024, 1000] as const) {
    let [value, power] = [bytes, 0];
    while (power < POWERS.length && value % base === 0) {
      value /= base;
      power++;
    }
    const letter = POWERS[power - 1] ?? "";
    if (power > 0) return `${value}${base === 1000 ? `${power === 1 ? "k" : letter}B` : letter}`;
  }
  return `${bytes}B`;
}
