/**
 * `man`, `apropos` and `whatis`: pages of the manual, and what there is of them.
 *
 * Not modelled: a pager, pages of other sections than those of commands, searching whole pages.
 *
 * @source man-db@2.11 src/man.c src/whatis.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { toBytes } from "../../../sim/bytes";
import { optionsGiven } from "./getopt";
import { laidOut, type Paper } from "./man-layout";
import { allPages, builtinPage, type Language, languageOf, type Page, programPage, wordsOf } from "./man-pages";
import { complain, print } from "./support";
import { expressionOf, ExpressionError } from "./text-regexp";

const NOT_FOUND = 16;
const OPTIONS = { short: "+kfL:", long: { apropos: "k", whatis: "f", "locale=": "L" } } as const;

const anyPage = (name: string, language: Language): Page | undefined => programPage(name, language) ?? builtinPage(name, language);

/** As wide as the terminal, with a margin; 80 columns where there is none. */
function paperOf(system: System, env: Invocation["env"]): Paper {
  const terminal = system.terminal(1);
  const columns = Number(env["MANWIDTH"] ?? "") || (terminal.ok && terminal.value.columns) || 80;
  return { columns: Math.max(40, Math.floor((columns * 39) / 40)), bold: terminal.ok };
}

function list(system: System, pages: readonly Page[]): void {
  for (const { name, section, text } of pages) print(system, toBytes(`${`${name} (${section})`.padEnd(20)} - ${text.name}\n`));
}

/** One-liners for each word; what nothing fits is told. */
function listEach(system: System, words: readonly string[], language: Language, fitting: (word: string) => (page: Page) => boolean): number {
  let status = 0;
  for (const word of words) {
    const found = allPages(language).filter(fitting(word));
    if (found.length === 0) {
      print(system, `${word}: nothing appropriate.\n`, 2);
      status = NOT_FOUND;
    } else list(system, found);
  }
  return status;
}

function aproposOf(system: System, invocation: Invocation, words: readonly string[], language: Language): number {
  try {
    return listEach(system, words, language, (word) => {
      const expression = expressionOf(word, { extended: true, ignoreCase: true });
      return ({ name, text }) => expression.test(name) || expression.test(toBytes(text.name));
    });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    complain(system, invocation, `fatal: regex \`${words.join(" ")}': ${error.message}`);
    return 1;
  }
}

const whatisOf = (system: System, words: readonly string[], language: Language): number =>
  listEach(system, words, language, (word) => {
    const page = programPage(word, language)?.name;
    return ({ name }) => name === word || name === page;
  });

export const man: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, OPTIONS);
  if (options === undefined) return 1;
  const language = languageOf(invocation.env, options.value("L"));
  const section = /^[1-9]$/.test(options.operands[0] ?? "") && options.operands.length > 1 ? options.operands[0] : undefined;
  const names = options.operands.slice(section === undefined ? 0 : 1);
  if (names.length === 0) {
    print(
      system,
      options.has("k") ? "apropos what?\n" : options.has("f") ? "whatis what?\n" : "What manual page do you want?\nFor example, try 'man man'.\n",
      2,
    );
    return 1;
  }
  if (options.has("k")) return aproposOf(system, invocation, names, language);
  if (options.has("f")) return whatisOf(system, names, language);
  let status = 0;
  for (const name of names) {
    const page = anyPage(name, language);
    if (page === undefined || (section !== undefined && page.section !== section)) {
      print(system, `No manual entry for ${name}${section === undefined ? "" : ` in section ${section}`}\n`, 2);
      status = NOT_FOUND;
    } else
      print(
        system,
        laidOut(page, wordsOf(language), (other) => anyPage(other, language)?.section ?? "1", paperOf(system, invocation.env)),
      );
  }
  return status;
};

function searching(search: (system: System, invocation: Invocation, words: readonly string[], language: Language) => number): Program {
  return (system, invocation) => {
    const options = optionsGiven(system, invocation, { short: "+L:", long: { "locale=": "L" } });
    if (options === undefined) return 1;
    if (options.operands.length === 0) {
      print(system, `${invocation.argv[0] ?? ""} what?\n`, 2);
      return 1;
    }
    return search(system, invocation, options.operands, languageOf(invocation.env, options.value("L")));
  };
}

export const apropos = searching(aproposOf);
export const whatis = searching((system, _, words, language) => whatisOf(system, words, language));

export const manualPrograms: Readonly<Record<string, Program>> = { apropos, man, whatis };
