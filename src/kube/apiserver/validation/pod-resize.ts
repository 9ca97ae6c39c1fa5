/** What may change in a Pod through its `resize` door: CPU and memory of containers and sidecars, within its class of service. */
import { sameJson } from "../../apis/equality";
import { qosClass } from "../../apis/qos-class";
import { items, type Obj, sub, text, withFields } from "../../apis/schema/typed-json";
import { type FieldError, forbidden, invalid } from "./field-error";
import { validateObjectMetaUpdate } from "./object-meta";
import { validatePodMetaAndSpec } from "./pod-spec";

const MIRROR = "kubernetes.io/config.mirror";
const RESIZABLE: ReadonlySet<string> = new Set(["cpu", "memory"]);

/**
 * The old Pod with the resources of the new one's containers; whatever else the body changes is dropped.
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go dropNonResizeUpdates
 */
export function onlyResized(next: Obj, previous: Obj): Obj {
  const [spec, before] = [sub(next, "spec") ?? {}, sub(previous, "spec") ?? {}];
  const list = (name: "containers" | "initContainers"): unknown =>
    before[name] === undefined
      ? undefined
      : items(before, name).map((old) => {
          const now = items(spec, name).find((container) => text(container, "name") === text(old, "name"));
          if (now === undefined || (name === "initContainers" && text(old, "restartPolicy") !== "Always")) return old;
          return withFields(old, { resources: now["resources"], resizePolicy: now["resizePolicy"] });
        });
  const parts = { containers: list("containers"), initContainers: list("initContainers") } as unknown as Obj;
  return { ...previous, metadata: next["metadata"] ?? previous["metadata"] ?? {}, spec: withFields(before, parts) };
}

function checkContainer(next: Obj, previous: Obj, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const [now, then] = [sub(next, "resources") ?? {}, sub(previous, "resources") ?? {}];
  for (const list of ["limits", "requests"]) {
    const [given, had] = [sub(now, list) ?? {}, sub(then, list) ?? {}];
    if (Object.keys(had).some((name) => RESIZABLE.has(name) && given[name] === undefined))
      errors.push(forbidden(`${at}.resources.${list}`, `resource ${list} cannot be removed`));
  }
  return errors;
}

/** Everything but CPU and memory. */
function rest(container: Obj): Obj {
  const resources = sub(container, "resources") ?? {};
  const without = (list: string): Obj => Object.fromEntries(Object.entries(sub(resources, list) ?? {}).filter(([name]) => !RESIZABLE.has(name)));
  return { limits: without("limits"), requests: without("requests"), claims: resources["claims"] ?? [], policy: container["resizePolicy"] ?? [] };
}

/**
 * @rule kube.validation.pod-resize
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidatePodResize
 * Not modelled: resources of the Pod as a whole, Windows Pods, nodes too old to resize.
 */
export function validatePodResize(next: Obj, previous: Obj): FieldError[] {
  const errors = validateObjectMetaUpdate(sub(next, "metadata") ?? {}, sub(previous, "metadata") ?? {});
  errors.push(...validatePodMetaAndSpec(next));
  if (sub(sub(previous, "metadata"), "annotations")?.[MIRROR] !== undefined) return [forbidden("", "static pods cannot be resized")];
  const [spec, before] = [sub(next, "spec") ?? {}, sub(previous, "spec") ?? {}];
  if (qosClass(spec as never) !== qosClass(before as never))
    errors.push(invalid("spec", text(sub(next, "status"), "qosClass"), "Pod QOS Class may not change as a result of resizing"));
  let others = false;
  for (const list of ["containers", "initContainers"])
    for (const [i, container] of items(spec, list).entries()) {
      const old = items(before, list)[i] ?? {};
      errors.push(...checkContainer(container, old, `spec.${list}[${i}]`));
      if (!sameJson(rest(container) as never, rest(old) as never)) others = true;
    }
  if (others) errors.push(forbidden("spec", "only cpu and memory resources are mutable"));
  return errors;
}
