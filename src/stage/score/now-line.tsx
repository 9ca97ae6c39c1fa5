/** The last message as one sentence. It is the caption, the live region and the presenter's subtitle at once. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { NowLineView } from "../readmodel/types";
import { SaidWithCode, useSay } from "../words";
import "./score.css";

interface NowLineProps {
  readonly view: NowLineView | undefined;
  readonly playing?: boolean;
  /** Messages per simulated second: said instead of each message when the world plays too fast to follow. */
  readonly rate?: number;
  /** Right of the sentence, for example the key that unfolds the Score. */
  readonly children?: ReactNode;
}

const SPEAK_EVERY_MS = 1500;

/** A text that changes at most every 1.5 s while the world plays, and at once when it is stepped. */
function useSpoken(text: string, playing: boolean): string {
  const [spoken, setSpoken] = useState(text);
  const last = useRef(0);
  useEffect(() => {
    const wait = playing ? Math.max(0, SPEAK_EVERY_MS - (performance.now() - last.current)) : 0;
    const timer = setTimeout(() => {
      last.current = performance.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, playing]);
  return spoken;
}

export function NowLine({ view, playing = false, rate, children }: NowLineProps): ReactNode {
  const say = useSay();
  const text =
    rate !== undefined
      ? `${say({ key: "stage.score.rate", params: { rate } })}, ${say({ key: "stage.score.summed" })}`
      : view === undefined
        ? say({ key: "stage.score.nothing" })
        : `${say(view.from)} → ${say(view.to)}: ${say(view.says)}${view.because === undefined ? "" : `, ${say(view.because)}`}`;
  const spoken = useSpoken(text, playing);
  return (
    <div className="nowline">
      <span className="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </span>
      {rate !== undefined || view === undefined ? (
        <span className="nowline-text" aria-hidden="true">
          {rate === undefined ? (
            text
          ) : (
            <>
              <b>{say({ key: "stage.score.rate", params: { rate } })}</b>
              <span className="nowline-because">{say({ key: "stage.score.summed" })}</span>
            </>
          )}
        </span>
      ) : (
        <span className="nowline-text" aria-hidden="true">
          <span className="nowline-count num">
            {view.count} / {view.total}
          </span>
          <b>
            {say(view.from)} → {say(view.to)}
          </b>
          <span className={view.alarm ? "nowline-alarm" : "nowline-says"}>
            <SaidWithCode words={view.says} code="name" />
          </span>
          {view.because !== undefined && <span className="nowline-because">{say(view.because)}</span>}
        </span>
      )}
      {children}
    </div>
  );
}
