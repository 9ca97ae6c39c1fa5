/** Pods and ghosts at their places, with what is worth saying under them. */
import { pathRound } from "d3";
import { memo, type ReactNode } from "react";
import { PodGlyph } from "../glyphs/pod";
import { podName } from "../names";
import type { ClusterView } from "../readmodel/types";
import type { GhostMark, PodMark, Point } from "../scene/types";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

interface PodsProps {
  readonly view: ClusterView;
  readonly pods: readonly PodMark[];
  readonly marking: Marking;
}

function Caption({ mark, selected }: { readonly mark: PodMark; readonly selected: boolean }): ReactNode {
  const say = useSay();
  const middle = mark.x + mark.width / 2;
  const below = mark.y + mark.height;
  const small = mark.width < 50;
  const word = mark.word === undefined ? undefined : say(mark.word);
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
      {word !== undefined && (
        <text {...under(mark, word)} y={below + 27} className="d-sm halo halo-r">
          {word}
        </text>
      )}
      {mark.reason !== undefined && mark.aside === true && (
        <text x={mark.x + mark.width + 5} y={mark.y + mark.height / 2 + 4} className="d-m halo halo-r tone-alarm" style={{ fontSize: 10 }}>
          {mark.reason}
        </text>
      )}
      {mark.reason !== undefined && mark.aside !== true && (
        <text {...under(mark, mark.reason)} y={below + 27} className="d-m halo halo-r tone-alarm" style={{ fontSize: 10.5 }}>
          {mark.reason}
        </text>
      )}
    </>
  );
}

const LETTER = 5.6;
const WIDE = 10.5;

/** A word stands centred under its mark, or begins with it when it is longer, so that it stays in its node. */
function under(mark: PodMark, text: string): { readonly x: number; readonly textAnchor: "start" | "middle" } {
  const width = [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x1100 ? WIDE : LETTER), 0);
  return width > mark.width + 12 ? { x: mark.x - 2, textAnchor: "start" } : { x: mark.x + mark.width / 2, textAnchor: "middle" };
}

interface PodItemProps {
  readonly view: ClusterView;
  readonly mark: PodMark;
  readonly marking: Marking;
}

/** Whether a Pod would be drawn and named the same, wherever it stands. Views come from the worker as copies, so identity says nothing. */
function same(a: PodItemProps, b: PodItemProps): boolean {
  const [x, y] = [a.mark, b.mark];
  const [p, q] = [x.pod, y.pod];
  const uid = x.uid;
  return (
    uid === y.uid &&
    x.width === y.width &&
    x.id === y.id &&
    x.port === y.port &&
    x.reason === y.reason &&
    p.node === q.node &&
    p.revision === q.revision &&
    p.restarts === q.restarts &&
    p.state.kind === q.state.kind &&
    p.state.progress === q.state.progress &&
    p.state.word?.key === q.state.word?.key &&
    p.state.word?.params?.["seconds"] === q.state.word?.params?.["seconds"] &&
    p.endpointOf.length === q.endpointOf.length &&
    (a.marking.selected === uid) === (b.marking.selected === uid) &&
    (a.marking.focused === uid) === (b.marking.focused === uid) &&
    a.marking.lit.has(uid) === b.marking.lit.has(uid) &&
    a.marking.dimmed(uid) === b.marking.dimmed(uid) &&
    a.marking.language === b.marking.language
  );
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

const PodItem = memo(function PodItem({ view, mark: placed, marking }: PodItemProps): ReactNode {
  const say = useSay();
  const mark: PodMark = { ...placed, x: 0, y: 0 };
  const { pod } = mark;
  const selected = marking.selected === mark.uid;
  const name = podName(say, view, pod);
  return (
    <Mark uid={mark.uid} box={mark} name={name} marking={marking} round={mark.height / 2}>
      {mark.id === undefined && <title>{name}</title>}
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
}, same);

/** The way that a mark would have walked, where nothing may travel. */
function Trail({ mark, from }: { readonly mark: PodMark; readonly from: Point }): ReactNode {
  const middle = mark.height / 2;
  const line = pathRound(1);
  line.moveTo(from.x - mark.x + mark.width + 2, from.y - mark.y + middle);
  line.lineTo(-8, middle);
  return <path d={line.toString()} fill="none" stroke="var(--ink-3)" strokeWidth={1} markerEnd="url(#a-ink-3)" aria-hidden="true" />;
}

export function Pods({ view, pods, marking }: PodsProps): ReactNode {
  // Where it stands is its group's affair: a Pod that walks changes one attribute, and nothing in it is rendered again.
  return pods.map((mark) => (
    <g key={mark.uid} transform={`translate(${tenth(mark.x)} ${tenth(mark.y)})`}>
      {mark.trail !== undefined && <Trail mark={mark} from={mark.trail} />}
      <PodItem view={view} mark={mark} marking={marking} />
    </g>
  ));
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
