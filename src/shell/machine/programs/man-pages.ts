/** Manual pages by name and language: the facts and the texts of one put together. */
import { manuals, type ManualText, type ManualWords } from "../../../locales/manual";
import { builtinFacts, type Facts, programFacts, sharedPages } from "./man-facts";

export type Language = "en" | "ko";

export interface Page extends Facts {
  readonly name: string;
  readonly text: ManualText;
}

type Env = Readonly<Record<string, string>>;

/** The language of messages, as setlocale chooses it. @source man-pages@6.9 setlocale(3) */
export const languageOf = (env: Env, asked?: string): Language =>
  /^ko\b|^ko_/.test(asked ?? (env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "")) ? "ko" : "en";

export const wordsOf = (language: Language): ManualWords => manuals[language].words;

function pageFrom(facts: Readonly<Record<string, Facts>>, prefix: string, name: string, language: Language): Page | undefined {
  const found = Object.hasOwn(facts, name) ? facts[name] : undefined;
  const text = manuals[language].pages[prefix + name];
  return found === undefined || text === undefined ? undefined : { name, ...found, text };
}

const BUILTIN = "builtin ";

export function programPage(name: string, language: Language): Page | undefined {
  const shared = Object.hasOwn(sharedPages, name) ? sharedPages[name] : undefined;
  return pageFrom(programFacts, "", shared ?? name, language);
}

export const builtinPage = (name: string, language: Language): Page | undefined => pageFrom(builtinFacts, BUILTIN, name, language);

export const builtinNames = (): readonly string[] => Object.keys(builtinFacts);

/** Every page, by name; those of the shell's builtins after a program's of the same name. */
export function allPages(language: Language): readonly Page[] {
  const programs = Object.keys(programFacts).flatMap((name) => programPage(name, language) ?? []);
  const builtins = builtinNames().flatMap((name) => builtinPage(name, language) ?? []);
  return [...programs, ...builtins].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
