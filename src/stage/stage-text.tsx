/** The table behind the picture, from the view that is drawn. */
import { Fragment, type ReactNode, useMemo } from "react";
import { tableView } from "./readmodel/table-view";
import type { ClusterView, TableSection } from "./readmodel/types";
import { useSay } from "./words";
import "./stage.css";

interface StageTextProps {
  readonly view: ClusterView;
  readonly selection?: string;
  readonly onSelect?: (uid: string) => void;
  /** What follows the tables, for example the Score's. */
  readonly children?: ReactNode;
}

function Section({ section, selection, onSelect }: { section: TableSection } & Omit<StageTextProps, "view" | "children">): ReactNode {
  const say = useSay();
  if (section.rows.length === 0) return null;
  return (
    <>
      <h3>{say({ key: `stage.section.${section.id}` })}</h3>
      <table data-section={section.id}>
        <thead>
          <tr>
            {section.columns.map((column) => (
              <th key={column.key} scope="col">
                {say(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {section.rows.map((row) => (
            <tr key={row.uid} data-uid={row.uid} aria-selected={selection === row.uid}>
              {row.cells.map((cell, i) => {
                const text = typeof cell === "string" ? cell : say(cell);
                return (
                  <td key={section.columns[i]?.key}>
                    {i === 0 && onSelect !== undefined ? (
                      <button type="button" onClick={() => onSelect(row.uid)}>
                        {text}
                      </button>
                    ) : (
                      text
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function StageText({ view, selection, onSelect, children }: StageTextProps): ReactNode {
  const say = useSay();
  const table = useMemo(() => tableView(view), [view]);
  return (
    <div className="stage-table" role="region" aria-label={say({ key: "stage.text.title" })} tabIndex={0}>
      {table.summary.map((words, i) => (
        <Fragment key={`${words.key} ${i}`}>
          <p>{say(words)}</p>
        </Fragment>
      ))}
      {table.sections.map((section) => (
        <Section key={section.id} section={section} selection={selection} onSelect={onSelect} />
      ))}
      {children}
    </div>
  );
}
