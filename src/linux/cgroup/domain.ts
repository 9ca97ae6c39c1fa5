/**
 * Domains and threaded groups: which groups may hold processes, and which may divide what among children.
 *
 * @rule linux.cgroup.threaded
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_is_valid_domain, cgroup_can_be_thread_root, cgroup_enable_threaded
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { ancestorsOf, type CgroupRow, cgroupOf, childrenOf, type Controller, hasTasks, isPopulated, putCgroup, ROOT, THREADED } from "./tables";

export const isDomainController = (controller: Controller): boolean => !THREADED.includes(controller);
const enablesDomains = (row: CgroupRow): boolean => row.subtreeControl.some(isDomainController);

/** The nearest group at or above a threaded one that is a domain. */
export function domainOf(kernel: Kernel, row: CgroupRow): CgroupRow {
  return row.threaded ? domainOf(kernel, cgroupOf(kernel, row.parent)) : row;
}

/** A domain with threaded children, or with processes and controllers enabled that can divide threads. */
export function isThreadRoot(kernel: Kernel, row: CgroupRow): boolean {
  if (row.threaded) return false;
  if (childrenOf(kernel, row.id).some((child) => child.threaded)) return true;
  return hasTasks(kernel, row.id) && row.subtreeControl.some((controller) => THREADED.includes(controller));
}

export function canBeThreadRoot(kernel: Kernel, row: CgroupRow): boolean {
  if (row.id === ROOT) return true;
  if (row.threaded) return false;
  if (childrenOf(kernel, row.id).some((child) => !child.threaded && isPopulated(kernel, child.id))) return false;
  return !enablesDomains(row);
}

/** Whether a group can hold resources: it is a domain, and nothing above it is threaded or the root of a threaded subtree. */
export function isValidDomain(kernel: Kernel, row: CgroupRow): boolean {
  if (row.threaded) return false;
  return ancestorsOf(kernel, row.parent === 0 ? row.id : row.parent)
    .filter((above) => above.id !== row.id)
    .every((above) => !above.threaded && (above.id === ROOT || !isThreadRoot(kernel, above)));
}

/** The text of `cgroup.type`. */
export function showType(kernel: Kernel, row: CgroupRow): string {
  if (row.threaded) return "threaded\n";
  if (!isValidDomain(kernel, row)) return "domain invalid\n";
  return isThreadRoot(kernel, row) ? "domain threaded\n" : "domain\n";
}

/** Only `threaded` can be written, and a threaded group stays one. */
export function writeType(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  if (text !== "threaded") return failure("EINVAL");
  if (row.threaded) return DONE;
  if (isPopulated(kernel, row.id) || enablesDomains(row)) return failure("EOPNOTSUPP");
  const domain = domainOf(kernel, cgroupOf(kernel, row.parent));
  if (!isValidDomain(kernel, domain) || !canBeThreadRoot(kernel, domain)) return failure("EOPNOTSUPP");
  putCgroup(kernel, { ...row, threaded: true });
  kernel.tx.fired("linux.cgroup.threaded", `${kernel.machine}/${row.id}`);
  return DONE;
}
