/**
 * Faults as tokens: take one, let it go on a mark. The mark that would break thickens under it. Pressed instead of dragged, a token works
 * on what is selected; the keyboard has the same faults among a mark's actions and in the list of faults.
 */
import { type D3DragEvent, drag, select } from "d3";
import { type ReactNode, useEffect, useRef } from "react";
import { type Break, BREAKS, breakOn, type BreakTarget, type StageAction } from "./actions";
import type { ClusterView } from "./readmodel/types";
import { useStable } from "./use-stable";
import { useSay } from "./words";
import "./break-tools.css";

const SIGNS: Readonly<Record<Break, string>> = {
  kill: "M5 5l10 10m0 -10l-10 10",
  crash: "M11 2.5L5.5 11h4l-1 6.5L14.5 9h-4z",
  partition: "M2.5 10h5m5 0h5M9 5l2 10",
  stop: "M5.5 5.5h9v9h-9z",
};
const TARGET = "stage-target";

interface Place {
  readonly element: Element;
  readonly target: BreakTarget;
}

/** The innermost thing under a point that can be broken. */
function placeAt(x: number, y: number, fits: (target: BreakTarget) => boolean): Place | undefined {
  const under = document.elementFromPoint(x, y);
  for (const selector of ["[data-component]", "[data-uid]", "[data-node]"]) {
    const element = under?.closest<SVGGElement>(selector);
    if (element === null || element === undefined) continue;
    const { component, uid, node } = element.dataset;
    const target: BreakTarget = component !== undefined ? { component } : { uid: uid ?? node };
    if (fits(target)) return { element, target };
  }
  return undefined;
}

const pointOf = (event: MouseEvent | TouchEvent): readonly [number, number] => {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return [at?.clientX ?? 0, at?.clientY ?? 0];
};

type Dragged = D3DragEvent<HTMLButtonElement, unknown, unknown> & { readonly sourceEvent: MouseEvent | TouchEvent };

interface BreakToolsProps {
  readonly view: ClusterView;
  readonly selection: string | undefined;
  readonly onAction: (action: StageAction) => void;
}

export function BreakTools({ view, selection, onAction }: BreakToolsProps): ReactNode {
  const say = useSay();
  const bar = useRef<HTMLDivElement>(null);
  const actionOn = useStable((tool: Break, target: BreakTarget) => breakOn(view, tool, target));
  const act = useStable((action: StageAction | undefined) => {
    if (action !== undefined) onAction(action);
  });
  useEffect(() => {
    const tokens = select(bar.current).selectAll<HTMLButtonElement, unknown>("button");
    let aimed: Place | undefined;
    const aim = (place: Place | undefined): void => {
      aimed?.element.classList.remove(TARGET);
      place?.element.classList.add(TARGET);
      aimed = place;
    };
    const hand = drag<HTMLButtonElement, unknown>()
      .clickDistance(5)
      .on("drag", function (this: HTMLButtonElement, { sourceEvent }: Dragged) {
        const tool = this.dataset["tool"] as Break;
        const [x, y] = pointOf(sourceEvent);
        const home = this.getBoundingClientRect();
        const icon = this.firstElementChild as SVGElement;
        this.classList.add("held");
        icon.style.transform = `translate(${x - home.x - home.width / 2}px, ${y - home.y - home.height / 2}px) scale(1.4)`;
        aim(placeAt(x, y, (target) => actionOn(tool, target) !== undefined));
      })
      .on("end", function (this: HTMLButtonElement) {
        this.classList.remove("held");
        (this.firstElementChild as SVGElement).style.transform = "";
        if (aimed !== undefined) act(actionOn(this.dataset["tool"] as Break, aimed.target));
        aim(undefined);
      });
    tokens.call(hand);
    return () => {
      tokens.on(".drag", null);
    };
  }, [actionOn, act]);
  return (
    <div className="break-tools" role="toolbar" aria-label={say({ key: "stage.break.title" })} ref={bar}>
      <span aria-hidden="true">{say({ key: "stage.break.title" })}</span>
      {BREAKS.map((tool) => (
        <button
          key={tool}
          type="button"
          data-tool={tool}
          aria-label={say({ key: `stage.break.${tool}` })}
          title={say({ key: `stage.break.${tool}` })}
          onClick={() => act(breakOn(view, tool, { uid: selection }))}
        >
          <svg viewBox="0 0 20 20" width={18} height={18} aria-hidden="true">
            <path d={SIGNS[tool]} fill={tool === "crash" || tool === "stop" ? "currentColor" : "none"} stroke="currentColor" strokeWidth={1.8} />
          </svg>
        </button>
      ))}
    </div>
  );
}
