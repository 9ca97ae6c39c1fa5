/** Text tools of a machine. */
import type { Program } from "../../../linux/program";
import { awk } from "./text-awk";
import { filterPrograms } from "./text-filters";
import { findPrograms } from "./text-find";
import { grep } from "./grep";
import { sed } from "./text-sed";

export const textPrograms: Readonly<Record<string, Program>> = {
  ...filterPrograms,
  ...findPrograms,
  awk,
  mawk: awk,
  grep,
  egrep: (system, invocation) => grep(system, { ...invocation, argv: ["grep", "-E", ...invocation.argv.slice(1)] }),
  fgrep: (system, invocation) => grep(system, { ...invocation, argv: ["grep", "-F", ...invocation.argv.slice(1)] }),
  sed,
};
