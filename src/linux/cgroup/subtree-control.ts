/**
 * Handing controllers to children: all words of one write or none.
 *
 * @rule linux.cgroup.subtree-control
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_subtree_control_write, cgroup_vet_subtree_control_enable
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { canBeThreadRoot, domainOf, isDomainController, isThreadRoot, isValidDomain } from "./domain";
import { CONTROLLERS, type CgroupRow, cgroupOf, childrenOf, type Controller, hasTasks, putCgroup, ROOT } from "./tables";
import { controllersOf } from "./tree";

interface Change {
  readonly enable: readonly Controller[];
  readonly disable: readonly Controller[];
}

/** The last word about a controller counts. */
function parse(text: string): Result<Change> {
  const wanted = new Map<Controller, boolean>();
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const controller = CONTROLLERS.find((name) => name === word.slice(1));
    if (controller === undefined || (word[0] !== "+" && word[0] !== "-")) return failure("EINVAL");
    wanted.set(controller, word[0] === "+");
  }
  const of = (on: boolean): readonly Controller[] => CONTROLLERS.filter((controller) => wanted.get(controller) === on);
  return value({ enable: of(true), disable: of(false) });
}

/** A group with processes may divide among children only what can divide threads. The root is exempt. */
function mayEnable(kernel: Kernel, row: CgroupRow, enable: readonly Controller[]): Result<true> {
  if (enable.length === 0) return DONE;
  if (!isValidDomain(kernel, domainOf(kernel, row))) return failure("EOPNOTSUPP");
  if (row.id === ROOT) return DONE;
  if (enable.some(isDomainController)) {
    if (row.threaded || isThreadRoot(kernel, row)) return failure("EOPNOTSUPP");
  } else if (row.threaded || canBeThreadRoot(kernel, row)) return DONE;
  if (!hasTasks(kernel, row.id)) return DONE;
  kernel.tx.fired("linux.cgroup.no-internal-process", `${kernel.machine}/${row.id}`);
  return failure("EBUSY");
}

/** A child forgets what was set in the files that go. */
function forgetSettings(kernel: Kernel, id: number, gone: readonly Controller[]): void {
  for (const child of childrenOf(kernel, id)) {
    const kept = Object.entries(child.settings).filter(([file]) => !gone.some((controller) => file.startsWith(`${controller}.`)));
    putCgroup(kernel, { ...cgroupOf(kernel, child.id), settings: Object.fromEntries(kept) });
  }
}

export function writeSubtreeControl(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const asked = parse(text);
  if (!asked.ok) return asked;
  const enable = asked.value.enable.filter((controller) => !row.subtreeControl.includes(controller));
  const disable = asked.value.disable.filter((controller) => row.subtreeControl.includes(controller));
  const given = controllersOf(kernel, row);
  for (const controller of CONTROLLERS) {
    if (enable.includes(controller) && !given.includes(controller)) return failure("ENOENT");
    const used = disable.includes(controller) && childrenOf(kernel, row.id).some((child) => child.subtreeControl.includes(controller));
    if (used) return failure("EBUSY");
  }
  if (enable.length === 0 && disable.length === 0) return DONE;
  const vetted = mayEnable(kernel, row, enable);
  if (!vetted.ok) return vetted;
  const next = CONTROLLERS.filter(
    (controller) => enable.includes(controller) || (row.subtreeControl.includes(controller) && !disable.includes(controller)),
  );
  putCgroup(kernel, { ...row, subtreeControl: next });
  forgetSettings(kernel, row.id, disable);
  kernel.tx.fired("linux.cgroup.subtree-control", `${kernel.machine}/${row.id}`);
  return DONE;
}
