/** The chart under a lesson's loop: the line that was predicted, in blue, and the count that happens, in ink. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Lesson, Prediction } from "../../course/types";
import { type CurvePoint, PredictCurve } from "../../stage/predict-curve";
import { useT } from "../../locales/i18n";
import { useWorldParts } from "../lab/lab-context";
import { progress, useProgress } from "../storage/progress";

/** The lesson's prediction that is drawn as a curve, if it has one. */
export function curveOf(lesson: Lesson): Prediction | undefined {
  return lesson.steps.find((step) => step.predict?.curve !== undefined)?.predict;
}

const written = (points: readonly CurvePoint[]): string => points.map(({ at, value }) => `${Math.round(at * 10) / 10}:${value}`).join(" ");
const read = (text: string | undefined): readonly CurvePoint[] =>
  (text ?? "").split(" ").flatMap((pair) => {
    const [at, value] = pair.split(":").map(Number);
    return at === undefined || value === undefined || Number.isNaN(at) || Number.isNaN(value) ? [] : [{ at, value }];
  });

/** Counts seen so far, by seconds since the chart's beginning; a step back forgets what comes later. */
function useSeen(lesson: Lesson, start: number): { readonly points: readonly CurvePoint[]; readonly now: number; readonly want: number } {
  const world = useWorldParts(({ cluster, commands }) => ({
    cluster,
    first: commands.findLast((command) => command.text.startsWith("kubectl delete"))?.at,
  }));
  const seen = useRef<readonly CurvePoint[]>([]);
  const set = world?.cluster.replicaSets.find((one) => one.name === lesson.follow.name || one.deployment === lesson.follow.name);
  const zero = world?.first === undefined ? world?.cluster.now : world.first - 1_000_000;
  const at = world === undefined || zero === undefined ? 0 : (world.cluster.now - zero) / 1e6;
  const value = set?.have ?? start;
  const kept = seen.current.filter((point) => point.at < at);
  if (world?.first === undefined) seen.current = [{ at: 0, value }];
  else if (kept.at(-1)?.value !== value || kept.length !== seen.current.length)
    seen.current = [...(kept.length === 0 ? [{ at: 0, value: start }] : kept), { at, value }];
  return { points: seen.current, now: world?.first === undefined ? 0 : at, want: set?.desired ?? start };
}

export function CurveArea({ lesson, prediction }: { readonly lesson: Lesson; readonly prediction: Prediction }): ReactNode {
  const t = useT();
  const key = `${lesson.id}/${prediction.id}/curve`;
  const kept = useProgress((state) => state.answers[key]);
  const curve = prediction.curve ?? { seconds: 12, max: 4, start: 0 };
  const [drawn, setDrawn] = useState<readonly CurvePoint[]>(() => read(kept));
  const { points, now, want } = useSeen(lesson, curve.start);
  const begun = now > 0;
  useEffect(() => {
    // The drawing is committed by what happens next, as a choice is by its button.
    if (begun && drawn.length > 0 && kept === undefined) progress.answer(key, written(drawn).slice(0, 200));
  }, [begun, drawn, kept, key]);
  return (
    <div className="curve-place">
      <PredictCurve
        seconds={curve.seconds}
        max={curve.max}
        title={t("app.predict.curve")}
        prediction={drawn}
        onDraw={begun ? undefined : setDrawn}
        actual={points}
        now={now}
        reference={{ value: want, label: `replicas: ${want}`, tone: "plan" }}
      />
    </div>
  );
}
