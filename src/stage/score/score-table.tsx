/** The Score as a table: number, time, who, what, to whom. For screen readers and for whoever prefers to read. */
import type { ReactNode } from "react";
import type { ScoreView } from "../readmodel/types";
import { useSay } from "../words";
import "../stage.css";

interface ScoreTableProps {
  readonly view: ScoreView;
  readonly onSeek?: (at: number) => void;
}

const MOST = 200;
const seconds = (at: number): string => (Math.round(at / 10_000) / 100).toFixed(2);

export function ScoreTable({ view, onSeek }: ScoreTableProps): ReactNode {
  const say = useSay();
  const past = view.strokes.filter((stroke) => stroke.at <= view.now);
  const shown = past.slice(-MOST);
  const first = view.count - past.length;
  const hub = view.lanes.find(({ role }) => role === "hub");
  const server = hub === undefined ? "" : say(hub.name);
  return (
    <div className="stage-table" role="region" aria-label={say({ key: "stage.score.title" })} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {["number", "time", "from", "verb"].map((name) => (
              <th key={name} scope="col">
                {say({ key: `stage.score.${name}` })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((stroke, i) => {
            const lane = view.lanes[stroke.lane];
            const who = lane === undefined ? "" : say(lane.name);
            const number = first + past.length - shown.length + i + 1;
            return (
              <tr key={stroke.position}>
                <td>
                  {onSeek === undefined ? (
                    number
                  ) : (
                    <button type="button" onClick={() => onSeek(stroke.at)}>
                      {number}
                    </button>
                  )}
                </td>
                <td>{seconds(stroke.at)}</td>
                <td>{stroke.kind === "watch" ? `${server} → ${who}` : `${who} → ${server}`}</td>
                <td>{`${stroke.verb} ${stroke.object?.kind ?? ""} ${stroke.object?.shortId ?? ""}`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
