/** The cluster in portrait. */
import { type KeyboardEvent, type ReactNode, useMemo } from "react";
import { type FigureProps, useMarking } from "./cluster-figure";
import { StageDefs } from "./glyphs/defs";
import { NodeBox, RecordCard, Ring } from "./glyphs/marks";
import { PodGlyph } from "./glyphs/pod";
import { nodeName, serviceName, setName } from "./names";
import { shortImage } from "./paint/bands";
import { Mark, type Marking } from "./paint/mark";
import { Ghosts, Pods } from "./paint/pods";
import { moveFocus } from "./roving";
import { type MobileColumn, mobileScene } from "./scene/mobile-scene";
import { useSay } from "./words";

const signed = (gap: number): string => (gap > 0 ? `+${gap}` : gap < 0 ? `−${-gap}` : "0");

function Column({ column, marking }: { readonly column: MobileColumn; readonly marking: Marking }): ReactNode {
  const say = useSay();
  const { card, ring, set, slots } = column;
  const observing = set.phase === "observe";
  const acting = column.acting;
  const wide = card.width > 150;
  return (
    <g>
      <path
        d={column.observePath}
        fill="none"
        stroke={observing ? "var(--orch)" : "var(--edge)"}
        strokeWidth={observing ? 3 : 1.2}
        markerEnd={observing ? "url(#a-orch)" : "url(#a-ink-3)"}
      />
      <path
        d={column.actPath}
        fill="none"
        stroke={acting ? "var(--orch)" : "var(--edge)"}
        strokeWidth={acting ? 3 : 1.2}
        markerEnd={acting ? "url(#a-orch)" : undefined}
      />
      <Mark uid={column.uid} box={card} name={setName(say, set)} marking={marking}>
        <RecordCard {...card} fold={13} weight={1.5} />
        <text x={card.x + 11} y={card.y + 20}>
          {set.revision !== undefined && (
            <tspan className="d-b" style={{ fontSize: 14 }}>
              {say({ key: "stage.loop.revision", params: { revision: set.revision } })}
            </tspan>
          )}
          <tspan dx={7} className="d-m2" style={{ fontSize: 13 }}>
            {shortImage(set.images[0] ?? "").slice(0, wide ? 12 : 7)}
          </tspan>
        </text>
        {slots.map(({ key, ...box }) => (
          <PodGlyph key={key} {...box} state="desired" revision={box.width > 24 ? set.revision : undefined} />
        ))}
        <text x={card.x + card.width - 11} y={card.y + card.height - 12} textAnchor="end" className="num tone-plan strong" style={{ fontSize: 18 }}>
          {set.desired}
        </text>
      </Mark>
      <line
        x1={ring.x}
        x2={ring.x}
        y1={card.y + card.height}
        y2={ring.y - ring.r - 4}
        stroke="var(--orch)"
        strokeWidth={1.4}
        markerEnd="url(#a-orch)"
      />
      <Ring {...ring} phase={set.phase} figure={signed(set.gap)} size={19} />
    </g>
  );
}

export function MobileFigure(props: FigureProps & { readonly focus?: string }): ReactNode {
  const { view, viewport, motion, focus, selection, label, describedBy, onSelect } = props;
  const say = useSay();
  const scene = useMemo(() => mobileScene(view, viewport, { motion, focus: selection ?? focus }), [view, viewport, motion, focus, selection]);
  const marking = { ...useMarking(props, scene.order), reach: 44 };
  const middle =
    scene.columns.length > 1 ? ((scene.columns[0]?.card.x ?? 0) + (scene.columns[0]?.card.width ?? 0) + (scene.columns[1]?.card.x ?? 0)) / 2 : 44;
  return (
    // biome-ignore lint: the picture holds buttons; a click beside them lifts the selection
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width={scene.width}
      height={scene.height}
      viewBox={`0 0 ${scene.width} ${scene.height}`}
      onClick={() => onSelect(undefined)}
      onKeyDown={(event: KeyboardEvent<SVGSVGElement>) => {
        moveFocus(event);
      }}
    >
      <StageDefs />
      {scene.nodes.map((node) => {
        const one = view.nodes.find((candidate) => candidate.uid === node.uid);
        return (
          <Mark key={node.uid} uid={node.uid} box={node} name={one === undefined ? node.name : nodeName(say, one)} marking={marking}>
            <NodeBox x={node.x} y={node.y} width={node.width} height={node.height} lost={node.lost} weight={1.4} />
            {node.cordoned && <rect x={middle - 14} y={node.y + 1} width={28} height={node.height - 4} fill="url(#st-cordon)" opacity={0.45} />}
            <text
              x={middle}
              y={node.y + node.height / 2 + 4}
              textAnchor="middle"
              className={`d-b ${node.lost || node.stopped ? "tone-alarm" : ""}`}
              style={{ fontSize: 14 }}
            >
              {node.name.replace(/^node-/, "")}
            </text>
          </Mark>
        );
      })}
      {scene.columns.map((column) => (
        <Column key={column.uid} column={column} marking={marking} />
      ))}
      {scene.columns.length > 0 && (
        <text x={scene.unplaced.x} y={scene.unplaced.y} textAnchor="middle" className="d-lab halo" style={{ fontSize: 13 }}>
          {say({ key: "stage.head.unplaced" })}
        </text>
      )}
      <Ghosts ghosts={scene.ghosts} />
      <Pods view={view} pods={scene.pods} marking={marking} />
      {scene.services.map((box) => {
        const service = view.services.find((one) => one.uid === box.uid);
        if (service === undefined) return null;
        return (
          <Mark key={box.uid} uid={box.uid} box={box} name={serviceName(say, service)} marking={marking}>
            <rect
              className="cap"
              x={box.x}
              y={box.y}
              width={box.width}
              height={box.height}
              fill="var(--raised)"
              stroke="var(--ink-2)"
              strokeWidth={1.4}
            />
            <text x={box.x + 12} y={box.y + 19} className="d-b" style={{ fontSize: 14 }}>
              {say({ key: "stage.service.title", params: { name: service.name } })}
            </text>
            <text
              x={box.x + box.width - 12}
              y={box.y + 19}
              textAnchor="end"
              className={`d-lab ${service.readyCount === 0 ? "tone-alarm" : ""}`}
              style={{ fontSize: 13 }}
            >
              {say({ key: "stage.service.ready", params: { count: service.readyCount } })}
            </text>
          </Mark>
        );
      })}
    </svg>
  );
}
