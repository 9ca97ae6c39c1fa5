/** Vector suites of the pure rules in src/kube/apis. */
import { humanDuration, shortHumanDuration } from "../../../src/kube/apis/duration";
import { fieldSelectorMatches, formatFieldSelector, parseFieldSelector } from "../../../src/kube/apis/field-selector";
import { scaledValueFromIntOrPercent } from "../../../src/kube/apis/int-or-string";
import {
  formatLabelSelector,
  formatSelector,
  parseLabelSelector,
  type Selector,
  type SelectorError,
  selectorMatches,
  selectorOfObject,
} from "../../../src/kube/apis/label-selector";
import * as names from "../../../src/kube/apis/names";
import type { Condition, Container, IntOrString, LabelSelector, PodStatus, ResourceList, StringMap } from "../../../src/kube/apis/objects";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliValueOf,
  newQuantity,
  type ParsedQuantity,
  parseQuantity,
  type QuantityFormat,
  signOf,
  subtractQuantities,
  valueOf,
} from "../../../src/kube/apis/quantity";
import { isPodAvailable, isPodPhaseTerminal } from "../../../src/kube/apis/pod-availability";
import { podLimits, podRequests, type PodResourcesOptions, type ResourcePod } from "../../../src/kube/apis/pod-resources";
import { oomScoreAdj, qosClass } from "../../../src/kube/apis/qos-class";
import { parseTime } from "../../../src/kube/apis/time";
import { safeEncode } from "../../../src/kube/apis/rand-safe";
import type { Runners } from "../runner";

const NAME_RULES: Readonly<Record<string, (value: never) => string[]>> = {
  IsDNS1123Label: names.isDNS1123Label,
  IsDNS1123Subdomain: names.isDNS1123Subdomain,
  IsDNS1035Label: names.isDNS1035Label,
  IsWildcardDNS1123Subdomain: names.isWildcardDNS1123Subdomain,
  IsQualifiedName: names.isQualifiedName,
  IsValidLabelValue: names.isValidLabelValue,
  IsValidPortName: names.isValidPortName,
  IsValidPortNum: names.isValidPortNum,
  IsValidPercent: names.isValidPercent,
  IsValidUserID: names.isValidUserID,
  IsValidGroupID: names.isValidGroupID,
  IsHTTPHeaderName: names.isHTTPHeaderName,
  IsEnvVarName: names.isEnvVarName,
  IsRelaxedEnvVarName: names.isRelaxedEnvVarName,
  IsConfigMapKey: names.isConfigMapKey,
  IsCIdentifier: names.isCIdentifier,
};

function must(text: string): ParsedQuantity {
  const parsed = parseQuantity(text);
  if ("error" in parsed) throw new Error(parsed.error);
  return parsed;
}

type Rows = readonly { readonly labels: StringMap; readonly matches: boolean }[];
/** Upstream's option names, and the parts of a Pod that its tables give apart. */
interface PodResourcesGiven {
  readonly pod?: ResourcePod;
  readonly containers?: readonly Container[] | null;
  readonly initContainers?: readonly Container[] | null;
  readonly containerStatus?: never;
  readonly containerStatuses?: never;
  readonly initContainerStatuses?: never;
  readonly podResizeStatus?: readonly Condition[] | null;
  readonly overhead?: ResourceList | null;
  readonly podResources?: ResourcePod["spec"]["resources"];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly opts?: Readonly<Record<string, unknown>>;
}

function podOf(given: PodResourcesGiven): ResourcePod {
  if (given.pod) return given.pod;
  return {
    spec: {
      containers: given.containers ?? [],
      initContainers: given.initContainers ?? [],
      overhead: given.overhead ?? undefined,
      resources: given.podResources,
    },
    status: {
      conditions: given.podResizeStatus,
      containerStatuses: given.containerStatus ?? given.containerStatuses,
      initContainerStatuses: given.initContainerStatuses,
    },
  };
}

function optionsOf(given: PodResourcesGiven): PodResourcesOptions {
  const options = given.options ?? given.opts ?? {};
  return {
    useStatusResources: options["UseStatusResources"] === true,
    excludeOverhead: options["ExcludeOverhead"] === true,
    skipPodLevelResources: options["SkipPodLevelResources"] === true,
    skipContainerLevelResources: options["SkipContainerLevelResources"] === true,
    nonMissingContainerRequests: options["NonMissingContainerRequests"] as ResourceList | null | undefined,
  };
}

/** Amounts are compared as amounts: upstream's tables write them as they like. */
function sameList(got: ResourceList, want: ResourceList): boolean {
  const names = [...new Set([...Object.keys(got), ...Object.keys(want)])];
  return names.every((name) => name in got && name in want && compareQuantities(must(String(got[name])), must(String(want[name]))) === 0);
}

const isError = (selector: Selector | SelectorError): selector is SelectorError => selector !== null && "error" in selector;

export const runners: Runners = {
  "quantity-parse": {
    run: ({ text }: { text: string }) => {
      const q = parseQuantity(text);
      if ("error" in q) return q;
      return {
        canonical: formatQuantity(q),
        format: q.format,
        milliValue: String(milliValueOf(q)),
        sign: signOf(q),
        value: String(valueOf(q)),
      };
    },
  },
  "quantity-format": {
    run: ({ value, unit, format }: { value: number; unit: string; format: QuantityFormat }) => ({
      canonical: formatQuantity(newQuantity(value, format, unit === "milli" ? -3 : 0)),
    }),
  },
  "quantity-arith": {
    run: ({ a, b }: { a: string; b: string }) => {
      const left = must(a);
      const right = must(b);
      const cmp = compareQuantities(left, right);
      return {
        add: formatQuantity(addQuantities(left, right)),
        cmp,
        equal: cmp === 0,
        sub: formatQuantity(subtractQuantities(left, right)),
      };
    },
  },
  "label-selector-match": {
    run: ({ selector, labels }: { selector: string; labels: StringMap }) => {
      const parsed = parseLabelSelector(selector);
      return isError(parsed) ? parsed : { matches: selectorMatches(parsed, labels) };
    },
  },
  "label-selector-parse": {
    run: ({ selector }: { selector: string }) => {
      const parsed = parseLabelSelector(selector);
      return isError(parsed) ? parsed : { canonical: formatSelector(parsed), empty: parsed?.length === 0 };
    },
  },
  "label-selector-object": {
    run: ({ labelSelector }: { labelSelector: LabelSelector | null }) => {
      const parsed = selectorOfObject(labelSelector);
      if (isError(parsed)) return parsed;
      return { canonical: formatSelector(parsed), empty: parsed?.length === 0, formatted: formatLabelSelector(labelSelector), parsed };
    },
    same: (got, expected: { error?: string; matches?: Rows }) => {
      const { parsed, ...rest } = got as { parsed?: Selector };
      if (expected.error !== undefined || parsed === undefined) return (got as { error?: string }).error === expected.error;
      const { matches, ...others } = expected;
      const want = others as Readonly<Record<string, unknown>>;
      return (
        Object.entries(want).every(([key, value]) => (rest as Readonly<Record<string, unknown>>)[key] === value) &&
        (matches ?? []).every((row) => selectorMatches(parsed, row.labels) === row.matches)
      );
    },
  },
  "field-selector": {
    run: ({ selector }: { selector: string }) => {
      const parsed = parseFieldSelector(selector);
      if ("error" in parsed) return parsed;
      return { canonical: formatFieldSelector(parsed), empty: parsed.length === 0, parsed };
    },
    same: (got, expected: { error?: string; canonical?: string; empty?: boolean; matches?: { fields: StringMap; matches: boolean }[] }) => {
      const mine = got as { error?: string; canonical?: string; empty?: boolean; parsed?: never };
      if (expected.error !== undefined || mine.parsed === undefined) return mine.error === expected.error;
      const { parsed } = mine;
      return (
        mine.canonical === expected.canonical &&
        mine.empty === expected.empty &&
        (expected.matches ?? []).every((row) => fieldSelectorMatches(parsed, row.fields) === row.matches)
      );
    },
  },
  "intstr-scaled": {
    run: ({ value, total, roundUp }: { value: IntOrString | null; total: number; roundUp: boolean }) => {
      const scaled = scaledValueFromIntOrPercent(value, total, roundUp);
      return "error" in scaled ? scaled : { result: scaled.value };
    },
  },
  "name-validation": {
    run: ({ fn, value }: { fn: string; value: never }) => {
      const rule = NAME_RULES[fn];
      if (!rule) throw new Error(`no rule ${fn}`);
      return { errors: rule(value) };
    },
  },
  "human-duration": {
    run: ({ seconds }: { seconds: number }) => ({ human: humanDuration(seconds), short: shortHumanDuration(seconds) }),
  },
  "pod-resources": {
    run: (given: PodResourcesGiven) => ({
      pod: podOf(given),
      options: optionsOf(given),
    }),
    same: (got, expected: { expectedRequests?: ResourceList; expectedLimits?: ResourceList; source?: string }, given: PodResourcesGiven) => {
      const { pod, options } = got as { pod: ResourcePod; options: PodResourcesOptions };
      // The table without options, requests and limits asked with overhead, has a name for its case; the one without overhead has none.
      const asked: PodResourcesOptions = given.pod && !("cName" in given) ? { ...options, excludeOverhead: true } : options;
      const { expectedRequests, expectedLimits } = expected;
      return (
        (expectedRequests === undefined || sameList(podRequests(pod, asked), expectedRequests)) &&
        (expectedLimits === undefined || sameList(podLimits(pod, asked), expectedLimits))
      );
    },
  },
  "qos-class": { run: ({ pod }: { pod: ResourcePod }) => ({ expected: qosClass(pod.spec) }) },
  "oom-score-adj": {
    run: ({ pod, memoryCapacity }: { pod: ResourcePod; memoryCapacity: number }) => {
      const all = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
      return Object.fromEntries(all.map((container) => [container.name, oomScoreAdj(pod.spec, container, memoryCapacity)]));
    },
    same: (got, expected: { lowHighOOMScoreAdj: Readonly<Record<string, { lowOOMScoreAdj: number; highOOMScoreAdj: number }>> }) => {
      const scores = got as Readonly<Record<string, number>>;
      return Object.entries(expected.lowHighOOMScoreAdj).every(([name, { lowOOMScoreAdj, highOOMScoreAdj }]) => {
        const score = scores[name];
        return score !== undefined && score >= lowOOMScoreAdj && score <= highOOMScoreAdj;
      });
    },
  },
  "pod-availability": {
    run: (given: { pod?: { status?: PodStatus }; minReadySeconds?: number; now?: string; podPhase?: string }) => ({
      expected: given.pod
        ? isPodAvailable(given.pod, given.minReadySeconds ?? 0, parseTime(given.now ?? "2026-01-01T00:00:00Z") ?? 0)
        : isPodPhaseTerminal(given.podPhase),
    }),
  },
  "rand-safe-encode": { run: ({ text }: { text: string }) => ({ encoded: safeEncode(text) }) },
};
