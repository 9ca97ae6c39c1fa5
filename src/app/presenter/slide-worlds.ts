/** The worlds of a deck's slides: opened when first shown, stopped when left, kept where they were left, and set back on demand. */
import { useEffect, useRef, useState } from "react";
import type { Session } from "../../session/types";
import { namesOf } from "../lab/names";
import { type Lab, openLab } from "../lab/lab-session";
import type { Beat, Deck } from "./deck";

export function playBeat(session: Session, beat: Beat): void {
  if (beat.seek !== undefined) session.seek(beat.seek);
  for (const line of beat.commands ?? []) session.type("1", line);
  for (const fault of beat.faults ?? []) session.submit(fault.to, fault.message);
  if (beat.run !== undefined) session.seek((session.state()?.now ?? 0) + beat.run);
  for (let i = 0; i < (beat.strokes ?? 0); i++) session.stepStroke(1);
  if (beat.select !== undefined) {
    const cluster = session.state()?.cluster;
    const wanted = beat.select;
    session.select(cluster === undefined ? undefined : namesOf(cluster).find((object) => object.name.startsWith(wanted))?.uid);
  }
  if (beat.play === 0) session.pause();
  else if (beat.play !== undefined) {
    session.setSpeed(beat.play);
    session.play();
  }
}

/** The world of a slide; undefined while it opens. */
export function useSlideWorld(deck: Deck, slide: number): Lab | undefined {
  const worlds = useRef(new Map<number, Lab>());
  const [, shown] = useState(0);
  useEffect(() => {
    const fixture = deck.slides[slide]?.fixture;
    let gone = false;
    if (fixture !== undefined && !worlds.current.has(slide)) {
      void openLab(`deck:${deck.id}:${slide}`, fixture).then((lab) => {
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
