/** A Deployment in the size of a lecture hall: two loops, one budget. */
import { type ReactNode, useMemo } from "react";
import { type FigureProps, useMarking } from "./cluster-figure";
import { DepthSlider } from "./depth-slider";
import { StageDefs } from "./glyphs/defs";
import { RecordCard, Ring } from "./glyphs/marks";
import { GhostFace, Loop, NodeFace, PodFace, signed, Texts } from "./loop-figure";
import { nodeName, podName, setName } from "./names";
import { HallBudget } from "./paint/hall-budget";
import { Mark, type Marking } from "./paint/mark";
import type { ClusterView, DeploymentView } from "./readmodel/types";
import { moveFocus } from "./roving";
import { duoScene } from "./scene/duo-scene";
import type { DuoRow, DuoScene } from "./scene/types";
import { useSay } from "./words";

interface RowProps {
  readonly row: DuoRow;
  readonly left: number;
  readonly view: ClusterView;
  readonly marking: Marking;
}

function Row({ row, left, view, marking }: RowProps): ReactNode {
  const say = useSay();
  const set = view.replicaSets.find((one) => one.uid === row.uid);
  const { ring, middle } = row;
  return (
    <>
      <Loop scene={{ ...row, large: true }} />
      <Mark
        uid={row.uid}
        box={{ x: left - 6, y: middle - 42, width: 218, height: 84 }}
        name={set === undefined ? "" : setName(say, set)}
        marking={marking}
      >
        <text x={left} y={middle - 6} className="tone-plan strong" style={{ fontSize: 22 }}>
          {say({ key: "stage.loop.revision", params: { revision: row.revision ?? 1 } })}
        </text>
        <text x={left} y={middle + 22} className="d-m" style={{ fontSize: 20 }}>
          {row.image.slice(0, 13)}
        </text>
        <text x={left + 190} y={middle + 21} textAnchor="middle" className="num tone-plan strong" style={{ fontSize: 60 }}>
          {row.desired}
        </text>
      </Mark>
      <Ring x={ring.x} y={ring.y} r={ring.r} size={ring.size} phase={row.phase} figure={signed(row.gap)} weight={3.4} />
    </>
  );
}

function Plan({
  scene,
  deployment,
  marking,
}: {
  readonly scene: DuoScene;
  readonly deployment: DeploymentView;
  readonly marking: Marking;
}): ReactNode {
  const say = useSay();
  const { card } = scene;
  const name = `${say({ key: "stage.kind.Deployment" })} ${deployment.name}`;
  return (
    <>
      <path d={scene.bracket} fill="none" stroke="var(--orch)" strokeWidth={2.4} />
      <Mark uid={deployment.uid} box={card} name={name} marking={marking}>
        <RecordCard {...card} fold={20} weight={2.8} />
        <text x={card.x + 16} y={card.y + 34} className="strong tone-plan" style={{ fontSize: 22 }}>
          {name.slice(0, 18)}
        </text>
        <text x={card.x + 16} y={card.y + 64} className="d-m" style={{ fontSize: 20 }}>
          {`${deployment.replicas} × ${deployment.image.replace(/^.*\//, "")}`.slice(0, 19)}
        </text>
      </Mark>
    </>
  );
}

export function DuoFigure(props: FigureProps & { readonly focus?: string }): ReactNode {
  const { view, viewport, motion, focus, label, describedBy, onSelect } = props;
  const say = useSay();
  const scene = useMemo(() => duoScene(view, viewport, motion, focus), [view, viewport, motion, focus]);
  const marking = useMarking(props, scene?.order ?? []);
  const deployment = view.deployments.find((one) => one.uid === scene?.deployment);
  if (scene === undefined || deployment === undefined) return null;
  return (
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width={viewport.width}
      height={viewport.height}
      viewBox={`0 0 ${scene.width} ${scene.height}`}
      onClick={() => onSelect(undefined)}
      onKeyDown={moveFocus}
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
            <NodeFace node={node} large />
          </Mark>
        );
      })}
      <Plan scene={scene} deployment={deployment} marking={marking} />
      {scene.rows.map((row) => (
        <Row key={row.uid} row={row} left={scene.card.x} view={view} marking={marking} />
      ))}
      {scene.ghosts.map((ghost) => (
        <GhostFace key={ghost.key} ghost={ghost} large />
      ))}
      {scene.pods.map((mark) => (
        <Mark key={mark.uid} uid={mark.uid} box={mark} name={podName(say, view, mark.pod)} marking={marking} round={mark.height / 2}>
          <PodFace mark={mark} large selected={marking.selected === mark.uid} revision={mark.width >= 40 ? mark.pod.revision : undefined} />
        </Mark>
      ))}
      {scene.ruler !== undefined && deployment.budget !== undefined && <HallBudget budget={deployment.budget} {...scene.ruler} right={scene.right} />}
      <Texts labels={scene.labels} />
      <DepthSlider x={18} y={0} width={13} height={scene.height - 8} at="orch" depth={props.depth} />
    </svg>
  );
}
