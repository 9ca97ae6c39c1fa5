/** A line between two panes that can be dragged, or moved with arrows when it has the focus. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";

interface SeparatorProps {
  readonly label: string;
  readonly axis: "x" | "y";
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** +1 when the value grows to the right or down. */
  readonly sense: 1 | -1;
  readonly onChange: (value: number) => void;
}

const STEP = 24;

export function Separator({ label, axis, value, min, max, sense, onChange }: SeparatorProps): ReactNode {
  const start = useRef<{ readonly at: number; readonly value: number } | undefined>(undefined);
  const place = (event: PointerEvent): number => (axis === "x" ? event.clientX : event.clientY);
  const put = (next: number): void => onChange(Math.round(Math.min(max, Math.max(min, next))));
  const onKey = (event: KeyboardEvent): void => {
    const forward = axis === "x" ? "ArrowRight" : "ArrowDown";
    const back = axis === "x" ? "ArrowLeft" : "ArrowUp";
    if (event.key !== forward && event.key !== back) return;
    event.preventDefault();
    put(value + (event.key === forward ? STEP : -STEP) * sense);
  };
  return (
    <div
      className={`separator ${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: place(event), value };
      }}
      onPointerMove={(event) => {
        if (start.current !== undefined) put(start.current.value + (place(event) - start.current.at) * sense);
      }}
      onPointerUp={() => {
        start.current = undefined;
      }}
    />
  );
}
