/** One union mount as a picture. */
import { type ReactNode, useMemo } from "react";
import { StageDefs } from "../glyphs/defs";
import { type Depth, DepthSlider } from "../depth-slider";
import { UnionSheets } from "../paint/union";
import type { UnionView } from "../readmodel/machine/types";
import { moveFocus } from "../roving";
import type { Viewport } from "../scene/types";
import { unionScene } from "../scene/union-scene";
import { useSay } from "../words";
import { useLayerDrag } from "./layer-drag";
import { useMachineMarking } from "./machine-marking";

export interface UnionFigureProps {
  readonly view: UnionView;
  readonly viewport: Viewport;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  readonly describedBy: string;
  readonly label: string;
  readonly depth?: Depth;
  /** The lower layers in another order, topmost first. */
  readonly onReorder?: (lowers: readonly string[]) => void;
}

export function UnionFigure({ view, viewport, selection, onSelect, describedBy, label, depth, onReorder }: UnionFigureProps): ReactNode {
  const say = useSay();
  const scene = useMemo(() => unionScene(view, viewport), [view, viewport]);
  const drag = useLayerDrag(view, scene, onReorder);
  const marking = useMachineMarking(scene.order, selection, onSelect);
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
      onKeyDown={(event) => void (drag.onKey(event) || moveFocus(event))}
      {...drag.handlers}
    >
      <StageDefs />
      <text x={44} y={30} className="d-h">
        {say({ key: "machine.union.head" })}
      </text>
      <UnionSheets scene={scene} view={view} marking={marking} />
      {onReorder !== undefined && (
        <text x={44} y={scene.height - 8} className="d-sm">
          {say({ key: "machine.union.reorder" })}
        </text>
      )}
      {drag.at !== undefined && (
        <line x1={40} x2={scene.width - 40} y1={drag.at} y2={drag.at} stroke="var(--ink)" strokeWidth={2} strokeDasharray="8 5" />
      )}
      {view.more > 0 && (
        <text x={scene.width - 20} y={30} textAnchor="end" className="d-sm">
          {say({ key: "machine.union.more", params: { count: view.more } })}
        </text>
      )}
      <DepthSlider x={10} y={16} width={10} height={Math.min(viewport.height, scene.height) - 32} at="fs" depth={depth} />
    </svg>
  );
}
