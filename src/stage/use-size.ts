/** The size of an element, followed. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Viewport } from "./scene/types";

export function useSize<E extends HTMLElement>(): readonly [RefObject<E | null>, Viewport | undefined] {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<Viewport>();
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void =>
      setSize((old) =>
        old?.width === element.clientWidth && old.height === element.clientHeight
          ? old
          : { width: element.clientWidth, height: element.clientHeight },
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
