/**
 * Where a world stands, kept apart from its inputs: a few numbers that can be written in one stroke while the page is being left, when
 * there is no time to ask the worker for the whole record. It counts only together with a kept record of the same inputs.
 */
import type { BranchFile, SessionFile, SessionState } from "../../session/types";

export interface Standing {
  readonly branch: number;
  /** How many inputs lie before it, as a check that the record is the one it was made with. */
  readonly inputs: number;
  readonly now: number;
  readonly head: number;
  readonly position: number;
}

const KEY = "strata.standing:";

export function standingOf(state: SessionState): Standing {
  const { now, head, position, commands, branches } = state;
  return { branch: branches.find((branch) => branch.active)?.id ?? 0, inputs: commands.length, now, head, position };
}

/** False without storage, or when it is full: then the record alone says where the world stands. */
export function keepStanding(place: string, standing: Standing): boolean {
  try {
    localStorage.setItem(KEY + place, JSON.stringify(standing));
    return true;
  } catch {
    forgetStanding(place);
    return false;
  }
}

export function forgetStanding(place: string): void {
  try {
    localStorage.removeItem(KEY + place);
  } catch {
    // There is none.
  }
}

export function keptStanding(place: string): Standing | undefined {
  try {
    const value = JSON.parse(localStorage.getItem(KEY + place) ?? "null") as Partial<Standing> | null;
    const { branch, inputs, now, head, position } = value ?? {};
    const whole = [branch, inputs, now, head, position].every((one) => Number.isSafeInteger(one) && (one as number) >= 0);
    return whole ? (value as Standing) : undefined;
  } catch {
    return undefined;
  }
}

/** The record, standing where the world was left. Unchanged when the two do not belong together. */
export function standingIn(file: SessionFile, standing: Standing | undefined): SessionFile {
  const branch = file.branches.find((one) => one.id === standing?.branch);
  if (standing === undefined || branch === undefined) return file;
  const { now, head, position, inputs } = standing;
  const before = branch.inputs.filter((input) => input.at <= now).length;
  if (before !== inputs || (branch.now === now && branch.position === position)) return file;
  const { hash: _of, ...rest } = branch;
  const moved: BranchFile = { ...rest, now, head: Math.max(head, branch.head), position };
  return { ...file, active: branch.id, branches: file.branches.map((one) => (one === branch ? moved : one)) };
}
