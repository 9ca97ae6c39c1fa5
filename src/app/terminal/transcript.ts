/**
 * What to write to the screen so that it shows a terminal's lines: only the new ones when the old ones still stand, else everything
 * again (after a step back the world's terminal is shorter).
 */
import type { TerminalLine, TerminalView } from "../../session/types";

export interface Shown {
  readonly dropped: number;
  readonly lines: readonly TerminalLine[];
}

export interface Redraw {
  readonly fresh: boolean;
  readonly lines: readonly TerminalLine[];
}

const same = (a: TerminalLine | undefined, b: TerminalLine | undefined): boolean =>
  a !== undefined && b !== undefined && a.text === b.text && a.stream === b.stream && a.job === b.job;

export function redrawOf(shown: Shown, view: TerminalView): Redraw {
  const end = shown.dropped + shown.lines.length;
  const known = end - view.dropped;
  const whole: Redraw = { fresh: true, lines: view.lines };
  if (known < 0 || known > view.lines.length || view.dropped < shown.dropped) return whole;
  for (let i = Math.max(0, known - 3); i < known; i++) if (!same(view.lines[i], shown.lines[i + view.dropped - shown.dropped])) return whole;
  const first = view.dropped - shown.dropped;
  if (known > 0 && first < shown.lines.length && !same(view.lines[0], shown.lines[first])) return whole;
  return { fresh: false, lines: view.lines.slice(known) };
}
