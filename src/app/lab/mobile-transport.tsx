/** Caption, time bar and 48 px buttons of the hand-held lab. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { SPEEDS, speedText } from "../../stage/score/transport";
import { useSession, useWorldParts } from "./lab-context";
import { CaptionArea } from "./stage-area";
import { StepButtons, TimeRange } from "./transport-parts";

export function MobileTransport(): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ now, head, playing, speed, score }) => ({ now, head, playing, speed, count: score.count, total: score.total }));
  if (world === undefined) return null;
  const { now, head, playing, speed, count, total } = world;
  return (
    <section className="mobile-transport" data-region="score" tabIndex={-1} aria-label={t("app.region.score")}>
      <CaptionArea />
      <TimeRange now={now} head={head} />
      <div className="mobile-buttons">
        <span className="num">{`${count} / ${total}`}</span>
        <div>
          <StepButtons playing={playing} size={22} />
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
