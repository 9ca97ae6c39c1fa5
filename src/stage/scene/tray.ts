/** The tray's outline is its loop: along the top from the Pods to the ring (observe), along the bottom from the ring to the Pods (act). */
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

const n = (value: number): number => Math.round(value * 10) / 10;

export function trayPaths(shape: TrayShape, phase: LoopPhase): TrayPaths {
  const { ring, top, bottom, right, target, corner = 8 } = shape;
  const { x, y, r } = ring;
  const reach = r * 2.2;
  const observePath =
    `M${n(right - corner)} ${n(bottom)}q${corner} 0 ${corner} ${-corner}V${n(top + corner)}q0 ${-corner} ${-corner} ${-corner}` +
    `H${n(x + reach)}C${n(x + r * 1.2)} ${n(top)} ${n(x + r * 1.43)} ${n(y - r)} ${n(x + r * 0.46)} ${n(y - r * 1.04)}`;
  const leave = `M${n(x + r * 0.36)} ${n(y + r * 0.97)}C${n(x + r * 1.29)} ${n(y + r * 1.07)} ${n(x + r)} ${n(bottom)} `;
  if (phase !== "act") return { observePath, actPath: `${leave}${n(x + reach)} ${n(bottom)}H${n(right - corner)}` };
  const turn = Math.min(6, Math.abs(target.x - x - r * 2.05));
  return {
    observePath,
    actPath: `${leave}${n(x + r * 2.05)} ${n(bottom)}H${n(target.x - turn)}q${n(turn)} 0 ${n(turn)} ${n(-turn)}V${n(target.y)}`,
    restPath: `M${n(target.x + 10)} ${n(bottom)}H${n(right - corner)}`,
  };
}
