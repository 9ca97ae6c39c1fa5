/** Where a panel belongs beside a mark of the picture: under it, inside the figure. */
import { type CSSProperties, type RefObject, useLayoutEffect, useState } from "react";

const HIDDEN: CSSProperties = { visibility: "hidden", left: 0, top: 0 };
const GAP = 10;
const EDGE = 6;

/** `view` and `size` say when the picture has moved. */
export function useAnchor(panel: RefObject<HTMLElement | null>, uid: string, view: unknown, size: unknown): CSSProperties {
  const [style, setStyle] = useState(HIDDEN);
  useLayoutEffect(() => {
    const own = panel.current;
    const figure = own?.closest("figure");
    const mark = figure?.querySelector(`[data-uid="${CSS.escape(uid)}"] .hit`);
    if (own === null || figure === null || figure === undefined || mark === null || mark === undefined) return setStyle(HIDDEN);
    const [outer, box] = [figure.getBoundingClientRect(), mark.getBoundingClientRect()];
    const roomX = figure.clientWidth - own.offsetWidth - EDGE;
    const left = Math.max(EDGE, Math.min(roomX, box.left - outer.left + box.width / 2 - own.offsetWidth / 2));
    const below = box.bottom - outer.top + GAP + 20;
    const above = box.top - outer.top - own.offsetHeight - GAP;
    const top = below + own.offsetHeight > figure.clientHeight && above > 0 ? above : below;
    setStyle((old) =>
      old.left === left && old.top === top + figure.scrollTop && old.visibility === undefined ? old : { left, top: top + figure.scrollTop },
    );
  }, [panel, uid, view, size]);
  return style;
}
