/**
 * The condition of Popek and Goldberg, read off an instruction table. It is sufficient, not necessary: a machine that breaks it can still be
 * virtualized by other means (translation, a changed guest, hardware help).
 */
import type { InstructionRow } from "./table";

export interface Verdict {
  readonly holds: boolean;
  readonly sensitive: readonly string[];
  readonly privileged: readonly string[];
  /** Sensitive and not privileged: why the condition fails. */
  readonly offenders: readonly string[];
}

/**
 * Theorem 1: a virtual machine monitor may be constructed if the set of sensitive instructions is a subset of the privileged ones.
 *
 * @rule hypervisor.isa.popek-goldberg
 * @source Popek & Goldberg 1974, theorem 1
 */
export function popekGoldberg(table: readonly InstructionRow[]): Verdict {
  const sensitive = table.filter((one) => one.sensitive !== undefined);
  const offenders = sensitive.filter((one) => one.privilege === "none");
  return {
    holds: offenders.length === 0,
    sensitive: sensitive.map((one) => one.id),
    privileged: table.filter((one) => one.privilege !== "none").map((one) => one.id),
    offenders: offenders.map((one) => one.id),
  };
}

/** The seventeen: entries of the manual, where VERR and VERW are one. */
export function robinIrvine(table: readonly InstructionRow[]): readonly string[] {
  return table.filter((one) => one.sensitive?.robinIrvine).map((one) => one.id);
}
