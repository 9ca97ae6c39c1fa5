/** A callback that keeps its identity while what it does may change, so that memoized pictures are not redrawn for it. */
import { useCallback, useLayoutEffect, useRef } from "react";

export function useStable<Args extends readonly unknown[], Result>(callback: (...args: Args) => Result): (...args: Args) => Result {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
