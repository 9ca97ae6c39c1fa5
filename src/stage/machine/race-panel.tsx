/** A race up close: what each of the three did at the chosen step, and where it is written that they do. */
import type { ReactNode } from "react";
import { cellText, partingWords, RACER_NAMES } from "../paint/race-words";
import type { RaceView } from "../readmodel/machine/race-view";
import { stepUid } from "../scene/race-scene";
import { useSay } from "../words";

export function RacePanel({ view, selection }: { readonly view: RaceView; readonly selection: string }): ReactNode {
  const say = useSay();
  const step = view.steps.find((_one, i) => stepUid(i + 1) === selection);
  return (
    <div className="insp">
      <div className="insp-head">
        <h2 className="race-title">{say({ key: `machine.${view.title}` })}</h2>
      </div>
      <div className="insp-sub">{say(partingWords(view))}</div>
      {step?.cells !== undefined && (
        <>
          <h3 className="mono">{step.text}</h3>
          <dl className="race-told">
            {view.lanes.map(({ racer }) => (
              <div key={racer}>
                <dt>{RACER_NAMES[racer]}</dt>
                <dd>{step.cells === undefined ? "" : cellText(step.cells[racer], say)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h3>{say({ key: "machine.race.sources" })}</h3>
      <dl className="race-told">
        {view.lanes.map(({ racer }) => (
          <div key={racer}>
            <dt>{RACER_NAMES[racer]}</dt>
            <dd className="mono">{view.source?.[racer]}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
