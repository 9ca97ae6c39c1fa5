/**
 * Remembered answers of plugins that look at nothing but the node: between two attempts of equal Pods only the node chosen last has
 * changed. A memo of pure functions: an entry holds for exactly the frozen NodeInfo and the signature it was made with.
 *
 * @source kubernetes@1.35 staging/src/k8s.io/kube-scheduler/framework/interface.go SignPlugin (what makes Pods equal to a plugin)
 */
import type { Status } from "./framework";
import type { NodeInfo } from "./node-info";

export interface Refusal {
  readonly status: Status;
  readonly plugin: string;
}

interface Verdict {
  info: NodeInfo;
  filterKey: string;
  refusal: Refusal | undefined;
  scoreKey: string;
  /** Raw scores of the plugins that look only at the node, in their order. */
  scores: readonly number[];
}

const MOST = 20_000;
const NONE: readonly number[] = Object.freeze([]);
const verdicts = new Map<string, Verdict>();

function verdictOf(info: NodeInfo): Verdict {
  let verdict = verdicts.get(info.name);
  if (verdict === undefined) {
    if (verdicts.size >= MOST) verdicts.clear();
    verdict = { info, filterKey: "", refusal: undefined, scoreKey: "", scores: NONE };
    verdicts.set(info.name, verdict);
  } else if (verdict.info !== info) {
    verdict.info = info;
    verdict.filterKey = "";
    verdict.scoreKey = "";
  }
  return verdict;
}

export function rememberedRefusal(info: NodeInfo, key: string, make: (info: NodeInfo) => Refusal | undefined): Refusal | undefined {
  const verdict = verdictOf(info);
  if (verdict.filterKey !== key) {
    verdict.refusal = make(info);
    verdict.filterKey = key;
  }
  return verdict.refusal;
}

export function rememberedScores(info: NodeInfo, key: string, make: (info: NodeInfo) => readonly number[]): readonly number[] {
  const verdict = verdictOf(info);
  if (verdict.scoreKey !== key) {
    verdict.scores = make(info);
    verdict.scoreKey = key;
  }
  return verdict.scores;
}

const texts = new WeakMap<object, string>();

/** JSON of a frozen part of a Pod, remembered by its identity. */
export function textOf(part: object | undefined | null): string {
  if (part === undefined || part === null) return "";
  let text = texts.get(part);
  if (text === undefined) texts.set(part, (text = JSON.stringify(part)));
  return text;
}
