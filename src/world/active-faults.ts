/**
 * What is broken where a world stands, read from the tables in which faults live, and for each the fault that mends it. So a list of
 * broken things is right whoever broke them: the mouse, a typed line, a lesson's fixture.
 *
 * Not modelled: links disturbed by hand in a session file (`sim.link`) other than those that `fault` makes.
 */
import { watchFaultTable } from "../kube/client/tables";
import { nodeTable, pullFaultTable } from "../kube/kubelet/tables";
import type { Fault } from "../shell/fault-line";
import { linkTable, stoppedTable } from "../sim/faults";
import type { Timeline } from "../sim/timeline";

type Tables = Pick<Timeline, "table">;

export interface ActiveFault {
  /** As it would be caused. */
  readonly fault: Fault;
  readonly mends: Fault;
}

const RESOURCES = ["memory", "disk", "pid"] as const;

/** What `fault stop` and `fault slow` call a component. */
const componentOf = (address: string): string => address.replace(/\/main$/, "");

function machines(world: Tables, out: ActiveFault[]): ReadonlySet<string> {
  const down = new Set<string>();
  for (const { config, crashed, pressure } of world.table(nodeTable).rows()) {
    const node = config.name;
    if (crashed) {
      down.add(node);
      out.push({ fault: { type: "fault.crash", node }, mends: { type: "fault.restore", node } });
    }
    for (const what of RESOURCES) {
      if (!pressure[what]) continue;
      out.push({ fault: { type: "fault.pressure", node, [what]: true }, mends: { type: "fault.pressure", node, [what]: false } });
    }
  }
  return down;
}

function components(world: Tables, down: ReadonlySet<string>, out: ActiveFault[]): void {
  for (const { actor } of world.table(stoppedTable).rows()) {
    const [, node = ""] = actor.split("/");
    // The parts of a machine without power are mended with it.
    if (down.has(node)) continue;
    const component = componentOf(actor);
    out.push({ fault: { type: "fault.stop", component }, mends: { type: "fault.start", component } });
  }
}

function links(world: Tables, out: ActiveFault[]): void {
  for (const { from, to, drop, delay } of world.table(linkTable).rows()) {
    const [kind = "", node = ""] = from.split("/");
    if (drop && kind === "kubelet" && to === "apiserver/*")
      out.push({ fault: { type: "fault.partition", node }, mends: { type: "fault.heal", node } });
    if (delay === 0 || to !== "*") continue;
    const component = componentOf(from);
    out.push({ fault: { type: "fault.slow", component, delay }, mends: { type: "fault.slow", component, delay: 0 } });
  }
}

function pulls(world: Tables, out: ActiveFault[]): void {
  const nodes = new Map<string, string[]>();
  for (const { image, node } of world.table(pullFaultTable).rows()) nodes.set(image, [...(nodes.get(image) ?? []), node]);
  const all = world.table(nodeTable).size;
  for (const [image, some] of nodes) {
    const fault = { type: "fault.fail-pull", image } as const;
    if (some.length === all) out.push({ fault, mends: { ...fault, off: true } });
    else for (const node of some) out.push({ fault: { ...fault, node }, mends: { ...fault, node, off: true } });
  }
}

export function activeFaults(world: Tables): readonly ActiveFault[] {
  const out: ActiveFault[] = [];
  const down = machines(world, out);
  components(world, down, out);
  links(world, out);
  for (const { watcher, mode, delay } of world.table(watchFaultTable).rows()) {
    const fault = { type: "fault.watch", watcher } as const;
    out.push({ fault: { ...fault, mode, ...(mode === "delay" ? { delay } : {}) }, mends: { ...fault, mode: "none" } });
  }
  pulls(world, out);
  return out;
}
