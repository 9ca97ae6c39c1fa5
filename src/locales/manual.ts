/**
 * The manual of the simulated machines: what `man`, `--help` and `help` print, in both languages. Data only, read when a page is asked
 * for; it comes with the machines, not with the interface. The import attributes let plain Node load it too (the browser tests do).
 */
import enEveryday from "./en/manual-everyday.json" with { type: "json" };
import enFiles from "./en/manual-files.json" with { type: "json" };
import enIsolation from "./en/manual-isolation.json" with { type: "json" };
import enNetwork from "./en/manual-network.json" with { type: "json" };
import enPaths from "./en/manual-paths.json" with { type: "json" };
import enSystem from "./en/manual-system.json" with { type: "json" };
import enText from "./en/manual-text.json" with { type: "json" };
import koEveryday from "./ko/manual-everyday.json" with { type: "json" };
import koFiles from "./ko/manual-files.json" with { type: "json" };
import koIsolation from "./ko/manual-isolation.json" with { type: "json" };
import koNetwork from "./ko/manual-network.json" with { type: "json" };
import koPaths from "./ko/manual-paths.json" with { type: "json" };
import koSystem from "./ko/manual-system.json" with { type: "json" };
import koText from "./ko/manual-text.json" with { type: "json" };
import enWords from "./en/manual.json" with { type: "json" };
import koWords from "./ko/manual.json" with { type: "json" };

export interface ManualText {
  /** What it does, in one line. */
  readonly name: string;
  readonly about: string;
  /** By the option as it is written. */
  readonly options?: Readonly<Record<string, string>>;
  /** By the line as it is typed. */
  readonly examples?: Readonly<Record<string, string>>;
  /** What the real one has and this one has not. */
  readonly missing?: string;
}

export type ManualWords = typeof enWords;

interface Manual {
  readonly words: ManualWords;
  readonly pages: Readonly<Record<string, ManualText>>;
}

export const manuals: Readonly<Record<"en" | "ko", Manual>> = {
  en: { words: enWords, pages: { ...enFiles, ...enPaths, ...enEveryday, ...enText, ...enSystem, ...enIsolation, ...enNetwork } },
  ko: { words: koWords, pages: { ...koFiles, ...koPaths, ...koEveryday, ...koText, ...koSystem, ...koIsolation, ...koNetwork } },
};
