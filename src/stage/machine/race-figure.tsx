/** Three union file systems on one trace, as a picture; and the choice of the trace. */
import { type ReactNode, useMemo } from "react";
import { type Depth, DepthSlider } from "../depth-slider";
import { StageDefs } from "../glyphs/defs";
import { Race } from "../paint/race";
import { partingWords } from "../paint/race-words";
import { RACES } from "../readmodel/machine/race-traces";
import type { RaceView } from "../readmodel/machine/race-view";
import { moveFocus } from "../roving";
import { raceScene } from "../scene/race-scene";
import type { Viewport } from "../scene/types";
import { useSay } from "../words";
import { useMachineMarking } from "./machine-marking";
import "./race.css";

const NARROW = 900;
const CHOICE = 56;

export interface RaceFigureProps {
  readonly view: RaceView;
  readonly viewport: Viewport;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  readonly describedBy: string;
  readonly label: string;
  readonly depth?: Depth;
}

export function RaceFigure({ view, viewport, selection, onSelect, describedBy, label, depth }: RaceFigureProps): ReactNode {
  const say = useSay();
  // Where there is little room the choice of the trace stands above the picture.
  const down = viewport.width < NARROW ? CHOICE : 0;
  const scene = useMemo(() => raceScene(view, { width: viewport.width, height: viewport.height - down }), [view, viewport, down]);
  const marking = useMachineMarking(scene.order, selection, onSelect);
  return (
    // biome-ignore lint: the picture holds buttons; a click beside them lifts the selection
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width={scene.width}
      height={scene.height + down}
      viewBox={`0 ${-down} ${scene.width} ${scene.height + down}`}
      onClick={() => onSelect(undefined)}
      onKeyDown={(event) => void moveFocus(event)}
    >
      <StageDefs />
      <text x={44} y={30} className="d-h">
        {say({ key: `machine.${view.title}` })}
      </text>
      <text x={44} y={54} className="d-lab">
        {say(partingWords(view))}
      </text>
      <Race scene={scene} view={view} marking={marking} />
      {scene.more > 0 && (
        <text x={44} y={scene.height - 8} className="d-sm">
          {say({ key: "machine.union.more", params: { count: scene.more } })}
        </text>
      )}
      <DepthSlider x={10} y={16 - down} width={10} height={Math.min(viewport.height, scene.height + down) - 32} at="fs" depth={depth} />
    </svg>
  );
}

export interface RaceChoiceProps {
  /** The trace that is being raced, if one is. */
  readonly trace: string | undefined;
  readonly onRace: (trace: string) => void;
}

/** Which difference is raced next. */
export function RaceChoice({ trace, onRace }: RaceChoiceProps): ReactNode {
  const say = useSay();
  return (
    <label className="race-choice" data-racing={trace !== undefined}>
      <span>{say({ key: "machine.race.choose" })}</span>
      <select value={trace ?? ""} onChange={(event) => event.target.value !== "" && onRace(event.target.value)}>
        {trace === undefined && <option value="">{say({ key: "machine.race.none" })}</option>}
        {RACES.map(({ id, title }) => (
          <option key={id} value={id}>
            {say({ key: `machine.${title}` })}
          </option>
        ))}
      </select>
    </label>
  );
}
