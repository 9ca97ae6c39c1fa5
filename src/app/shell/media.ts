/** What the window and the person's system ask for, as hooks. */
import { useSyncExternalStore } from "react";
import { isDark, useUi } from "../store";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

/** Below 900 px the mobile layout takes over; also at 200 % zoom on a small laptop. */
export const useNarrow = (): boolean => useMedia("(max-width: 899px)");
/** Below 820 px of height the dock holds one tab and the Score folds. */
export const useShort = (): boolean => useMedia("(max-height: 819px)");
/** Room for the inspector beside the stage. */
export const useWide = (): boolean => useMedia("(min-width: 1440px)");
/** Room for the lesson beside the stage. */
export const useLessonRoom = (): boolean => useMedia("(min-width: 1180px)");

export function useReducedMotion(): boolean {
  const system = useMedia("(prefers-reduced-motion: reduce)");
  return useUi((state) => state.motion) === "reduced" || system;
}

export function useDark(): boolean {
  useMedia("(prefers-color-scheme: dark)");
  return isDark(useUi((state) => state.theme));
}
