/** One process, or one path of a union mount, up close: its numbers, its namespaces, what it may use, and why it is there. */
import type { ReactNode } from "react";
import type { CauseView } from "../readmodel/machine/score-view";
import type { GroupView, MachineView, ProcessView, UnionView } from "../readmodel/machine/types";
import { bytesWords } from "../paint/union-words";
import { containment } from "../scene/container-scene";
import { pathUid } from "../scene/union-scene";
import { useSay } from "../words";
import { ContainerFigure } from "./container-figure";
import { RacePanel } from "./race-panel";
import { seenAt, summaryOfMachine, viewpointWords } from "./machine-words";
import "../stage.css";
import "../inspect/inspect.css";
import "./machine.css";

interface MachineInspectorProps {
  readonly view: MachineView;
  readonly selection: string | undefined;
  readonly causes: readonly CauseView[];
  readonly onSeek: (at: number) => void;
  readonly onSelect: (uid: string) => void;
  /** A command a person could type at the host. */
  readonly onCommand: (line: string) => void;
}

export function MachineInspector(props: MachineInspectorProps): ReactNode {
  const { view, selection } = props;
  const process = view.processes.find(({ uid }) => uid === selection);
  if (process !== undefined) return <ProcessPanel {...props} process={process} />;
  if (view.race !== undefined && selection?.startsWith("race:") === true) return <RacePanel view={view.race} selection={selection} />;
  for (const union of view.unions) {
    const path = union.paths.find((one) => pathUid(one.path) === selection);
    if (path !== undefined) return <PathPanel union={union} path={path} />;
  }
  return <Summary {...props} />;
}

/** The process that has most of what makes a container; of equals the one that has it last. */
function mostContained(view: MachineView): { readonly process: ProcessView; readonly group: GroupView | undefined } | undefined {
  const all = view.processes.map((process) => {
    const group = view.groups.find(({ path }) => path === process.cgroup);
    return { process, group, has: process.state === "Z" ? 0 : containment(process, group) };
  });
  const most = Math.max(...all.map(({ has }) => has));
  return most === 0 ? undefined : all.findLast(({ has }) => has === most);
}

function Summary({ view, onSelect }: MachineInspectorProps): ReactNode {
  const say = useSay();
  const inside = view.processes.filter(({ own }) => own > 0);
  const built = mostContained(view);
  return (
    <div className="insp">
      <div className="insp-head">
        <h2>{view.machine}</h2>
      </div>
      {summaryOfMachine(view).map((words) => (
        <div key={words.key} className="insp-sub">
          {say(words)}
        </div>
      ))}
      {built !== undefined && (
        <>
          <h3>{say({ key: "machine.container.title" })}</h3>
          <ContainerFigure {...built} />
        </>
      )}
      <h3>{say({ key: "machine.inspector.inside" })}</h3>
      {inside.length === 0 && <div className="insp-sub">{say({ key: "machine.inspector.none" })}</div>}
      <ul className="insp-list">
        {inside.map(({ uid, name, pids, own }) => (
          <li key={uid}>
            <button type="button" onClick={() => onSelect(uid)}>
              <span className="mono">{name}</span>{" "}
              <span className="insp-sub">
                {view.viewpoints[own]?.letter}: {pids[own]}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Numbers({ view, process }: { readonly view: MachineView; readonly process: ProcessView }): ReactNode {
  const say = useSay();
  return (
    <dl className="insp-kv">
      {view.viewpoints.map(({ id, letter }, i) => (
        <div key={id} style={{ display: "contents" }}>
          <dt>{say(viewpointWords(letter))}</dt>
          <dd className="code">{process.pids[i] ?? say({ key: "machine.inspector.notSeen" })}</dd>
        </div>
      ))}
      <dt className="mono">NSpid</dt>
      <dd className="code">{process.pids.filter((pid) => pid !== null).join(" ")}</dd>
    </dl>
  );
}

/** A namespace of one's own is a filled end at the right of its line, a shared one a filled end at the left. */
function OwnLine({ shared }: { readonly shared: boolean }): ReactNode {
  return (
    <svg width="100%" height={12} aria-hidden="true">
      <line
        x1={6}
        x2="95%"
        y1={6}
        y2={6}
        stroke={shared ? "var(--rule)" : "var(--kern)"}
        strokeDasharray={shared ? undefined : "6 2 1 2"}
        strokeWidth={1.4}
      />
      <circle cx={6} cy={6} r={4} fill={shared ? "var(--kern)" : "var(--paper)"} stroke="var(--kern)" strokeWidth={1.4} />
      {!shared && <circle cx="95%" cy={6} r={4} fill="var(--kern)" />}
    </svg>
  );
}

function ProcessPanel({ view, process, causes, onSeek, onSelect, onCommand }: MachineInspectorProps & { readonly process: ProcessView }): ReactNode {
  const say = useSay();
  const parent = process.parent === undefined ? undefined : view.processes[process.parent];
  const group = view.groups.find(({ path }) => path === process.cgroup);
  const pid = process.pids[0];
  return (
    <div className="insp">
      <div className="insp-head">
        <h2>{process.name}</h2>
      </div>
      <div className="insp-sub">
        {say({ key: `machine.inspector.state.${process.state}` })}
        {parent !== undefined && (
          <>
            {", "}
            {say({ key: "machine.inspector.childOf", params: { name: parent.name } })}
          </>
        )}
      </div>
      {parent !== undefined && (
        <ul className="insp-list">
          <li>
            <button type="button" onClick={() => onSelect(parent.uid)}>
              ↑ <span className="mono">{parent.name}</span>
            </button>
          </li>
        </ul>
      )}
      {containment(process, group) > 0 && (
        <>
          <h3>{say({ key: "machine.container.title" })}</h3>
          <ContainerFigure process={process} group={group} />
        </>
      )}
      <h3>{say({ key: "machine.inspector.numbers" })}</h3>
      <Numbers view={view} process={process} />
      <h3>
        {say({ key: "machine.inspector.namespaces" })} <span>{say({ key: "machine.inspector.hostOwn" })}</span>
      </h3>
      <dl className="machine-own">
        {process.namespaces.map(({ kind, id, shared }) => (
          <div key={kind} style={{ display: "contents" }}>
            <dt>{kind}</dt>
            <dd>
              <OwnLine shared={shared} />
            </dd>
            <dd className="num">{shared ? say({ key: "machine.inspector.shared" }) : id}</dd>
          </div>
        ))}
      </dl>
      <h3>{say({ key: "machine.inspector.standsOn" })}</h3>
      <dl className="insp-kv">
        <dt>{say({ key: process.root.own ? "machine.inspector.ownRoot" : "machine.inspector.hostRoot" })}</dt>
        <dd className="code">{process.root.own ? `${process.root.path ?? process.root.source} (${process.root.type})` : "/"}</dd>
      </dl>
      <h3>{say({ key: "machine.inspector.mayUse" })}</h3>
      <dl className="insp-kv">
        <dt>cgroup</dt>
        <dd className="code">{process.cgroup}</dd>
        <dt className="mono">memory.max</dt>
        <dd className="code">{group?.memoryMax === undefined ? "max" : say(bytesWords(group.memoryMax))}</dd>
        <dt className="mono">cpu.max</dt>
        <dd className="code">{group?.cpuMax === undefined ? "max" : `${group.cpuMax.quota} ${group.cpuMax.period}`}</dd>
        <dt className="mono">uid</dt>
        <dd className="code">{process.user}</dd>
      </dl>
      {typeof pid === "number" && pid > 1 && process.state !== "Z" && (
        <div className="machine-acts">
          <button type="button" onClick={() => onCommand(`kill -TERM ${pid}`)}>
            kill -TERM {pid}
          </button>
          <button type="button" className="danger" onClick={() => onCommand(`kill -KILL ${pid}`)}>
            kill -KILL {pid}
          </button>
        </div>
      )}
      {causes.length > 0 && (
        <>
          <h3>{say({ key: "machine.inspector.why" })}</h3>
          <ol className="insp-why">
            {causes.map((cause) => (
              <li key={cause.position} className={cause === causes[0] ? "now" : undefined}>
                <button type="button" title={say({ key: "stage.inspector.seek" })} onClick={() => onSeek(cause.at)}>
                  <span className="mono">{(cause.at / 1e6).toFixed(1)}</span>
                  <span>{say(cause.says)}</span>
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function PathPanel({ union, path }: { readonly union: UnionView; readonly path: UnionView["paths"][number] }): ReactNode {
  const say = useSay();
  return (
    <div className="insp">
      <div className="insp-head">
        <h2>{`/${path.path}`}</h2>
      </div>
      <div className="insp-sub">
        {path.from === undefined
          ? "ENOENT"
          : say({ key: "machine.inspector.seenOn", params: { path: seenAt(union, path.from), bytes: say(bytesWords(path.bytes)) } })}
      </div>
      <h3>{say({ key: "machine.inspector.sheets" })}</h3>
      <dl className="insp-kv">
        {path.entries.map(({ sheet, state }) => (
          <div key={sheet} style={{ display: "contents" }}>
            <dt className="mono">{seenAt(union, sheet)}</dt>
            <dd>{say({ key: `machine.inspector.entry.${state}` })}</dd>
          </div>
        ))}
      </dl>
      <h3>{say({ key: "machine.inspector.shareSheets" })}</h3>
      <dl className="insp-kv">
        {union.sheets
          .filter(({ role }) => role === "lower" || role === "closed-branch")
          .map(({ id, path: where, alsoIn }) => (
            <div key={id} style={{ display: "contents" }}>
              <dt className="mono">{where}</dt>
              <dd>{say({ key: "machine.inspector.mounts", params: { count: alsoIn.length + 1 } })}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
