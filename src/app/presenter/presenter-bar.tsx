/** Under the picture: the NowLine in large type, transport and time bar. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { PauseIcon, PlayIcon, StepBackIcon, StepForwardIcon } from "../glyphs/icons";
import { useSession, useWorldParts } from "../lab/lab-context";
import { CaptionArea } from "../lab/stage-area";

export function PresenterBar(): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ now, head, playing }) => ({ now, head, playing }));
  if (world === undefined) return <footer className="presenter-bar" />;
  const { now, head, playing } = world;
  const end = Math.max(head, now, 1_000_000);
  return (
    <footer className="presenter-bar">
      <CaptionArea />
      <div className="presenter-transport">
        <button type="button" aria-label={t("app.action.strokeBack")} onClick={() => session.stepStroke(-1)}>
          <StepBackIcon size={24} />
        </button>
        <button
          type="button"
          className="main"
          aria-label={t(playing ? "app.transport.pause" : "app.transport.play")}
          onClick={() => (playing ? session.pause() : session.play())}
        >
          {playing ? <PauseIcon size={24} /> : <PlayIcon size={24} />}
        </button>
        <button type="button" aria-label={t("app.action.strokeNext")} onClick={() => session.stepStroke(1)}>
          <StepForwardIcon size={24} />
        </button>
        <input
          type="range"
          className="time-range"
          min={0}
          max={end}
          step={100_000}
          value={now}
          aria-label={t("app.time")}
          aria-valuetext={t("app.seconds", { seconds: (now / 1e6).toFixed(1) })}
          style={{ "--played": `${(100 * now) / end}%` } as React.CSSProperties}
          onChange={(event) => session.seek(Number(event.target.value))}
        />
        <span className="presenter-time num">{t("app.seconds", { seconds: (now / 1e6).toFixed(1) })}</span>
      </div>
    </footer>
  );
}
