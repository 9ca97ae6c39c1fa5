/**
 * Looking closer: wheel with Ctrl, pinch, keys, and dragging the ground once it is larger than its frame. Interface motion, not the
 * world's: the transform is set on one element, so that nothing is laid out or rendered again while it moves.
 *
 * Marks keep their place in the tab order: the view follows the focus when that goes to a mark outside the frame.
 */
import { easeCubicOut, type D3ZoomEvent, select, zoom, type ZoomBehavior, zoomIdentity, zoomTransform } from "d3";
import { type RefObject, useEffect, useState } from "react";

const EXTENT: [number, number] = [0.5, 8];
const STEP = 1.4;
const STEP_MS = 220;
const CLICK_DISTANCE = 5;
const ROOM = 24;
/** A wheel turns in notches of about 100; a pinch on a trackpad reports a few units at a time. */
const NOTCH = 40;
const STEER = "stage-steer";

export type Steering = "in" | "out" | "fit";

/** Zooms the stage that is on the page. */
export function steerStage(by: Steering): void {
  document.querySelector(".stage-figure")?.dispatchEvent(new CustomEvent<Steering>(STEER, { detail: by }));
}

/** The browser's scroll becomes part of the transform, so that there is one place that says what is seen. */
function takeScroll(figure: HTMLElement): void {
  const { scrollLeft, scrollTop } = figure;
  if (scrollLeft === 0 && scrollTop === 0) return;
  const { x, y, k } = zoomTransform(figure);
  figure.scrollTo(0, 0);
  Object.assign(figure, { __zoom: zoomIdentity.translate(x - scrollLeft, y - scrollTop).scale(k) });
}

/** How far a mark must move to be seen with some room around it; one that is larger than the frame shows its beginning. */
function missing(figure: HTMLElement, mark: Element): readonly [number, number] {
  const [frame, box] = [figure.getBoundingClientRect(), mark.getBoundingClientRect()];
  const by = (from: number, to: number, low: number, high: number): number =>
    from < low + ROOM ? low + ROOM - from : to > high - ROOM ? Math.max(high - ROOM - to, low + ROOM - from) : 0;
  return [by(box.left, box.right, frame.left, frame.right), by(box.top, box.bottom, frame.top, frame.bottom)];
}

const isClose = (figure: HTMLElement): boolean => zoomTransform(figure).k !== 1;

/** Which gestures are ours: the plain wheel and one finger scroll the page until one looks closer. */
function isOurs(figure: HTMLElement, event: Event): boolean {
  if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
  if (typeof TouchEvent !== "undefined" && event instanceof TouchEvent) return event.touches.length > 1 || isClose(figure);
  const onPanel = event.target instanceof Element && event.target.closest("button, [draggable]") !== null;
  return event instanceof MouseEvent && event.button === 0 && !event.ctrlKey && isClose(figure) && !onPanel;
}

function behaviour(figure: HTMLElement, content: HTMLElement, settle: (of: string) => void): ZoomBehavior<HTMLElement, unknown> {
  const show = (): void => {
    const { x, y, k } = zoomTransform(figure);
    const still = k === 1 && x === 0 && y === 0;
    content.style.transform = still ? "" : `translate(${x}px, ${y}px) scale(${k})`;
    if (still) delete figure.dataset["zoomed"];
    else figure.dataset["zoomed"] = "";
  };
  return zoom<HTMLElement, unknown>()
    .scaleExtent(EXTENT)
    .wheelDelta(({ deltaY, deltaMode }: WheelEvent) => -deltaY * (deltaMode === 1 ? 0.05 : Math.abs(deltaY) < NOTCH ? 0.01 : 0.003))
    .clickDistance(CLICK_DISTANCE)
    .filter((event: Event) => {
      const ours = isOurs(figure, event);
      if (ours) takeScroll(figure);
      return ours;
    })
    .constrain((transform, [[, ,], [width, height]]) => {
      const { k } = transform;
      const inside = (at: number, room: number, size: number): number => Math.min(0, Math.max(Math.min(0, room - size * k), at));
      const [x, y] = [inside(transform.x, width, content.offsetWidth), inside(transform.y, height, content.offsetHeight)];
      return zoomIdentity.translate(x, y).scale(k);
    })
    .on("zoom", show)
    .on("end", ({ transform: { x, y, k } }: D3ZoomEvent<HTMLElement, unknown>) => settle(`${x} ${y} ${k}`));
}

function steer(figure: HTMLElement, content: HTMLElement, looks: ZoomBehavior<HTMLElement, unknown>, by: Steering, jump: boolean): void {
  takeScroll(figure);
  const view = select<HTMLElement, unknown>(figure);
  const fits = Math.min(1, figure.clientHeight / content.offsetHeight, figure.clientWidth / content.offsetWidth);
  const seen = zoomIdentity.scale(Math.max(EXTENT[0], fits));
  const target = jump ? view : view.transition().duration(STEP_MS).ease(easeCubicOut);
  if (by === "fit") target.call(looks.transform, seen);
  else target.call(looks.scaleBy, by === "in" ? STEP : 1 / STEP);
}

/** Binds the gestures to a figure and its content. Returns a text that changes when what is seen has changed and come to rest. */
export function useZoom(figureRef: RefObject<HTMLElement | null>, contentRef: RefObject<HTMLElement | null>, jump: boolean): string {
  const [settled, settle] = useState("");
  useEffect(() => {
    const [figure, content] = [figureRef.current, contentRef.current];
    if (figure === null || content === null) return undefined;
    const looks = behaviour(figure, content, settle);
    const view = select<HTMLElement, unknown>(figure);
    view.call(looks).on("dblclick.zoom", null);
    const onSteer = (event: Event): void => steer(figure, content, looks, (event as CustomEvent<Steering>).detail, jump);
    const onFocus = (event: FocusEvent): void => {
      if (!("zoomed" in figure.dataset) || !(event.target instanceof Element) || !event.target.matches("[data-uid]")) return;
      takeScroll(figure);
      const [x, y] = missing(figure, event.target.querySelector(".hit") ?? event.target);
      view.call(looks.translateBy, x / zoomTransform(figure).k, y / zoomTransform(figure).k);
    };
    figure.addEventListener(STEER, onSteer);
    figure.addEventListener("focusin", onFocus);
    return () => {
      view.interrupt().on(".zoom", null);
      figure.removeEventListener(STEER, onSteer);
      figure.removeEventListener("focusin", onFocus);
    };
  }, [figureRef, contentRef, jump]);
  return settled;
}
