/** One machine as a picture: its processes read from every PID namespace, its cgroups, its network namespaces. */
import { type ReactNode, useMemo } from "react";
import { StageDefs } from "../glyphs/defs";
import { type Depth, DepthSlider } from "../depth-slider";
import { Groups } from "../paint/groups";
import { Ledger } from "../paint/ledger";
import { Nets } from "../paint/net";
import type { MachineView } from "../readmodel/machine/types";
import { moveFocus } from "../roving";
import { ledgerScene } from "../scene/ledger-scene";
import { netScene } from "../scene/net-scene";
import type { Viewport } from "../scene/types";
import { useSay } from "../words";
import { useMachineMarking } from "./machine-marking";

/** The ledger's least height before the network is drawn under it. */
const LEDGER = 344;
const GROUPS = { x: 586, width: 400 };
const RULE_RIGHT = 986;

export interface MachineFigureProps {
  readonly view: MachineView;
  readonly viewport: Viewport;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  readonly describedBy: string;
  readonly label: string;
  /** The viewpoint the terminal stands in. */
  readonly standing: number;
  readonly depth?: Depth;
}

export function MachineFigure({ view, viewport, selection, onSelect, describedBy, label, standing, depth }: MachineFigureProps): ReactNode {
  const say = useSay();
  const narrow = viewport.width < 900;
  const hasNets = view.nets.length > 1;
  const ledger = useMemo(
    () => ledgerScene(view, { width: viewport.width, height: hasNets ? Math.max(LEDGER, viewport.height - 200) : viewport.height }),
    [view, viewport, hasNets],
  );
  const nets = useMemo(() => netScene(view, ledger.height + 20), [view, ledger]);
  const marking = useMachineMarking(
    ledger.rows.map(({ process }) => process.uid),
    selection,
    onSelect,
  );
  const fills = useMemo(() => new Map(view.nets.slice(1).map(({ id }, i) => [id, i % 2 === 0 ? "var(--kern-tint)" : "var(--kern-mid)"])), [view]);
  const chosen = view.processes.find(({ uid }) => uid === selection);
  const width = narrow ? ledger.width : Math.max(GROUPS.x + GROUPS.width + 22, ledger.width);
  const height = Math.max(viewport.height, ledger.height + (hasNets ? nets.height + 40 : 0));
  const scale = Math.min(1.25, Math.max(narrow ? 0.8 : 1, viewport.width / width));
  return (
    // biome-ignore lint: the picture holds buttons; a click beside them lifts the selection
    <svg
      className="stage-svg"
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      width={width * scale}
      height={height * scale}
      viewBox={`0 0 ${width} ${height}`}
      onClick={() => onSelect(undefined)}
      onKeyDown={(event) => void moveFocus(event)}
    >
      <StageDefs />
      <text x={44} y={26} className="d-h">
        {say({ key: "machine.ledger.head" })}
      </text>
      <Ledger scene={ledger} view={view} marking={marking} standing={standing} />
      {!narrow && <Groups groups={view.groups} x={Math.max(GROUPS.x, ledger.width + 10)} width={GROUPS.width} most={4} selected={chosen?.cgroup} />}
      {hasNets && (
        <>
          <line x1={44} x2={RULE_RIGHT} y1={ledger.height + 4} y2={ledger.height + 4} stroke="var(--rule)" />
          <Nets scene={nets} fills={fills} />
        </>
      )}
      <DepthSlider x={10} y={16} width={10} height={Math.min(viewport.height / scale, height) - 32} at="kern" depth={depth} />
    </svg>
  );
}
