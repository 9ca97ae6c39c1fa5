/**
 * Numbers as the kernel reads them from what is written to a control file.
 *
 * @rule linux.cgroup.numbers
 * @source linux@6.12 lib/kstrtox.c kstrtoint, lib/cmdline.c memparse
 */
import { failure, type Result, value } from "../types";

const INT_MAX = 2_147_483_647;
export const PAGE = 4096;

/** A whole number in base 10, 16 (`0x`) or 8 (`0`); ERANGE beyond 32 bits. */
export function parseInteger(text: string): Result<number> {
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) return failure("EINVAL");
  const digits = text.replace(/^[+-]/, "");
  const octal = /^0[0-7]+$/.test(digits);
  if (/^0[0-9]+$/.test(digits) && !octal) return failure("EINVAL");
  const size = octal ? Number.parseInt(digits, 8) : Number(digits);
  if (size > INT_MAX + (text.startsWith("-") ? 1 : 0)) return failure("ERANGE");
  return value(text.startsWith("-") ? -size : size);
}

const UNITS = "kmgtpe";

/** `max`, or bytes with a unit, rounded down to pages; undefined is `max`. */
export function parseBytes(text: string): Result<number | undefined> {
  if (text === "max") return value(undefined);
  const match = /^(0[xX][0-9a-fA-F]+|[0-9]+)([kKmMgGtTpPeE]?)$/.exec(text);
  if (match === null) return failure("EINVAL");
  let bytes = Number(match[1]);
  for (let i = UNITS.indexOf((match[2] ?? "").toLowerCase()); match[2] !== "" && i >= 0; i--) bytes *= 1024;
  return value(bytes >= 2 ** 63 ? undefined : Math.floor(bytes / PAGE) * PAGE);
}

export const showLimit = (limit: number | undefined): string => `${limit ?? "max"}\n`;
