/**
 * Compiles `src/course/content` to `src/course/generated.json`. With `--verify` it only says whether the committed file is what the
 * sources give.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { htmlOf } from "../../src/course/markdown";
import type { Course, CourseDeck, Exercise, Fixture, Lesson, LessonStep, Text } from "../../src/course/types";

const CONTENT = "src/course/content";
const OUT = "src/course/generated.json";

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => file.endsWith(".yaml"));
}

const bodyOf = (text: Text): LessonStep["body"] => ({ ko: htmlOf(text.ko), en: htmlOf(text.en) });

function compile(): Course {
  const out = { fixtures: {} as Record<string, Fixture>, lessons: [] as Lesson[], exercises: [] as Exercise[], decks: [] as CourseDeck[] };
  for (const file of filesIn(CONTENT)) {
    const value = load(readFileSync(file, "utf8")) as { readonly schema?: string };
    if (file.endsWith("fixtures.yaml")) {
      for (const [name, fixture] of Object.entries(value as Record<string, Fixture>))
        out.fixtures[name] = { ...fixture, files: fixture.files ?? {}, commands: fixture.commands ?? [] };
    } else if (value.schema === "strata/exercise@1") {
      const exercise = value as unknown as Exercise;
      out.exercises.push({ ...exercise, alternatives: exercise.alternatives ?? [] });
    } else if (value.schema === "strata/lesson@1") {
      const lesson = value as unknown as Lesson;
      out.lessons.push({ ...lesson, steps: lesson.steps.map((step) => ({ ...step, body: bodyOf(step.text) })) });
    } else if (value.schema === "strata/deck@1") out.decks.push(value as unknown as CourseDeck);
    else throw new Error(`${file}: schema "${value.schema ?? ""}" is none of ours`);
  }
  return out;
}

const text = `${JSON.stringify(compile())}\n`;
if (!process.argv.includes("--verify")) writeFileSync(OUT, text);
else if (!existsSync(OUT) || readFileSync(OUT, "utf8") !== text) {
  console.error(`${OUT} is not what ${CONTENT} gives; run npm run update:course`);
  process.exitCode = 1;
}
