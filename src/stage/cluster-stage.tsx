/**
 * The stage of the orchestration stratum: picks the scene for the room and the number of Pods, and gives it a name, a description in
 * words and actions for the selected mark. Props in; it knows no store.
 */
import { memo, type ReactNode, useDeferredValue, useId, useMemo, useRef } from "react";
import { actionsFor, type StageAction } from "./actions";
import { BreakTools } from "./break-tools";
import { ClusterFigure, type FigureProps } from "./cluster-figure";
import { DensityFigure } from "./density-figure";
import { DuoFigure } from "./duo-figure";
import { EmptyWords } from "./empty-words";
import { LoopFigure } from "./loop-figure";
import { MobileFigure } from "./mobile-figure";
import type { Depth } from "./depth-slider";
import { Lens } from "./lens";
import { densityOf } from "./readmodel/density-of";
import { otherWords } from "./readmodel/other-words";
import { summaryOf } from "./readmodel/table-view";
import type { ClusterView } from "./readmodel/types";
import { chosenDeployment } from "./scene/duo-scene";
import { AT_REST, type Motion, type Viewport } from "./scene/types";
import { useAnchor } from "./use-anchor";
import { useReading } from "./use-reading";
import { useSize } from "./use-size";
import { useStable } from "./use-stable";
import { useSay } from "./words";
import { useZoom } from "./zoom";
import "./stage.css";

export type StageVariant = "full" | "loop" | "presenter" | "mobile";

export interface ClusterStageProps {
  readonly view: ClusterView;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  readonly onAction?: (action: StageAction) => void;
  readonly variant?: StageVariant;
  readonly playing?: boolean;
  readonly speed?: number;
  readonly reducedMotion?: boolean;
  /** Uids to thicken: what a live word or the current message is about. */
  readonly lit?: readonly string[];
  readonly ghostsOnly?: boolean;
  /** Another branch to draw over this one in blue pencil. */
  readonly other?: { readonly name: string; readonly view: ClusterView; readonly onClose: () => void };
  /** The strata that this world has pictures of, for the gauge at the stage's edge. */
  readonly depth?: Depth;
  /** The lens's key is held. */
  readonly lens?: boolean;
  /** ReplicaSet or Deployment that the loop and presenter variants show; the first one when absent. */
  readonly focus?: string;
}

const NOTHING: ReadonlySet<string> = new Set();

export function ClusterStage(props: ClusterStageProps): ReactNode {
  const { view, selection, onSelect, onAction, playing = false, speed = 1, reducedMotion = false, lit, ghostsOnly = false, variant = "full" } = props;
  const say = useSay();
  const summaryId = useId();
  const [ref, size] = useSize<HTMLElement>();
  const content = useRef<HTMLDivElement>(null);
  const seen = useZoom(ref, content, reducedMotion);
  const motion: Motion = useMemo(() => (reducedMotion ? { ...AT_REST, speed, trails: true } : { playing, speed }), [playing, speed, reducedMotion]);
  const touched = view.touched.join(" ");
  const litSet = useMemo(() => {
    const uids = [...(lit ?? []), ...touched.split(" ").filter(Boolean)];
    return uids.length === 0 ? NOTHING : new Set(uids);
  }, [lit, touched]);
  const drawn = useDeferredValue(view);
  const select = useStable(onSelect);
  const summary = useReading(
    useMemo(() => summaryOf(view), [view]),
    playing,
  );
  const figure = {
    view: drawn,
    motion,
    selection,
    lit: litSet,
    ghostsOnly,
    onSelect: select,
    describedBy: summaryId,
    other: props.other?.view,
    depth: props.depth,
    label: say({ key: "stage.title" }),
  };
  const narrow = (size?.width ?? 0) < NARROW;
  const empty = view.pods.length === 0 && view.replicaSets.length === 0 && view.density === undefined;
  return (
    <figure className="stage-figure" ref={ref}>
      <div className="stage-content" ref={content}>
        {size !== undefined && size.width > 0 && <Scene {...figure} viewport={size} variant={variant} focus={props.focus} />}
      </div>
      {empty && (narrow || variant !== "full") && <EmptyWords place={narrow ? "narrow" : "wide"} />}
      {props.other !== undefined && <OtherNote here={view} other={props.other} />}
      {onAction !== undefined && variant === "full" && (size?.width ?? 0) >= ROOMY && view.pods.length > 0 && (
        <BreakTools view={view} selection={selection} onAction={onAction} />
      )}
      {selection !== undefined && onAction !== undefined && <Actions view={view} uid={selection} onAction={onAction} size={size} seen={seen} />}
      <Lens figure={ref} view={view} held={props.lens === true} />
      <figcaption id={summaryId} className="visually-hidden">
        {summary.map(say).join(" ")}
      </figcaption>
    </figure>
  );
}

interface SceneProps extends FigureProps {
  readonly variant: StageVariant;
  readonly focus: string | undefined;
}

const NARROW = 620;
/** From this width on there is room for the tools beside the headings. */
const ROOMY = 860;
/** More nodes than this make columns too thin. */
const MOST_COLUMNS = 14;

/** Memoized and fed with a deferred view: React then draws it in slices, and input never waits for it. */
const Scene = memo(function Scene({ variant, focus, ...figure }: SceneProps): ReactNode {
  const { view, viewport } = figure;
  const density = useMemo(() => (view.nodes.length > MOST_COLUMNS ? (view.density ?? densityOf(view)) : view.density), [view]);
  if (density !== undefined && variant !== "loop" && variant !== "presenter") return <DensityFigure {...figure} density={density} />;
  if (variant === "mobile" || (variant !== "loop" && viewport.width < NARROW)) return <MobileFigure {...figure} focus={focus} />;
  if (variant === "presenter" && chosenDeployment(view, focus) !== undefined) return <DuoFigure {...figure} focus={focus} />;
  if (variant === "loop" || variant === "presenter") return <LoopFigure {...figure} large={variant === "presenter"} focus={focus} />;
  return <ClusterFigure {...figure} />;
});

interface OtherNoteProps {
  readonly here: ClusterView;
  readonly other: NonNullable<ClusterStageProps["other"]>;
}

/** Whose the blue pencil is, and for those who cannot see it, what it says. */
function OtherNote({ here, other }: OtherNoteProps): ReactNode {
  const say = useSay();
  const { name, view, onClose } = other;
  const words = useMemo(() => otherWords(here, view), [here, view]);
  return (
    <div className="stage-other-note" role="note">
      <span>{say({ key: "stage.other.title", params: { name } })}</span>
      <ul className="visually-hidden" aria-label={say({ key: "stage.other.differences", params: { name } })}>
        {words.map((one) => (
          <li key={`${one.key} ${String(one.params?.["name"])}`}>
            {say(one.state === undefined ? one : { key: one.key, params: { ...one.params, state: say(one.state) } })}
          </li>
        ))}
      </ul>
      <button type="button" onClick={onClose}>
        {say({ key: "stage.other.close" })}
      </button>
    </div>
  );
}

interface ActionsProps {
  readonly view: ClusterView;
  readonly uid: string;
  readonly onAction: (action: StageAction) => void;
  readonly size: Viewport | undefined;
  readonly seen: string;
}

function Actions({ view, uid, onAction, size, seen }: ActionsProps): ReactNode {
  const say = useSay();
  const panel = useRef<HTMLDivElement>(null);
  const style = useAnchor(panel, uid, view, `${size?.width} ${size?.height} ${seen}`);
  const choices = actionsFor(view, uid);
  if (choices.length === 0) return null;
  return (
    <div ref={panel} className="stage-actions" style={style} role="toolbar" aria-label={say({ key: "stage.action.title" })}>
      {choices.map((choice) => (
        <button key={choice.label} type="button" className={choice.danger === true ? "danger" : undefined} onClick={() => onAction(choice.action)}>
          {say({ key: choice.label })}
        </button>
      ))}
    </div>
  );
}
