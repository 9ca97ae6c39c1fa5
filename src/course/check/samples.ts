/**
 * What macros need to know of the past: when each inner expression changed between true and not true. Only changes are kept, each with
 * the position it was seen at, so that standing elsewhere in history means forgetting what comes later.
 */
import type { Micros } from "../../sim/types";
import type { Bindings, Check, Macro } from "./expression";

interface Turn {
  readonly position: number;
  readonly at: Micros;
  readonly value: boolean;
}

interface Watched {
  readonly macro: Macro;
  turns: Turn[];
  start: string | undefined;
  startValue: unknown;
}

/** A comparable form of a CEL value. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => {
      if (typeof member === "bigint") return Number(member);
      if (typeof member === "object" && member !== null && Symbol.iterator in member && !Array.isArray(member))
        return [...(member as Iterable<unknown>)];
      return member;
    }) ?? "undefined"
  );
}

export class Samples {
  private readonly watched = new Map<string, Watched>();

  constructor(checks: readonly Check[], start: Bindings) {
    for (const check of checks) {
      for (const macro of check.macros) {
        const value = macro.inner(start);
        this.watched.set(macro.name, { macro, turns: [], start: textOf(value), startValue: value });
      }
    }
  }

  /** The world as it stands after an event. */
  sample(bindings: Bindings, position: number, at: Micros): void {
    for (const watch of this.watched.values()) {
      const { kind, inner } = watch.macro;
      if (kind === "start" || kind === "changed" || kind === "unchanged") continue;
      const value = inner(bindings) === true;
      if (watch.turns.at(-1)?.value !== value) watch.turns.push({ position, at, value });
    }
  }

  forgetAfter(position: number): void {
    for (const watch of this.watched.values()) watch.turns = watch.turns.filter((turn) => turn.position <= position);
  }

  /** The first moment at which an `always` or `never` of a check was broken. */
  brokenAt(check: Check): { readonly position: number; readonly at: Micros } | undefined {
    for (const macro of check.macros) {
      if (macro.kind !== "always" && macro.kind !== "never") continue;
      const bad = this.watched.get(macro.name)?.turns.find((turn) => turn.value === (macro.kind === "never"));
      if (bad !== undefined) return bad;
    }
    return undefined;
  }

  /** Values of a check's macros now. `quietSince` is the time of the learner's last command. */
  values(check: Check, bindings: Bindings, now: Micros, quietSince: Micros): Bindings {
    if (check.macros.length === 0) return bindings;
    const out: Record<string, unknown> = { ...bindings };
    for (const macro of check.macros) {
      const watch = this.watched.get(macro.name);
      if (watch !== undefined) out[macro.name] = valueOf(watch, bindings, now, quietSince);
    }
    return out;
  }
}

function valueOf(watch: Watched, bindings: Bindings, now: Micros, quietSince: Micros): unknown {
  const { macro, turns } = watch;
  if (macro.kind === "start") return watch.startValue;
  if (macro.kind === "changed") return textOf(macro.inner(bindings)) !== watch.start;
  if (macro.kind === "unchanged") return textOf(macro.inner(bindings)) === watch.start;
  if (macro.kind === "ever") return turns.some((turn) => turn.value);
  if (macro.kind === "always") return turns.length > 0 && turns.every((turn) => turn.value);
  if (macro.kind === "never") return turns.every((turn) => !turn.value);
  const last = turns.at(-1);
  const span = macro.seconds * 1e6;
  return last?.value === true && now - last.at >= span && now - quietSince >= span;
}
