/** What the Inspector shows when nothing is selected: the stage in a few sentences, and what is out of the ordinary. */
import type { ReactNode } from "react";
import { stateWords, summaryOf } from "../readmodel/table-view";
import type { ClusterView } from "../readmodel/types";
import { useSay } from "../words";

interface SceneSummaryProps {
  readonly view: ClusterView;
  readonly onSelect: (uid: string) => void;
}

const MOST = 12;

export function SceneSummary({ view, onSelect }: SceneSummaryProps): ReactNode {
  const say = useSay();
  const calm = new Set(["ready", "finished"]);
  const odd = [
    ...view.nodes
      .filter((node) => node.state !== "ready" || node.cordoned)
      .map((node) => ({
        uid: node.uid,
        name: node.name,
        words: { key: `stage.node.${node.state === "ready" ? "cordoned" : node.state}` },
        alarm: node.state !== "ready",
      })),
    ...view.pods
      .filter((pod) => !calm.has(pod.state.kind))
      .map((pod) => ({ uid: pod.uid, name: pod.name, words: stateWords(pod), alarm: pod.state.kind === "failed" })),
  ];
  return (
    <div className="insp">
      <div className="insp-head">
        <h2 style={{ fontFamily: "var(--font-sans)" }}>{say({ key: "stage.inspector.summary" })}</h2>
      </div>
      {summaryOf(view)
        .slice(0, 8)
        .map((words, i) => (
          <div key={`${words.key} ${i}`} className="insp-sub">
            {say(words)}
          </div>
        ))}
      <h3>{say({ key: "stage.inspector.exceptions" })}</h3>
      {odd.length === 0 ? (
        <div className="insp-sub">{say({ key: "stage.inspector.none" })}</div>
      ) : (
        <ul className="insp-list">
          {odd.slice(0, MOST).map(({ uid, name, words, alarm }) => (
            <li key={uid}>
              <button type="button" onClick={() => onSelect(uid)}>
                <span className="mono">{name}</span> <span className={alarm ? "alarm" : "insp-sub"}>{say(words)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
