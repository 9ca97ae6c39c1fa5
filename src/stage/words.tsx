/**
 * How components of the stage say things: through the one function the application gives them. Nothing here knows a language.
 */
import { createContext, Fragment, type ReactNode, useCallback, useContext } from "react";
import type { Words } from "./readmodel/types";

export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

const Context = createContext<Translate>((key) => key);
export const StageWords = Context.Provider;
export const useTranslate = (): Translate => useContext(Context);

/** What was said lately, by the function that said it: pictures say the same things thirty times a second. */
const MEMORY = 3000;
const memories = new WeakMap<Translate, Map<string, string>>();

/** Words in the reader's language. A parameter that is itself a key of the stage's texts is said too. */
export function say(t: Translate, words: Words): string {
  let memory = memories.get(t);
  if (memory === undefined) memories.set(t, (memory = new Map()));
  let name = words.key;
  if (words.params !== undefined) for (const [param, value] of Object.entries(words.params)) name += `\u0000${param}\u0000${value}`;
  const known = memory.get(name);
  if (known !== undefined) return known;
  if (memory.size > MEMORY) memory.clear();
  const text = translated(t, words);
  memory.set(name, text);
  return text;
}

function translated(t: Translate, words: Words): string {
  const { key, params } = words;
  if (params === undefined) return t(key);
  const said: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) said[name] = typeof value === "string" && value.startsWith("stage.") ? t(value, params) : value;
  return t(key, said);
}

export function useSay(): (words: Words) => string {
  const t = useTranslate();
  return useCallback((words: Words) => say(t, words), [t]);
}

const HOLE = "\u0001";

/** Words with one parameter set as code, wherever the language puts it. */
export function SaidWithCode({ words, code }: { readonly words: Words; readonly code: string }): ReactNode {
  const sayIt = useSay();
  const value = words.params?.[code];
  if (value === undefined || value === "") return sayIt(words);
  const parts = sayIt({ key: words.key, params: { ...words.params, [code]: HOLE } }).split(HOLE);
  return parts.map((part, i) => (
    // biome-ignore lint: the parts of one sentence never change order
    <Fragment key={i}>
      {i > 0 && <span className="mono">{value}</span>}
      {part}
    </Fragment>
  ));
}
