/** What each key does in the lab. */
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { SPEEDS } from "../../stage/score/transport";
import { steerStage } from "../../stage/zoom";
import { actionOf, LAB_ACTION_NAMES, type LabAction, typesText } from "../keymap";
import { focusRegion } from "../shell/region-ring";
import { type DockTab, ui, useUi } from "../store";
import { type Lab } from "./lab-session";
import { useLab } from "./lab-context";

function nextSpeed(now: number, by: 1 | -1): number {
  const at = SPEEDS.findIndex((speed) => speed >= now);
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? SPEEDS.length - 1 : at) + by))] ?? 1;
}

function toDock(tab: DockTab): void {
  const { panes } = useUi.getState();
  if (panes.dock && panes.dockTab === tab && document.activeElement?.closest(`[data-region="${tab}"]`)) {
    ui.setPanes({ dock: false });
    return;
  }
  ui.setPanes({ dock: true, dockTab: tab });
  // At once where the pane is already there, so that no letter typed next is lost; a moment later where it is still to be drawn.
  if (panes.dock && panes.dockTab === tab) focusRegion(tab);
  else setTimeout(() => focusRegion(tab), 60);
}

function perform(action: LabAction, lab: Lab, go: (path: string) => void): void {
  const { session } = lab;
  const state = session.state();
  const selected = state?.selected;
  const acts: Readonly<Record<LabAction, () => void>> = {
    play: () => (state?.playing === true ? session.pause() : session.play()),
    strokeNext: () => session.stepStroke(1),
    strokeBack: () => session.stepStroke(-1),
    touchNext: () => session.stepStroke(1, selected),
    touchBack: () => session.stepStroke(-1, selected),
    faster: () => session.setSpeed(nextSpeed(state?.speed ?? 1, 1)),
    slower: () => session.setSpeed(nextSpeed(state?.speed ?? 1, -1)),
    start: () => session.seek(0),
    head: () => session.goHead(),
    branch: () => session.branch(),
    zoomIn: () => steerStage("in"),
    zoomOut: () => steerStage("out"),
    fit: () => steerStage("fit"),
    find: () => ui.open("find"),
    terminal: () => toDock("terminal"),
    editor: () => toDock("editor"),
    inspector: () => {
      // One key for both places: what is shown now is hidden, and the other way round.
      const shown = document.querySelector(".inspector") !== null;
      ui.setPanes({ inspector: !shown, inspectorOver: !shown });
    },
    score: () => ui.setPanes({ score: document.querySelector(".score-folded") !== null }),
    why: () => {
      ui.setPanes({ inspector: true, inspectorOver: true });
      ui.toggle("why");
    },
    ghosts: () => ui.toggle("ghosts"),
    // Held, not pressed: `useLensKey`.
    lens: () => undefined,
    asText: () => ui.toggle("asText"),
    present: () => go("/present/loops"),
    theme: ui.toggleTheme,
    language: ui.toggleLanguage,
    help: () => ui.open("help"),
  };
  acts[action]();
}

/** Whether the lens's key is down. */
export function useLensKey(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const isLens = (event: KeyboardEvent): boolean => actionOf(event, ["lens"] as const, useUi.getState().keymap) !== undefined;
    const onDown = (event: KeyboardEvent): void => {
      const { keysOn, dialog } = useUi.getState();
      if (keysOn && dialog === undefined && !typesText(event.target) && isLens(event)) setHeld(true);
    };
    const onUp = (event: KeyboardEvent): void => {
      if (isLens(event)) setHeld(false);
    };
    const lift = (): void => setHeld(false);
    addEventListener("keydown", onDown);
    addEventListener("keyup", onUp);
    addEventListener("blur", lift);
    return () => {
      removeEventListener("keydown", onDown);
      removeEventListener("keyup", onUp);
      removeEventListener("blur", lift);
    };
  }, []);
  return held;
}

export function useLabKeys(): void {
  const lab = useLab();
  const [, go] = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { keysOn, keymap, dialog } = useUi.getState();
      if (!keysOn || event.defaultPrevented || dialog !== undefined || typesText(event.target)) return;
      const action = actionOf(event, LAB_ACTION_NAMES, keymap);
      if (action === undefined) return;
      // A button that has the focus keeps its Space, a slider its Home and End.
      if (event.target instanceof HTMLElement && action === "play" && event.target.closest("button, a, [role=tab]") !== null) return;
      if (
        event.target instanceof HTMLElement &&
        (action === "start" || action === "head") &&
        event.target.closest("[role=slider], [role=tree]") !== null
      )
        return;
      event.preventDefault();
      perform(action, lab, go);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [lab, go]);
}
