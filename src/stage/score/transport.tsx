/** Play, pause, one message back and forth, speed. */
import type { ReactNode } from "react";
import { useSay } from "../words";

export interface TransportProps {
  readonly playing: boolean;
  readonly speed: number;
  readonly onPlay: () => void;
  readonly onPause: () => void;
  readonly onStep: (by: 1 | -1) => void;
  readonly onSpeed: (speed: number) => void;
  readonly large?: boolean;
}

export const SPEEDS: readonly number[] = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 64, Number.POSITIVE_INFINITY];

export function speedText(speed: number): string {
  if (!Number.isFinite(speed)) return "max";
  return speed >= 1 ? `${speed}×` : `1/${Math.round(1 / speed)}×`;
}

const PLAY = "M4 2.6v10.8L13 8z";
const PAUSE = "M4 3h3v10H4zM9.5 3h3v10h-3z";
const FORWARD = "M3.4 3v10L10 8zM11 3h2v10h-2z";
const BACK = "M12.6 3v10L6 8zM3 3h2v10H3z";

function Sign({ d, size }: { d: string; size: number }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <path d={d} fill="currentColor" />
    </svg>
  );
}

export function Transport({ playing, speed, onPlay, onPause, onStep, onSpeed, large = false }: TransportProps): ReactNode {
  const say = useSay();
  const size = large ? 24 : 16;
  const name = (key: string): string => say({ key: `stage.score.${key}` });
  return (
    <div className={large ? "transport transport-large" : "transport"} role="group" aria-label={name("axis")}>
      <button type="button" className="tbtn" aria-label={name("previous")} title={name("previous")} onClick={() => onStep(-1)}>
        <Sign d={BACK} size={size} />
      </button>
      <button
        type="button"
        className="tbtn main"
        aria-label={name(playing ? "pause" : "play")}
        title={name(playing ? "pause" : "play")}
        onClick={playing ? onPause : onPlay}
      >
        <Sign d={playing ? PAUSE : PLAY} size={size} />
      </button>
      <button type="button" className="tbtn" aria-label={name("next")} title={name("next")} onClick={() => onStep(1)}>
        <Sign d={FORWARD} size={size} />
      </button>
      <select className="speed num" aria-label={name("speed")} value={String(speed)} onChange={(event) => onSpeed(Number(event.target.value))}>
        {(SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed]).map((one) => (
          <option key={one} value={String(one)}>
            {speedText(one)}
          </option>
        ))}
      </select>
    </div>
  );
}
