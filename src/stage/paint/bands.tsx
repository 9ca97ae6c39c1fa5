/** ReplicaSets: record, ring, and the tray whose outline is the loop. */
import type { ReactNode } from "react";
import { PodGlyph } from "../glyphs/pod";
import { RecordCard, Ring } from "../glyphs/marks";
import { setName } from "../names";
import type { ReplicaSetView } from "../readmodel/types";
import type { BandMark } from "../scene/types";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

const signed = (gap: number): string => (gap > 0 ? `+${gap}` : gap < 0 ? `−${-gap}` : "0");
/** The image without its registry and repository: the tag is what tells revisions apart. */
export const shortImage = (image: string): string => image.slice(image.lastIndexOf("/") + 1).replace(/@sha256:(.{7}).*/, "@$1");

/** The wash of the band whose loop acts; lies under the nodes' Pods. */
export function BandWash({ bands }: { readonly bands: readonly BandMark[] }): ReactNode {
  return bands.map((band) =>
    band.phase === "act" || band.phase === "compare" ? (
      <rect key={band.uid} x={band.x} y={band.y} width={band.width} height={band.height} rx={10} fill="var(--orch-tint)" opacity={0.42} />
    ) : null,
  );
}

function Tray({ band }: { readonly band: BandMark }): ReactNode {
  const say = useSay();
  const acting = band.phase === "act";
  const observing = band.phase === "observe";
  const quiet = { fill: "none", stroke: "var(--edge)", strokeWidth: 1.2 };
  const active = { fill: "none", stroke: "var(--orch)", strokeWidth: 3 };
  return (
    <g data-tray={band.uid}>
      <path d={band.observePath} {...(observing ? active : quiet)} markerEnd={observing ? "url(#a-orch)" : "url(#a-ink-3)"} />
      <path d={band.actPath} {...(acting ? active : quiet)} markerEnd={acting ? "url(#a-orch)" : undefined} />
      {band.restPath !== undefined && <path d={band.restPath} {...quiet} />}
      <text x={band.observeLabel.x} y={band.observeLabel.y} textAnchor={band.observeLabel.anchor} className="d-sm halo">
        {say({ key: "stage.loop.observe", params: { count: band.have } })}
      </text>
      {acting && band.acting !== 0 && (
        <text x={band.actLabel.x} y={band.actLabel.y} textAnchor="middle" className="d-sm halo tone-plan strong">
          {say({ key: band.acting > 0 ? "stage.loop.store" : "stage.loop.remove", params: { count: Math.abs(band.acting) } })}
        </text>
      )}
    </g>
  );
}

/** Of a record's first line: what is not the hash, and a letter of it. */
const BESIDE_HASH = 94;
const HASH_LETTER = 7;

function Card({ band }: { readonly band: BandMark }): ReactNode {
  const say = useSay();
  const { card } = band;
  const tall = card.height >= 60;
  const right = card.x + card.width - 10;
  const title = say({ key: "stage.kind.ReplicaSet" });
  const letters = Math.max(4, Math.min(12, Math.floor((card.width - BESIDE_HASH) / HASH_LETTER)));
  return (
    <>
      <RecordCard {...card} fold={12} />
      <text x={card.x + 10} y={card.y + 17} className="d-lab">
        <tspan className="tone-plan">{title}</tspan>
        <tspan dx={6} className="d-m2">
          {band.hash.length > letters ? `${band.hash.slice(0, letters - 1)}…` : band.hash}
        </tspan>
      </text>
      <text x={card.x + 10} y={card.y + 35}>
        {band.revision !== undefined && <tspan className="d-b">{say({ key: "stage.loop.revision", params: { revision: band.revision } })}</tspan>}
        <tspan
          dx={band.revision === undefined ? 0 : 8}
          className={band.badImage ? "d-m strong tone-alarm" : "d-m"}
          style={band.badImage ? { fontSize: tall ? 15 : 12.5 } : undefined}
        >
          {shortImage(band.images[0] ?? "").slice(0, 16)}
        </tspan>
      </text>
      {band.slots.map(({ key, ...box }) => (
        <PodGlyph key={key} {...box} state="desired" revision={band.revision} />
      ))}
      <text
        x={right}
        y={card.y + card.height - (tall ? 13 : 10)}
        textAnchor="end"
        className="num tone-plan strong"
        style={{ fontSize: tall ? 17 : 15 }}
      >
        {band.desired}
      </text>
    </>
  );
}

interface BandsProps {
  readonly bands: readonly BandMark[];
  readonly sets: ReadonlyMap<string, ReplicaSetView>;
  readonly marking: Marking;
}

export function Bands({ bands, sets, marking }: BandsProps): ReactNode {
  const say = useSay();
  return bands.map((band) => {
    if (band.loose) {
      return (
        <g key={band.uid}>
          <rect
            x={band.ring.x + 30}
            y={band.y}
            width={band.x + band.width - band.ring.x - 30}
            height={band.height}
            rx={8}
            fill="none"
            stroke="var(--rule-2)"
            strokeWidth={1}
            strokeDasharray="2 4"
          />
          <text x={band.card.x} y={band.y + band.height / 2 + 4} className="d-lab">
            {say({ key: "stage.loop.loose", params: { namespace: band.namespace } })}
          </text>
        </g>
      );
    }
    const set = sets.get(band.uid);
    return (
      <g key={band.uid}>
        <Tray band={band} />
        <Mark uid={band.uid} box={band.card} name={set === undefined ? band.name : setName(say, set)} marking={marking}>
          {marking.selected === band.uid && (
            <rect
              x={band.card.x - 5}
              y={band.card.y - 5}
              width={band.card.width + 10}
              height={band.card.height + 10}
              fill="none"
              stroke="var(--select)"
              strokeWidth={2}
              rx={2}
            />
          )}
          <Card band={band} />
        </Mark>
        <line
          x1={band.card.x + band.card.width}
          y1={band.ring.y}
          x2={band.ring.x - band.ring.r - 5}
          y2={band.ring.y}
          stroke="var(--orch)"
          strokeWidth={band.phase === "compare" ? 2.6 : 1.3}
          markerEnd="url(#a-orch)"
        />
        <Ring {...band.ring} phase={band.phase} figure={signed(band.gap)} />
        {band.more > 0 && (
          <text x={band.actLabel.x} y={band.y + band.height - 6} textAnchor="middle" className="d-sm">
            {say({ key: "stage.loop.more", params: { count: band.more } })}
          </text>
        )}
      </g>
    );
  });
}
