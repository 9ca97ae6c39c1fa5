/** A race of union file systems, painted: the steps across the three lanes, and the sheets that each now stands on. */
import type { ReactNode } from "react";
import type { RaceView } from "../readmodel/machine/race-view";
import {
  type CellMark,
  type LaneMark,
  legendMarks,
  type RaceScene,
  type RaceSheetMark,
  type RaceTile,
  SHEET,
  type StepMark,
  type TokenMark,
} from "../scene/race-scene";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";
import { laneWords, levelWords, RACER_NAMES, stepWords } from "./race-words";

function Token({ token }: { readonly token: TokenMark }): ReactNode {
  const { x, y, width, height, label, how, what } = token;
  const black = what === "whiteout" && how !== "gone";
  const fill = black ? "var(--ink)" : how === "gone" ? "none" : how === "changed" ? "var(--fs-mid)" : "var(--fs-tint)";
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx={2}
        fill={fill}
        stroke={black ? "var(--ink)" : "var(--fs-ink)"}
        strokeWidth={what === "opaque" ? 2.4 : 1}
        strokeDasharray={how === "gone" ? "3 3" : undefined}
      />
      <text
        x={x + width / 2}
        y={y + height / 2 + 4}
        textAnchor="middle"
        className="d-m"
        style={{ fill: black ? "var(--paper)" : "var(--ink)", textDecoration: how === "gone" ? "line-through" : undefined }}
      >
        {label}
      </text>
    </g>
  );
}

function Cell({ cell }: { readonly cell: CellMark }): ReactNode {
  const { x, y, width, height, answer, ok, tokens, more, odd } = cell;
  const last = tokens.at(-1);
  return (
    <g>
      {odd && <rect x={x} y={y + 2} width={width} height={height - 4} rx={3} fill="none" stroke="var(--ink)" strokeWidth={1.4} />}
      <text x={x + 8} y={y + height / 2 + 4} className="d-m" style={{ fill: ok ? "var(--ink-2)" : "var(--alarm-ink)" }}>
        {answer}
      </text>
      {tokens.map((token) => (
        <Token key={`${token.label}${token.what}`} token={token} />
      ))}
      {more > 0 && (
        <text x={last === undefined ? x + width - 26 : last.x + last.width + 6} y={y + height / 2 + 4} className="d-sm num">
          {`+${more}`}
        </text>
      )}
    </g>
  );
}

function Step({ mark, marking }: { readonly mark: StepMark; readonly marking: Marking }): ReactNode {
  const say = useSay();
  const { x, y, width, height, number, text, state, parts, step } = mark;
  const middle = y + height / 2;
  return (
    <Mark uid={mark.uid} box={{ x, y: y + 2, width, height: height - 4 }} name={say(stepWords(number, step, say))} marking={marking}>
      {parts && <rect x={x - 4} y={y} width={width + 8} height={height} fill="var(--fs-tint)" />}
      <circle
        cx={x + 10}
        cy={middle}
        r={state === "now" ? 6 : 4.5}
        fill={state === "coming" ? "var(--paper)" : step.parting === undefined ? "var(--ink-3)" : "var(--fs-ink)"}
        stroke={state === "coming" ? "var(--ink-3)" : "var(--ink)"}
        strokeWidth={state === "now" ? 2 : 1}
      />
      <text
        x={x + 26}
        y={middle + 4}
        className="d-m"
        style={{ fill: state === "coming" ? "var(--ink-3)" : "var(--ink)", fontWeight: state === "now" ? 600 : 400 }}
      >
        {text}
      </text>
      {mark.cells.map((cell) => (
        <Cell key={cell.racer} cell={cell} />
      ))}
    </Mark>
  );
}

function Plate({ sheet }: { readonly sheet: RaceSheetMark }): ReactNode {
  const { x0, x1, y, kind } = sheet;
  const merged = kind === "merged";
  return (
    <g>
      {!merged && <path d={`M${x0} ${y}H${x1}v4H${x0}z`} fill="var(--fs)" stroke="var(--fs-ink)" strokeWidth={0.8} />}
      {!merged && (
        <path
          d={`M${x1} ${y}l${SHEET.shear} ${-SHEET.depth}v4l${-SHEET.shear} ${SHEET.depth}z`}
          fill="var(--fs)"
          stroke="var(--fs-ink)"
          strokeWidth={0.8}
          opacity={0.75}
        />
      )}
      <path
        d={`M${x0} ${y}l${SHEET.shear} ${-SHEET.depth}H${x1 + SHEET.shear}L${x1} ${y}z`}
        fill={merged ? "var(--raised)" : kind === "writable" ? "var(--fs-mid)" : "var(--fs-tint)"}
        fillOpacity={merged ? 0.9 : kind === "writable" ? 0.6 : 0.82}
        stroke={merged ? "var(--ink)" : "var(--fs-ink)"}
        strokeWidth={merged ? 1.2 : kind === "writable" ? 1.6 : 1}
        strokeDasharray={merged ? "6 4" : undefined}
      />
    </g>
  );
}

interface Look {
  readonly fill: string;
  readonly stroke: string;
  readonly width: number;
  readonly dash?: string;
  readonly ink: string;
}
const LOOKS: Readonly<Record<RaceTile["look"], Look>> = {
  seen: { fill: "var(--raised)", stroke: "var(--ink)", width: 1.2, ink: "var(--ink)" },
  unseen: { fill: "none", stroke: "var(--ink-3)", width: 1, dash: "2 3", ink: "var(--ink-3)" },
  file: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 1.2, ink: "var(--ink)" },
  dir: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 1.2, ink: "var(--ink)" },
  opaque: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 2.6, ink: "var(--ink)" },
  whiteout: { fill: "var(--ink)", stroke: "var(--ink)", width: 1.2, ink: "var(--paper)" },
};

function Tile({ tile }: { readonly tile: RaceTile }): ReactNode {
  const look = LOOKS[tile.look];
  const fresh = tile.fresh && tile.look !== "whiteout";
  return (
    <g>
      <path d={tile.outline} fill={fresh ? "var(--fs-mid)" : look.fill} stroke={look.stroke} strokeWidth={look.width} strokeDasharray={look.dash} />
      {tile.fresh && <path d={tile.outline} fill="none" stroke="var(--ink)" strokeWidth={2} />}
      <text x={tile.x + tile.width / 2} y={tile.y + tile.height / 2 + 4} textAnchor="middle" className="d-m" style={{ fill: look.ink }}>
        {tile.label}
      </text>
    </g>
  );
}

function Lane({ mark, marking }: { readonly mark: LaneMark; readonly marking: Marking }): ReactNode {
  const say = useSay();
  const [merged, ...sheets] = mark.sheets;
  return (
    <Mark uid={mark.uid} box={mark.box} name={say(laneWords(mark.lane, say))} marking={marking}>
      {sheets.toReversed().map((sheet) => (
        <Plate key={sheet.y} sheet={sheet} />
      ))}
      {merged !== undefined && <Plate sheet={merged} />}
      {mark.sights.map(({ x, from, at, to }) => (
        <g key={x}>
          <line x1={x} x2={at} y1={from} y2={to} stroke="var(--ink)" strokeWidth={1.2} opacity={0.75} />
          <circle cx={at} cy={to} r={2.8} fill="var(--ink)" />
        </g>
      ))}
      {mark.sheets.flatMap((sheet) => sheet.tiles.map((tile) => <Tile key={`${sheet.y}/${tile.path}`} tile={tile} />))}
    </Mark>
  );
}

const LEGEND = [
  ["appeared", "file", "appeared"],
  ["changed", "file", "changed"],
  ["gone", "file", "gone"],
  ["appeared", "whiteout", "whiteout"],
  ["appeared", "opaque", "opaque"],
] as const;

export function Race({ scene, view, marking }: { readonly scene: RaceScene; readonly view: RaceView; readonly marking: Marking }): ReactNode {
  const say = useSay();
  const { axis } = scene;
  return (
    <>
      {scene.lanes.map(({ lane, x0 }) => (
        <g key={lane.racer}>
          <text x={x0 + 8} y={82} className="d-b">
            {RACER_NAMES[lane.racer]}
          </text>
          <text x={x0 + 84} y={82} className="d-m2" style={{ fontSize: 11 }}>
            {lane.mountpoint}
          </text>
        </g>
      ))}
      <g aria-hidden="true">
        {legendMarks(
          scene.legendAt,
          LEGEND.map(([how, what, name]) => [how, what, say({ key: `machine.race.legend.${name}` })]),
        ).map((token) => (
          <Token key={token.label} token={token} />
        ))}
      </g>
      <line x1={axis.x} x2={axis.x} y1={axis.from} y2={axis.to} stroke="var(--rule)" strokeWidth={2} />
      {scene.steps.map((mark) => (
        <Step key={mark.uid} mark={mark} marking={marking} />
      ))}
      {scene.levels.map(({ name, y }) => (
        <g key={name}>
          <text x={44} y={y - 10} className="d-b">
            {say(levelWords(name))}
          </text>
          <text x={44} y={y + 4} className="d-lab">
            {say({ key: `machine.race.level.${name}${name === "mid" && view.lanes[1]?.sheets[1]?.writable !== true ? "Closed" : ""}` })}
          </text>
        </g>
      ))}
      {scene.lanes.map((mark) => (
        <Lane key={mark.uid} mark={mark} marking={marking} />
      ))}
    </>
  );
}
