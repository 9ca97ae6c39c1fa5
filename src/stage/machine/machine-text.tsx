/** The tables behind a machine's pictures. */
import type { ReactNode } from "react";
import type { MachineView } from "../readmodel/machine/types";
import type { Words } from "../readmodel/types";
import { bytesWords } from "../paint/union-words";
import { useSay } from "../words";
import { RaceText } from "./race-text";
import { ownNamespaces, seenAt, summaryOfMachine, viewpointWords } from "./machine-words";

interface MachineTextProps {
  readonly view: MachineView;
  readonly selection?: string;
  readonly onSelect: (uid: string) => void;
  readonly children?: ReactNode;
}

function Table({ id, head, children }: { readonly id: string; readonly head: readonly Words[]; readonly children: ReactNode }): ReactNode {
  const say = useSay();
  return (
    <>
      <h3>{say({ key: `machine.text.${id}` })}</h3>
      <table data-section={id}>
        <thead>
          <tr>
            {head.map((words) => (
              <th key={say(words)} scope="col">
                {say(words)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </>
  );
}

const column = (name: string): Words => ({ key: `machine.text.column.${name}` });

function Processes({ view, selection, onSelect }: Omit<MachineTextProps, "children">): ReactNode {
  return (
    <Table
      id="processes"
      head={[
        column("process"),
        ...view.viewpoints.map(({ letter }) => viewpointWords(letter)),
        column("state"),
        column("own"),
        column("cgroup"),
        column("user"),
      ]}
    >
      {view.processes.map((process) => (
        <tr key={process.uid} data-uid={process.uid} aria-selected={process.uid === selection}>
          <td style={{ paddingLeft: process.depth * 14 }}>
            <button type="button" onClick={() => onSelect(process.uid)}>
              {process.name}
            </button>
          </td>
          {process.pids.map((pid, i) => (
            <td key={view.viewpoints[i]?.id} className="num">
              {pid ?? "–"}
            </td>
          ))}
          <td>{process.state}</td>
          <td>{ownNamespaces(process)}</td>
          <td className="mono">{process.cgroup}</td>
          <td>{process.user}</td>
        </tr>
      ))}
    </Table>
  );
}

export function MachineText({ view, selection, onSelect, children }: MachineTextProps): ReactNode {
  const say = useSay();
  return (
    <div className="stage-table" role="region" aria-label={say({ key: "stage.text.title" })} tabIndex={0}>
      {summaryOfMachine(view).map((words) => (
        <p key={words.key}>{say(words)}</p>
      ))}
      <Processes view={view} selection={selection} onSelect={onSelect} />
      <Table id="groups" head={[column("cgroup"), column("processes"), column("memory"), column("memoryMax"), column("cpuMax"), column("throttled")]}>
        {view.groups.map((group) => (
          <tr key={group.path}>
            <td>{group.path}</td>
            <td className="num">{group.processes}</td>
            <td className="num">{say(bytesWords(group.memory))}</td>
            <td className="num">{group.memoryMax === undefined ? "max" : say(bytesWords(group.memoryMax))}</td>
            <td className="num">{group.cpuMax === undefined ? "max" : `${group.cpuMax.quota} ${group.cpuMax.period}`}</td>
            <td className="num">{group.throttled}</td>
          </tr>
        ))}
      </Table>
      {view.unions.map((union) => (
        <section key={union.id} aria-label={union.mountpoint}>
          <Table id="sheets" head={[column("sheet"), column("role"), column("bytes")]}>
            {union.sheets.map(({ id, role, path, bytes }) => (
              <tr key={`${role} ${id}`}>
                <td>{path}</td>
                <td>{role}</td>
                <td className="num">{say(bytesWords(bytes))}</td>
              </tr>
            ))}
          </Table>
          <Table id="paths" head={[column("path"), column("kind"), column("seenOn"), column("entries")]}>
            {union.paths.map(({ path, kind, from, entries }) => (
              <tr key={path}>
                <td>{`${union.mountpoint}/${path}`}</td>
                <td>{from === undefined ? "ENOENT" : kind}</td>
                <td className="mono">{seenAt(union, from)}</td>
                <td>{entries.map(({ sheet, state }) => `${seenAt(union, sheet)}: ${state}`).join(", ")}</td>
              </tr>
            ))}
          </Table>
        </section>
      ))}
      {view.race !== undefined && <RaceText view={view.race} />}
      {children}
    </div>
  );
}
