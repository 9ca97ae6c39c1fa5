/**
 * `npm run course:verify`: every exercise proves itself. Checks V1–V9 and V14 of the course's design for the exercise's own seed and four
 * more, and each lesson's predictions against the run. A line per exercise, then `N passed, N failed`.
 */
import { readFileSync } from "node:fs";
import { CheckError, Checks } from "../src/course/check/expression";
import { functionsFor } from "../src/course/check/model";
import { addressed } from "../src/course/terminals";
import { ScriptRunner } from "../src/course/runner";
import type { Course, Exercise, Fixture, Lesson, Text } from "../src/course/types";
import { watchOfExercise, watchOfLesson } from "../src/course/watch";

const course = JSON.parse(readFileSync("src/course/generated.json", "utf8")) as Course;
const only = process.argv[2];
const failures: string[] = [];
let passed = 0;

function check(subject: string, rule: string, holds: boolean, detail = ""): void {
  if (holds) passed++;
  else failures.push(`${subject} ${rule}${detail === "" ? "" : `: ${detail}`}`);
}

/** Every text in an object, with its place. */
function textsIn(value: unknown, path: string): { readonly path: string; readonly text: Text }[] {
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  if (typeof object["ko"] === "string" || typeof object["en"] === "string") return [{ path, text: object as unknown as Text }];
  return Object.entries(object).flatMap(([key, member]) => (key === "body" ? [] : textsIn(member, `${path}.${key}`)));
}

const HANGUL = /[가-힣]/;

/** V1: both languages, each its own. Option texts may be a number alone. */
function verifyTexts(id: string, value: unknown): void {
  for (const { path, text } of textsIn(value, id)) {
    const both = typeof text.ko === "string" && typeof text.en === "string" && text.ko.trim() !== "" && text.en.trim() !== "";
    check(path, "V1 both languages and nothing else", both && text.ko !== text.en && Object.keys(text).length === 2, Object.keys(text).join(", "));
    check(path, "V1 Hangul only in Korean", both && !HANGUL.test(text.en) && (HANGUL.test(text.ko) || text.ko.length < 12));
  }
}

/** V2: every expression parses. */
function verifyExpressions(id: string, expressions: readonly string[]): void {
  const checks = new Checks(
    functionsFor(() => {
      throw new Error("not while parsing");
    }),
  );
  for (const expression of expressions) {
    try {
      checks.compile(expression);
      check(id, "V2 parses", true);
    } catch (error) {
      check(id, "V2 parses", false, error instanceof CheckError ? error.message : String(error));
    }
  }
}

function played(exercise: Exercise, fixture: Fixture, seed: number, script: readonly string[]): ScriptRunner {
  const runner = new ScriptRunner(fixture, seed, watchOfExercise(exercise, fixture));
  for (const line of script) runner.perform(line);
  return runner;
}

const firstFeedback = (runner: ScriptRunner): string | undefined =>
  runner.states.find((state) => state.feedback !== undefined && !state.feedback.progress)?.feedback?.id;
const allowedIn = (line: string, tool: string): boolean => line === tool || line.startsWith(`${tool} `);
const allowed = (exercise: Exercise, line: string): boolean =>
  /^(run|answer|fault) /.test(line) || exercise.tools.allow.some((tool) => allowedIn(addressed(line).line, tool));

function verifySeed(exercise: Exercise, fixture: Fixture, seed: number): void {
  const subject = `${exercise.id} seed ${seed}`;
  const idle = played(exercise, fixture, seed, ["run 600s"]);
  check(subject, "V3 not solved at the start, nor by waiting", !idle.states.some((state) => state.solved));
  check(subject, "V9 silent while nothing is done", firstFeedback(idle) === undefined, firstFeedback(idle));
  const solution = exercise.solution.map((step) => step.do);
  for (const [i, script] of [solution, ...exercise.alternatives].entries()) {
    const run = played(exercise, fixture, seed, script);
    const open = Object.entries(run.state.goals).filter(([, holds]) => !holds);
    check(`${subject} ${i === 0 ? "solution" : `alternative ${i}`}`, "V4 solves", run.state.solved, `open: ${open.map(([id]) => id).join(", ")}`);
    check(`${subject} script ${i}`, "V5 checks were evaluated", run.state.evaluated > 0);
    check(`${subject} script ${i}`, "V9 no false alarm", firstFeedback(run) === undefined, firstFeedback(run));
  }
  for (let length = 1; length < solution.length; length++) {
    const rest = solution.slice(length);
    if (rest.every((line) => line.startsWith("run "))) continue;
    const run = played(exercise, fixture, seed, [...solution.slice(0, length), "run 30s"]);
    check(`${subject} prefix ${length}`, "V6 not solved early", !run.state.solved);
  }
  for (const wrong of exercise.wrong) {
    const run = played(exercise, fixture, seed, [...wrong.try, "run 3s"]);
    check(`${subject} ${wrong.id}`, "V8 stays wrong", !run.state.solved);
    const first = run.states.find((state) => state.feedback !== undefined)?.feedback?.id;
    check(`${subject} ${wrong.id}`, "V9 its own feedback first", first === wrong.id, `got ${first ?? "none"}`);
  }
  const [a, b] = [played(exercise, fixture, seed, solution), played(exercise, fixture, seed, solution)];
  const end = a.timeline.hash();
  check(subject, "V14 same run, same hash", end === b.timeline.hash());
  a.timeline.seekPosition(Math.floor(a.timeline.position / 2));
  a.timeline.seekPosition(b.timeline.position);
  check(subject, "V14 rewound and replayed, same hash", a.timeline.hash() === end);
}

/** V7: for each goal some attempt leaves only it open; a goal that nothing isolates is named, not failed. */
function isolated(exercise: Exercise, fixture: Fixture): void {
  const solution = exercise.solution.map((step) => step.do);
  const scripts = [
    ...exercise.wrong.map((wrong) => wrong.try),
    ...solution.map((_line, i) => solution.slice(0, i)),
    ...solution.map((_line, i) => solution.filter((_other, j) => j !== i)),
  ];
  const left = new Set(exercise.goal.map((goal) => goal.id));
  for (const script of scripts) {
    const { goals } = played(exercise, fixture, fixture.config.seed, [...script, "run 30s"]).state;
    const open = Object.keys(goals).filter((id) => goals[id] !== true);
    if (open.length === 1) left.delete(open[0] as string);
  }
  for (const id of left) console.log(`note ${exercise.id} V7: no attempt leaves only "${id}" open`);
}

function verifyExercise(exercise: Exercise): void {
  const fixture = course.fixtures[exercise.fixture];
  if (fixture === undefined) return check(exercise.id, "V1 fixture exists", false, exercise.fixture);
  verifyTexts(exercise.id, exercise);
  const expressions = [...exercise.goal.map((goal) => goal.check), ...exercise.wrong.map((wrong) => wrong.when)];
  verifyExpressions(exercise.id, exercise.predict?.check === undefined ? expressions : [...expressions, exercise.predict.check]);
  for (const { do: line } of exercise.solution) check(exercise.id, "V4 allowed tools only", allowed(exercise, line), line);
  check(exercise.id, "V1 three hints", exercise.hints.length === 3);
  check(exercise.id, "V1 two wrong attempts", exercise.wrong.length >= 2);
  for (const seed of new Set([fixture.config.seed, 1, 2, 3, 4])) verifySeed(exercise, fixture, seed);
  isolated(exercise, fixture);
}

function verifyLesson(lesson: Lesson): void {
  const fixture = course.fixtures[lesson.fixture];
  if (fixture === undefined) return check(lesson.id, "V1 fixture exists", false, lesson.fixture);
  verifyTexts(lesson.id, lesson);
  const watch = watchOfLesson(lesson, fixture);
  verifyExpressions(
    lesson.id,
    watch.values.map((value) => value.check),
  );
  const runner = new ScriptRunner(fixture, fixture.config.seed, watch);
  for (const step of lesson.steps) {
    const subject = `${lesson.id} ${step.id}`;
    if (step.command !== undefined) runner.perform(step.command);
    if (step.done === undefined) continue;
    const limit = runner.timeline.now + (step.limit ?? 5) * 1e6;
    while (runner.state.values[`done ${step.id}`] !== true && runner.timeline.now < limit) runner.run(500_000);
    check(subject, "can be done", runner.state.values[`done ${step.id}`] === true);
  }
  for (const step of lesson.steps) {
    if (step.predict?.check === undefined) continue;
    const again = new ScriptRunner(fixture, fixture.config.seed, watch);
    // The steps before it have been done.
    for (const earlier of lesson.steps.slice(0, lesson.steps.indexOf(step) + 1)) if (earlier.command !== undefined) again.perform(earlier.command);
    again.run(60e6);
    const value = again.state.values[step.predict.id];
    check(`${lesson.id} ${step.predict.id}`, "the prediction called correct is what happens", value === step.predict.correct, `got ${String(value)}`);
  }
}

for (const subject of [...course.exercises, ...course.lessons]) {
  if (only !== undefined && subject.id !== only) continue;
  const before = { passed, failed: failures.length };
  if ("goal" in subject) verifyExercise(subject);
  else verifyLesson(subject);
  console.log(`${subject.id}: ${passed - before.passed} passed, ${failures.length - before.failed} failed`);
}
for (const deck of course.decks) verifyTexts(deck.id, deck);
for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
