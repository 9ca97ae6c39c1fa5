/** A value for ears: it follows at once when the world stands, and now and then while it plays. */
import { useEffect, useRef, useState } from "react";

const EVERY_MS = 1500;

export function useReading<T>(value: T, playing: boolean): T {
  const [shown, setShown] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    const wait = playing ? Math.max(0, EVERY_MS - (performance.now() - last.current)) : 0;
    const timer = setTimeout(() => {
      last.current = performance.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, playing]);
  return shown;
}
