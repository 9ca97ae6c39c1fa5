/** The contrast gates of the visual language, on the colours as they are: text 4.5, marks and borders 3 (WCAG 2.2). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { STRATA } from "../glyphs/strata";

const css = readFileSync("src/app/styles/tokens.css", "utf8");

function themeOf(selector: string): ReadonlyMap<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const light = themeOf(":root");
const dark = new Map([...light, ...themeOf(":root[data-theme='dark']")]);

for (const [name, theme] of [
  ["light", light],
  ["dark", dark],
] as const) {
  const color = (token: string): string => theme.get(token) ?? "#000000";
  const reaches = (front: string, back: string, least: number): void =>
    expect(contrast(color(front), color(back)), `${front} on ${back}`).toBeGreaterThanOrEqual(least);

  test(`${name}: text can be read on every ground`, () => {
    for (const ground of ["paper", "panel", "sunken"]) {
      for (const text of ["ink", "ink-2", "ink-3", "alarm-ink", "orch-ink", "pod-ink"]) reaches(text, ground, 4.5);
    }
    for (const stratum of STRATA) {
      reaches(`${stratum}-ink`, "paper", 4.5);
      reaches(`${stratum}-ink`, `${stratum}-tint`, 4.5);
      reaches("ink", `${stratum}-mid`, 4.5);
      reaches("ink", `${stratum}-tint`, 4.5);
    }
  });

  test(`${name}: marks and borders stand out`, () => {
    for (const ground of ["paper", "panel", "sunken"]) reaches("edge", ground, 3);
    for (const stratum of STRATA) {
      reaches(stratum, "paper", 3);
      reaches("on-fill", stratum, 3);
    }
    reaches("alarm", "paper", 3);
  });
}
