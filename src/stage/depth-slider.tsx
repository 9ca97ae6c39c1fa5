/**
 * The core sample at the stage's edge as a control: which stratum one stands in, and a slider to the others that this world has pictures
 * of. With nowhere else to go it is an image that says where one is.
 */
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { DepthGauge, STRATA, type Stratum } from "./glyphs/marks";
import { useSay } from "./words";

export interface Depth {
  /** Strata that can be stood in, from the top; the present one among them. */
  readonly reach: readonly Stratum[];
  readonly onDepth: (stratum: Stratum) => void;
}

/** Where a key leads: down is deeper. */
export function depthAfter(key: string, at: Stratum, reach: readonly Stratum[]): Stratum | undefined {
  const here = reach.indexOf(at);
  const place = { ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1, Home: 0, End: reach.length - 1 }[key];
  return place === undefined ? undefined : reach[Math.max(0, Math.min(reach.length - 1, place))];
}

/** The stratum within reach that is nearest to a share of the column's height. */
export function depthAt(share: number, reach: readonly Stratum[]): Stratum | undefined {
  const band = Math.max(0, Math.min(STRATA.length - 1, Math.floor(share * STRATA.length)));
  return reach.toSorted((a, b) => Math.abs(STRATA.indexOf(a) - band) - Math.abs(STRATA.indexOf(b) - band))[0];
}

interface DepthSliderProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly at: Stratum;
  readonly depth: Depth | undefined;
}

const REACH = 28;

export function DepthSlider({ x, y, width, height, at, depth }: DepthSliderProps): ReactNode {
  const say = useSay();
  const text = say({ key: "stage.depth.at", params: { name: say({ key: `stage.depth.${at}` }), place: STRATA.indexOf(at) + 1, of: STRATA.length } });
  const gauge = <DepthGauge x={x} y={y} width={width} height={height} at={at} />;
  const reach = depth?.reach ?? [];
  if (depth === undefined || reach.length < 2)
    return (
      <g role="img" aria-label={`${say({ key: "stage.depth.title" })}: ${text}`}>
        {gauge}
      </g>
    );
  const go = (to: Stratum | undefined): void => {
    if (to !== undefined && to !== at) depth.onDepth(to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = depthAfter(event.key, at, reach);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(to);
  };
  const onClick = (event: MouseEvent<SVGGElement>): void => {
    event.stopPropagation();
    const box = event.currentTarget.getBoundingClientRect();
    go(depthAt((event.clientY - box.top) / box.height, reach));
  };
  return (
    // biome-ignore lint: an SVG group cannot be an input element
    <g
      role="slider"
      tabIndex={0}
      className="stage-depth"
      aria-label={say({ key: "stage.depth.title" })}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={STRATA.length}
      aria-valuenow={STRATA.indexOf(at) + 1}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {gauge}
      <rect x={x + width / 2 - REACH / 2} y={y} width={REACH} height={height} fill="transparent" />
    </g>
  );
}
