/**
 * The capabilities in the order of their numbers, and sets of them as sorted lists of names.
 *
 * @rule linux.process.capabilities
 * @source linux@6.12 include/uapi/linux/capability.h
 */
import type { Credentials } from "../types";
import { CAPABILITY_NAMES } from "./capability-names";

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const NO_CAPABILITIES: readonly string[] = Object.freeze([]);
export const ALL_CAPABILITIES: readonly string[] = Object.freeze([...CAPABILITY_NAMES].sort(byName));

export const capabilitySet = (names: readonly string[]): readonly string[] => [...new Set(names)].sort(byName);
export const bothOf = (a: readonly string[], b: readonly string[]): readonly string[] => a.filter((name) => b.includes(name));
export const isSubset = (a: readonly string[], b: readonly string[]): boolean => a.every((name) => b.includes(name));

/** As /proc/PID/status prints a set: sixteen hexadecimal digits. */
export function capabilityMask(names: readonly string[]): string {
  const digits = Array.from({ length: 16 }, () => 0);
  for (const name of names) {
    const number = CAPABILITY_NAMES.indexOf(name);
    const at = 15 - (number >> 2);
    digits[at] = (digits[at] ?? 0) | (1 << (number & 3));
  }
  return digits.map((digit) => digit.toString(16)).join("");
}

export const rootCredentials = (userNamespace: number): Credentials => ({
  uid: 0,
  euid: 0,
  suid: 0,
  fsuid: 0,
  gid: 0,
  egid: 0,
  sgid: 0,
  fsgid: 0,
  groups: [],
  permitted: ALL_CAPABILITIES,
  effective: ALL_CAPABILITIES,
  inheritable: NO_CAPABILITIES,
  bounding: ALL_CAPABILITIES,
  ambient: NO_CAPABILITIES,
  noNewPrivs: false,
  userNamespace,
});
