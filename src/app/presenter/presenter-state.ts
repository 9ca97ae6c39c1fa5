/** Where a presentation stands, and how keys, clicker and the speaker's window move it. */
import { useEffect, useMemo, useReducer, useRef } from "react";
import { actionOf, PRESENTER_ACTION_NAMES, typesText } from "../keymap";
import { useUi } from "../store";
import { channelOf, type Deck, type PresenterMessage, type PresenterPlace } from "./deck";
import { type PresenterStep, START, stepped } from "./presenter-steps";

const TICK_MS = 1000;

export interface PresenterActions {
  readonly reset: () => void;
  readonly strokes: (by: 1 | -1) => void;
  readonly play: () => void;
  readonly console: () => void;
  readonly speaker: () => void;
}

/** `own` are the actions that concern the world or the window and not the place in the deck. */
export function usePresenter(deck: Deck, own: PresenterActions): readonly [PresenterPlace, (step: PresenterStep) => void] {
  const [place, dispatch] = useReducer((at: PresenterPlace, step: PresenterStep) => stepped(deck, at, step), START);
  const actions = useRef(own);
  actions.current = own;
  const act = useMemo(
    () =>
      (name: string): void => {
        if (name === "reset") actions.current.reset();
        if (name === "strokeNext") actions.current.strokes(1);
        if (name === "strokeBack") actions.current.strokes(-1);
        if (name === "play") actions.current.play();
        if (name === "console") actions.current.console();
        if (name === "speaker") actions.current.speaker();
        if (["beatNext", "beatBack", "blank", "freeze", "hide", "timer", "reset"].includes(name)) dispatch({ do: name } as PresenterStep);
      },
    [],
  );
  useEffect(() => {
    const timer = setInterval(() => dispatch({ do: "tick", milliseconds: TICK_MS }), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || typesText(event.target)) return;
      const { keymap } = useUi.getState();
      const action = actionOf(event, PRESENTER_ACTION_NAMES, keymap) ?? actionOf(event, ["strokeNext", "strokeBack", "play"], keymap);
      const digit = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : undefined;
      if (action === undefined && digit === undefined) return;
      if (action === "play" && event.target instanceof HTMLElement && event.target.closest("button, a") !== null) return;
      event.preventDefault();
      if (action !== undefined) act(action.replace("present.", ""));
      else if (digit !== undefined) dispatch({ do: "jump", slide: digit });
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [act]);
  usePresenterChannel(deck.id, place, act, dispatch);
  return [place, dispatch];
}

function usePresenterChannel(deck: string, place: PresenterPlace, act: (name: string) => void, dispatch: (step: PresenterStep) => void): void {
  const channel = useRef<BroadcastChannel | undefined>(undefined);
  const latest = useRef(place);
  latest.current = place;
  useEffect(() => {
    const opened = new BroadcastChannel(channelOf(deck));
    channel.current = opened;
    opened.onmessage = ({ data }: MessageEvent<PresenterMessage>) => {
      if (data.type === "hello") opened.postMessage({ type: "at", at: latest.current } satisfies PresenterMessage);
      else if (data.type === "do") act(data.action);
      else if (data.type === "jump") dispatch({ do: "jump", slide: data.slide });
    };
    return () => opened.close();
  }, [deck, act, dispatch]);
  useEffect(() => channel.current?.postMessage({ type: "at", at: place } satisfies PresenterMessage), [place]);
}
