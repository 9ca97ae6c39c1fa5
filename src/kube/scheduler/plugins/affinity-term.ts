/** Terms of inter-Pod (anti-)affinity, parsed: which Pods, in which namespaces, by which node label. */
import type { LabelSelector, Pod, StringMap } from "../../apis/objects";
import { nothing, type Selector, selectorMatches, selectorOfObject } from "../../apis/label-selector";
import { podNamespace } from "../pod-info";

interface RawTerm {
  readonly labelSelector?: LabelSelector | null;
  readonly namespaces?: readonly string[] | null;
  readonly namespaceSelector?: LabelSelector | null;
  readonly topologyKey: string;
}
interface RawWeighted {
  readonly weight: number;
  readonly podAffinityTerm: RawTerm;
}
interface RawAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly RawTerm[] | null;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly RawWeighted[] | null;
}

export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  /** 1 for required terms. */
  readonly weight: number;
}

export interface AffinityTerms {
  /** What is wrong with a selector; such a Pod cannot be placed. */
  readonly error?: string;
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
}

const NONE: AffinityTerms = Object.freeze({ requiredAffinity: [], requiredAntiAffinity: [], preferredAffinity: [], preferredAntiAffinity: [] });

/** Takes note of the first error. */
function selectorOf(selector: LabelSelector | null | undefined, errors: string[]): Selector {
  const parsed = selectorOfObject(selector);
  if (parsed === null || !("error" in parsed)) return parsed;
  errors.push(parsed.error);
  return nothing;
}

/** Without namespaces and namespace selector a term means the Pod's own namespace. @source kubernetes@1.35 staging/src/k8s.io/kube-scheduler/framework/types.go newAffinityTerm */
function parse(term: RawTerm, namespace: string, weight: number, errors: string[]): AffinityTerm {
  const own = (term.namespaces ?? []).length === 0 && !term.namespaceSelector;
  return {
    topologyKey: term.topologyKey,
    selector: selectorOf(term.labelSelector, errors),
    namespaces: new Set(own ? [namespace] : (term.namespaces ?? [])),
    namespaceSelector: selectorOf(term.namespaceSelector, errors),
    weight,
  };
}

interface Memo {
  readonly namespace: string;
  readonly terms: AffinityTerms;
}
const memo = new WeakMap<object, Memo>();

export function affinityTerms(pod: Pod): AffinityTerms {
  const affinity = pod.spec.affinity as { readonly podAffinity?: RawAffinity | null; readonly podAntiAffinity?: RawAffinity | null } | undefined;
  if (!affinity?.podAffinity && !affinity?.podAntiAffinity) return NONE;
  const namespace = podNamespace(pod);
  const known = memo.get(affinity);
  if (known?.namespace === namespace) return known.terms;
  const errors: string[] = [];
  const collect = (name: string, raws: readonly RawWeighted[]): AffinityTerm[] => {
    const wrong: string[] = [];
    const terms = raws.map(({ weight, podAffinityTerm }) => parse(podAffinityTerm, namespace, weight, wrong));
    if (wrong[0] !== undefined) errors.push(`${name}: ${wrong[0]}`);
    return terms;
  };
  const required = (raw: RawAffinity | null | undefined): RawWeighted[] =>
    (raw?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((podAffinityTerm) => ({ weight: 1, podAffinityTerm }));
  const parsed: AffinityTerms = {
    requiredAffinity: collect("requiredAffinityTerms", required(affinity.podAffinity)),
    requiredAntiAffinity: collect("requiredAntiAffinityTerms", required(affinity.podAntiAffinity)),
    preferredAffinity: collect("preferredAffinityTerms", affinity.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
    preferredAntiAffinity: collect("preferredAntiAffinityTerms", affinity.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
  };
  const terms = errors.length === 0 ? parsed : { ...parsed, error: errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]` };
  memo.set(affinity, { namespace, terms });
  return terms;
}

/**
 * Whether a Pod is one the term speaks of. `namespaceLabels` are those of the Pod's namespace.
 * @rule kube.scheduler.affinity-term
 * @source kubernetes@1.35 staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm.Matches
 */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: StringMap): boolean {
  if (!term.namespaces.has(podNamespace(pod)) && !selectorMatches(term.namespaceSelector, namespaceLabels)) return false;
  return selectorMatches(term.selector, pod.metadata.labels);
}
