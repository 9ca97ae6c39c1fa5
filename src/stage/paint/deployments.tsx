/** Deployments: a record that brackets its loops. */
import type { ReactNode } from "react";
import { RecordCard } from "../glyphs/marks";
import { deploymentName } from "../names";
import type { DeploymentView } from "../readmodel/types";
import type { DeploymentMark } from "../scene/types";
import { useSay } from "../words";
import { shortImage } from "./bands";
import { Mark, type Marking } from "./mark";

interface DeploymentsProps {
  readonly deployments: readonly DeploymentMark[];
  readonly views: ReadonlyMap<string, DeploymentView>;
  readonly marking: Marking;
}

export function Deployments({ deployments, views, marking }: DeploymentsProps): ReactNode {
  const say = useSay();
  return deployments.map((mark) => {
    const view = views.get(mark.uid);
    const title = say({ key: "stage.deployment.title", params: { name: mark.name } });
    const replicas = say({ key: "stage.deployment.replicas", params: { count: mark.replicas } });
    return (
      <g key={mark.uid}>
        <path d={mark.bracket} fill="none" stroke="var(--orch)" strokeWidth={1.4} />
        <Mark uid={mark.uid} box={mark} name={view === undefined ? mark.name : deploymentName(say, view)} marking={marking}>
          <RecordCard x={mark.x} y={mark.y} width={mark.width} height={mark.height} fold={mark.compact ? 9 : 14} weight={1.8} />
          {marking.selected === mark.uid && (
            <rect
              x={mark.x - 5}
              y={mark.y - 5}
              width={mark.width + 10}
              height={mark.height + 10}
              fill="none"
              stroke="var(--select)"
              strokeWidth={2}
              rx={2}
            />
          )}
          <text x={mark.x + 10} y={mark.y + (mark.compact ? 17 : 20)} className="d-b tone-plan" style={{ fontSize: mark.compact ? 12.5 : 13.5 }}>
            {title}
          </text>
          {mark.compact ? (
            <text x={mark.x + mark.width - 16} y={mark.y + 17} textAnchor="end" className="d-m">
              {mark.replicas}
            </text>
          ) : (
            <text x={mark.x + 10} y={mark.y + 39} className="d-m">
              {replicas}
              <tspan dx={14}>{shortImage(mark.image).slice(0, 18)}</tspan>
            </text>
          )}
          {mark.paused && (
            <text x={mark.x + mark.width + 6} y={mark.y + 18} className="d-sm">
              {say({ key: "stage.deployment.paused" })}
            </text>
          )}
        </Mark>
      </g>
    );
  });
}
