/** Field selectors (`status.phase!=Running,spec.nodeName=n1`): equality and inequality only, absent fields read as empty. */
import type { StringMap } from "./objects";

export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}
export type FieldSelector = readonly FieldTerm[];
export type FieldSelectorError = { readonly error: string };

/** Splits at commas that no backslash protects. */
function splitTerms(text: string): string[] {
  if (text === "") return [];
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === ",") {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/fields/selector.go UnescapeValue */
function unescape(value: string): string | FieldSelectorError {
  let out = "";
  const characters = [...value];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? "";
    if (c === "\\") {
      const next = characters[++i];
      if (next === undefined || !"\\,=".includes(next)) return { error: `invalid field selector: invalid escape sequence: \\${next ?? ""}` };
      out += next;
    } else if (c === "," || c === "=") return { error: `invalid field selector: unescaped character in value: ${c.charCodeAt(0)}` };
    else out += c;
  }
  return out;
}

export const escapeFieldValue = (value: string): string => value.replace(/[\\,=]/g, (c) => `\\${c}`);

/**
 * Terms sorted as text; empty ones are skipped.
 * @rule kube.fields.parse
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/fields/selector.go ParseSelector
 */
export function parseFieldSelector(text: string): FieldSelector | FieldSelectorError {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (part === "") continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (!match) return { error: `invalid selector: '${text}'; can't understand '${part}'` };
    const value = unescape(match[3] ?? "");
    if (typeof value !== "string") return value;
    terms.push({ field: match[1] ?? "", value, equal: match[2] !== "!=" });
  }
  return terms;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/fields/selector.go hasTerm.String, notHasTerm.String */
export const formatFieldSelector = (selector: FieldSelector): string =>
  selector.map(({ field, value, equal }) => `${field}${equal ? "=" : "!="}${escapeFieldValue(value)}`).join(",");

/**
 * @rule kube.fields.matches
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/fields/selector.go hasTerm.Matches, notHasTerm.Matches
 */
export const fieldSelectorMatches = (selector: FieldSelector, fields: StringMap): boolean =>
  selector.every(({ field, value, equal }) => ((fields[field] ?? "") === value) === equal);
