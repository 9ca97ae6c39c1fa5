/**
 * Capabilities as text: what libcap prints and takes.
 *
 * @source libcap@2.66 libcap/cap_text.c cap_to_text cap_from_text cap_iab_to_text
 */
import { CAPABILITY_NAMES } from "../../../linux/process/capability-names";
import type { Credentials } from "../../../linux/types";

export type Sets = Pick<Credentials, "effective" | "permitted" | "inheritable">;

const [EFFECTIVE, PERMITTED, INHERITABLE] = [1, 2, 4];
const LETTERS: readonly (readonly [letter: string, flag: number])[] = [
  ["e", EFFECTIVE],
  ["i", INHERITABLE],
  ["p", PERMITTED],
];

export const capabilityText = (name: string): string => `cap_${name.toLowerCase()}`;
const letters = (flags: number): string =>
  LETTERS.filter(([, flag]) => (flags & flag) !== 0)
    .map(([letter]) => letter)
    .join("");

/** A name such as `cap_chown`; undefined for none that is known. */
export function capabilityNamed(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^CAP_/, "");
  return CAPABILITY_NAMES.find((known) => known === name);
}

/** The commonest combination for all, then what differs from it. */
export function capsText({ effective, permitted, inheritable }: Sets): string {
  const states = CAPABILITY_NAMES.map(
    (name) =>
      (effective.includes(name) ? EFFECTIVE : 0) | (permitted.includes(name) ? PERMITTED : 0) | (inheritable.includes(name) ? INHERITABLE : 0),
  );
  const counts = Array.from({ length: 8 }, (_none, state) => states.filter((one) => one === state).length);
  let base = 7;
  for (let state = 6; state >= 0; state--) if ((counts[state] ?? 0) >= (counts[base] ?? 0)) base = state;
  const parts: string[] = [];
  for (let state = 7; state >= 0; state--) {
    if (state === base || counts[state] === 0) continue;
    const names = CAPABILITY_NAMES.filter((_name, i) => states[i] === state)
      .map(capabilityText)
      .join(",");
    const [more, less] = [state & ~base, base & ~state];
    parts.push(
      base === 0 ? `${names}=${letters(state)}` : `${names}${more === 0 ? "" : `+${letters(more)}`}${less === 0 ? "" : `-${letters(less)}`}`,
    );
  }
  return base === 0 && parts.length > 0 ? parts.join(" ") : [`=${letters(base)}`, ...parts].join(" ");
}

/** Sets from text such as `cap_chown,cap_kill+ep all-i`; undefined when it is none. */
export function setsFrom(text: string): Sets | undefined {
  const states = new Map<string, number>();
  for (const clause of text.split(/\s+/).filter((one) => one !== "")) {
    const match = /^([a-z0-9_,]*)((?:[=+-][eip]*)+)$/.exec(clause);
    if (match === null) return undefined;
    const all = match[1] === "" || match[1] === "all";
    const named = all ? CAPABILITY_NAMES : (match[1] ?? "").split(",").map(capabilityNamed);
    for (const [, sign, flags = ""] of (match[2] ?? "").matchAll(/([=+-])([eip]*)/g)) {
      const bits = LETTERS.filter(([letter]) => flags.includes(letter)).reduce((sum, [, flag]) => sum | flag, 0);
      for (const name of named) {
        if (name === undefined) return undefined;
        const before = states.get(name) ?? 0;
        states.set(name, sign === "=" ? bits : sign === "+" ? before | bits : before & ~bits);
      }
    }
  }
  const having = (flag: number): readonly string[] => CAPABILITY_NAMES.filter((name) => ((states.get(name) ?? 0) & flag) !== 0);
  return { effective: having(EFFECTIVE), permitted: having(PERMITTED), inheritable: having(INHERITABLE) };
}

/** Inheritable, ambient and bounding sets in one line. */
export function iabText({ inheritable, ambient, bounding }: Pick<Credentials, "inheritable" | "ambient" | "bounding">): string {
  return CAPABILITY_NAMES.flatMap((name) => {
    const dropped = !bounding.includes(name);
    const own = inheritable.includes(name);
    const mark = `${dropped ? "!" : ""}${ambient.includes(name) ? "^" : own && dropped ? "%" : ""}`;
    return mark === "" && !own ? [] : [`${mark}${capabilityText(name)}`];
  }).join(",");
}

export const setText = (names: readonly string[]): string =>
  CAPABILITY_NAMES.filter((name) => names.includes(name))
    .map(capabilityText)
    .join(",");
