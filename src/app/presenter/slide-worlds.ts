/** The worlds of a deck's slides: opened when first shown, stopped when left, kept where they were left, and set back on demand. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { type Lab, openLab } from "../lab/lab-session";
import type { Deck } from "./deck";

/** The world of a slide; undefined while it opens. */
export function useSlideWorld(deck: Deck, slide: number): Lab | undefined {
  const worlds = useRef(new Map<number, Lab>());
  const [, shown] = useState(0);
  useEffect(() => {
    const fixture = deck.slides[slide]?.world;
    let gone = false;
    if (fixture !== undefined && !worlds.current.has(slide)) {
      void openLab(`deck:${deck.id}:${deck.slides[slide]?.id ?? slide}`, fixture).then((lab) => {
        if (worlds.current.has(slide)) return lab.close();
        worlds.current.set(slide, lab);
        if (!gone) shown((n) => n + 1);
      });
    }
    const kept = worlds.current;
    return () => {
      gone = true;
      kept.get(slide)?.session.pause();
    };
  }, [deck, slide]);
  useEffect(() => {
    const kept = worlds.current;
    return () => {
      for (const lab of kept.values()) lab.close();
      kept.clear();
    };
  }, []);
  return worlds.current.get(slide);
}

/** Whether a slide's world stands where its file says, so that a beat may be done to it. */
export function useArrived(world: Lab | undefined): boolean {
  const subscribe = useCallback((changed: () => void) => world?.session.subscribe(changed) ?? (() => undefined), [world]);
  return useSyncExternalStore(subscribe, () => {
    const state = world?.session.state();
    return state !== undefined && state.busy === undefined;
  });
}
