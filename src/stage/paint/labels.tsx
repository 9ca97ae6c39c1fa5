/** Text of a scene. */
import type { ReactNode } from "react";
import type { Label } from "../scene/types";
import { useSay } from "../words";

export function Labels({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  const say = useSay();
  return labels.map(({ x, y, words, anchor, tone, weight, small }) => {
    const classes = [weight === "head" ? "d-h" : small === true ? "d-sm" : "d-lab"];
    if (tone !== undefined) classes.push(`tone-${tone}`);
    if (weight === "strong") classes.push("strong");
    return (
      <text key={`${words.key} ${x} ${y}`} x={x} y={y} textAnchor={anchor} className={classes.join(" ")}>
        {say(words)}
      </text>
    );
  });
}
