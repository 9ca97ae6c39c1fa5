/** Which mark of a machine's picture is selected, and which one Tab reaches. */
import { useState } from "react";
import type { Marking } from "../paint/mark";
import { useTranslate } from "../words";

const NOTHING: ReadonlySet<string> = new Set();

export function useMachineMarking(order: readonly string[], selection: string | undefined, onSelect: (uid: string) => void): Marking {
  const language = useTranslate();
  const [visited, setVisited] = useState<string>();
  const known = (uid: string | undefined): uid is string => uid !== undefined && order.includes(uid);
  const focused = known(visited) ? visited : known(selection) ? selection : order[0];
  return { selected: selection, focused, lit: NOTHING, language, dimmed: () => false, onPick: onSelect, onFocus: setVisited };
}
