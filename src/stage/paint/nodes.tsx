/** Nodes: columns on a ground line. The control plane's node names its components, drawn where they run. */
import type { ReactNode } from "react";
import { NodeBox } from "../glyphs/marks";
import { nodeName } from "../names";
import type { NodeView } from "../readmodel/types";
import type { NodeMark } from "../scene/types";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

/** Widths of a letter of a node's name and of the word beside it; a Hangul syllable is wider, but its words are shorter. */
const NAME_LETTER = 7.6;
const WORD_LETTER = 6;

function Head({ node }: { readonly node: NodeMark }): ReactNode {
  const say = useSay();
  const narrow = node.width < 64;
  const state = node.lost ? "lost" : node.stopped ? "stopped" : node.notReady ? "notReady" : node.cordoned ? "cordoned" : undefined;
  const word = state === undefined || narrow ? "" : say({ key: `stage.node.short-${state}` });
  const letters = Math.floor((node.width - 26 - word.length * WORD_LETTER) / NAME_LETTER);
  const name = narrow ? node.name.replace(/^.*-/, "") : word !== "" && node.name.length > letters ? `${node.name.slice(0, letters - 1)}…` : node.name;
  return (
    <>
      {node.cordoned && (
        <rect x={node.x + 1} y={node.y + 1} width={node.width - 2} height={node.headHeight - 4} fill="url(#st-cordon)" opacity={0.45} />
      )}
      <text
        x={node.x + (narrow ? node.width / 2 : 10)}
        y={node.y + 18}
        textAnchor={narrow ? "middle" : undefined}
        className={`d-m strong halo halo-r ${node.lost ? "tone-alarm" : ""}`}
      >
        {name}
      </text>
      {state !== undefined && !narrow && (
        <text
          x={node.x + node.width - 8}
          y={node.y + 18}
          textAnchor="end"
          className={`d-sm halo halo-r ${state === "cordoned" ? "" : "tone-alarm strong"}`}
        >
          {word}
        </text>
      )}
      {state === undefined && node.podCIDR !== undefined && (
        <text x={node.x + node.width - 10} y={node.y + 18} textAnchor="end" className="d-sm num">
          {node.podCIDR}
        </text>
      )}
      {node.stopped && !node.lost && (
        <path
          d={`M${node.x + 2} ${node.y + 3}l8 8m0 -8l-8 8`}
          transform="translate(-9 -9)"
          stroke="var(--alarm)"
          strokeWidth={2}
          fill="none"
          strokeLinecap="round"
        />
      )}
    </>
  );
}

/** As many of the conditions as there is room for, and how many more there are. */
export function troublesText(troubles: readonly string[], letters: number): string {
  for (let count = troubles.length; count > 0; count--) {
    const left = troubles.length - count;
    const text = `${troubles.slice(0, count).join(" · ")}${left > 0 ? ` +${left}` : ""}`;
    if (text.length <= letters || count === 1) return text;
  }
  return "";
}

/** What the node's conditions say is wrong, under its name. */
function Troubles({ node }: { readonly node: NodeMark }): ReactNode {
  if (node.troubles.length === 0) return null;
  return (
    <text x={node.x + 10} y={node.y + 31} className="d-sm halo halo-r tone-alarm strong">
      {troublesText(node.troubles, Math.floor((node.width - 18) / WORD_LETTER))}
    </text>
  );
}

function Gauges({ node }: { readonly node: NodeMark }): ReactNode {
  return node.gauges.map((gauge) => (
    <g key={gauge.name}>
      <text x={gauge.x} y={gauge.y + 7} className="d-sm">
        {gauge.name}
      </text>
      <rect x={gauge.x + 28} y={gauge.y + 1} width={gauge.width} height={5} fill="var(--sunken)" stroke="var(--edge)" strokeWidth={0.7} />
      <rect x={gauge.x + 28} y={gauge.y + 1} width={gauge.width * gauge.share} height={5} fill="var(--hw)" />
      <text x={gauge.x + 34 + gauge.width} y={gauge.y + 7} className="d-sm num">
        {gauge.text}
      </text>
    </g>
  ));
}

function Components({ node }: { readonly node: NodeMark }): ReactNode {
  const say = useSay();
  return node.components.map((part) => (
    <g key={part.address} data-component={part.address}>
      <rect x={part.x - 12} y={part.y - 10} width={node.width - 12} height={20} fill="transparent" stroke="none" />
      <circle
        cx={part.x}
        cy={part.y}
        r={5}
        fill={part.running ? "var(--raised)" : "var(--alarm-tint)"}
        stroke={part.running ? "var(--ink)" : "var(--alarm)"}
        strokeWidth={1.5}
      />
      {!part.running && <path d={`M${part.x - 3} ${part.y - 3}l6 6m0 -6l-6 6`} stroke="var(--alarm)" strokeWidth={1.6} />}
      <text
        x={part.x + 11}
        y={part.y + 4}
        className={`d-sm ${part.running ? "" : "tone-alarm strong"}`}
        style={{ fill: part.running ? "var(--ink-2)" : undefined }}
      >
        {say({ key: `${part.who.key}-part`, params: part.who.params })}
      </text>
      {part.behind > 0 && (
        <text x={node.x + node.width - 6} y={part.y + 4} textAnchor="end" className="d-sm num">
          {`−${part.behind}`}
        </text>
      )}
    </g>
  ));
}

interface NodesProps {
  readonly nodes: readonly NodeMark[];
  readonly views: ReadonlyMap<string, NodeView>;
  readonly marking: Marking;
}

export function Nodes({ nodes, views, marking }: NodesProps): ReactNode {
  const say = useSay();
  return nodes.map((node) => {
    const view = views.get(node.uid);
    const head = { x: node.x, y: node.y, width: node.width, height: node.headHeight };
    return (
      <g key={node.uid} data-node={node.uid}>
        <NodeBox x={node.x} y={node.y} width={node.width} height={node.height} lost={node.lost} />
        {marking.selected === node.uid && (
          <rect
            x={node.x - 5}
            y={node.y - 5}
            width={node.width + 10}
            height={node.height + 12}
            fill="none"
            stroke="var(--select)"
            strokeWidth={2}
            rx={2}
          />
        )}
        <Mark uid={node.uid} box={head} name={view === undefined ? node.name : nodeName(say, view)} marking={marking}>
          <Head node={node} />
          <Troubles node={node} />
        </Mark>
        <Gauges node={node} />
        <Components node={node} />
      </g>
    );
  });
}
