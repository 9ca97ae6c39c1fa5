/** The stage and the inspector of a machine, bound to the open world. */
import { type ReactNode, useEffect, useState } from "react";
import { MachineInspector } from "../../stage/machine/machine-inspector";
import { MachineStage } from "../../stage/machine/machine-stage";
import { MachineText } from "../../stage/machine/machine-text";
import type { CauseView } from "../../stage/readmodel/machine/score-view";
import { ScoreTable } from "../../stage/score/score-table";
import type { UnionView } from "../../stage/readmodel/machine/types";
import type { Session } from "../../session/types";
import { runHeld } from "../lesson/held-time";
import { useReducedMotion } from "../shell/media";
import { ui, useUi } from "../store";
import { useSession, useWorld, useWorldParts } from "./lab-context";
import { Preparing } from "./world-notices";

export function MachineArea(): ReactNode {
  const session = useSession();
  const reducedMotion = useReducedMotion();
  const asText = useUi((state) => state.asText);
  const depth = useUi((state) => state.depth);
  const [shown] = useUi((state) => state.consoles);
  const standing = useWorld((state) => state.terminals[shown]?.standing);
  const world = useWorldParts(({ machines, playing, selected, busy, score }) => ({ machine: machines[0], playing, selected, busy, score }));
  const machine = world?.machine;
  if (world === undefined || world.busy !== undefined || machine === undefined) return <Preparing busy={world?.busy} />;
  const select = (uid: string | undefined): void => {
    session.select(uid);
    if (uid !== undefined) ui.setPanes({ inspector: true });
  };
  if (asText) {
    return (
      <div className="stage-as-text">
        <MachineText view={machine} selection={world.selected} onSelect={select}>
          <ScoreTable view={world.score} onSeek={session.seek} />
        </MachineText>
      </div>
    );
  }
  return (
    <MachineStage
      view={machine}
      depth={depth}
      onDepth={ui.goTo}
      selection={world.selected}
      onSelect={select}
      standing={standing}
      reducedMotion={reducedMotion}
      playing={world.playing}
      onReorder={(union, lowers) => command(session, remount(union, lowers))}
      onRace={(trace) => command(session, `union-race ${trace}`)}
    />
  );
}

/** The commands that lay the same layers in another order. */
function remount({ mountpoint, sheets }: UnionView, lowers: readonly string[]): string {
  const path = (role: "upper" | "work"): string => sheets.find((sheet) => sheet.role === role)?.path ?? "";
  const writable = path("upper") === "" ? "" : `,upperdir=${path("upper")},workdir=${path("work")}`;
  return `umount ${mountpoint}; mount -t overlay overlay -o lowerdir=${lowers.join(":")}${writable} ${mountpoint}`;
}

/** Types a line at the first terminal, where it can be read again. */
function command(session: Session, line: string): void {
  session.type("1", line);
  if (useUi.getState().holdsTime) runHeld(session, "1");
  else session.play();
}

const NONE: readonly CauseView[] = [];

export function MachineInspectorArea(): ReactNode {
  const session = useSession();
  const world = useWorldParts(({ machines, selected }) => ({ machine: machines[0], selected }));
  const [found, setFound] = useState<{ readonly uid: string; readonly causes: readonly CauseView[] } | undefined>(undefined);
  const uid = world?.selected;
  useEffect(() => {
    if (uid === undefined) return undefined;
    let late = false;
    void session.request({ kind: "why", uid }).then((causes) => {
      if (!late) setFound({ uid, causes: causes as unknown as readonly CauseView[] });
    });
    return () => {
      late = true;
    };
  }, [session, uid]);
  if (world?.machine === undefined) return null;
  return (
    <MachineInspector
      view={world.machine}
      selection={uid}
      causes={found?.uid === uid ? (found?.causes ?? NONE) : NONE}
      onSeek={session.seek}
      onSelect={session.select}
      onCommand={(line) => command(session, line)}
    />
  );
}
