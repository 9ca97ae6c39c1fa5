/** Caption, time bar and 48 px buttons of the hand-held lab. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { SPEEDS, speedText } from "../../stage/score/transport";
import { PauseIcon, PlayIcon, StepBackIcon, StepForwardIcon } from "../glyphs/icons";
import { useSession, useWorldParts } from "./lab-context";
import { CaptionArea } from "./stage-area";

export function MobileTransport(): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ now, head, playing, speed, score }) => ({ now, head, playing, speed, count: score.count, total: score.total }));
  if (world === undefined) return null;
  const { now, head, playing, speed, count, total } = world;
  const end = Math.max(head, now, 1_000_000);
  return (
    <section className="mobile-transport" data-region="score" tabIndex={-1} aria-label={t("app.region.score")}>
      <CaptionArea />
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
      <div className="mobile-buttons">
        <span className="num">{`${count} / ${total}`}</span>
        <div>
          <button type="button" aria-label={t("app.action.strokeBack")} onClick={() => session.stepStroke(-1)}>
            <StepBackIcon size={22} />
          </button>
          <button
            type="button"
            className="main"
            aria-label={t(playing ? "app.transport.pause" : "app.transport.play")}
            onClick={() => (playing ? session.pause() : session.play())}
          >
            {playing ? <PauseIcon size={22} /> : <PlayIcon size={22} />}
          </button>
          <button type="button" aria-label={t("app.action.strokeNext")} onClick={() => session.stepStroke(1)}>
            <StepForwardIcon size={22} />
          </button>
        </div>
        <select aria-label={t("app.transport.speed")} value={String(speed)} onChange={(event) => session.setSpeed(Number(event.target.value))}>
          {SPEEDS.map((value) => (
            <option key={value} value={String(value)}>
              {Number.isFinite(value) ? speedText(value) : t("app.transport.fastest")}
            </option>
          ))}
        </select>
      </div>
    </section>
  );
}
