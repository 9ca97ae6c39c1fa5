/**
 * The Score: NowLine, lanes with messages over time, and the axis that is the time bar. Folded it is the NowLine and the axis alone.
 * Hovering a stroke lights its chain of causes; clicking goes to its moment.
 */
import { memo, type MouseEvent, type ReactNode, useDeferredValue, useMemo, useState } from "react";
import type { Micros } from "../../sim/types";
import { StageDefs } from "../glyphs/defs";
import type { NowLineView, ScoreMark, ScoreView, StrokeView } from "../readmodel/types";
import { BIN_SCALE, type ScoreScene, scoreScene, timeScale } from "../scene/score-scene";
import { useSize } from "../use-size";
import { useStable } from "../use-stable";
import { useSay } from "../words";
import { NowLine } from "./now-line";
import { Lanes, Spans, Strokes } from "./strokes";
import { type Fork, TimeAxis } from "./time-axis";
import { Transport, type TransportProps } from "./transport";
import "../stage.css";
import "./score.css";

export interface ScoreProps extends Omit<TransportProps, "large"> {
  readonly view: ScoreView;
  readonly nowLine: NowLineView | undefined;
  readonly head: Micros;
  readonly folded: boolean;
  readonly forks?: readonly Fork[];
  readonly onSeek: (at: Micros) => void;
  readonly onFork?: (id: number) => void;
  readonly onFold?: () => void;
  /** Uids that the hovered stroke is about. */
  readonly onPoint?: (uids: readonly string[]) => void;
}

const LABELS = 196;
const NARROW = 640;
const PITCH = 13;
const NEAR = 6;

function Marks({ scene }: { readonly scene: ScoreScene }): ReactNode {
  const say = useSay();
  const folded = scene.lanes.length === 0;
  return scene.marks.map(({ mark, x, labelled, anchor, current }) => {
    if (folded) {
      return mark.alarm && mark.weight === 3 ? (
        <path key={`${mark.position} ${mark.says.key}`} d={`M${x - 3} 2l6 6m0 -6l-6 6`} stroke="var(--alarm)" strokeWidth={1.8} fill="none" />
      ) : null;
    }
    return (
      <g key={`${mark.position} ${mark.says.key} ${String(mark.says.params?.["name"] ?? "")}`} className={current ? "score-mark-now" : undefined}>
        {labelled && (
          <text
            x={anchor === "start" ? x - 3 : x + 3}
            y={12}
            textAnchor={anchor}
            className={`d-sm ${mark.alarm ? "tone-alarm" : ""} ${current ? "strong tone-fact" : ""}`}
          >
            {clipped(say(mark.says))}
          </text>
        )}
        {labelled && <line x1={x} x2={x} y1={15} y2={20} stroke={mark.alarm ? "var(--alarm)" : "var(--rule-2)"} />}
      </g>
    );
  });
}

const LONGEST = 28;
const clipped = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
const isWide = (letter: string): boolean => letter.charCodeAt(0) > 0x1100;

/** The chain of strokes that led to one, by position. */
function chainOf(strokes: readonly StrokeView[], from: StrokeView): readonly StrokeView[] {
  const byPosition = new Map(strokes.map((stroke) => [stroke.position, stroke]));
  const chain: StrokeView[] = [];
  for (
    let at: StrokeView | undefined = from;
    at !== undefined && chain.length < 24;
    at = at.because === undefined ? undefined : byPosition.get(at.because)
  )
    chain.push(at);
  return chain;
}

function Chain({ scene, view, hovered }: { scene: ScoreScene; view: ScoreView; hovered: StrokeView }): ReactNode {
  const hub = scene.lanes[1]?.y ?? scene.axisY - 8;
  const time = timeScale(scene, view);
  return chainOf(view.strokes, hovered).map((stroke) => {
    const x = time(stroke.at);
    const y = scene.lanes[stroke.lane]?.y ?? scene.axisY - 12;
    return <line key={stroke.position} x1={x} x2={x} y1={hub} y2={y} stroke="var(--ink)" strokeWidth={3} opacity={0.85} />;
  });
}

export function Score(props: ScoreProps): ReactNode {
  const { view, nowLine, head, folded, forks = NO_FORKS, onSeek, onFork, onFold, onPoint, playing, ...transport } = props;
  const say = useSay();
  const [ref, size] = useSize<HTMLElement>();
  const width = size?.width ?? 0;
  const narrow = width < NARROW;
  const drawn = useDeferredValue(view);
  const drawnHead = useDeferredValue(head);
  const seek = useStable(onSeek);
  const fork = useStable((id: number) => onFork?.(id));
  const point = useStable((uids: readonly string[]) => onPoint?.(uids));
  const axisY = folded ? 20 : 33 + view.lanes.length * PITCH * (view.bins === undefined ? 1 : BIN_SCALE);
  return (
    <section className={folded ? "score score-folded" : "score"} aria-label={say({ key: "stage.score.title" })} ref={ref}>
      <NowLine view={nowLine} playing={playing} rate={playing && transport.speed > FOLLOWED ? rateOf(view) : undefined}>
        {onFold !== undefined && (
          <button type="button" className="score-fold" aria-expanded={!folded} onClick={onFold}>
            {say({ key: "stage.score.unfold" })} <kbd>S</kbd>
          </button>
        )}
      </NowLine>
      <div className="score-body">
        {width > 0 && (
          <Picture
            view={drawn}
            head={drawnHead}
            width={width}
            narrow={narrow}
            folded={folded}
            forks={forks}
            onSeek={seek}
            onFork={fork}
            onPoint={point}
          />
        )}
        <div className="score-transport" style={narrow ? undefined : { top: axisY - 15 }}>
          <Transport playing={playing} {...transport} />
        </div>
      </div>
    </section>
  );
}

/** Above this speed nobody can follow single messages. */
const FOLLOWED = 8;
const SECOND = 1_000_000;

/** Messages in the last simulated second. */
function rateOf(view: ScoreView): number {
  if (view.bins === undefined) return view.strokes.filter((stroke) => stroke.at > view.now - SECOND && stroke.at <= view.now).length;
  const { width, counts } = view.bins;
  const last = Math.floor((view.now - view.from) / width);
  const bins = Math.max(1, Math.round(SECOND / width));
  return (counts[1] ?? []).slice(Math.max(0, last - bins), last).reduce((sum, count) => sum + count, 0);
}

const NO_FORKS: readonly Fork[] = [];

interface PictureProps {
  readonly view: ScoreView;
  readonly head: Micros;
  readonly width: number;
  readonly narrow: boolean;
  readonly folded: boolean;
  readonly forks: readonly Fork[];
  readonly onSeek: (at: Micros) => void;
  readonly onFork: (id: number) => void;
  readonly onPoint: (uids: readonly string[]) => void;
}

/** Memoized and fed with deferred values: drawn in slices, never in the way of input. */
const Picture = memo(function Picture({ view, head, width, narrow, folded, forks, onSeek, onFork, onPoint }: PictureProps): ReactNode {
  const say = useSay();
  const [hovered, setHovered] = useState<StrokeView>();
  const labelWidth = narrow ? (folded ? 16 : 92) : LABELS;
  const scene = useMemo(() => {
    const widthOf = (mark: ScoreMark): number => [...clipped(say(mark.says))].reduce((sum, letter) => sum + (isWide(letter) ? 10 : 5.4), 0);
    return scoreScene(view, head, { width, labelWidth, pitch: PITCH, folded, margin: narrow ? 32 : 36 }, widthOf);
  }, [view, head, width, labelWidth, folded, narrow, say]);

  const nearest = (event: MouseEvent<SVGSVGElement>): StrokeView | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (y > scene.axisY - 8) return undefined;
    const time = timeScale(scene, view);
    let best: StrokeView | undefined;
    let least = NEAR;
    for (const stroke of view.strokes) {
      const far = Math.abs(time(stroke.at) - x) + Math.min(3, Math.abs((scene.lanes[stroke.lane]?.y ?? y) - y) / 20);
      if (far < least) [best, least] = [stroke, far];
    }
    return best;
  };
  const point = (stroke: StrokeView | undefined): void => {
    if (stroke?.position === hovered?.position) return;
    setHovered(stroke);
    onPoint(stroke === undefined ? [] : chainOf(view.strokes, stroke).flatMap((one) => (one.object?.uid === undefined ? [] : [one.object.uid])));
  };
  return (
    // biome-ignore lint: every moment is also reached by the slider and by stepping
    <svg
      className="stage-svg score-svg"
      width={scene.width}
      height={scene.height}
      role="group"
      aria-label={say({ key: "stage.score.picture" })}
      onPointerMove={(event) => point(nearest(event))}
      onPointerLeave={() => point(undefined)}
      onClick={(event) => {
        const stroke = nearest(event);
        if (stroke !== undefined) onSeek(stroke.at);
      }}
    >
      <StageDefs />
      {!folded && <rect x={scene.nowX - 4.5} y={3} width={9} height={scene.axisY - 3} fill="var(--rule)" />}
      <Lanes scene={scene} lanes={view.lanes} hue={view.hue} />
      <Spans scene={scene} />
      {scene.histogram.map(({ lane, d }) => (
        <path
          key={lane}
          d={d}
          fill={lane < 2 ? "var(--orch-mid)" : "var(--rule-2)"}
          stroke={lane < 2 ? "var(--orch)" : "var(--ink-3)"}
          strokeWidth={0.8}
        />
      ))}
      <Strokes scene={scene} />
      {hovered !== undefined && <Chain scene={scene} view={view} hovered={hovered} />}
      <Marks scene={scene} />
      <TimeAxis scene={scene} view={view} head={head} forks={forks} onSeek={onSeek} onFork={onFork} />
    </svg>
  );
});
