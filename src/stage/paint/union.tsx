/** A union mount, painted: sheets from the lowest up, what lies on them, and the lines of sight. */
import type { ReactNode } from "react";
import type { UnionView } from "../readmodel/machine/types";
import {
  type LevelMark,
  outlineOf,
  pathUid,
  type SightMark,
  SHEET_DEPTH,
  SHEET_SHEAR,
  sheetUid,
  type TileMark,
  type UnionScene,
} from "../scene/union-scene";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";
import { bytesWords, pathWords, sheetName, sheetSub } from "./union-words";

function Sheet({ level }: { readonly level: LevelMark }): ReactNode {
  const { x0, x1, y, thickness, role } = level;
  const view = role === "merged";
  const written = role === "upper" || role === "open-branch";
  return (
    <g>
      {thickness > 0 && (
        <>
          <path d={`M${x0} ${y}H${x1}v${thickness}H${x0}z`} fill="var(--fs)" stroke="var(--fs-ink)" strokeWidth={0.8} />
          <path
            d={`M${x1} ${y}l${SHEET_SHEAR} ${-SHEET_DEPTH}v${thickness}l${-SHEET_SHEAR} ${SHEET_DEPTH}z`}
            fill="var(--fs)"
            stroke="var(--fs-ink)"
            strokeWidth={0.8}
            opacity={0.75}
          />
        </>
      )}
      <path
        className="cap"
        d={`M${x0} ${y}l${SHEET_SHEAR} ${-SHEET_DEPTH}H${x1 + SHEET_SHEAR}L${x1} ${y}z`}
        fill={view ? "var(--raised)" : written ? "var(--fs-mid)" : "var(--fs-tint)"}
        fillOpacity={view ? 0.9 : written ? 0.6 : 0.82}
        stroke={view ? "var(--ink)" : "var(--fs-ink)"}
        strokeWidth={view ? 1.3 : written ? 1.6 : 1}
        strokeDasharray={view ? "6 4" : undefined}
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
  readonly opacity?: number;
}

const LOOKS: Readonly<Record<TileMark["state"], Look>> = {
  view: { fill: "var(--raised)", stroke: "var(--ink)", width: 1.2, ink: "var(--ink)" },
  absent: { fill: "none", stroke: "var(--ink-3)", width: 1.2, dash: "2 3", ink: "var(--ink-3)" },
  seen: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 1.6, ink: "var(--ink)" },
  merged: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 1.2, ink: "var(--ink)" },
  opaque: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 2.4, ink: "var(--ink)" },
  hidden: { fill: "var(--raised)", stroke: "var(--fs-ink)", width: 1.2, dash: "3 3", ink: "var(--ink-2)", opacity: 0.75 },
  whiteout: { fill: "var(--ink)", stroke: "var(--ink)", width: 1.2, ink: "var(--paper)" },
  coming: { fill: "var(--paper)", stroke: "var(--fs-ink)", width: 1.4, dash: "4 3", ink: "var(--fs-ink)" },
};

function Tile({ tile, upper }: { readonly tile: TileMark; readonly upper: boolean }): ReactNode {
  const say = useSay();
  const look = LOOKS[tile.state];
  const label = tile.state === "whiteout" ? say({ key: "machine.union.whiteout" }) : tile.label;
  return (
    <g>
      <path
        d={tile.outline}
        fill={tile.state === "view" && upper ? "var(--fs-mid)" : look.fill}
        stroke={look.stroke}
        strokeWidth={look.width}
        strokeDasharray={look.dash}
        opacity={look.opacity}
      />
      {tile.part !== undefined && <path d={outlineOf(tile.x, tile.y + tile.height, (tile.width - 20.5) * tile.part)} fill="var(--fs)" />}
      <text x={tile.x + tile.width / 2} y={tile.y + tile.height / 2 + 4} textAnchor="middle" className="d-m" style={{ fill: look.ink }}>
        {label}
      </text>
    </g>
  );
}

function Sight({ sight }: { readonly sight: SightMark }): ReactNode {
  return (
    <g>
      <line x1={sight.x} x2={sight.x} y1={sight.from} y2={sight.to} stroke="var(--ink)" strokeWidth={1.3} opacity={sight.faint ? 0.35 : 1} />
      {sight.end === "lands" && <circle cx={sight.x} cy={sight.to} r={3.4} fill="var(--ink)" />}
      {sight.end === "stopped" && <path d={`M${sight.x - 5} ${sight.to - 4}h10`} stroke="var(--ink)" strokeWidth={3} />}
    </g>
  );
}

export function UnionSheets({
  scene,
  view,
  marking,
}: {
  readonly scene: UnionScene;
  readonly view: UnionView;
  readonly marking: Marking;
}): ReactNode {
  const say = useSay();
  const from = new Map(view.paths.map((path) => [path.path, path.from]));
  const upper = view.sheets.filter(({ role }) => role === "upper" || role === "open-branch").map(({ id }) => id);
  return (
    <>
      {scene.levels.map((level) => {
        const { sheet } = level;
        const box = { x: level.x0, y: level.y - SHEET_DEPTH, width: level.x1 - level.x0, height: SHEET_DEPTH };
        const captioned = (
          <g>
            <Sheet level={level} />
            <text x={44} y={level.y - 18} className="d-b">
              {say(sheetName(level.sheet))}
            </text>
            <text x={44} y={level.y - 3} className="d-lab">
              {say(sheetSub(level.sheet, view))}
            </text>
            {sheet !== undefined && sheet.role !== "work" && (
              <text x={44} y={level.y + 11} className="d-sm num">
                {say(bytesWords(sheet.bytes))}
              </text>
            )}
          </g>
        );
        return (
          <g key={level.id}>
            {sheet === undefined ? (
              captioned
            ) : (
              <Mark uid={sheetUid(sheet.id)} box={{ ...box, x: 40, width: 150 }} name={`${say(sheetName(sheet))}: ${sheet.path}`} marking={marking}>
                {captioned}
              </Mark>
            )}
            {level.sights.map((sight) => (
              <Sight key={`${sight.x}/${sight.from}`} sight={sight} />
            ))}
            {level.tiles.map((tile) => {
              const painted = <Tile tile={tile} upper={upper.includes(from.get(tile.path) ?? "")} />;
              const path = view.paths.find((one) => one.path === tile.path);
              if (level.role !== "merged" || path === undefined) return <g key={tile.path}>{painted}</g>;
              return (
                <Mark key={tile.path} uid={pathUid(tile.path)} box={tile} name={say(pathWords(path, view))} marking={marking}>
                  {painted}
                </Mark>
              );
            })}
          </g>
        );
      })}
      {scene.columns.map(({ x, directory, path, arrowTo }) => (
        <g key={path.path}>
          <text x={x} y={72} textAnchor="middle" className="d-m2" style={{ fontSize: 11 }}>
            {directory}
          </text>
          <path
            d={`M${x} 80V${arrowTo}`}
            stroke={path.from === undefined ? "var(--ink-3)" : "var(--ink)"}
            strokeWidth={1.3}
            markerEnd={`url(#a-${path.from === undefined ? "ink-3" : "ink"})`}
          />
        </g>
      ))}
      <Lift scene={scene} view={view} />
    </>
  );
}

function Lift({ scene, view }: { readonly scene: UnionScene; readonly view: UnionView }): ReactNode {
  const say = useSay();
  const { lift, callout } = scene;
  const { copyUp } = view;
  if (lift === undefined || callout === undefined || copyUp === undefined) return null;
  const from = view.sheets.find(({ id }) => id === copyUp.from);
  return (
    <>
      <path d={`M${lift.x} ${lift.from}V${lift.to}`} stroke="var(--fs)" strokeWidth={9} opacity={0.95} />
      <path d={`M${lift.x} ${lift.onward}V${lift.until}`} stroke="var(--fs-ink)" strokeWidth={1.8} strokeDasharray="4 3" markerEnd="url(#a-fs-ink)" />
      <text x={callout.x} y={callout.y - 30} className="d-h halo" style={{ fill: "var(--fs-ink)" }}>
        {say({ key: "machine.union.copying" })}
      </text>
      <text x={callout.x} y={callout.y - 12} className="d-lab halo num">
        {say({ key: "machine.union.copied", params: { done: say(bytesWords(copyUp.done)), of: say(bytesWords(copyUp.of)) } })}
      </text>
      <text x={callout.x} y={callout.y + 3} className="d-lab halo">
        {say({ key: "machine.union.until", params: { sheet: say({ key: "machine.union.lowerName", params: { number: from?.number ?? 1 } }) } })}
      </text>
    </>
  );
}
