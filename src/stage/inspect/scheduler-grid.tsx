/** The scheduler's answer for one Pod: for each node the plugin that refuses it, or its points. */
import type { ReactNode } from "react";
import type { GridView } from "../readmodel/types";
import { useSay } from "../words";

export function SchedulerGrid({ grid }: { readonly grid: GridView }): ReactNode {
  const say = useSay();
  return (
    <div className="insp-grid" role="region" aria-label={say({ key: "stage.inspector.grid" })} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say({ key: "stage.grid.node" })}</th>
            <th scope="col">{say({ key: "stage.grid.total" })}</th>
            {grid.scores.map((plugin) => (
              <th key={plugin} scope="col" title={plugin}>
                {plugin.replace(/^NodeResources/, "").replace(/([a-z])([A-Z])/g, "$1 $2")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.nodes.map((node) => (
            <tr key={node.name} className={node.chosen ? "chosen" : undefined}>
              <td className="mono">{node.name}</td>
              {node.refusedBy === undefined ? (
                <>
                  <td>{node.total ?? ""}</td>
                  {node.points.map((points, i) => (
                    <td key={grid.scores[i]}>{points}</td>
                  ))}
                </>
              ) : (
                <td className="refused" colSpan={grid.scores.length + 1}>
                  {say({ key: "stage.grid.refused", params: { plugin: node.refusedBy, reason: node.reason ?? "" } })}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
