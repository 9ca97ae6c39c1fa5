/** What makes a process a container, drawn: what it sees, what it stands on, what it may use. */
import { type ReactNode, useId, useMemo } from "react";
import { bytesWords } from "../paint/union-words";
import type { GroupView, ProcessView } from "../readmodel/machine/types";
import type { Words } from "../readmodel/types";
import { CONTAINER, type ContainerScene, containerScene, type GaugeMark } from "../scene/container-scene";
import { useSay } from "../words";

interface ContainerFigureProps {
  readonly process: ProcessView;
  readonly group: GroupView | undefined;
}

const standsOn = ({ root }: ProcessView): Words =>
  !root.own
    ? { key: "machine.container.hostRoot" }
    : root.layers === undefined
      ? { key: "machine.container.directory", params: { path: root.path ?? root.source } }
      : { key: "machine.container.layers", params: { count: root.layers - 1 } };

function limitOf(gauge: GaugeMark, group: GroupView | undefined): Words {
  if (!gauge.limited || group === undefined) return { key: "machine.container.noLimit" };
  return gauge.of === "cpu"
    ? { key: "machine.container.cpu", params: { quota: (group.cpuMax?.quota ?? 0) / 1000, period: (group.cpuMax?.period ?? 0) / 1000 } }
    : bytesWords(group.memoryMax ?? 0);
}

function Walls({ scene }: { readonly scene: ContainerScene }): ReactNode {
  return scene.walls.map(({ kind, own, from, to, label, anchor }) => (
    <g key={kind}>
      <line
        x1={from.x}
        y1={from.y}
        x2={to.x}
        y2={to.y}
        stroke={own ? "var(--kern)" : "var(--rule-2)"}
        strokeWidth={own ? 2.6 : 1}
        strokeDasharray={own ? "7 2 1.5 2" : "1 4"}
      />
      <text x={label.x} y={label.y} textAnchor={anchor} className={`d-m ${own ? "strong" : "tone-quiet"}`}>
        {kind}
      </text>
    </g>
  ));
}

function Gauge({ gauge, says }: { readonly gauge: GaugeMark; readonly says: string }): ReactNode {
  const { x, y, width, height, limited, allowed, used, of } = gauge;
  return (
    <g>
      <text x={0} y={y + 9} className="d-m">
        {of}
      </text>
      <rect x={x} y={y} width={width} height={height} fill="none" stroke="var(--rule-2)" strokeDasharray={limited ? undefined : "1 4"} />
      {limited && <rect x={x} y={y} width={width * allowed} height={height} fill="var(--kern-mid)" />}
      {used > 0 && <rect x={x} y={y + 2} width={width * used} height={height - 4} fill="var(--kern)" />}
      {limited && <line x1={x + width * allowed} x2={x + width * allowed} y1={y - 3} y2={y + height + 3} stroke="var(--ink)" strokeWidth={2.2} />}
      <text x={CONTAINER.width} y={y + 9} textAnchor="end" className="d-lab num">
        {says}
      </text>
    </g>
  );
}

export function ContainerFigure({ process, group }: ContainerFigureProps): ReactNode {
  const say = useSay();
  const title = useId();
  const scene = useMemo(() => containerScene(process, group), [process, group]);
  const own = process.namespaces.filter(({ shared }) => !shared);
  const { centre, sheets, ground, gauges } = scene;
  const stands = say(standsOn(process));
  const limits = gauges.map((gauge) => say(limitOf(gauge, group)));
  return (
    <svg className="stage-svg machine-container" viewBox={`0 0 ${CONTAINER.width} ${CONTAINER.height}`} role="img" aria-labelledby={title}>
      <title id={title}>
        {say({
          key: "machine.container.says",
          params: {
            name: process.name,
            own: own.length === 0 ? "–" : own.map(({ kind }) => kind).join(", "),
            stands,
            cpu: limits[0] ?? "",
            memory: limits[1] ?? "",
          },
        })}
      </title>
      <text x={0} y={12} className="d-b">
        {say({ key: "machine.container.sees" })}
      </text>
      <text x={CONTAINER.width} y={12} textAnchor="end" className="d-sm">
        {say({ key: "machine.container.own", params: { count: own.length } })}
      </text>
      <Walls scene={scene} />
      <circle
        cx={centre.x}
        cy={centre.y - 6}
        r={9}
        fill={own.length > 0 ? "var(--kern-mid)" : "var(--paper)"}
        stroke="var(--kern)"
        strokeWidth={1.8}
      />
      <text x={centre.x} y={centre.y + 20} textAnchor="middle" className="d-m strong">
        {process.name}
      </text>
      <text x={centre.x} y={centre.y + 34} textAnchor="middle" className="d-sm num">
        {process.pids.filter((pid) => pid !== null).join(" → ")}
      </text>
      <text x={0} y={190} className="d-b">
        {say({ key: "machine.container.stands" })}
      </text>
      <text x={CONTAINER.width} y={190} textAnchor="end" className="d-sm">
        {stands}
      </text>
      {sheets.map((outline, i) => (
        <path
          key={outline}
          d={outline}
          fill={i > 0 && i === sheets.length - 1 ? "var(--fs-tint)" : "var(--fs-mid)"}
          fillOpacity={0.85}
          stroke="var(--fs-ink)"
          strokeWidth={1.2}
          strokeDasharray={i > 0 && i === sheets.length - 1 ? "4 2" : undefined}
        />
      ))}
      {sheets.length === 0 && <rect x={18} y={ground - 14} width={200} height={14} fill="var(--sunken)" />}
      <line x1={0} x2={CONTAINER.width} y1={ground} y2={ground} stroke="var(--kern)" strokeWidth={2} />
      <text x={0} y={262} className="d-b">
        {say({ key: "machine.container.uses" })}
      </text>
      <text x={CONTAINER.width} y={262} textAnchor="end" className="d-m">
        {process.cgroup}
      </text>
      {gauges.map((gauge, i) => (
        <Gauge key={gauge.of} gauge={gauge} says={limits[i] ?? ""} />
      ))}
    </svg>
  );
}
