/** Switches of the top bar: language, theme, and a choice between a few words. */
import type { ReactNode } from "react";
import { type Language, LANGUAGES, useT } from "../../locales/i18n";
import { ThemeIcon } from "../glyphs/icons";
import { ui, useUi } from "../store";

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string; readonly lang?: string }[];
  readonly onChange: (value: Value) => void;
}

export function Segmented<Value extends string>({ label, value, options, onChange }: SegmentedProps<Value>): ReactNode {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          lang={option.lang}
          className={option.value === value ? "on" : undefined}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}

export function LanguageSwitch(): ReactNode {
  const t = useT();
  const language = useUi((state) => state.language);
  return (
    <Segmented<Language>
      label={t("app.language")}
      value={language}
      options={LANGUAGES.map((value) => ({ value, text: t(value === "ko" ? "app.languageKo" : "app.languageEn"), lang: value }))}
      onChange={ui.setLanguage}
    />
  );
}

export function ThemeButton(): ReactNode {
  const t = useT();
  return (
    <button type="button" className="tb" aria-label={t("app.theme")} title={t("app.theme")} onClick={ui.toggleTheme}>
      <ThemeIcon />
    </button>
  );
}
