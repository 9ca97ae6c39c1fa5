/** A lower layer taken to another place in its stack, with the pointer or with Alt and an arrow. What becomes of it is the caller's. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { UnionView } from "../readmodel/machine/types";
import { sheetUid, type UnionScene } from "../scene/union-scene";

export interface LayerDrag {
  /** Height of the place it would come to. */
  readonly at: number | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<SVGSVGElement>) => void;
    readonly onPointerMove: (event: PointerEvent<SVGSVGElement>) => void;
    readonly onPointerUp: (event: PointerEvent<SVGSVGElement>) => void;
  };
  /** True when the key was one of the layer's. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/** Pointers that move less than this meant to press. */
const LEAST = 8;

/** The lower layers after one was taken to another place, topmost first. */
export function reordered(lowers: readonly string[], from: number, to: number): readonly string[] {
  const moved = lowers[from];
  if (moved === undefined || from === to) return lowers;
  const rest = lowers.filter((_, i) => i !== from);
  return [...rest.slice(0, to), moved, ...rest.slice(to)];
}

export function useLayerDrag(view: UnionView, scene: UnionScene, onReorder: ((lowers: readonly string[]) => void) | undefined): LayerDrag {
  const lowers = view.sheets.filter(({ role }) => role === "lower");
  const ids = lowers.map(({ id }) => id);
  const heights = ids.map((id) => scene.levels.find(({ sheet }) => sheet?.id === id && sheet.role === "lower")?.y ?? 0);
  const held = useRef<{ readonly from: number; readonly y: number } | undefined>(undefined);
  const [target, setTarget] = useState<number | undefined>(undefined);
  const layerAt = (element: EventTarget): number => {
    const uid = element instanceof Element ? element.closest("[data-uid]")?.getAttribute("data-uid") : undefined;
    return ids.findIndex((id) => sheetUid(id) === uid);
  };
  const heightOf = (event: PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return ((event.clientY - box.top) / box.height) * scene.height;
  };
  const nearest = (y: number): number =>
    heights.reduce((best, height, i) => (Math.abs(height - y) < Math.abs((heights[best] ?? 0) - y) ? i : best), 0);
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= ids.length || to === from) return;
    onReorder?.(
      reordered(
        lowers.map(({ path }) => path),
        from,
        to,
      ),
    );
  };
  return {
    at: target === undefined ? undefined : heights[target],
    handlers: {
      onPointerDown: (event) => {
        const from = onReorder === undefined ? -1 : layerAt(event.target);
        held.current = from < 0 ? undefined : { from, y: event.clientY };
      },
      onPointerMove: (event) => {
        if (held.current === undefined || Math.abs(event.clientY - held.current.y) < LEAST) return;
        setTarget(nearest(heightOf(event)));
      },
      onPointerUp: (event) => {
        const from = held.current;
        held.current = undefined;
        setTarget(undefined);
        if (from !== undefined && Math.abs(event.clientY - from.y) >= LEAST) move(from.from, nearest(heightOf(event)));
      },
    },
    onKey: (event) => {
      if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return false;
      const from = layerAt(event.target);
      if (from < 0) return false;
      event.preventDefault();
      move(from, from + (event.key === "ArrowUp" ? -1 : 1));
      return true;
    },
  };
}
