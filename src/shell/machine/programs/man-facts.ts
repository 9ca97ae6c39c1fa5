/** What a manual page says in any language: how the command is written, which real release it follows, what to read next. */
import { everydayFacts } from "./man-facts-everyday";
import { filesFacts } from "./man-facts-files";
import { isolationFacts } from "./man-facts-isolation";
import { networkFacts } from "./man-facts-network";
import { pathsFacts } from "./man-facts-paths";
import { systemFacts } from "./man-facts-system";
import { textFacts } from "./man-facts-text";

export interface Facts {
  /** Lines of the synopsis. */
  readonly usage: readonly string[];
  readonly see?: readonly string[];
  /** The release whose behaviour it has. */
  readonly from: string;
  readonly section: "1" | "8" | "bash";
  /** Exit statuses of examples that do not succeed. */
  readonly fails?: Readonly<Record<string, number>>;
  /** What `--help` alone ends with; "own" where the program itself answers it, as the real one. */
  readonly help?: number | "own";
}

export const programFacts: Readonly<Record<string, Facts>> = {
  ...filesFacts,
  ...pathsFacts,
  ...everydayFacts,
  ...textFacts,
  ...systemFacts,
  ...isolationFacts,
  ...networkFacts,
};
export const builtinFacts: Readonly<Record<string, Facts>> = {};

/** Programs described on another's page. */
export const sharedPages: Readonly<Record<string, string>> = {
  "[": "test",
  dir: "ls",
  egrep: "grep",
  fgrep: "grep",
  mawk: "awk",
  sh: "bash",
  vdir: "ls",
};
