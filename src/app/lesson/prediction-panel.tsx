/** Predict before it runs: a choice, committed once, in blue pencil. What happened and why is set beside it afterwards, without blame. */
import { type ReactNode, useState } from "react";
import { useLanguage, useT } from "../../locales/i18n";
import type { Prediction } from "../../course/types";
import { Inline } from "./prose";

interface PredictionPanelProps {
  readonly prediction: Prediction;
  readonly committed: string | undefined;
  readonly onCommit: (value: string) => void;
  /** The value that the world gave, once it has happened. */
  readonly outcome: string | undefined;
  readonly hint?: string;
}

/** What is recorded when somebody has no idea. */
export const NO_IDEA = "?";

export function PredictionPanel({ prediction, committed, onCommit, outcome, hint }: PredictionPanelProps): ReactNode {
  const t = useT();
  const language = useLanguage();
  const [chosen, setChosen] = useState<string | undefined>(committed);
  const locked = committed !== undefined;
  const known = outcome !== undefined && outcome === prediction.correct;
  const right = prediction.options.find((option) => option.v === prediction.correct);
  return (
    <fieldset className="prediction" disabled={locked}>
      <legend className="visually-hidden">{t("app.predict.title")}</legend>
      <div className="prediction-head">
        <b>{t("app.predict.title")}</b>
        <span>{t(locked ? "app.predict.committed" : "app.predict.first")}</span>
      </div>
      <p className="prediction-ask">{prediction.ask[language]}</p>
      {prediction.options.map((option) => (
        <label key={option.v} className={(committed ?? chosen) === option.v ? "choice on" : "choice"}>
          <input
            type="radio"
            name={`predict-${prediction.id}`}
            value={option.v}
            checked={(committed ?? chosen) === option.v}
            onChange={() => setChosen(option.v)}
          />
          {option.text[language]}
        </label>
      ))}
      {!locked && (
        <div className="row-buttons">
          <button type="button" className="button" disabled={chosen === undefined} onClick={() => chosen !== undefined && onCommit(chosen)}>
            {t("app.predict.commit")}
          </button>
          <button type="button" className="button quiet" onClick={() => onCommit(NO_IDEA)}>
            {t("app.predict.noIdea")}
          </button>
        </div>
      )}
      {locked && !known && hint !== undefined && <p className="prediction-note">{hint}</p>}
      {locked && known && (
        <div className="prediction-note" aria-live="polite">
          <p>
            {t("app.predict.happened")} <b>{right?.text[language]}</b>
          </p>
          <p className="explain">
            <Inline text={prediction.explain[language]} />
          </p>
        </div>
      )}
    </fieldset>
  );
}
