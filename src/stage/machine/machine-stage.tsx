/**
 * The stage of a machine: its processes, or its union mounts. Which of them is the depth at which one stands. Props in; it knows no store.
 */
import { memo, type ReactNode, useDeferredValue, useId, useRef } from "react";
import { type Depth, DepthSlider } from "../depth-slider";
import { StageDefs } from "../glyphs/defs";
import type { MachineView, UnionView } from "../readmodel/machine/types";
import { useReading } from "../use-reading";
import { useSize } from "../use-size";
import { useStable } from "../use-stable";
import { useSay } from "../words";
import { useZoom } from "../zoom";
import { MachineFigure } from "./machine-figure";
import { summaryOfMachine } from "./machine-words";
import { RaceChoice, RaceFigure } from "./race-figure";
import { UnionFigure } from "./union-figure";
import "../stage.css";
import "./machine.css";

export type MachineDepth = "kern" | "fs";

export interface MachineStageProps {
  readonly view: MachineView;
  readonly depth: MachineDepth;
  readonly onDepth: (depth: MachineDepth) => void;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  /** The letter of the PID namespace the terminal stands in; none for the host's. */
  readonly standing?: string;
  readonly reducedMotion: boolean;
  readonly playing: boolean;
  /** A union mount's lower layers in another order, topmost first. */
  readonly onReorder?: (union: UnionView, lowers: readonly string[]) => void;
  /** A trace is to be raced on three union file systems. */
  readonly onRace?: (trace: string) => void;
}

export function MachineStage(props: MachineStageProps): ReactNode {
  const { view, depth, onDepth, selection, onSelect, standing, reducedMotion, playing, onReorder, onRace } = props;
  const say = useSay();
  const summaryId = useId();
  const [ref, size] = useSize<HTMLElement>();
  const content = useRef<HTMLDivElement>(null);
  useZoom(ref, content, reducedMotion);
  const summary = useReading(summaryOfMachine(view), playing);
  const drawn = useDeferredValue(view);
  const select = useStable(onSelect);
  const reorder = useStable((union: UnionView, lowers: readonly string[]) => onReorder?.(union, lowers));
  const go = useStable((stratum: string) => onDepth(stratum === "fs" ? "fs" : "kern"));
  const label = say({ key: depth === "fs" ? "machine.union.title" : "machine.ledger.title" });
  return (
    <figure className="stage-figure" ref={ref}>
      <div className="stage-content" ref={content}>
        {size !== undefined && size.width > 0 && (
          <Scene
            view={drawn}
            at={depth}
            onDepth={go}
            selection={selection}
            onSelect={select}
            standing={standing}
            viewport={size}
            describedBy={summaryId}
            label={label}
            onReorder={onReorder === undefined ? undefined : reorder}
          />
        )}
      </div>
      {depth === "fs" && onRace !== undefined && <RaceChoice trace={view.race?.trace} onRace={onRace} />}
      <figcaption id={summaryId} className="visually-hidden">
        {summary.map(say).join(" ")}
      </figcaption>
    </figure>
  );
}

interface SceneProps {
  readonly view: MachineView;
  readonly at: MachineDepth;
  readonly onDepth: Depth["onDepth"];
  readonly selection: string | undefined;
  readonly onSelect: (uid: string | undefined) => void;
  readonly standing: string | undefined;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly describedBy: string;
  readonly label: string;
  readonly onReorder: MachineStageProps["onReorder"];
}

const REACH: Depth["reach"] = ["fs", "kern"];

const Scene = memo(function Scene({ view, at, onDepth, standing, onReorder, ...rest }: SceneProps): ReactNode {
  const say = useSay();
  const depth: Depth = { reach: REACH, onDepth };
  const { race } = view;
  const union = view.unions.at(-1);
  if (at === "kern") {
    const viewpoint = Math.max(
      0,
      view.viewpoints.findIndex(({ letter }) => letter !== undefined && letter === standing),
    );
    return <MachineFigure view={view} standing={viewpoint} depth={depth} {...rest} />;
  }
  if (race !== undefined) return <RaceFigure view={race} depth={depth} {...rest} label={say({ key: "machine.race.title" })} />;
  if (union !== undefined)
    return (
      <UnionFigure
        view={union}
        depth={depth}
        onReorder={onReorder === undefined || union.type !== "overlay" ? undefined : (lowers) => onReorder(union, lowers)}
        {...rest}
      />
    );
  return (
    <>
      <svg className="stage-svg" role="group" aria-label={rest.label} width={rest.viewport.width} height={rest.viewport.height}>
        <StageDefs />
        <text x={44} y={30} className="d-h">
          {say({ key: "machine.union.head" })}
        </text>
        <DepthSlider x={10} y={16} width={10} height={rest.viewport.height - 32} at="fs" depth={depth} />
      </svg>
      <div className="machine-empty">
        {say({ key: "machine.union.empty" })}
        <code>mount -t overlay overlay -o lowerdir=/l/2:/l/1,upperdir=/u,workdir=/w /merged</code>
      </div>
    </>
  );
});
