/** "Why does it exist?": causes first; each entry goes to its moment. */
import type { ReactNode } from "react";
import type { WhyEntry } from "../readmodel/types";
import { useSay } from "../words";

interface WhyChainProps {
  readonly entries: readonly WhyEntry[];
  readonly now: number;
  /** Shows the ids of the rules that acted. */
  readonly rules?: boolean;
  readonly onSeek: (at: number) => void;
}

export function WhyChain({ entries, now, rules = false, onSeek }: WhyChainProps): ReactNode {
  const say = useSay();
  const current = entries.findLast((entry) => entry.at <= now);
  return (
    <ol className="insp-why">
      {entries.map((entry) => (
        <li key={entry.position} className={entry === current ? "now" : undefined}>
          <button type="button" title={say({ key: "stage.inspector.seek" })} onClick={() => onSeek(entry.at)}>
            <span className="mono">#{entry.count}</span>
            <span>
              {say(entry.who)}: {say(entry.what)}
            </span>
            {rules && entry.rules.length > 0 && <span className="insp-rules">{entry.rules.join(" ")}</span>}
          </button>
        </li>
      ))}
    </ol>
  );
}
