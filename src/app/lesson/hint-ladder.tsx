/** Three hints: where to look, which principle, what to do. The next opens after the last could be read and something was tried. */
import { type ReactNode, useEffect, useState } from "react";
import { useLanguage, useT } from "../../locales/i18n";
import type { Exercise } from "../../course/types";
import { useWorld } from "../lab/lab-context";
import { Inline } from "./prose";

/** Reading time: so many milliseconds a letter, within these bounds. */
const MS_A_LETTER = 60;
const SHORTEST = 5000;
const LONGEST = 12_000;

export function HintLadder({ exercise }: { readonly exercise: Exercise }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const deeds = useWorld((state) => state.commands.length) ?? 0;
  const [shown, setShown] = useState(0);
  const [since, setSince] = useState(0);
  const [read, setRead] = useState(true);
  useEffect(() => {
    if (shown === 0) return undefined;
    const letters = exercise.hints[shown - 1]?.[language].length ?? 0;
    setRead(false);
    const timer = setTimeout(() => setRead(true), Math.min(LONGEST, Math.max(SHORTEST, letters * MS_A_LETTER)));
    return () => clearTimeout(timer);
  }, [shown, exercise, language]);
  const more = shown < exercise.hints.length;
  const ready = shown === 0 || (read && deeds > since);
  return (
    <section className="hints" aria-label={t("app.exercise.hints")}>
      <h2>
        {t("app.exercise.hints")}
        <span className="num">{`${shown} / ${exercise.hints.length}`}</span>
      </h2>
      <ol aria-live="polite">
        {exercise.hints.slice(0, shown).map((hint) => (
          <li key={hint.en}>
            <Inline text={hint[language]} />
          </li>
        ))}
        {more && (
          <li>
            <button
              type="button"
              className="button quiet"
              disabled={!ready}
              onClick={() => {
                setShown(shown + 1);
                setSince(deeds);
              }}
            >
              {t(shown === 0 ? "app.exercise.firstHint" : "app.exercise.nextHint")}
            </button>
            {!ready && <small>{t("app.exercise.tryFirst")}</small>}
          </li>
        )}
      </ol>
    </section>
  );
}
