/** The presenter: one slide, one live picture, the NowLine as subtitle, keys for clicker and speaker. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLanguage, useT } from "../../locales/i18n";
import { LabScope } from "../lab/lab-context";
import { useTitle } from "../shell/title";
import { useReducedMotion } from "../shell/media";
import { PlainPage } from "../shell/plain-page";
import { StageArea } from "../lab/stage-area";
import type { Deck } from "./deck";
import { ui } from "../store";
import { playBeat } from "./beats";
import { deckNamed } from "./decks";
import { PresenterBar } from "./presenter-bar";
import { PresenterConsole } from "./presenter-console";
import { usePresenter } from "./presenter-state";
import { useArrived, useSlideWorld } from "./slide-worlds";
import "./presenter.css";

export function useDeck(id: string): Deck | "none" | undefined {
  const [deck, setDeck] = useState<Deck | "none" | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    void deckNamed(id).then((found) => {
      if (!gone) setDeck(found ?? "none");
    });
    return () => {
      gone = true;
    };
  }, [id]);
  return deck;
}

export function PresenterPage({ deck: id }: { readonly deck: string }): ReactNode {
  const t = useT();
  const deck = useDeck(id);
  if (deck === undefined) return <div className="loading" aria-busy="true" />;
  if (deck === "none") return <PlainPage title={t("app.notFound.title")}>{t("app.notFound.text")}</PlainPage>;
  return <Presenter deck={deck} />;
}

function Presenter({ deck }: { readonly deck: Deck }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const [console_, setConsole] = useState(false);
  const actions = {
    reset: () => void (running.current(), world !== undefined && slide !== undefined && world.session.load(slide.world)),
    strokes: (by: 1 | -1) => world?.session.stepStroke(by),
    play: () => (world?.session.state()?.playing === true ? world.session.pause() : world?.session.play()),
    console: () => setConsole((open) => !open),
    speaker: () => void open(`${location.pathname}#/speaker/${deck.id}`, "strata-speaker", "width=1000,height=760"),
  };
  const [place, dispatch] = usePresenter(deck, actions);
  const world = useSlideWorld(deck, place.slide);
  const arrived = useArrived(world);
  const slide = deck.slides[place.slide];

  const reduced = useReducedMotion();
  const played = useRef({ slide: place.slide, beat: 0 });
  const running = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (world === undefined || !arrived) return;
    const last = played.current.slide === place.slide ? played.current.beat : place.beat;
    for (let i = last; i < place.beat; i++) {
      const beat = slide?.beats?.[i];
      if (beat === undefined) continue;
      running.current();
      running.current = playBeat(world.session, beat.do, reduced, () => dispatch({ do: "answer" }));
    }
    played.current = { slide: place.slide, beat: place.beat };
  }, [world, arrived, place.slide, place.beat, slide, dispatch, reduced]);

  useEffect(() => ui.goTo(slide?.variant === "layers" ? "fs" : "kern"), [slide]);

  useTitle(deck.title[language]);
  if (slide === undefined) return null;
  return (
    <main className="presenter" data-blank={place.blank ? "" : undefined} aria-label={deck.title[language]}>
      <Hall frozen={place.frozen}>
        <header>
          <h1>{slide.title[language]}</h1>
          <span className="presenter-place num">{`${slide.lesson}\u2002${place.slide + 1} / ${deck.slides.length}`}</span>
        </header>
        <p className="presenter-question" aria-live="polite">
          {place.answer && slide.answer !== undefined ? <b>{slide.answer[language]}</b> : slide.subtitle?.[language]}
        </p>
        {world !== undefined && (
          <LabScope key={place.slide} lab={world}>
            <div className="presenter-stage stage" data-region="stage" tabIndex={-1}>
              <StageArea variant="presenter" />
            </div>
            <PresenterBar />
          </LabScope>
        )}
      </Hall>
      {world !== undefined && console_ && (
        <LabScope lab={world}>
          <PresenterConsole onClose={() => setConsole(false)} />
        </LabScope>
      )}
      {place.frozen && (
        <span className="visually-hidden" role="status">
          {t("app.presenter.frozen")}
        </span>
      )}
      {place.blank && <div className="presenter-blank" role="status" aria-label={t("app.presenter.blank")} />}
    </main>
  );
}

/** What the hall sees. Frozen, it shows a still copy while the world underneath goes on. */
function Hall({ frozen, children }: { readonly frozen: boolean; readonly children: ReactNode }): ReactNode {
  const live = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = still.current;
    if (place === null) return;
    place.replaceChildren();
    if (frozen && live.current !== null) place.append(live.current.cloneNode(true));
  }, [frozen]);
  return (
    <>
      <div className="hall" ref={live} style={frozen ? { visibility: "hidden" } : undefined}>
        {children}
      </div>
      <div className="hall-still" ref={still} aria-hidden="true" inert hidden={!frozen} />
    </>
  );
}
