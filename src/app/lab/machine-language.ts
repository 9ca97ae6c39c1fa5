/** Machines whose messages are in the page's language. A world that was begun keeps the one it began with: it is part of its configuration. */
import type { Language } from "../../locales/i18n";
import type { SessionFile } from "../../session/types";

export const LOCALES: Readonly<Record<Language, string>> = { en: "en_US.UTF-8", ko: "ko_KR.UTF-8" };

export function inLanguage(world: SessionFile, language: Language): SessionFile {
  const { machines } = world.config;
  if (machines === undefined) return world;
  return { ...world, config: { ...world.config, machines: machines.map((machine) => ({ ...machine, locale: LOCALES[language] })) } };
}
