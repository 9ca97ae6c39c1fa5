/** cgroups, painted: memory beside its limit, and the CPU time of one group in its last periods. */
import type { ReactNode } from "react";
import type { GroupView } from "../readmodel/machine/types";
import { useSay } from "../words";
import { bytesWords } from "./union-words";

const BAR = { x: 92, width: 200, row: 24 };
const PERIOD = { width: 25, height: 84, most: 16 };
/** A group this close to its limit is in alarm. */
const CLOSE = 0.94;

interface GroupsProps {
  readonly groups: readonly GroupView[];
  readonly x: number;
  readonly width: number;
  /** Bars that fit. */
  readonly most: number;
  readonly selected?: string;
}

export function Groups({ groups, x, width, most, selected }: GroupsProps): ReactNode {
  const say = useSay();
  const shown = groups.slice(0, most);
  const scale = Math.max(1, ...shown.map(({ memory, memoryMax }) => Math.max(memory, memoryMax ?? 0))) * 1.15;
  const cpu = shown.find(({ path }) => path === selected) ?? shown.find(({ cpuMax }) => cpuMax !== undefined);
  return (
    <g transform={`translate(${x} 0)`}>
      <text x={0} y={26} className="d-h">
        {say({ key: "machine.groups.head" })}
      </text>
      <text x={0} y={54} className="d-b">
        {say({ key: "machine.groups.memory" })}
      </text>
      <text x={width} y={54} textAnchor="end" className="d-sm">
        {say({ key: "machine.groups.usedMax" })}
      </text>
      {shown.map((group, i) => {
        const y = 64 + i * BAR.row;
        const { memory, memoryMax } = group;
        const hot = memoryMax !== undefined && memory > memoryMax * CLOSE;
        const used = say(bytesWords(memory));
        return (
          <g key={group.path}>
            <text x={0} y={y + 10} className="d-m">
              {group.path.length > 12 ? `…${group.path.slice(-11)}` : group.path}
            </text>
            <rect x={BAR.x} y={y} width={BAR.width} height={13} fill="var(--sunken)" />
            {memoryMax !== undefined && <rect x={BAR.x} y={y} width={(BAR.width * memoryMax) / scale} height={13} fill="var(--kern-mid)" />}
            <rect x={BAR.x} y={y + 3} width={(BAR.width * memory) / scale} height={7} fill={hot ? "var(--alarm)" : "var(--kern)"} />
            {memoryMax !== undefined && (
              <line
                x1={BAR.x + (BAR.width * memoryMax) / scale}
                x2={BAR.x + (BAR.width * memoryMax) / scale}
                y1={y - 3}
                y2={y + 16}
                stroke="var(--ink)"
                strokeWidth={2.4}
              />
            )}
            <text x={width} y={y + 11} textAnchor="end" className={`d-lab num ${hot ? "tone-alarm strong" : ""}`}>
              {memoryMax === undefined
                ? say({ key: "machine.groups.noMax", params: { used } })
                : say({ key: "machine.groups.ofMax", params: { used, max: say(bytesWords(memoryMax)) } })}
            </text>
          </g>
        );
      })}
      {cpu?.cpuMax !== undefined && <Periods group={cpu} max={cpu.cpuMax} y={64 + shown.length * BAR.row + 24} width={width} />}
    </g>
  );
}

interface PeriodsProps {
  readonly group: GroupView;
  readonly max: NonNullable<GroupView["cpuMax"]>;
  readonly y: number;
  readonly width: number;
}

function Periods({ group, max, y, width }: PeriodsProps): ReactNode {
  const say = useSay();
  const last = group.periods.slice(-PERIOD.most);
  const full = Math.max(max.period, max.quota, ...last.map(({ ran, throttled }) => ran + throttled));
  const px = (micros: number): number => (PERIOD.height * micros) / full;
  const top = y + 12;
  const milliseconds = (micros: number): number => Math.round(micros / 1000);
  return (
    <g>
      <text x={0} y={y} className="d-b">
        {say({ key: "machine.groups.cpuOf", params: { group: group.path } })}
      </text>
      <text x={width} y={y} textAnchor="end" className="d-sm">
        {say({ key: "machine.groups.quota", params: { quota: milliseconds(max.quota), period: milliseconds(max.period) } })}
      </text>
      {last.map(({ ran, throttled }, i) => (
        // biome-ignore lint: periods have no name but their place
        <g key={i} transform={`translate(${i * PERIOD.width} ${top})`}>
          <rect width={PERIOD.width - 3} height={PERIOD.height} fill="var(--sunken)" />
          <rect y={PERIOD.height - px(ran)} width={PERIOD.width - 3} height={px(ran)} fill="var(--kern)" />
          {throttled > 0 && (
            <rect
              x={0.5}
              y={PERIOD.height - px(ran + throttled)}
              width={PERIOD.width - 4}
              height={px(throttled)}
              fill="url(#st-alarm)"
              stroke="var(--alarm)"
            />
          )}
        </g>
      ))}
      <line
        x1={0}
        x2={PERIOD.width * PERIOD.most - 3}
        y1={top + PERIOD.height - px(max.quota)}
        y2={top + PERIOD.height - px(max.quota)}
        stroke="var(--ink)"
        strokeWidth={1.6}
      />
      <rect x={0} y={top + PERIOD.height + 12} width={11} height={9} fill="var(--kern)" />
      <text x={17} y={top + PERIOD.height + 20} className="d-lab">
        {say({ key: "machine.groups.ran" })}
      </text>
      <rect x={62} y={top + PERIOD.height + 12} width={11} height={9} fill="url(#st-alarm)" stroke="var(--alarm)" />
      <text x={79} y={top + PERIOD.height + 20} className="d-lab">
        {say({ key: "machine.groups.throttled" })}
      </text>
      <text x={width} y={top + PERIOD.height + 20} textAnchor="end" className="d-m2">
        {`nr_throttled ${group.throttled}`}
      </text>
    </g>
  );
}
