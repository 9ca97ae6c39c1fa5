/** The lab on a desk: lesson at the full height, stage and inspector, the Score over the whole width, the dock below. */
import { type ReactNode, useState } from "react";
import { useT } from "../../locales/i18n";
import { useLessonRoom, useShort, useWide } from "../shell/media";
import { TopBar } from "../shell/top-bar";
import { ui, useUi } from "../store";
import { CurveArea, curveOf } from "../lesson/curve-area";
import { Dock } from "./dock";
import { useWorld } from "./lab-context";
import type { ShellProps } from "./lab-page";
import { nameOnMachine } from "./names";
import { InspectorArea, ScoreArea, StageArea } from "./stage-area";
import { WorldNotices } from "./world-notices";

export function DeskShell({ kind, title, place, lesson, item }: ShellProps): ReactNode {
  const t = useT();
  const wide = useWide();
  const short = useShort();
  const room = useLessonRoom();
  const panes = useUi((state) => state.panes);
  const [lessonOpen, setLessonOpen] = useState(true);
  const selected = useWorld((state) => state.inspector?.pod?.shortId ?? state.inspector?.name ?? nameOnMachine(state));
  const course = lesson !== undefined;
  const taught = item?.kind === "lesson" ? item.lesson : undefined;
  const variant = taught?.variant === "thermostat" ? "loop" : "full";
  const curve = taught === undefined ? undefined : curveOf(taught);
  const focus = taught?.follow.name;
  const folded = panes.score === undefined ? short || course : !panes.score;
  const beside = wide && !short && !course;
  const showInspector = beside ? panes.inspector : panes.inspectorOver && selected !== undefined;
  const showLesson = course && (room || lessonOpen);
  return (
    <div
      className="shell"
      data-kind={kind}
      data-lesson={course ? (showLesson ? "open" : "rail") : undefined}
      data-inspector={showInspector ? (beside ? "beside" : "over") : undefined}
    >
      <TopBar place={place} title={title} />
      {course && showLesson && (
        <aside className="lesson" data-region="lesson" tabIndex={-1} aria-label={t("app.region.lesson")}>
          {lesson}
        </aside>
      )}
      {course && !room && (
        <button type="button" className="lesson-rail tb" aria-expanded={lessonOpen} onClick={() => setLessonOpen(!lessonOpen)}>
          {t("app.region.lesson")}
        </button>
      )}
      <main className="stage" data-region="stage" tabIndex={-1}>
        <WorldNotices />
        {curve !== undefined && item?.kind === "lesson" ? (
          <div className="stage-split">
            <StageArea variant={variant} focus={focus} />
            <CurveArea lesson={item.lesson} prediction={curve} />
          </div>
        ) : (
          <StageArea variant={variant} focus={focus} />
        )}
        {!beside && (
          <button
            type="button"
            className="inspector-button"
            aria-expanded={showInspector}
            hidden={selected === undefined}
            onClick={() => ui.setPanes({ inspectorOver: !panes.inspectorOver })}
          >
            <span className="mono">{selected}</span> <kbd>I</kbd>
          </button>
        )}
      </main>
      {showInspector && (
        <aside className="inspector" data-region="inspector" tabIndex={-1} aria-label={t("app.region.inspector")}>
          <InspectorArea />
        </aside>
      )}
      <div className="score-place" data-region="score" tabIndex={-1}>
        <ScoreArea folded={folded} onFold={() => ui.setPanes({ score: folded })} />
      </div>
      {panes.dock ? (
        <Dock single={course} />
      ) : (
        <button type="button" className="dock-button tb" onClick={() => ui.setPanes({ dock: true })}>
          {t("app.dock.unfold")} <kbd>`</kbd>
        </button>
      )}
    </div>
  );
}
