/** Parts of every transport that is not the Score's own: the time bar, and back, play, forward. */
import type { CSSProperties, ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { PauseIcon, PlayIcon, StepBackIcon, StepForwardIcon } from "../glyphs/icons";
import { useSession } from "./lab-context";

/** A bar is never shorter than this, so that a world's first moments are not all of it. */
const SHORTEST = 1_000_000;

export function TimeRange({ now, head }: { readonly now: number; readonly head: number }): ReactNode {
  const t = useT();
  const session = useSession();
  const end = Math.max(head, now, SHORTEST);
  return (
    <input
      type="range"
      className="time-range"
      min={0}
      max={end}
      step={100_000}
      value={now}
      aria-label={t("app.time")}
      aria-valuetext={t("app.seconds", { seconds: (now / 1e6).toFixed(1) })}
      style={{ "--played": `${(100 * now) / end}%` } as CSSProperties}
      onChange={(event) => session.seek(Number(event.target.value))}
    />
  );
}

export function StepButtons({ playing, size }: { readonly playing: boolean; readonly size: number }): ReactNode {
  const t = useT();
  const session = useSession();
  return (
    <>
      <button type="button" aria-label={t("app.action.strokeBack")} onClick={() => session.stepStroke(-1)}>
        <StepBackIcon size={size} />
      </button>
      <button
        type="button"
        className="main"
        aria-label={t(playing ? "app.transport.pause" : "app.transport.play")}
        onClick={() => (playing ? session.pause() : session.play())}
      >
        {playing ? <PauseIcon size={size} /> : <PlayIcon size={size} />}
      </button>
      <button type="button" aria-label={t("app.action.strokeNext")} onClick={() => session.stepStroke(1)}>
        <StepForwardIcon size={size} />
      </button>
    </>
  );
}
