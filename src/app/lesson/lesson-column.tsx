/** A lesson step by step: text, prediction, command, and the way on. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLanguage, useT } from "../../locales/i18n";
import type { CourseState } from "../../course/checker";
import type { Lesson, LessonStep } from "../../course/types";
import { CheckIcon, RightIcon } from "../glyphs/icons";
import { useSession, useWorld, useWorldParts } from "../lab/lab-context";
import { addressed } from "../../course/terminals";
import { isMachineWorld } from "../../session/types";
import { named } from "../presenter/beats";
import { progress, useProgress } from "../storage/progress";
import { ui } from "../store";
import { runHeld, runUntil } from "./held-time";
import { PredictionPanel } from "./prediction-panel";
import { Prose } from "./prose";

interface LessonColumnProps {
  readonly lesson: Lesson;
  readonly course: CourseState | undefined;
}

export function LessonColumn({ lesson, course }: LessonColumnProps): ReactNode {
  const t = useT();
  const language = useLanguage();
  const answers = useProgress((state) => state.answers);
  const kept = useProgress((state) => state.steps[lesson.id]) ?? 0;
  const at = Math.min(kept, lesson.steps.length - 1);
  const step = lesson.steps[at];
  useEffect(() => {
    ui.holdTime(true);
    return () => ui.holdTime(false);
  }, []);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A new step is read from its beginning; in the hand the sheet scrolls, not the text.
    body.current?.parentElement?.scrollTo(0, 0);
  }, [at]);
  if (step === undefined) return null;
  const recalled = answers[`${lesson.id}/recall`];
  return (
    <>
      <div className="lesson-body" key={step.id} ref={body}>
        <div className="kick num">{lesson.id}</div>
        <h1>{step.heading?.[language] ?? lesson.title[language]}</h1>
        {at === 0 && recalled === undefined ? (
          <Recall lesson={lesson} onAnswer={(value) => progress.answer(`${lesson.id}/recall`, value)} />
        ) : (
          <p className="recalled">
            <CheckIcon />
            {lesson.recall.say[language]}
          </p>
        )}
        <Prose body={step.body[language]} />
        {lesson.steps
          .slice(0, at + 1)
          .toReversed()
          .map((one) => (one.predict === undefined ? null : <Predicted key={one.id} lesson={lesson} step={one} course={course} />))}
      </div>
      <LessonFoot lesson={lesson} step={step} at={at} course={course} open={at > 0 || recalled !== undefined} />
      <span className="visually-hidden" role="status">
        {t("app.lesson.step", { at: at + 1, of: lesson.steps.length })}
      </span>
    </>
  );
}

function Recall({ lesson, onAnswer }: { readonly lesson: Lesson; readonly onAnswer: (value: string) => void }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const [tried, setTried] = useState<string | undefined>(undefined);
  return (
    <fieldset className="recall">
      <legend>{t("app.lesson.recall", { id: lesson.recall.from })}</legend>
      <p>{lesson.recall.ask[language]}</p>
      <div className="row-buttons">
        {lesson.recall.options.map((option) => (
          <button
            key={option.v}
            type="button"
            className="button quiet"
            aria-pressed={tried === option.v}
            onClick={() => (option.v === lesson.recall.correct ? onAnswer(option.v) : setTried(option.v))}
          >
            {option.text[language]}
          </button>
        ))}
      </div>
      {tried !== undefined && <p role="status">{lesson.recall.say[language]}</p>}
    </fieldset>
  );
}

const outcomeOf = (course: CourseState | undefined, id: string): string | undefined => {
  const value = course?.values[id];
  return typeof value === "string" ? value : undefined;
};

function Predicted({
  lesson,
  step,
  course,
}: {
  readonly lesson: Lesson;
  readonly step: LessonStep;
  readonly course: CourseState | undefined;
}): ReactNode {
  const t = useT();
  const { predict } = step;
  const key = `${lesson.id}/${predict?.id ?? ""}`;
  const committed = useProgress((state) => state.answers[key]);
  if (predict === undefined) return null;
  return (
    <PredictionPanel
      prediction={predict}
      committed={committed}
      onCommit={(value) => progress.answer(key, value)}
      outcome={outcomeOf(course, predict.id)}
      hint={t(predict.curve === undefined ? "app.predict.then" : "app.predict.thenDraw")}
    />
  );
}

interface FootProps extends LessonColumnProps {
  readonly step: LessonStep;
  readonly at: number;
  readonly open: boolean;
}

/** Dots of the steps and the one button that leads on: run the command, take the next message, or go to the next step. */
function LessonFoot({ lesson, step, at, course, open }: FootProps): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ cluster, machines }) => ({ cluster, machines }));
  const committed = useProgress((state) => state.answers[`${lesson.id}/${step.predict?.id ?? ""}`]);
  const done = step.done === undefined || course?.values[`done ${step.id}`] === true;
  const used = useWorld((state) => step.command !== undefined && state.commands.some((command) => similar(command.text, step.command ?? "")));
  const gate = !open || (step.predict !== undefined && committed === undefined);
  const last = at === lesson.steps.length - 1;
  const run = (): void => {
    if (step.command === undefined) return;
    const { terminal, line } = addressed(step.command);
    const state = session.state();
    session.type(terminal, state === undefined ? line : named(line, state));
    // The request reaches the API server; what follows is stepped. A machine answers at once.
    if (state !== undefined && isMachineWorld(state.config)) runHeld(session, terminal);
    else session.stepStroke(1);
  };
  const next = (): void => {
    if (last) progress.finish(lesson.id);
    progress.step(lesson.id, last ? 0 : at + 1);
    if (last) location.hash = step.next === undefined ? "#/" : `#/${step.next.startsWith("E") ? "exercise" : "lesson"}/${step.next}`;
  };
  const button = (text: string, act: () => void, key?: string): ReactNode => (
    <button type="button" className="button" disabled={gate} onClick={act}>
      {text} {key === undefined ? <RightIcon /> : <kbd>{key}</kbd>}
    </button>
  );
  const waiting = (
    <span className="row-buttons">
      <button
        type="button"
        className="button quiet"
        onClick={() =>
          runUntil(session, (state) => (state.extensions["course"] as unknown as CourseState | undefined)?.values[`done ${step.id}`] === true)
        }
      >
        {t("app.lesson.letRun")}
      </button>
      {button(t("app.lesson.message"), () => session.stepStroke(1), ".")}
    </span>
  );
  return (
    <div className="lesson-foot">
      {step.command !== undefined && !done && !gate && (
        <code className="lesson-command">{world === undefined ? step.command : named(step.command, world)}</code>
      )}
      <div className="lesson-way">
        <div className="steps">
          {lesson.steps.map((one, i) => (
            <button
              key={one.id}
              type="button"
              className={i < at ? "d" : i === at ? "c" : undefined}
              disabled={i > at}
              aria-label={t("app.lesson.step", { at: i + 1, of: lesson.steps.length })}
              aria-current={i === at ? "step" : undefined}
              onClick={() => progress.step(lesson.id, i)}
            />
          ))}
        </div>
        {step.command !== undefined && !done && used !== true
          ? button(t("app.lesson.run"), run)
          : !done
            ? waiting
            : button(last ? t("app.lesson.finish") : t("app.lesson.next"), next)}
      </div>
    </div>
  );
}

/** Whether a command typed is the step's, whatever names stand in it. */
function similar(typed: string, wanted: string): boolean {
  const pattern = addressed(wanted)
    .line.split(/\$\([^)]*\)/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("\\S+");
  return new RegExp(`^${pattern}$`).test(typed.trim());
}
