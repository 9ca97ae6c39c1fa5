/** The stage and what belongs to it: the picture, its text, the Score and the inspector, bound to the open world. */
import type { ReactNode } from "react";
import { useWorld } from "./lab-context";

export type StageAreaVariant = "cluster" | "thermostat" | "mobile" | "presenter" | "presenter-thermostat";

export function StageArea(_props: { readonly variant?: StageAreaVariant }): ReactNode {
  const pods = useWorld((state) => state.cluster.pods.length);
  return <div className="stage-placeholder">{pods}</div>;
}

export function ScoreArea(_props: { readonly folded: boolean }): ReactNode {
  return null;
}

export function InspectorArea(): ReactNode {
  return null;
}

/** The NowLine as a caption. */
export function CaptionArea(): ReactNode {
  return <div className="caption" />;
}
