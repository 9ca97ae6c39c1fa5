/** Rules of kinds that are checked but not yet built into the cluster. */
import { AUTOSCALING_KINDS } from "./autoscaling";
import { BATCH_KINDS } from "./batch";
import type { KindRules } from "./kinds";
import { NETWORKING_KINDS } from "./networking";
import { POLICY_KINDS } from "./policy";
import { STORAGE_KINDS } from "./storage";

export const OTHER_KINDS: Readonly<Record<string, KindRules>> = {
  ...BATCH_KINDS,
  ...NETWORKING_KINDS,
  ...STORAGE_KINDS,
  ...POLICY_KINDS,
  ...AUTOSCALING_KINDS,
};
