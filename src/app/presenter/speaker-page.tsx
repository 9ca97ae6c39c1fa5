/** The speaker's window: notes, what comes next, the clock, and the same actions as the clicker. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useDynamicT, useLanguage, useT } from "../../locales/i18n";
import { actionOf, PRESENTER_ACTION_NAMES } from "../keymap";
import { useUi } from "../store";
import { channelOf, type PresenterMessage, type PresenterPlace } from "./deck";
import { useDeck } from "./presenter-page";
import "./presenter.css";

const clock = (milliseconds: number): string => {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

export function SpeakerPage({ deck: id }: { readonly deck: string }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const language = useLanguage();
  const deck = useDeck(id);
  const [place, setPlace] = useState<PresenterPlace | undefined>(undefined);
  const channel = useRef<BroadcastChannel | undefined>(undefined);
  const send = (message: PresenterMessage): void => channel.current?.postMessage(message);

  useEffect(() => {
    const opened = new BroadcastChannel(channelOf(id));
    channel.current = opened;
    opened.onmessage = ({ data }: MessageEvent<PresenterMessage>) => {
      if (data.type === "at") setPlace(data.at);
    };
    opened.postMessage({ type: "hello" } satisfies PresenterMessage);
    const onKey = (event: KeyboardEvent): void => {
      const { keymap } = useUi.getState();
      const action = actionOf(event, PRESENTER_ACTION_NAMES, keymap) ?? actionOf(event, ["strokeNext", "strokeBack", "play"], keymap);
      if (action === undefined || action === "present.speaker") {
        if (/^[1-9]$/.test(event.key)) opened.postMessage({ type: "jump", slide: Number(event.key) - 1 } satisfies PresenterMessage);
        return;
      }
      if (action === "play" && event.target instanceof HTMLElement && event.target.closest("button") !== null) return;
      event.preventDefault();
      opened.postMessage({ type: "do", action: action.replace("present.", "") } satisfies PresenterMessage);
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      opened.close();
    };
  }, [id]);

  if (deck === undefined || deck === "none") return null;
  if (place === undefined) return <main className="speaker">{t("app.presenter.waiting")}</main>;
  const slide = deck.slides[place.slide];
  const next = deck.slides[place.slide + 1];
  const beat = slide?.beats?.[place.beat];
  const button = (action: string): ReactNode => (
    <button key={action} type="button" className="button quiet" onClick={() => send({ type: "do", action })}>
      {named(action.startsWith("stroke") ? `app.action.${action}` : `app.presenting.${action}`)}
    </button>
  );
  return (
    <main className="speaker">
      <header>
        <span className="num speaker-clock" role="timer">
          {clock(place.elapsed)}
        </span>
        <span className="num">{`${place.slide + 1} / ${deck.slides.length}`}</span>
        <span className="num">{t("app.presenter.beats", { done: place.beat, of: slide?.beats?.length ?? 0 })}</span>
        {place.frozen && <b>{t("app.presenter.frozen")}</b>}
        {place.blank && <b>{t("app.presenter.blank")}</b>}
      </header>
      <h1>{slide?.title[language]}</h1>
      <p className="speaker-notes" data-testid="notes">
        {slide?.notes[language]}
      </p>
      {slide?.answer !== undefined && (
        <p>
          {t("app.presenter.answer")} <b>{slide.answer[language]}</b>
        </p>
      )}
      <h2>{t("app.presenter.next")}</h2>
      <p className="speaker-next">
        {beat !== undefined && beat.say[language]}
        {beat === undefined && (next === undefined ? t("app.presenter.end") : next.title[language])}
      </p>
      <div className="row-buttons">
        {["beatBack", "beatNext", "strokeBack", "strokeNext", "reset", "hide", "freeze", "blank", "timer"].map(button)}
      </div>
      <ol className="speaker-slides">
        {deck.slides.map((entry, i) => (
          <li key={entry.id}>
            <button type="button" className="linklike" aria-current={i === place.slide} onClick={() => send({ type: "jump", slide: i })}>
              {entry.title[language]}
            </button>
          </li>
        ))}
      </ol>
    </main>
  );
}
