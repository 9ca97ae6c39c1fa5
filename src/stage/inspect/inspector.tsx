/** One object up close: life, causes, conditions, what it is wanted to be and what it is. */
import { memo, type ReactNode, useDeferredValue } from "react";
import { StageDefs } from "../glyphs/defs";
import { PodGlyph } from "../glyphs/pod";
import type { ClusterView, ConditionView, GridView, InspectorView } from "../readmodel/types";
import { useStable } from "../use-stable";
import { useSay } from "../words";
import { LifeStrip } from "./life-strip";
import { SceneSummary } from "./scene-summary";
import { SchedulerGrid } from "./scheduler-grid";
import { WhyChain } from "./why-chain";
import "../stage.css";
import "./inspect.css";

export interface InspectorProps {
  /** The selected object; the stage's summary when absent. */
  readonly view: InspectorView | undefined;
  readonly cluster: ClusterView;
  readonly onSeek: (at: number) => void;
  readonly onSelect: (uid: string) => void;
  /** The scheduler's grid, when it was asked for. */
  readonly grid?: GridView;
  readonly onAskGrid?: (uid: string) => void;
  /** Shows rule ids in the cause chain. */
  readonly rules?: boolean;
}

const seconds = (at: number): string => String(Math.round(at / 100_000) / 10);

function Head({ view }: { readonly view: InspectorView }): ReactNode {
  const say = useSay();
  return (
    <>
      <div className="insp-head">
        {view.pod !== undefined && (
          <svg className="stage-svg" width={36} height={22} aria-hidden="true" style={{ flex: "none" }}>
            <StageDefs />
            <PodGlyph x={1} y={1} width={34} height={19} state={view.pod.state.kind} revision={view.pod.revision} level={view.pod.state.progress} />
          </svg>
        )}
        <h2>{view.name}</h2>
      </div>
      <div className="insp-sub">{say(view.says)}</div>
    </>
  );
}

function ConditionRow({ condition }: { readonly condition: ConditionView }): ReactNode {
  const { status, type, reason, message, since } = condition;
  const d = status === "True" ? "M2 6.5l3 3L10.5 3" : status === "False" ? "M2.5 2.5l7 7m0 -7l-7 7" : "M2 6h8";
  return (
    <li title={message}>
      <svg width={12} height={12} role="img" aria-label={status}>
        <path d={d} fill="none" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <span>{type}</span>
      {since !== undefined && <time>{seconds(since)} s</time>}
      {reason !== undefined && <span className="reason">{reason}</span>}
    </li>
  );
}

function Facts({ view }: { readonly view: InspectorView }): ReactNode {
  const say = useSay();
  if (view.facts.length === 0) return null;
  return (
    <dl className="insp-kv" style={{ marginTop: 10 }}>
      {view.facts.map(({ name, value }) => (
        <div key={name.key} style={{ display: "contents" }}>
          <dt>{say(name)}</dt>
          <dd className="code">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Differences({ view }: { readonly view: InspectorView }): ReactNode {
  const say = useSay();
  if (view.differences.length === 0) return null;
  return (
    <>
      <h3>{say({ key: "stage.inspector.differences" })}</h3>
      <table>
        <thead>
          <tr>
            <th aria-label={say({ key: "stage.column.type" })} />
            <th scope="col">{say({ key: "stage.inspector.wanted" })}</th>
            <th scope="col">{say({ key: "stage.inspector.current" })}</th>
          </tr>
        </thead>
        <tbody>
          {view.differences.map(({ path, want, have }) => (
            <tr key={path}>
              <td className="mono">{path}</td>
              <td className="want">{want}</td>
              <td className="have">{have}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Events({ view }: { readonly view: InspectorView }): ReactNode {
  const say = useSay();
  if (view.events.length === 0) return null;
  return (
    <>
      <h3>{say({ key: "stage.inspector.events" })}</h3>
      <ul className="insp-events">
        {view.events.map((event) => (
          <li key={`${event.at} ${event.reason} ${event.message}`} className={event.type === "Warning" ? "alarm" : undefined}>
            <b>{event.reason}</b> {event.message}
            {event.count > 1 ? ` (×${event.count})` : ""}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Inspector({ view, cluster, onSeek, onSelect, grid, onAskGrid, rules }: InspectorProps): ReactNode {
  const ask = useStable((uid: string) => onAskGrid?.(uid));
  return (
    <Panel
      view={useDeferredValue(view)}
      cluster={useDeferredValue(cluster)}
      onSeek={useStable(onSeek)}
      onSelect={useStable(onSelect)}
      grid={grid}
      onAskGrid={onAskGrid === undefined ? undefined : ask}
      rules={rules}
    />
  );
}

/** Memoized and fed with deferred values, as the pictures are. */
const Panel = memo(function Panel(props: InspectorProps): ReactNode {
  const { view, cluster, onSeek, onSelect, grid, onAskGrid, rules } = props;
  const say = useSay();
  if (view === undefined) return <SceneSummary view={cluster} onSelect={onSelect} />;
  const lived = (view.life.at(-1)?.to ?? 0) - (view.life[0]?.from ?? 0);
  return (
    <div className="insp">
      <Head view={view} />
      {view.life.length > 0 && (
        <>
          <h3>
            {say({ key: "stage.inspector.life" })}
            <span className="num">{say({ key: "stage.inspector.seconds", params: { value: seconds(lived) } })}</span>
          </h3>
          <LifeStrip life={view.life} />
        </>
      )}
      {view.why.length > 0 && (
        <>
          <h3>
            {say({ key: "stage.inspector.why" })}
            <span>{say({ key: "stage.inspector.whyOrder" })}</span>
          </h3>
          <WhyChain entries={view.why} now={cluster.now} rules={rules} onSeek={onSeek} />
        </>
      )}
      <Differences view={view} />
      {view.conditions.length > 0 && (
        <>
          <h3>{say({ key: "stage.inspector.conditions" })}</h3>
          <ul className="insp-conditions">
            {view.conditions.map((condition) => (
              <ConditionRow key={condition.type} condition={condition} />
            ))}
          </ul>
        </>
      )}
      {view.resource === "pods" && onAskGrid !== undefined && (
        <>
          <h3>{say({ key: "stage.inspector.grid" })}</h3>
          {grid !== undefined && grid.pod === view.uid ? (
            <SchedulerGrid grid={grid} />
          ) : (
            <button type="button" className="insp-grid-ask" onClick={() => onAskGrid(view.uid)}>
              {say({ key: "stage.grid.ask" })}
            </button>
          )}
        </>
      )}
      <Facts view={view} />
      <Events view={view} />
    </div>
  );
});
