/** A race of union file systems as tables: what its picture shows. */
import type { ReactNode } from "react";
import { cellText, partingWords, RACER_NAMES } from "../paint/race-words";
import type { RaceView } from "../readmodel/machine/race-view";
import { useSay } from "../words";

export function RaceText({ view }: { readonly view: RaceView }): ReactNode {
  const say = useSay();
  return (
    <section aria-label={say({ key: `machine.${view.title}` })}>
      <h3>{say({ key: `machine.${view.title}` })}</h3>
      <p>{say(partingWords(view))}</p>
      <table data-section="race">
        <thead>
          <tr>
            <th scope="col">{say({ key: "machine.race.column.step" })}</th>
            {view.lanes.map(({ racer }) => (
              <th key={racer} scope="col">
                {RACER_NAMES[racer]}
              </th>
            ))}
            <th scope="col">{say({ key: "machine.race.column.parting" })}</th>
          </tr>
        </thead>
        <tbody>
          {view.steps.map(({ text, cells, parting }, i) => (
            <tr key={`${i + 1} ${text}`}>
              <td className="mono">{`${i + 1} ${text}`}</td>
              {view.lanes.map(({ racer }) => (
                <td key={racer}>{cells === undefined ? "" : cellText(cells[racer], say)}</td>
              ))}
              <td>{parting === undefined ? "" : say({ key: `machine.race.parting.${parting}` })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table data-section="race-sheets">
        <thead>
          <tr>
            <th scope="col">{say({ key: "machine.text.column.sheet" })}</th>
            {view.lanes.map(({ racer }) => (
              <th key={racer} scope="col">
                {RACER_NAMES[racer]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{say({ key: "machine.race.merged" })}</td>
            {view.lanes.map(({ racer, seen }) => (
              <td key={racer} className="mono">
                {seen.join(" ")}
              </td>
            ))}
          </tr>
          {(["top", "mid", "low"] as const).map((branch, i) => (
            <tr key={branch}>
              <td>{branch}</td>
              {view.lanes.map(({ racer, sheets }) => (
                <td key={racer}>
                  {(sheets[i]?.entries ?? []).map(({ path, what }) => `${path} (${say({ key: `machine.race.what.${what}` })})`).join(", ")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {view.source !== undefined && <p className="mono">{view.lanes.map(({ racer }) => view.source?.[racer] ?? "").join("; ")}</p>}
    </section>
  );
}
