/** Pods and ghosts at their places, with what is worth saying under them. */
import { memo, type ReactNode } from "react";
import { PodGlyph } from "../glyphs/pod";
import { podName } from "../names";
import type { ClusterView } from "../readmodel/types";
import type { GhostMark, PodMark } from "../scene/types";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

interface PodsProps {
  readonly view: ClusterView;
  readonly pods: readonly PodMark[];
  readonly marking: Marking;
}

const Caption = memo(function Caption({ mark, selected }: { readonly mark: PodMark; readonly selected: boolean }): ReactNode {
  const say = useSay();
  const middle = mark.x + mark.width / 2;
  const below = mark.y + mark.height;
  const small = mark.width < 50;
  return (
    <>
      {mark.id !== undefined && (
        <text
          x={middle}
          y={below + (small ? 11 : 14)}
          textAnchor="middle"
          className={`d-m halo halo-r ${selected ? "strong" : ""}`}
          style={{ fontSize: small ? 10 : 11 }}
        >
          {mark.id.length > 9 ? `${mark.id.slice(0, 8)}…` : mark.id}
        </text>
      )}
      {mark.word !== undefined && (
        <text x={middle} y={below + 27} textAnchor="middle" className="d-sm halo halo-r">
          {say(mark.word)}
        </text>
      )}
      {mark.reason !== undefined && (
        <text x={middle} y={below + 27} textAnchor="middle" className="d-m halo halo-r tone-alarm" style={{ fontSize: 10.5 }}>
          {mark.reason}
        </text>
      )}
    </>
  );
});

export function Pods({ view, pods, marking }: PodsProps): ReactNode {
  const say = useSay();
  return pods.map((mark) => {
    const { pod } = mark;
    const selected = marking.selected === mark.uid;
    return (
      <Mark key={mark.uid} uid={mark.uid} box={mark} name={podName(say, view, pod)} marking={marking} round={mark.height / 2}>
        <PodGlyph
          x={mark.x}
          y={mark.y}
          width={mark.width}
          height={mark.height}
          state={pod.state.kind}
          revision={mark.width >= 40 ? pod.revision : undefined}
          containers={mark.width >= 40 ? pod.containers.filter((one) => !one.init).length : 1}
          restarts={mark.width >= 30 ? pod.restarts : 0}
          port={mark.port}
          level={pod.state.progress}
          selected={selected}
        />
        <Caption mark={mark} selected={selected} />
      </Mark>
    );
  });
}

export function Ghosts({ ghosts }: { readonly ghosts: readonly GhostMark[] }): ReactNode {
  return ghosts.map((ghost) => (
    <g key={ghost.key} className="stage-ghost" data-ghost={ghost.key}>
      <PodGlyph
        x={ghost.x}
        y={ghost.y}
        width={ghost.width}
        height={ghost.height}
        state="desired"
        revision={ghost.width >= 40 ? ghost.revision : undefined}
      />
      {ghost.id !== undefined && (
        <text x={ghost.x + ghost.width / 2} y={ghost.y - 7} textAnchor="middle" className="d-m halo tone-plan" style={{ fontSize: 11 }}>
          {ghost.id}
        </text>
      )}
    </g>
  ));
}
