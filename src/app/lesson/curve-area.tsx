/** The chart under a lesson's loop: the line that was predicted, in blue, and the count that happens, in ink. */
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { Lesson, Prediction } from "../../course/types";
import { type CurvePoint, PredictCurve } from "../../stage/predict-curve";
import { useT } from "../../locales/i18n";
import type { Counted } from "../../stage/readmodel/counted";
import { useSession, useWorldParts } from "../lab/lab-context";
import { progress, useProgress } from "../storage/progress";

/** The lesson's prediction that is drawn as a curve, if it has one. */
export function curveOf(lesson: Lesson): Prediction | undefined {
  return lesson.steps.find((step) => step.predict?.curve !== undefined)?.predict;
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
const written = (points: readonly CurvePoint[]): string => points.map(({ at, value }) => `${tenth(at)}:${tenth(value)}`).join(" ");
const read = (text: string | undefined): readonly CurvePoint[] =>
  (text ?? "").split(" ").flatMap((pair) => {
    const [at, value] = pair.split(":").map(Number);
    return at === undefined || value === undefined || Number.isNaN(at) || Number.isNaN(value) ? [] : [{ at, value }];
  });

/** A line is kept this long after its last stroke. */
const KEEP_AFTER_MS = 300;
/** A chart's beginning lies this long before the command that it is about. */
const LEAD = 1_000_000;

/** What the world's history says of the count, by seconds since the chart's beginning. */
function useCounted(lesson: Lesson, start: number): { readonly points: readonly CurvePoint[]; readonly now: number; readonly want: number } {
  const session = useSession();
  const world = useWorldParts(({ cluster, commands }) => ({
    cluster,
    first: commands.findLast((command) => command.text.startsWith("kubectl delete"))?.at,
  }));
  const [counted, setCounted] = useState<readonly Counted[]>([]);
  const set = world?.cluster.replicaSets.find((one) => one.name === lesson.follow.name || one.deployment === lesson.follow.name);
  const uid = set?.uid;
  const have = set?.have;
  const zero = world?.first === undefined ? undefined : world.first - LEAD;
  useEffect(() => {
    if (uid === undefined || zero === undefined) return;
    let stale = false;
    session
      .request({ kind: "counted", uid })
      .then((answer) => stale || setCounted(answer as unknown as readonly Counted[]))
      .catch(() => undefined);
    return () => {
      stale = true;
    };
  }, [session, uid, zero, have]);
  const points = useMemo(() => {
    if (zero === undefined) return [{ at: 0, value: start }];
    const before = counted.findLast(({ at }) => at <= zero)?.count ?? start;
    return [{ at: 0, value: before }, ...counted.filter(({ at }) => at > zero).map(({ at, count }) => ({ at: (at - zero) / 1e6, value: count }))];
  }, [counted, zero, start]);
  return { points, now: world === undefined || zero === undefined ? 0 : (world.cluster.now - zero) / 1e6, want: set?.desired ?? start };
}

export function CurveArea({ lesson, prediction }: { readonly lesson: Lesson; readonly prediction: Prediction }): ReactNode {
  const t = useT();
  const key = `${lesson.id}/${prediction.id}/curve`;
  const kept = useProgress((state) => state.answers[key]);
  const curve = prediction.curve ?? { seconds: 12, max: 4, start: 0 };
  const [drawn, setDrawn] = useState<readonly CurvePoint[]>(() => read(kept));
  const { points, now, want } = useCounted(lesson, curve.start);
  const begun = now > 0;
  useEffect(() => {
    // Kept while it is drawn, so that a reload does not take the pencil line away; what happens next only ends the drawing.
    const text = written(drawn);
    if (drawn.length === 0 || text === kept) return;
    const timer = setTimeout(() => progress.answer(key, text), begun ? 0 : KEEP_AFTER_MS);
    return () => clearTimeout(timer);
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
