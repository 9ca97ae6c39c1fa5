/** Node selectors: terms are alternatives, the requirements of a term must all hold, a term without any matches nothing. */
import type { NodeObject, PodSpec, StringMap } from "../../apis/objects";
import {
  newRequirement,
  type Requirement,
  requirementMatches,
  type SelectorOperator,
  selectorMatches,
  selectorOfMap,
} from "../../apis/label-selector";

export interface NodeSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | null;
}
export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly NodeSelectorRequirement[] | null;
  readonly matchFields?: readonly NodeSelectorRequirement[] | null;
}
export interface NodeSelector {
  readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] | null;
}
export interface PreferredSchedulingTerm {
  readonly weight: number;
  readonly preference: NodeSelectorTerm;
}
export interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector | null;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTerm[] | null;
}

const OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!", Gt: "gt", Lt: "lt" };
const unsupported = (path: string, operator: string, supported: readonly string[]): string =>
  `${path}.operator: Unsupported value: ${JSON.stringify(operator)}: supported values: ${supported.map((name) => JSON.stringify(name)).join(", ")}`;

/**
 * @rule kube.scheduler.node-selector-requirements
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go nodeSelectorRequirementsAsSelector
 */
export function labelRequirements(list: readonly NodeSelectorRequirement[], path: string): { requirements: Requirement[]; errors: string[] } {
  const requirements: Requirement[] = [];
  const errors: string[] = [];
  for (const [i, { key, operator, values }] of list.entries()) {
    const at = `${path}[${i}]`;
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (known === undefined) {
      errors.push(unsupported(at, operator, Object.keys(OPERATORS)));
      continue;
    }
    const requirement = newRequirement(key, known, values ?? []);
    if ("error" in requirement) errors.push(`${at}.${requirement.error}`);
    else requirements.push(requirement);
  }
  return { requirements, errors };
}

/** The only field is metadata.name, and it takes exactly one value. */
function fieldErrors(list: readonly NodeSelectorRequirement[], path: string): string[] {
  const errors: string[] = [];
  for (const [i, { operator, values }] of list.entries()) {
    const at = `${path}[${i}]`;
    if (operator !== "In" && operator !== "NotIn") errors.push(unsupported(at, operator, ["In", "NotIn"]));
    else if ((values ?? []).length !== 1) errors.push(`${at}.values: Invalid value: ${JSON.stringify(values ?? null)}: must have one element`);
  }
  return errors;
}

interface ParsedTerm {
  readonly empty: boolean;
  readonly requirements: readonly Requirement[];
  readonly fields: readonly NodeSelectorRequirement[];
  readonly errors: readonly string[];
}
const memo = new WeakMap<NodeSelectorTerm, ParsedTerm>();

function parseTerm(term: NodeSelectorTerm, path: string): ParsedTerm {
  const known = path === "" ? memo.get(term) : undefined;
  if (known !== undefined) return known;
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  const { requirements, errors } = labelRequirements(expressions, `${path}.matchExpressions`);
  const parsed = {
    empty: expressions.length === 0 && fields.length === 0,
    requirements,
    fields,
    errors: [...errors, ...fieldErrors(fields, `${path}.matchFields`)],
  };
  if (path === "") memo.set(term, parsed);
  return parsed;
}

function termMatches(parsed: ParsedTerm, name: string, labels: StringMap): boolean {
  if (parsed.empty || parsed.errors.length > 0) return false;
  if (!parsed.requirements.every((requirement) => requirementMatches(requirement, labels))) return false;
  return parsed.fields.every(({ key, operator, values }) => {
    const actual = key === "metadata.name" ? name : "";
    return (actual === (values ?? [])[0]) === (operator === "In");
  });
}

const aggregate = (errors: readonly string[]): string => (errors.length === 1 ? (errors[0] ?? "") : `[${[...new Set(errors)].join(", ")}]`);

/**
 * Whether a node matches; an error when a term is wrong and no other term matches.
 * @rule kube.scheduler.node-selector
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go LazyErrorNodeSelector.Match
 */
export function nodeSelectorMatches(
  selector: NodeSelector | null | undefined,
  node: NodeObject | null | undefined,
): { matches: boolean; error?: string } {
  if (!selector || !node) return { matches: false };
  const errors: string[] = [];
  for (const [i, term] of (selector.nodeSelectorTerms ?? []).entries()) {
    const parsed = parseTerm(term, "");
    if (parsed.errors.length > 0 && !parsed.empty) errors.push(...parsed.errors.map((error) => `nodeSelectorTerms[${i}]${error}`));
    else if (termMatches(parsed, node.metadata.name, node.metadata.labels ?? {})) return { matches: true };
  }
  return errors.length > 0 ? { matches: false, error: aggregate(errors) } : { matches: false };
}

/** Errors of any term, as when a selector is built strictly. @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go NewNodeSelector */
export function nodeSelectorError(selector: NodeSelector): string | undefined {
  const errors = (selector.nodeSelectorTerms ?? []).flatMap((term, i) => {
    const parsed = parseTerm(term, `nodeSelectorTerms[${i}]`);
    return parsed.empty ? [] : parsed.errors;
  });
  return errors.length > 0 ? aggregate(errors) : undefined;
}

/**
 * Sum of the weights of the preferred terms a node matches.
 * @rule kube.scheduler.node-affinity-score
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go PreferredSchedulingTerms.Score
 */
export function preferredTermsScore(
  terms: readonly PreferredSchedulingTerm[],
  node: NodeObject | null | undefined,
): { score: number; error?: string } {
  const errors: string[] = [];
  let score = 0;
  for (const [i, { weight, preference }] of terms.entries()) {
    const parsed = parseTerm(preference, "");
    if (weight === 0 || parsed.empty) continue;
    errors.push(...parsed.errors.map((error) => `[${i}]${error}`));
    if (node && termMatches(parsed, node.metadata.name, node.metadata.labels ?? {})) score += weight;
  }
  return errors.length > 0 ? { score: 0, error: aggregate(errors) } : { score };
}

export const nodeAffinityOf = (spec: Pick<PodSpec, "affinity">): NodeAffinity | undefined =>
  (spec.affinity as { readonly nodeAffinity?: NodeAffinity } | undefined)?.nodeAffinity ?? undefined;

/**
 * The node a Pod insists on: its nodeSelector and its required node affinity.
 * @rule kube.scheduler.required-node-affinity
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go RequiredNodeAffinity.Match
 */
export function requiredNodeAffinityMatches(spec: Pick<PodSpec, "affinity" | "nodeSelector">, node: NodeObject): boolean {
  const labels = node.metadata.labels ?? {};
  if (spec.nodeSelector && !selectorMatches(selectorOfMap(spec.nodeSelector), labels)) return false;
  const required = nodeAffinityOf(spec)?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || nodeSelectorMatches(required, node).matches;
}
