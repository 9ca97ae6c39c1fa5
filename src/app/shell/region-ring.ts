/** F6 goes round the regions of the page: lesson, stage, inspector, score, terminal, editor. Shift turns the direction. */
import { useEffect } from "react";

const FOCUSABLE = "a[href], button:not(:disabled), textarea, input:not(:disabled), select, [tabindex='0'], [contenteditable='true']";

function enter(region: HTMLElement): void {
  const wanted = region.querySelector<HTMLElement>("[data-region-focus]") ?? region.querySelector<HTMLElement>(FOCUSABLE) ?? region;
  wanted.focus();
}

export function focusRegion(name: string): void {
  const region = document.querySelector<HTMLElement>(`[data-region="${name}"]`);
  if (region !== null) enter(region);
}

export function useRegionRing(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "F6") return;
      event.preventDefault();
      const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter((region) => region.offsetParent !== null);
      const at = regions.findIndex((region) => region.contains(document.activeElement));
      const next = regions[(at + (event.shiftKey ? -1 : 1) + regions.length) % regions.length];
      if (next !== undefined) enter(next);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
