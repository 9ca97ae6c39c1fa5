/** What may change in a Pod: images, a deadline, more tolerations, fewer scheduling gates. */
import type { Json } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import { intOf, items, type Obj, sub, text, withFields } from "../../apis/schema/typed-json";
import { validateTolerations } from "./affinity";
import { type FieldError, forbidden, invalid, required } from "./field-error";
import { jsonDiff } from "./go-diff";
import { goForm } from "./go-value";
import { validateObjectMetaUpdate } from "./object-meta";
import { validatePodMetaAndSpec } from "./pod-spec";

const CHANGEABLE = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");
const MAX_INT32 = 2147483647;

/** undefined stops the search for further complaints. */
function checkContainers(next: readonly Obj[], previous: readonly Obj[], field: string): { readonly errors: FieldError[]; readonly stop: boolean } {
  if (next.length !== previous.length) return { errors: [forbidden(field, "pod updates may not add or remove containers")], stop: true };
  const errors = next.flatMap((container, i) => {
    const image = text(container, "image");
    if (image === "") return [required(`${field}[${i}].image`)];
    return image.trim() === image ? [] : [invalid(`${field}[${i}].image`, image, "must not have leading or trailing whitespace")];
  });
  return { errors, stop: false };
}

function checkDeadline(spec: Obj, before: Obj): { readonly errors: FieldError[]; readonly stop: boolean } {
  const [now, then] = [intOf(spec, "activeDeadlineSeconds"), intOf(before, "activeDeadlineSeconds")];
  const at = "spec.activeDeadlineSeconds";
  if (now === undefined) {
    const words = "must not update from a positive integer to nil value";
    return { errors: then === undefined ? [] : [invalid(at, null, words)], stop: false };
  }
  if (now < 0 || now > MAX_INT32) return { errors: [invalid(at, now, `must be between 0 and ${MAX_INT32}, inclusive`)], stop: true };
  if (then !== undefined && then < now) return { errors: [invalid(at, now, "must be less than or equal to previous value")], stop: true };
  return { errors: [], stop: false };
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateOnlyAddedTolerations */
function checkTolerations(next: readonly Obj[], previous: readonly Obj[]): FieldError[] {
  const bare = (toleration: Obj): Json => withFields(toleration, { tolerationSeconds: undefined }) as Json;
  const kept = previous.every((old) => next.some((one) => sameJson(bare(old), bare(one))));
  if (!kept) return [forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")];
  return validateTolerations(next, "spec.tolerations");
}

function checkGates(next: readonly Obj[], previous: readonly Obj[]): FieldError[] {
  const known = new Set(previous.map((gate) => text(gate, "name")));
  return next.flatMap((gate, i) => {
    const name = text(gate, "name");
    if (known.has(name)) return [];
    return [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)];
  });
}

/** The new spec with everything that may change put back. */
function munged(spec: Obj, before: Obj): Obj {
  const images = (list: "containers" | "initContainers"): Json | undefined =>
    spec[list] === undefined
      ? undefined
      : (items(spec, list).map((container, i) => withFields(container, { image: items(before, list)[i]?.["image"] })) as Json);
  const grace = intOf(before, "terminationGracePeriodSeconds");
  const forgiven = grace !== undefined && grace < 0 && intOf(spec, "terminationGracePeriodSeconds") === 1;
  return withFields(spec, {
    containers: images("containers"),
    initContainers: images("initContainers"),
    activeDeadlineSeconds: before["activeDeadlineSeconds"],
    schedulingGates: before["schedulingGates"],
    tolerations: before["tolerations"],
    ...(forgiven ? { terminationGracePeriodSeconds: grace } : {}),
  });
}

/** A gated Pod may still be told where to go. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateNodeSelectorMutation */
function gated(spec: Obj, before: Obj): { readonly spec: Obj; readonly errors: FieldError[] } {
  if (items(before, "schedulingGates").length === 0) return { spec, errors: [] };
  const [now, then] = [sub(spec, "nodeSelector") ?? {}, sub(before, "nodeSelector") ?? {}];
  const kept = Object.entries(then).every(([key, value]) => now[key] === value);
  const errors = kept
    ? []
    : [invalid("spec.nodeSelector", now as never, "only additions to spec.nodeSelector are allowed (no mutations or deletions)")];
  const was = sub(sub(before, "affinity"), "nodeAffinity");
  const affinity = sub(spec, "affinity");
  const had = sub(before, "affinity");
  const restored = had === undefined ? undefined : { ...affinity, nodeAffinity: was };
  const open = was === undefined || sub(was, "requiredDuringSchedulingIgnoredDuringExecution") === undefined;
  const out = withFields(spec, { nodeSelector: before["nodeSelector"], ...(open ? { affinity: restored as Json | undefined } : {}) });
  return { spec: out, errors };
}

/**
 * @rule kube.validation.pod-update
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodUpdate
 */
export function validatePodUpdate(next: Obj, previous: Obj, raw: Obj): FieldError[] {
  const [spec, before] = [sub(next, "spec") ?? {}, sub(previous, "spec") ?? {}];
  const errors = validateObjectMetaUpdate(sub(next, "metadata") ?? {}, sub(previous, "metadata") ?? {});
  errors.push(...validatePodMetaAndSpec(next));
  if (spec === before) return errors;
  for (const list of ["containers", "initContainers"] as const) {
    const checked = checkContainers(items(spec, list), items(before, list), `spec.${list}`);
    errors.push(...checked.errors);
    if (checked.stop) return errors;
  }
  const deadline = checkDeadline(spec, before);
  errors.push(...deadline.errors);
  if (deadline.stop) return errors;
  errors.push(...checkTolerations(items(spec, "tolerations"), items(before, "tolerations")));
  errors.push(...checkGates(items(spec, "schedulingGates"), items(before, "schedulingGates")));
  if (sameJson(spec as Json, before as Json)) return errors;
  const open = gated(munged(spec, before), before);
  errors.push(...open.errors);
  if (sameJson(open.spec as Json, before as Json)) return errors;
  const diff = jsonDiff(goForm("PodSpec", before, undefined), goForm("PodSpec", open.spec, sub(raw, "spec")));
  errors.push(forbidden("spec", `pod updates may not change fields other than ${CHANGEABLE}\n${diff}`));
  return errors;
}
