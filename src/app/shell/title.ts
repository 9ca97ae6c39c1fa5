/** The window's title: where this is, then the house. */
import { useEffect } from "react";

export function useTitle(place: string | undefined): void {
  useEffect(() => {
    document.title = place === undefined ? "Strata" : `${place} · Strata`;
  }, [place]);
}
