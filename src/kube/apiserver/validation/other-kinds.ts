/** Rules of kinds that are checked but not yet built into the cluster. */
import type { KindRules } from "./kinds";

export const OTHER_KINDS: Readonly<Record<string, KindRules>> = {};
