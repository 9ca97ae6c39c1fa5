/** The stage and what belongs to it: the picture, its text, the Score and the inspector, bound to the open world. */
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { isMachineWorld } from "../../session/types";
import type { StageAction } from "../../stage/actions";
import { ClusterStage, type StageVariant } from "../../stage/cluster-stage";
import { Inspector } from "../../stage/inspect/inspector";
import type { ClusterView, GridView } from "../../stage/readmodel/types";
import { Score } from "../../stage/score/score";
import { ScoreTable } from "../../stage/score/score-table";
import { StageText } from "../../stage/stage-text";
import { useSay } from "../../stage/words";
import { useReducedMotion } from "../shell/media";
import { ui, useUi } from "../store";
import { useSession, useWorld, useWorldParts } from "./lab-context";
import { useLensKey } from "./lab-keys";
import { Preparing } from "./world-notices";
import "../shell/transport.css";

const MachineArea = lazy(() => import("./machine-area").then((module) => ({ default: module.MachineArea })));
const MachineInspectorArea = lazy(() => import("./machine-area").then((module) => ({ default: module.MachineInspectorArea })));

export type StageAreaVariant = StageVariant;

interface StageAreaProps {
  readonly variant?: StageVariant;
  /** Uids that the text beside the stage speaks of. */
  readonly lit?: readonly string[];
  readonly focus?: string;
}

/** The picture of the open world: of its cluster, or of its machine where there is no cluster. */
export function StageArea(props: StageAreaProps): ReactNode {
  const onMachine = useWorld(({ config }) => isMachineWorld(config));
  if (onMachine !== true) return <ClusterArea {...props} />;
  return (
    <Suspense fallback={<Preparing busy={undefined} />}>
      <MachineArea />
    </Suspense>
  );
}

function ClusterArea({ variant = "full", lit, focus }: StageAreaProps): ReactNode {
  const session = useSession();
  const reducedMotion = useReducedMotion();
  const asText = useUi((state) => state.asText);
  const ghostsOnly = useUi((state) => state.ghosts);
  const pointed = useUi((state) => state.lit);
  const world = useWorldParts(({ cluster, playing, speed, inspector, busy }) => ({ cluster, playing, speed, selection: inspector?.uid, busy }));
  const other = useOverlay();
  const lens = useLensKey();
  if (world === undefined || world.busy !== undefined) return <Preparing busy={world?.busy} />;
  const { cluster, playing, speed, selection } = world;
  const select = (uid: string | undefined): void => {
    session.select(uid);
    if (uid !== undefined) ui.setPanes({ inspector: true });
  };
  const act = (action: StageAction): void => {
    if ("command" in action) session.type("1", action.command);
    else session.submit(action.fault.to, action.fault.message);
    if (!useUi.getState().holdsTime) session.play();
  };
  if (asText) return <TextOfStage />;
  return (
    <ClusterStage
      view={cluster}
      variant={variant}
      selection={selection}
      onSelect={select}
      onAction={act}
      playing={playing}
      speed={speed}
      reducedMotion={reducedMotion}
      lit={lit ?? pointed}
      ghostsOnly={ghostsOnly}
      other={other}
      lens={lens}
      focus={focus}
    />
  );
}

/** The branch that is drawn over this one: asked for when it is chosen, and again when it has moved. */
function useOverlay(): { readonly name: string; readonly view: ClusterView; readonly onClose: () => void } | undefined {
  const session = useSession();
  const id = useUi((state) => state.overlay);
  const branch = useWorld((state) => state.branches.find((one) => one.id === id && !one.active));
  const [found, setFound] = useState<{ readonly id: number; readonly view: ClusterView } | undefined>(undefined);
  const at = branch?.now;
  useEffect(() => {
    if (id === undefined || at === undefined) return undefined;
    let late = false;
    void session.request({ kind: "cluster", branch: id }).then((view) => {
      if (!late && view !== null) setFound({ id, view: view as unknown as ClusterView });
    });
    return () => {
      late = true;
    };
  }, [session, id, at]);
  const close = useCallback(() => ui.overlay(undefined), []);
  return branch === undefined || found?.id !== branch.id ? undefined : { name: branch.name, view: found.view, onClose: close };
}

/** The table behind the picture, from the same read model. */
function TextOfStage(): ReactNode {
  const session = useSession();
  const world = useWorldParts(({ cluster, score, inspector }) => ({ cluster, score, selection: inspector?.uid }));
  if (world === undefined) return null;
  return (
    <div className="stage-as-text">
      <StageText view={world.cluster} selection={world.selection} onSelect={(uid) => session.select(uid)}>
        <ScoreTable view={world.score} onSeek={(at) => session.seek(at)} />
      </StageText>
    </div>
  );
}

/** Messages over simulated time. Its axis is the time bar. */
export function ScoreArea({ folded, onFold }: { readonly folded: boolean; readonly onFold?: () => void }): ReactNode {
  const session = useSession();
  const world = useWorldParts(({ score, nowLine, head, playing, speed, branches }) => ({ score, nowLine, head, playing, speed, branches }));
  const forks = useMemo(
    () =>
      (world?.branches ?? []).filter((branch) => !branch.active && branch.parent !== null).map(({ id, name, forkAt }) => ({ id, name, at: forkAt })),
    [world?.branches],
  );
  if (world === undefined) return null;
  const { score, nowLine, head, playing, speed } = world;
  return (
    <Score
      view={score}
      nowLine={nowLine}
      head={head}
      folded={folded}
      playing={playing}
      speed={speed}
      forks={forks}
      onFork={session.switchBranch}
      onFold={onFold}
      onSeek={session.seek}
      onPlay={session.play}
      onPause={session.pause}
      onStep={(by) => session.stepStroke(by)}
      onSpeed={session.setSpeed}
      onPoint={ui.light}
    />
  );
}

/** What is selected: its life, its causes, its conditions; the scene's summary otherwise. */
export function InspectorArea(): ReactNode {
  const onMachine = useWorld(({ config }) => isMachineWorld(config));
  if (onMachine !== true) return <ClusterInspector />;
  return (
    <Suspense fallback={null}>
      <MachineInspectorArea />
    </Suspense>
  );
}

function ClusterInspector(): ReactNode {
  const session = useSession();
  const rules = useUi((state) => state.why);
  const world = useWorldParts(({ inspector, cluster }) => ({ inspector, cluster }));
  const [grid, setGrid] = useState<{ readonly uid: string; readonly view: GridView } | undefined>(undefined);
  if (world === undefined) return null;
  const { inspector, cluster } = world;
  const ask = (uid: string): void => {
    void session.request({ kind: "grid", uid }).then((answer) => {
      if (answer !== null) setGrid({ uid, view: answer as unknown as GridView });
    });
  };
  return (
    <Inspector
      view={inspector}
      cluster={cluster}
      onSeek={session.seek}
      onSelect={session.select}
      rules={rules}
      grid={grid !== undefined && grid.uid === inspector?.uid ? grid.view : undefined}
      onAskGrid={ask}
    />
  );
}

/** The NowLine as a caption. */
export function CaptionArea(): ReactNode {
  const say = useSay();
  const world = useWorldParts(({ nowLine }) => ({ nowLine }));
  const line = world?.nowLine;
  return (
    <div className="caption" role="status">
      {line !== undefined && (
        <>
          <b>{`${say(line.from)} → ${say(line.to)}`}</b> <span>{say(line.says)}</span>{" "}
          {line.because !== undefined && <span>{say(line.because)}</span>}
        </>
      )}
    </div>
  );
}
