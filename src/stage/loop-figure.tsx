/** The loop as a picture, in the size of a lesson or of a lecture hall. */
import { type KeyboardEvent, type ReactNode, useMemo } from "react";
import { type FigureProps, useMarking } from "./cluster-figure";
import { DepthSlider } from "./depth-slider";
import { StageDefs } from "./glyphs/defs";
import { NodeBox, RecordCard, Ring } from "./glyphs/marks";
import { PodGlyph } from "./glyphs/pod";
import { nodeName, podName, setName } from "./names";
import { Mark } from "./paint/mark";
import { moveFocus } from "./roving";
import { loopScene } from "./scene/loop-scene";
import type { GhostMark, LoopScene, NodeMark, PodMark } from "./scene/types";
import { useSay } from "./words";

interface LoopFigureProps extends FigureProps {
  readonly large: boolean;
  readonly focus?: string;
}

export const signed = (gap: number): string => (gap > 0 ? `+${gap}` : gap < 0 ? `−${-gap}` : "0");

export function Texts({ labels }: { readonly labels: LoopScene["labels"] }): ReactNode {
  const say = useSay();
  return labels.map(({ x, y, words, anchor, tone, size, strong }) => (
    <text
      key={`${words.key} ${x}`}
      x={x}
      y={y}
      textAnchor={anchor}
      className={`halo ${tone === undefined ? "" : `tone-${tone}`} ${strong === true ? "strong" : ""}`}
      style={{ fontSize: size, fontStretch: "92%", fill: tone === undefined && strong !== true ? "var(--ink-2)" : undefined }}
    >
      {say(words)}
    </text>
  ));
}

type LoopPaths = Pick<LoopScene, "large" | "phase" | "observePath" | "actPath" | "restPath" | "actHead" | "arrow">;

export function Loop({ scene }: { readonly scene: LoopPaths }): ReactNode {
  const weight = scene.large ? 2.4 : 1.3;
  const quiet = { fill: "none", stroke: scene.large ? "var(--ink-2)" : "var(--edge)", strokeWidth: weight };
  const active = { fill: "none", stroke: "var(--orch)", strokeWidth: scene.large ? 6 : 3.4 };
  const { actHead: head, arrow } = scene;
  const [from, to] = arrow;
  const w = scene.large ? 14 : 8;
  return (
    <>
      <path
        d={scene.observePath}
        {...(scene.phase === "observe" ? active : quiet)}
        markerEnd={scene.phase === "observe" ? "url(#a-orch)" : "url(#a-ink-3)"}
      />
      <path d={scene.actPath} {...(scene.phase === "act" ? active : quiet)} />
      {scene.restPath !== undefined && <path d={scene.restPath} {...quiet} />}
      {head !== undefined && <path d={`M${head.x} ${head.y}l${-w} ${w * 1.75}h${w * 2}z`} fill="var(--orch)" />}
      <line
        x1={from.x}
        y1={from.y}
        x2={to.x}
        y2={to.y}
        stroke="var(--orch)"
        strokeWidth={scene.phase === "compare" ? weight * 2.2 : weight * 1.3}
        markerEnd="url(#a-orch)"
      />
    </>
  );
}

export function NodeFace({ node, large }: { readonly node: NodeMark; readonly large: boolean }): ReactNode {
  const say = useSay();
  const size = large ? 20 : 12.5;
  return (
    <>
      <NodeBox x={node.x} y={node.y} width={node.width} height={node.height} lost={node.lost} weight={large ? 2 : 1.2} />
      {node.cordoned && (
        <rect x={node.x + 1} y={node.y + 1} width={node.width - 2} height={node.headHeight - 2} fill="url(#st-cordon)" opacity={0.45} />
      )}
      <text
        x={node.x + 14}
        y={node.y + (large ? 30 : 20)}
        className={`d-m strong halo halo-r ${node.lost ? "tone-alarm" : ""}`}
        style={{ fontSize: size }}
      >
        {node.name}
      </text>
      {(node.stopped || node.lost) && (
        <path
          d={`M${node.x + node.width - (large ? 34 : 22)} ${node.y + (large ? 14 : 10)}l${size * 0.8} ${size * 0.8}m0 ${-size * 0.8}l${-size * 0.8} ${size * 0.8}`}
          stroke="var(--alarm)"
          strokeWidth={large ? 3.4 : 2}
          fill="none"
          strokeLinecap="round"
        />
      )}
      {node.lost && (
        <text
          x={node.x + node.width / 2}
          y={node.y + node.height - (large ? 16 : 10)}
          textAnchor="middle"
          className="strong tone-alarm"
          style={{ fontSize: large ? 22 : 12 }}
        >
          {say({ key: "stage.loop.lost" })}
        </text>
      )}
    </>
  );
}

interface PodFaceProps {
  readonly mark: PodMark;
  readonly large: boolean;
  readonly selected: boolean;
  /** Ticks, where Pods of several revisions stand together. */
  readonly revision?: number;
}

export function PodFace({ mark, large, selected, revision }: PodFaceProps): ReactNode {
  const say = useSay();
  const { pod } = mark;
  const middle = mark.x + mark.width / 2;
  const below = mark.y + mark.height;
  const leaving = pod.state.kind === "terminating";
  const roomy = mark.width >= 70;
  return (
    <>
      <PodGlyph
        x={mark.x}
        y={mark.y}
        width={mark.width}
        height={mark.height}
        state={pod.state.kind}
        revision={revision}
        containers={pod.containers.filter((one) => !one.init).length}
        restarts={pod.restarts}
        level={pod.state.progress}
        port={large ? undefined : mark.port}
        selected={selected}
      />
      {mark.id !== undefined && (
        <text
          x={middle}
          y={below + (large ? 20 : 15)}
          textAnchor="middle"
          className="d-m halo halo-r"
          style={{ fontSize: large ? 20 : 11.5, fill: leaving ? "var(--ink-2)" : undefined }}
        >
          {mark.id}
        </text>
      )}
      {!large && roomy && pod.state.kind !== "ready" && (
        <text x={middle} y={below + 30} textAnchor="middle" className={`d-sm halo halo-r ${pod.state.kind === "failed" ? "tone-alarm" : ""}`}>
          {leaving ? say({ key: "stage.loop.notCounted" }) : (pod.state.reason ?? (pod.state.word === undefined ? "" : say(pod.state.word)))}
        </text>
      )}
    </>
  );
}

export function GhostFace({ ghost, large }: { readonly ghost: GhostMark; readonly large: boolean }): ReactNode {
  return (
    <g className="stage-ghost">
      <PodGlyph
        x={ghost.x}
        y={ghost.y}
        width={ghost.width}
        height={ghost.height}
        state="desired"
        revision={ghost.width >= 40 ? ghost.revision : undefined}
      />
      {ghost.id !== undefined && (
        <text
          x={ghost.x + ghost.width / 2}
          y={ghost.y - 8}
          textAnchor="middle"
          className="d-m halo tone-plan"
          style={{ fontSize: large ? 20 : 11.5 }}
        >
          {ghost.id}
        </text>
      )}
    </g>
  );
}

export function LoopFigure(props: LoopFigureProps): ReactNode {
  const { view, viewport, motion, large, focus, label, describedBy, onSelect } = props;
  const say = useSay();
  const scene = useMemo(() => loopScene(view, viewport, { motion, large, focus }), [view, viewport, motion, large, focus]);
  const marking = useMarking(props, scene?.order ?? []);
  if (scene === undefined) return null;
  const set = view.replicaSets.find((one) => one.uid === scene.uid);
  const { record, figure, ring } = scene;
  const face = record ?? { x: figure.x - 50, y: figure.y - 100, width: 100, height: 110 };
  return (
    // biome-ignore lint: the picture holds buttons; a click beside them lifts the selection
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width="100%"
      height="100%"
      viewBox={`0 0 ${scene.width} ${scene.height}`}
      preserveAspectRatio="xMidYMin meet"
      onClick={() => onSelect(undefined)}
      onKeyDown={(event: KeyboardEvent<SVGSVGElement>) => {
        moveFocus(event);
      }}
    >
      <StageDefs />
      {scene.nodes.map((node) => {
        const one = view.nodes.find((candidate) => candidate.uid === node.uid);
        return (
          <Mark
            key={node.uid}
            uid={node.uid}
            box={{ ...node, height: node.headHeight }}
            name={one === undefined ? node.name : nodeName(say, one)}
            marking={marking}
          >
            <NodeFace node={node} large={large} />
          </Mark>
        );
      })}
      <Loop scene={scene} />
      <Mark uid={scene.uid} box={face} name={set === undefined ? "" : setName(say, set)} marking={marking}>
        {record !== undefined && <RecordCard {...record} fold={18} weight={2} />}
        {record !== undefined && (
          <>
            <text x={record.x + 14} y={record.y + 24} className="d-b tone-plan" style={{ fontSize: 13.5 }}>
              {`${say({ key: "stage.kind.ReplicaSet" })} ${set?.name.replace(/-[a-z0-9]{6,10}$/, "") ?? ""}`.slice(0, 22)}
            </text>
            <text x={record.x + 14} y={record.y + 98} className="d-lab">
              {say({ key: "stage.loop.replicas" })}
            </text>
          </>
        )}
        <text x={figure.x} y={figure.y} textAnchor={large ? "middle" : "start"} className="num tone-plan strong" style={{ fontSize: figure.size }}>
          {figure.text}
        </text>
      </Mark>
      {scene.slots.map(({ key, ...box }) => (
        <PodGlyph key={key} {...box} state="desired" />
      ))}
      <Ring x={ring.x} y={ring.y} r={ring.r} size={ring.size} phase={scene.phase} figure={signed(scene.gap)} weight={large ? 4.6 : 2.6} />
      {scene.ghosts.map((ghost) => (
        <GhostFace key={ghost.key} ghost={ghost} large={large} />
      ))}
      {scene.pods.map((mark) => (
        <Mark key={mark.uid} uid={mark.uid} box={mark} name={podName(say, view, mark.pod)} marking={marking} round={mark.height / 2}>
          <PodFace mark={mark} large={large} selected={marking.selected === mark.uid} />
        </Mark>
      ))}
      <Texts labels={scene.labels} />
      {large ? (
        <DepthSlider x={18} y={0} width={13} height={scene.height - 8} at="orch" depth={props.depth} />
      ) : (
        <DepthSlider x={12} y={16} width={10} height={scene.height - 32} at="orch" depth={props.depth} />
      )}
    </svg>
  );
}
