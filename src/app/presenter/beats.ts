/** What one beat of a slide does to its world. */
import { addressed, numbersOf, withNumbers } from "../../course/terminals";
import { isMachineWorld, type Session, type SessionState } from "../../session/types";
import type { ClusterView } from "../../stage/readmodel/types";
import { faultOfLine, perform } from "../lab/fault-list";

/** A beat that runs lasts at most this long on the wall, however much virtual time it covers. */
const LONGEST_MS = 8000;
/** Long enough for a fault to strike, in microseconds. */
const MOMENT = 1000;
/** Commands that read the object before they write it. */
const READS_FIRST = /^kubectl (apply|annotate|edit|label|patch|rollout|scale|set) /;
/** A command at a machine has answered by then, in microseconds. */
const COMMAND = 400_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

/** `$(pod web 1)`: the second, by name, of the Pods with `app=web` that are not terminating. */
export function withNames(line: string, cluster: ClusterView): string {
  return line.replace(/\$\(pod ([a-z0-9-]+) (\d+)\)/g, (whole, app: string, index: string) => {
    const pods = cluster.pods
      .filter((pod) => pod.labels["app"] === app && pod.deletedAt === undefined)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return pods[Number(index)]?.name ?? whole;
  });
}

/** A span such as `5s` or `1m30s` in microseconds. */
export function spanOf(text: string): number {
  let sum = 0;
  for (const [, value, unit = "s"] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) sum += Number(value) * (UNITS[unit] ?? 1e6);
  return sum;
}

/** Plays to a moment so that the hall can follow, then stands there. Returns a way to break off. */
function runTo(session: Session, target: number, reduced: boolean): () => void {
  const from = session.state()?.now ?? 0;
  if (reduced) {
    session.seek(target);
    return () => undefined;
  }
  session.setSpeed(Math.max(1, (target - from) / 1000 / LONGEST_MS));
  session.play();
  const stop = session.subscribe((state: SessionState) => {
    if (state.now < target) return;
    stop();
    session.pause();
    session.seek(target);
    session.setSpeed(1);
  });
  return stop;
}

/** Names that only the running world knows, put into a line. */
export const named = (line: string, { cluster, machines }: Pick<SessionState, "cluster" | "machines">): string =>
  withNumbers(withNames(line, cluster), machines[0] === undefined ? [] : numbersOf(machines[0]));

/** Does a beat; `answer` shows the slide's answer. Returns a way to break off what still runs. */
export function playBeat(session: Session, line: string, reduced: boolean, answer: () => void): () => void {
  const [verb = "", rest = ""] = [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)];
  const state = session.state();
  if (verb === "run") return runTo(session, (state?.now ?? 0) + spanOf(rest), reduced);
  if (verb === "at") return runTo(session, spanOf(rest), reduced);
  if (verb === "step") for (let i = 0; i < (Number(rest) || 1); i++) session.stepStroke(1);
  else if (verb === "play") session.play();
  else if (verb === "pause") session.pause();
  else if (verb === "answer") answer();
  else if (verb === "fault") {
    const fault = faultOfLine(state === undefined ? rest : withNames(rest, state.cluster));
    if (fault !== undefined) {
      perform(session, fault);
      // It has struck, and nobody has noticed yet.
      session.seek((state?.now ?? 0) + MOMENT);
    }
  } else {
    const { terminal, line: text } = addressed(line);
    session.type(terminal, state === undefined ? text : named(text, state));
    if (state !== undefined && isMachineWorld(state.config)) return runTo(session, state.now + COMMAND, true);
    // The command reaches the API server; what follows is the next beat's.
    for (let i = 0; i < (READS_FIRST.test(line) ? 2 : 1); i++) session.stepStroke(1);
  }
  return () => undefined;
}
