/** `expect <CEL>`: an expression over the objects of the world, by kind, with history macros over every change so far. */
import { Checks } from "../../src/course/check/expression";
import { Samples } from "../../src/course/check/samples";
import { RESOURCES } from "../../src/kube/apis/resources";
import { etcdTable, storeTable } from "../../src/kube/apiserver/storage/store";
import type { Timeline } from "../../src/sim/timeline";

const known = new WeakMap<object, unknown>();

/** JSON as CEL has it: whole numbers are ints, objects are maps. */
function celOf(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  const made = Array.isArray(value)
    ? value.map(celOf)
    : new Map(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, celOf(member)]),
      );
  known.set(value, made);
  return made;
}

const bindingsOf = (timeline: Timeline): Record<string, unknown> => ({
  ...Object.fromEntries(
    RESOURCES.map(({ name }) => [
      name,
      timeline
        .table(storeTable(name))
        .rows()
        .map((row) => celOf(row.object)),
    ]),
  ),
  now: timeline.now / 1e6,
});

const lastInput = (timeline: Timeline): number => timeline.inputs.filter((input) => input.at <= timeline.now).at(-1)?.at ?? 0;

/** False also when the expression cannot be evaluated, for example for a missing field. */
export function holds(timeline: Timeline, text: string): boolean {
  const check = new Checks([]).compile(text);
  if (check.macros.length === 0) return check.evaluate(bindingsOf(timeline)) === true;
  const { position, now } = timeline;
  timeline.seekPosition(0);
  const samples = new Samples([check], bindingsOf(timeline));
  let revision = -1;
  while (timeline.position < position) {
    timeline.stepForward();
    const current = timeline.table(etcdTable).get("etcd")?.revision ?? 0;
    if (current === revision) continue;
    revision = current;
    samples.sample(bindingsOf(timeline), timeline.position, timeline.now);
  }
  timeline.seek(now);
  const bindings = bindingsOf(timeline);
  return check.evaluate(samples.values(check, bindings, now, lastInput(timeline))) === true;
}
