/** The tray's outline is its loop: along the top from the Pods to the ring (observe), along the bottom from the ring to the Pods (act). */
import { pathRound } from "d3";
import type { LoopPhase } from "../readmodel/types";
import type { Point } from "./types";

export interface TrayShape {
  readonly ring: Point & { readonly r: number };
  readonly top: number;
  readonly bottom: number;
  readonly right: number;
  /** Where the act arrow ends: x, and the y of its tip. */
  readonly target: Point;
  readonly corner?: number;
}

export interface TrayPaths {
  readonly observePath: string;
  readonly actPath: string;
  readonly restPath?: string;
}

/** Decimals kept in a path. */
const DIGITS = 1;

function observe({ ring: { x, y, r }, top, bottom, right, corner = 8 }: TrayShape): string {
  const line = pathRound(DIGITS);
  line.moveTo(right - corner, bottom);
  line.quadraticCurveTo(right, bottom, right, bottom - corner);
  line.lineTo(right, top + corner);
  line.quadraticCurveTo(right, top, right - corner, top);
  line.lineTo(x + r * 2.2, top);
  line.bezierCurveTo(x + r * 1.2, top, x + r * 1.43, y - r, x + r * 0.46, y - r * 1.04);
  return line.toString();
}

function act({ ring: { x, y, r }, bottom, right, target, corner = 8 }: TrayShape, acting: boolean): string {
  const line = pathRound(DIGITS);
  const leave = x + r * (acting ? 2.05 : 2.2);
  line.moveTo(x + r * 0.36, y + r * 0.97);
  line.bezierCurveTo(x + r * 1.29, y + r * 1.07, x + r, bottom, leave, bottom);
  if (acting) {
    const turn = Math.min(6, Math.abs(target.x - leave));
    line.lineTo(target.x - turn, bottom);
    line.quadraticCurveTo(target.x, bottom, target.x, bottom - turn);
    line.lineTo(target.x, target.y);
  } else line.lineTo(right - corner, bottom);
  return line.toString();
}

export function trayPaths(shape: TrayShape, phase: LoopPhase): TrayPaths {
  const { bottom, right, target, corner = 8 } = shape;
  const paths = { observePath: observe(shape), actPath: act(shape, phase === "act") };
  if (phase !== "act") return paths;
  const rest = pathRound(DIGITS);
  rest.moveTo(target.x + 10, bottom);
  rest.lineTo(right - corner, bottom);
  return { ...paths, restPath: rest.toString() };
}
