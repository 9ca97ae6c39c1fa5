/** The cluster as a picture: a scene laid out for the room there is, painted, with marks that can be reached and picked. */
import { type KeyboardEvent, type ReactNode, useMemo, useState } from "react";
import { RecordCard } from "./glyphs/marks";
import { EmptyWords } from "./empty-words";
import { type Depth, DepthSlider } from "./depth-slider";
import { StageDefs } from "./glyphs/defs";
import { Bands, BandWash } from "./paint/bands";
import { BudgetRuler } from "./paint/budget-ruler";
import { Deployments } from "./paint/deployments";
import { Labels } from "./paint/labels";
import type { Marking } from "./paint/mark";
import { Nodes } from "./paint/nodes";
import { Other } from "./paint/other";
import { Ghosts, Pods } from "./paint/pods";
import { Risers, Services } from "./paint/services";
import type { ClusterView } from "./readmodel/types";
import { moveFocus } from "./roving";
import { clusterScene, scaledScene } from "./scene/cluster-scene";
import { otherMarks } from "./scene/other-scene";
import { AT_REST, type Motion, type Viewport } from "./scene/types";
import { useSay, useTranslate } from "./words";

export interface FigureProps {
  readonly view: ClusterView;
  readonly viewport: Viewport;
  readonly motion: Motion;
  readonly selection?: string;
  readonly lit: ReadonlySet<string>;
  /** Show differences only: what matches its plan is dimmed. */
  readonly ghostsOnly: boolean;
  readonly onSelect: (uid: string | undefined) => void;
  readonly describedBy: string;
  /** Where else one may stand. */
  readonly depth?: Depth;
  /** Another branch, drawn over this one in blue pencil. */
  readonly other?: ClusterView;
  readonly label: string;
}

/** Marking shared by every figure: which mark is selected, lit, dimmed, and reached by Tab. */
export function useMarking(props: Pick<FigureProps, "view" | "selection" | "lit" | "ghostsOnly" | "onSelect">, order: readonly string[]): Marking {
  const { view, selection, lit, ghostsOnly, onSelect } = props;
  const language = useTranslate();
  const [visited, setVisited] = useState<string>();
  const known = (uid: string | undefined): uid is string => uid !== undefined && order.includes(uid);
  const focused = known(visited) ? visited : known(selection) ? selection : order[0];
  const settled = useMemo(() => {
    if (!ghostsOnly) return new Set<string>();
    const calm = view.replicaSets.filter((set) => set.gap === 0).map((set) => set.uid);
    const ready = view.pods.filter((pod) => pod.state.kind === "ready").map((pod) => pod.uid);
    return new Set([...calm, ...ready]);
  }, [ghostsOnly, view]);
  return { selected: selection, focused, lit, language, dimmed: (uid) => settled.has(uid), onPick: onSelect, onFocus: setVisited };
}

export function ClusterFigure(props: FigureProps): ReactNode {
  const { view, viewport, motion, selection, onSelect, describedBy, label } = props;
  const { scene, scale } = useMemo(() => scaledScene(view, viewport, { motion, selected: selection }), [view, viewport, motion, selection]);
  const other = useMemo(() => {
    if (props.other === undefined) return [];
    const room = { width: viewport.width / scale, height: viewport.height / scale };
    return otherMarks(scene, clusterScene(props.other, room, { motion: AT_REST }));
  }, [props.other, scene, viewport, scale]);
  const marking = useMarking(props, scene.order);
  const sets = useMemo(() => new Map(view.replicaSets.map((set) => [set.uid, set])), [view]);
  const nodes = useMemo(() => new Map(view.nodes.map((node) => [node.uid, node])), [view]);
  const deployments = useMemo(() => new Map(view.deployments.map((one) => [one.uid, one])), [view]);
  const say = useSay();
  const budget = scene.budget === undefined ? undefined : deployments.get(scene.budget.deployment);
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    moveFocus(event);
  };
  return (
    // biome-ignore lint: the picture holds buttons; a click beside them lifts the selection
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width={scene.width * scale}
      height={scene.height * scale}
      viewBox={`0 0 ${scene.width} ${scene.height}`}
      onClick={() => onSelect(undefined)}
      onKeyDown={onKeyDown}
    >
      <StageDefs />
      <Labels labels={scene.labels} />
      <Deployments deployments={scene.deployments} views={deployments} marking={marking} />
      <Nodes nodes={scene.nodes} views={nodes} marking={marking} />
      <BandWash bands={scene.bands} />
      <Bands bands={scene.bands} sets={sets} marking={marking} />
      <Risers risers={scene.risers} selected={selection} />
      <Ghosts ghosts={scene.ghosts} />
      <Pods view={view} pods={scene.pods} marking={marking} />
      <Services
        services={scene.services}
        packets={scene.packets}
        traffic={view.traffic}
        marking={marking}
        queueX={scene.labels.find((one) => one.words.key === "stage.head.current")?.x ?? 0}
      />
      {scene.budget !== undefined && budget?.budget !== undefined && (
        <BudgetRuler
          budget={budget.budget}
          x={scene.budget.x}
          y={scene.budget.y}
          unit={scene.budget.unit}
          title={scene.budget.named ? say({ key: "stage.budget.titleOf", params: { name: budget.name } }) : undefined}
        />
      )}
      {other.length > 0 && <Other marks={other} />}
      {scene.empty && (
        <g aria-hidden="true">
          <RecordCard x={44} y={104} width={176} height={64} fold={12} dash="4 3" />
          <rect className="stage-caret" x={58} y={124} width={2} height={22} fill="var(--orch)" />
        </g>
      )}
      {scene.empty && (
        <foreignObject x={44} y={180} width={200} height={160}>
          <EmptyWords place="record" />
        </foreignObject>
      )}
      <DepthSlider x={10} y={16} width={10} height={Math.min(viewport.height / scale, scene.height) - 32} at="orch" depth={props.depth} />
    </svg>
  );
}
