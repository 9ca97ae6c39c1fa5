/** Keyboard inside a stage: one mark is reached by Tab, arrows go to the nearest mark in their direction. */
import type { KeyboardEvent } from "react";

const DIRECTIONS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Centre {
  readonly element: SVGGElement;
  readonly x: number;
  readonly y: number;
}

function centreOf(element: SVGGElement): Centre {
  const box = (element.querySelector(".hit") ?? element).getBoundingClientRect();
  return { element, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Moves focus; true when the key was an arrow. */
export function moveFocus(event: KeyboardEvent<SVGSVGElement>): boolean {
  const direction = DIRECTIONS[event.key];
  if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey) return false;
  const marks = [...event.currentTarget.querySelectorAll<SVGGElement>("[data-uid]")].map(centreOf);
  const from = marks.find(({ element }) => element === document.activeElement);
  if (from === undefined) return false;
  const [dx, dy] = direction;
  let best: Centre | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const mark of marks) {
    const [x, y] = [mark.x - from.x, mark.y - from.y];
    const ahead = x * dx + y * dy;
    if (ahead < 4) continue;
    const distance = ahead + Math.abs(x * dy) * 2.5 + Math.abs(y * dx) * 2.5;
    if (distance < least) [best, least] = [mark, distance];
  }
  event.preventDefault();
  event.stopPropagation();
  best?.element.focus();
  return true;
}
