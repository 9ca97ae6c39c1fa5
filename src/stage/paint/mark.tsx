/** A mark that can be pointed at: hit area of at least 28 px (44 for a finger), focus ring, spoken name. The stage decides which one Tab reaches. */
import type { KeyboardEvent, ReactNode } from "react";
import type { Box } from "../scene/types";

export interface Marking {
  readonly selected: string | undefined;
  readonly focused: string | undefined;
  readonly lit: ReadonlySet<string>;
  /** Changes with the language, so that what is memoized is said again. */
  readonly language: unknown;
  readonly dimmed: (uid: string) => boolean;
  /** Least width and height of what can be hit, where it is not the mouse's. */
  readonly reach?: number;
  readonly onPick: (uid: string) => void;
  readonly onFocus: (uid: string) => void;
}

const LEAST = 28;

interface MarkProps {
  readonly uid: string;
  readonly box: Box;
  readonly name: string;
  readonly marking: Marking;
  readonly round?: number;
  readonly children: ReactNode;
}

export function Mark({ uid, box, name, marking, round = 2, children }: MarkProps): ReactNode {
  const least = marking.reach ?? LEAST;
  const growX = Math.max(0, (least - box.width) / 2);
  const growY = Math.max(0, (least - box.height) / 2);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    marking.onPick(uid);
  };
  const classes = ["stage-mark"];
  if (marking.dimmed(uid)) classes.push("stage-dimmed");
  if (marking.lit.has(uid)) classes.push("stage-lit");
  return (
    // biome-ignore lint: an SVG group cannot be a button element
    <g
      className={classes.join(" ")}
      role="button"
      aria-label={name}
      aria-pressed={marking.selected === uid}
      tabIndex={marking.focused === uid ? 0 : -1}
      data-uid={uid}
      onClick={(event) => {
        event.stopPropagation();
        marking.onPick(uid);
      }}
      onFocus={() => marking.onFocus(uid)}
      onKeyDown={onKeyDown}
    >
      {children}
      <rect className="hit" x={box.x - growX} y={box.y - growY} width={box.width + growX * 2} height={box.height + growY * 2} />
      {marking.focused === uid && (
        <>
          <rect className="focus-ring" x={box.x - 5} y={box.y - 5} width={box.width + 10} height={box.height + 10} rx={round + 5} strokeWidth={2} />
          <rect
            className="focus-ring"
            x={box.x - 10}
            y={box.y - 10}
            width={box.width + 20}
            height={box.height + 20}
            rx={round + 10}
            strokeWidth={2}
          />
        </>
      )}
    </g>
  );
}
