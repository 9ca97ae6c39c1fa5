/**
 * `expect <CEL>`: an expression over the objects of the world, in the words of the course's checks, with history macros over every change
 * since the beginning. Beside the course's lists every other kind is there by its plural.
 */
import { type Bindings, Checks } from "../../src/course/check/expression";
import { bindingsOf as courseBindings, celOf, type Deeds, functionsFor } from "../../src/course/check/model";
import { Samples } from "../../src/course/check/samples";
import type { Facts } from "../../src/session/ground";
import { RESOURCES } from "../../src/kube/apis/resources";
import { etcdTable, storeTable } from "../../src/kube/apiserver/storage/store";
import type { Timeline } from "../../src/sim/timeline";

function deedsOf(timeline: Timeline): Deeds {
  const typed = timeline.inputs.filter((input) => input.at <= timeline.now).map(({ message }) => (message as { readonly line?: unknown }).line);
  return { commands: typed.filter((line) => typeof line === "string"), answers: {} };
}

function bindingsOf(timeline: Timeline, facts: Facts | undefined): Bindings {
  const all = RESOURCES.map(({ name }) => [
    name,
    timeline
      .table(storeTable(name))
      .rows()
      .map((row) => celOf(row.object)),
  ]);
  return { ...Object.fromEntries(all), ...courseBindings(timeline, deedsOf(timeline), facts) };
}

const lastInput = (timeline: Timeline): number => timeline.inputs.filter((input) => input.at <= timeline.now).at(-1)?.at ?? 0;

/** False also when the expression cannot be evaluated, for example for a missing field. */
export function holds(timeline: Timeline, text: string, facts?: Facts): boolean {
  const check = new Checks(functionsFor(() => ({ world: timeline, deeds: deedsOf(timeline), facts }))).compile(text);
  if (check.macros.length === 0) return check.evaluate(bindingsOf(timeline, facts)) === true;
  const { position, now } = timeline;
  timeline.seekPosition(0);
  const samples = new Samples([check], bindingsOf(timeline, facts));
  let revision = -1;
  while (timeline.position < position) {
    timeline.stepForward();
    const current = (timeline.table(etcdTable).get("etcd")?.revision ?? 0) + (facts?.stamp(timeline) ?? 0);
    if (current === revision) continue;
    revision = current;
    samples.sample(bindingsOf(timeline, facts), timeline.position, timeline.now);
  }
  timeline.seek(now);
  const bindings = bindingsOf(timeline, facts);
  return check.evaluate(samples.values(check, bindings, now, lastInput(timeline))) === true;
}
