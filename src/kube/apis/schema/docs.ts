/**
 * What the API's documentation says about a type or a field. The texts are large, so load this module when they are asked for
 * (`import("…/schema/docs")`); everything else about types is in reader.ts.
 */
import { DOCS } from "./generated-docs";

const sections = new Map<string, ReadonlyMap<string, string>>();
const starts = new Map([...DOCS.matchAll(/^#(\S+)$/gm)].map((match) => [match[1] ?? "", match.index + match[0].length + 1] as const));

function section(id: string): ReadonlyMap<string, string> {
  const known = sections.get(id);
  if (known !== undefined) return known;
  const start = starts.get(id);
  const end = start === undefined ? -1 : DOCS.indexOf("\n#", start);
  const lines = start === undefined ? [] : DOCS.slice(start, end < 0 ? undefined : end).split("\n");
  const made = new Map(lines.map((line) => [line.slice(0, line.indexOf("\t")), line.slice(line.indexOf("\t") + 1)] as const));
  sections.set(id, made);
  return made;
}

/** The text about a type (`core.Container`), or about one of its fields; "" where there is none. */
export const docOf = (typeId: string, field = ""): string => section(typeId).get(field) ?? "";
