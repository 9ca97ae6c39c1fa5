/** Both languages say everything: same keys, same parameters, nothing empty, no Hangul in the English texts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = "src/locales";
const HANGUL_ALLOWED = ["app.json:languageKo"];

function flat(file: string, value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === "string") into.set(`${file}:${path}`, value);
  else for (const [key, inner] of Object.entries(value as object)) flat(file, inner, path === "" ? key : `${path}.${key}`, into);
}
function texts(language: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of readdirSync(join(ROOT, language)).filter((name) => name.endsWith(".json"))) {
    flat(file, JSON.parse(readFileSync(join(ROOT, language, file), "utf8")), "", all);
  }
  return all;
}
const base = (key: string): string => key.replace(/_(one|other)$/, "");
const params = (text: string): readonly string[] => [...new Set([...text.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1] ?? ""))].sort();

const en = texts("en");
const ko = texts("ko");

test("every key exists in both languages", () => {
  const keys = (all: Map<string, string>): readonly string[] => [...new Set([...all.keys()].map(base))].sort();
  expect(keys(ko)).toEqual(keys(en));
});

test("no text is empty", () => {
  for (const [key, text] of [...en, ...ko]) expect(text.trim(), key).not.toBe("");
});

test("parameters are the same in both languages", () => {
  const wanted = new Map<string, readonly string[]>();
  for (const [key, text] of en) wanted.set(base(key), [...new Set([...(wanted.get(base(key)) ?? []), ...params(text)])].sort());
  for (const [key, text] of ko) expect(params(text), key).toEqual(wanted.get(base(key)));
});

test("English texts hold no Hangul", () => {
  for (const [key, text] of en) if (!HANGUL_ALLOWED.includes(key)) expect(text, key).not.toMatch(/[가-힣]/);
});
