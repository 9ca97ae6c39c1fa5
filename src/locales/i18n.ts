/**
 * The interface's two languages. Keys are typed from the English files; a key missing in either language fails a test. One language is
 * loaded at the start, the other when it is switched to. Keys are `file.path.to.text`.
 */
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { withJosa } from "./josa";

export type Language = "en" | "ko";
export const LANGUAGES: readonly Language[] = ["ko", "en"];

type Tree = { readonly [key: string]: string | Tree };
type Paths<T, Prefix extends string = ""> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${Unplural<K>}` : Paths<T[K], `${Prefix}${K}.`>;
}[keyof T & string];
type Unplural<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;
type Resources = typeof import("./en/index")["texts"];
/** Every text of the interface. */
export type TextKey = Paths<Resources>;
export type TextParams = { readonly [name: string]: string | number };
export type Translate = (key: TextKey, params?: TextParams) => string;

const LOADERS: Readonly<Record<Language, () => Promise<{ readonly texts: Tree }>>> = {
  en: () => import("./en/index"),
  ko: () => import("./ko/index"),
};

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, "translation")) return;
  const { texts } = await LOADERS[language]();
  i18next.addResourceBundle(language, "translation", texts);
}

export async function startLanguage(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  i18next.services.formatter?.add("josa", (value: unknown, _language, options: { readonly pair?: string }) =>
    withJosa(String(value), options.pair ?? "/"),
  );
  await load(language);
  await setLanguage(language);
}

/** Switches what every mounted text says; nothing else changes. */
export async function setLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Texts for components. Re-renders when the language changes. */
export function useT(): Translate {
  const { t } = useTranslation();
  return t as unknown as Translate;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "ko" ? "ko" : "en";
}

/** Keys that come from data, such as sentences named by the read model. An unknown key shows itself. */
export function useDynamicT(): (key: string, params?: TextParams) => string {
  const { t } = useTranslation();
  return t as unknown as (key: string, params?: TextParams) => string;
}
