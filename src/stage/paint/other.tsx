/** The other branch in blue pencil: dashed around what is so there, crossed out what is not there. */
import type { ReactNode } from "react";
import type { OtherMark } from "../scene/other-scene";
import { useSay } from "../words";

const PENCIL = { fill: "none", stroke: "var(--orch)", strokeWidth: 1.6, strokeDasharray: "4 3" };
const LONGEST = 34;

export function Other({ marks }: { readonly marks: readonly OtherMark[] }): ReactNode {
  const say = useSay();
  return (
    <g className="stage-other" aria-hidden="true" pointerEvents="none">
      {marks.map(({ key, kind, round, x, y, width, height, text, words }) => {
        const said = words === undefined ? (text ?? "") : say(words);
        return (
          <g key={key} data-other={kind}>
            {kind === "there" && <rect x={x} y={y} width={width} height={height} rx={round ? height / 2 : 2} {...PENCIL} />}
            {kind === "gone" && <path d={`M${x - 3} ${y + height + 3}L${x + width + 3} ${y - 3}`} {...PENCIL} />}
            {said !== "" && (
              <text
                x={kind === "field" ? x + width : x + width / 2}
                y={kind === "field" ? y + height - 2 : y - 4}
                textAnchor={kind === "field" ? "end" : "middle"}
                className="d-sm halo tone-plan strong"
              >
                {said.length > LONGEST ? `${said.slice(0, LONGEST - 1)}…` : said}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}
