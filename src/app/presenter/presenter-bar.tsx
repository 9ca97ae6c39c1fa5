/** Under the picture: the NowLine in large type, transport and time bar. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { useWorldParts } from "../lab/lab-context";
import { CaptionArea } from "../lab/stage-area";
import { StepButtons, TimeRange } from "../lab/transport-parts";

export function PresenterBar(): ReactNode {
  const t = useT();
  const world = useWorldParts(({ now, head, playing }) => ({ now, head, playing }));
  if (world === undefined) return <footer className="presenter-bar" />;
  const { now, head, playing } = world;
  return (
    <footer className="presenter-bar">
      <CaptionArea />
      <div className="presenter-transport">
        <StepButtons playing={playing} size={24} />
        <TimeRange now={now} head={head} />
        <span className="presenter-time num">{t("app.seconds", { seconds: (now / 1e6).toFixed(1) })}</span>
      </div>
    </footer>
  );
}
