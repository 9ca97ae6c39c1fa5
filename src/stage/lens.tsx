/**
 * The lens: held over a mark (a key, or a long press of a finger) it shows what lies two steps down, under the pointer, without changing
 * the picture. With the keyboard it is held over the mark that has the focus.
 */
import { type ReactNode, type RefObject, useEffect, useState } from "react";
import { PodGlyph } from "./glyphs/pod";
import { shortImage } from "./paint/bands";
import { lensView } from "./readmodel/lens-view";
import { stateWords } from "./readmodel/table-view";
import type { ClusterView, ContainerView, PodView } from "./readmodel/types";
import { useSay } from "./words";
import "./lens.css";

const LONG_PRESS_MS = 500;
const STILL = 10;
const MOST_PODS = 8;
const WIDTH = 264;
const GAP = 18;

interface Place {
  readonly uid: string;
  readonly x: number;
  readonly y: number;
}

const uidAt = (element: Element | null): string | undefined =>
  element?.closest<HTMLElement>("[data-uid], [data-node]")?.dataset["uid"] ?? element?.closest<HTMLElement>("[data-node]")?.dataset["node"];

/** Where the lens is: under the pointer, or at the mark with the focus. */
function useLens(figureRef: RefObject<HTMLElement | null>, held: boolean): Place | undefined {
  const [place, setPlace] = useState<Place>();
  const [pressed, setPressed] = useState(false);
  const active = held || pressed;
  useEffect(() => {
    const figure = figureRef.current;
    if (figure === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from: { readonly x: number; readonly y: number } | undefined;
    const at = (x: number, y: number, element: Element | null): void => {
      const uid = uidAt(element);
      const box = figure.getBoundingClientRect();
      setPlace(uid === undefined ? undefined : { uid, x: x - box.left + figure.scrollLeft, y: y - box.top + figure.scrollTop });
    };
    const onMove = (event: PointerEvent): void => {
      if (from !== undefined && Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) clearTimeout(timer);
      at(event.clientX, event.clientY, document.elementFromPoint(event.clientX, event.clientY));
    };
    const onDown = (event: PointerEvent): void => {
      if (event.pointerType !== "touch") return;
      from = { x: event.clientX, y: event.clientY };
      onMove(event);
      timer = setTimeout(() => setPressed(true), LONG_PRESS_MS);
    };
    const onUp = (): void => {
      clearTimeout(timer);
      from = undefined;
      setPressed(false);
    };
    const onFocus = (event: FocusEvent): void => {
      const mark = event.target instanceof Element ? event.target.querySelector(".hit") : null;
      if (mark === null) return;
      const box = mark.getBoundingClientRect();
      at(box.left + box.width / 2, box.bottom, mark);
    };
    figure.addEventListener("pointermove", onMove);
    figure.addEventListener("pointerdown", onDown);
    figure.addEventListener("focusin", onFocus);
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) figure.addEventListener(name, onUp);
    return () => {
      clearTimeout(timer);
      figure.removeEventListener("pointermove", onMove);
      figure.removeEventListener("pointerdown", onDown);
      figure.removeEventListener("focusin", onFocus);
      for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) figure.removeEventListener(name, onUp);
    };
  }, [figureRef]);
  return active ? place : undefined;
}

function Container({ container }: { readonly container: ContainerView }): ReactNode {
  const say = useSay();
  const { name, image, state, reason, ready, restarts } = container;
  return (
    <li data-state={ready ? "ready" : state}>
      <b className="mono">{name}</b> <span className="mono">{shortImage(image)}</span>
      <br />
      {say({ key: `stage.lens.${state}` })}
      {reason !== undefined && <span className="mono"> {reason}</span>}
      {restarts > 0 && `, ${say({ key: "stage.name.restarts", params: { count: restarts } })}`}
    </li>
  );
}

function Glyph({ pod, large }: { readonly pod: PodView; readonly large: boolean }): ReactNode {
  const [width, height] = large ? [96, 50] : [50, 28];
  return (
    <svg width={width + 12} height={height + 8} viewBox={`-6 -4 ${width + 12} ${height + 8}`} aria-hidden="true">
      <PodGlyph
        x={0}
        y={0}
        width={width}
        height={height}
        state={pod.state.kind}
        revision={pod.revision}
        containers={pod.containers.filter((one) => !one.init).length}
        restarts={pod.restarts}
        level={pod.state.progress}
      />
    </svg>
  );
}

interface LensProps {
  readonly figure: RefObject<HTMLElement | null>;
  readonly view: ClusterView;
  /** The lens's key is down. */
  readonly held: boolean;
}

export function Lens({ figure, view, held }: LensProps): ReactNode {
  const say = useSay();
  const place = useLens(figure, held);
  const shown = place === undefined ? undefined : lensView(view, place.uid);
  if (place === undefined || shown === undefined) return null;
  const room = figure.current?.clientWidth ?? WIDTH;
  const left = Math.max(6, Math.min(room - WIDTH - 6, place.x - WIDTH / 2));
  const height = figure.current?.clientHeight ?? 0;
  const above = place.y - (figure.current?.scrollTop ?? 0) > height / 2;
  const rest = shown.pods.length - MOST_PODS;
  return (
    <aside
      className="stage-lens"
      role="status"
      style={above ? { left, bottom: height - place.y + GAP } : { left, top: place.y + GAP }}
      aria-label={say({ key: "stage.lens.title", params: { name: shown.name } })}
    >
      <h3 className="mono">{shown.name}</h3>
      {shown.pods.length === 0 && <p>{say({ key: "stage.lens.none" })}</p>}
      {shown.pods.slice(0, MOST_PODS).map((pod) => (
        <section key={pod.uid}>
          <Glyph pod={pod} large={shown.kind === "pod"} />
          <div>
            {shown.kind === "pods" && <b className="mono">{pod.shortId}</b>} {say(stateWords(pod))}
            {pod.ip !== undefined && <span className="mono num"> {pod.ip}</span>}
            {shown.kind === "pod" ? (
              <ul>
                {pod.containers.map((container) => (
                  <Container key={container.name} container={container} />
                ))}
              </ul>
            ) : (
              <small className="mono">{pod.containers.map((one) => one.name).join(" ")}</small>
            )}
          </div>
        </section>
      ))}
      {rest > 0 && <p>{say({ key: "stage.lens.more", params: { count: rest } })}</p>}
    </aside>
  );
}
