/** An exercise: what is asked, goals in words with their state, hints, questions, and an answer to what was tried. */
import { type ReactNode, useEffect, useState } from "react";
import { useLanguage, useT } from "../../locales/i18n";
import type { CourseState } from "../../course/checker";
import type { Exercise } from "../../course/types";
import type { SessionFile } from "../../session/types";
import { CheckIcon } from "../glyphs/icons";
import { useSession } from "../lab/lab-context";
import { progress, useProgress } from "../storage/progress";
import { tellCourse } from "./course-watch";
import { HintLadder } from "./hint-ladder";
import { PredictionPanel } from "./prediction-panel";
import { Inline } from "./prose";

interface ExerciseColumnProps {
  readonly exercise: Exercise;
  readonly course: CourseState | undefined;
  readonly world: SessionFile;
}

export function ExerciseColumn({ exercise, course, world }: ExerciseColumnProps): ReactNode {
  const t = useT();
  const language = useLanguage();
  const { id, predict } = exercise;
  const committed = useProgress((state) => state.answers[`${id}/${predict?.id ?? ""}`]);
  const open = predict === undefined || committed !== undefined;
  useEffect(() => {
    if (course?.solved === true) progress.finish(id);
  }, [course?.solved, id]);
  const outcome = predict === undefined ? undefined : course?.values[predict.id];
  return (
    <>
      <div className="lesson-body">
        <div className="kick">{t("app.exercise.kick", { id, minutes: exercise.minutes })}</div>
        <h1>{exercise.title[language]}</h1>
        <p>
          <Inline text={exercise.task[language]} />
        </p>
        {predict !== undefined && (
          <PredictionPanel
            prediction={predict}
            committed={committed}
            onCommit={(value) => progress.answer(`${id}/${predict.id}`, value)}
            outcome={course?.solved === true ? predict.correct : typeof outcome === "string" ? outcome : undefined}
          />
        )}
        {open && <GoalList exercise={exercise} course={course} />}
        {open &&
          (exercise.questions ?? []).map((question) => <QuestionField key={question.id} exercise={exercise} question={question} course={course} />)}
        <Feedback exercise={exercise} course={course} />
        {open && course?.solved !== true && <HintLadder exercise={exercise} />}
      </div>
      <ExerciseFoot world={world} course={course} />
    </>
  );
}

function GoalList({ exercise, course }: Omit<ExerciseColumnProps, "world">): ReactNode {
  const t = useT();
  const language = useLanguage();
  const goals = course?.goals ?? {};
  const held = exercise.goal.filter((goal) => goals[goal.id] === true).length;
  const current = exercise.goal.find((goal) => goals[goal.id] !== true)?.id;
  return (
    <section className="goals" aria-label={t("app.exercise.goals")}>
      <h2>
        {t("app.exercise.goals")}
        <span className="num">{`${held} / ${exercise.goal.length}`}</span>
      </h2>
      <ul>
        {exercise.goal.map((goal) => {
          const done = goals[goal.id] === true;
          return (
            <li key={goal.id} className={done ? "done" : goal.id === current ? "current" : undefined} data-goal={goal.id}>
              <span className="goal-dot" role="img" aria-label={t(done ? "app.exercise.holds" : "app.exercise.open")}>
                {done && <CheckIcon size={12} />}
              </span>
              {goal.say[language]}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface QuestionFieldProps extends Omit<ExerciseColumnProps, "world"> {
  readonly question: NonNullable<Exercise["questions"]>[number];
}

function QuestionField({ exercise, question, course }: QuestionFieldProps): ReactNode {
  const t = useT();
  const language = useLanguage();
  const session = useSession();
  const known = course?.answers[question.id];
  // Shown as chosen at once; the world's own word follows, and forgets it again when time goes back.
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (known === chosen) setChosen(undefined);
  }, [known, chosen]);
  const given = chosen ?? known;
  const answer = (value: string): void => {
    setChosen(value);
    progress.answer(`${exercise.id}/${question.id}`, value);
    void tellCourse(session, { do: "answer", id: question.id, value });
  };
  return (
    <fieldset className="question">
      <legend>
        <small>{t("app.exercise.question")}</small>
        {question.ask[language]}
      </legend>
      {question.options.length === 0 && <Written ask={question.ask[language]} given={known} onAnswer={answer} />}
      {question.options.map((option) => (
        <label key={option.v} className={given === option.v ? "choice ink on" : "choice ink"}>
          <input type="radio" name={`${exercise.id}-${question.id}`} checked={given === option.v} onChange={() => answer(option.v)} />
          {option.text[language]}
        </label>
      ))}
    </fieldset>
  );
}

interface WrittenProps {
  readonly ask: string;
  readonly given: string | undefined;
  readonly onAnswer: (value: string) => void;
}

/** An answer in one's own letters: given with Enter or the button, so that half a word is no answer. */
function Written({ ask, given, onAnswer }: WrittenProps): ReactNode {
  const t = useT();
  const [text, setText] = useState(given ?? "");
  return (
    <form
      className="written"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(text.trim().replace(/\s+/g, " "));
      }}
    >
      <input type="text" aria-label={ask} value={text} maxLength={80} onChange={(event) => setText(event.target.value)} />
      <button type="submit" className="button quiet" disabled={text.trim() === ""}>
        {t("app.exercise.answer")}
      </button>
      {given !== undefined && <span className="mono">{given}</span>}
    </form>
  );
}

/** What the state shows, the idea it contradicts, a next question; or why it works. */
function Feedback({ exercise, course }: Omit<ExerciseColumnProps, "world">): ReactNode {
  const t = useT();
  const language = useLanguage();
  const session = useSession();
  if (course === undefined) return null;
  const wrong = exercise.wrong.find((one) => one.id === course.feedback?.id);
  const { broken } = course;
  return (
    <div className="feedback-place" role="status" aria-live="polite">
      {course.solved && (
        <div className="feedback solved" data-testid="solved">
          <CheckIcon />
          <p>
            <b>{t("app.exercise.solved")}</b> <Inline text={exercise.after.explain[language]} />
          </p>
        </div>
      )}
      {!course.solved && broken !== undefined && (
        <div className="feedback" data-testid="broken">
          <p>
            {t("app.exercise.broken", {
              goal: exercise.goal.find((goal) => goal.id === broken.goal)?.say[language] ?? "",
              seconds: (broken.at / 1e6).toFixed(1),
            })}
          </p>
          <button type="button" className="button quiet" onClick={() => session.seek(Math.max(0, broken.at - 1))}>
            {t("app.exercise.before")}
          </button>
        </div>
      )}
      {!course.solved && wrong !== undefined && (
        <div className="feedback" data-testid="feedback" data-wrong={wrong.id}>
          <p>
            <Inline text={wrong.say[language]} />
          </p>
        </div>
      )}
    </div>
  );
}

function ExerciseFoot({ world, course }: Pick<ExerciseColumnProps, "world" | "course">): ReactNode {
  const t = useT();
  const session = useSession();
  return (
    <div className="lesson-foot">
      <div className="lesson-way">
        <button type="button" className="button quiet" onClick={() => void session.load(world)}>
          {t("app.exercise.again")}
        </button>
        {course?.solved === true ? (
          <a className="button" href="#/">
            {t("app.exercise.home")}
          </a>
        ) : (
          <button type="button" className="button quiet" onClick={() => void tellCourse(session, { do: "check" })}>
            {t("app.exercise.check")}
          </button>
        )}
      </div>
    </div>
  );
}
