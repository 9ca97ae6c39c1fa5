/** What is installed on a machine: programs by the name under which they are found. */
import type { Program } from "../../../linux/program";
import { shell } from "../shell";
import { basePrograms } from "./base";
import { busyboxWith } from "./busybox";
import { filePrograms } from "./files";
import { ipcPrograms } from "./ipc-programs";
import { labPrograms } from "./lab";
import { manualPrograms } from "./man";
import { withUsages } from "./man-usage";
import { netPrograms } from "./net";
import { privilegePrograms } from "./privileges";
import { processPrograms } from "./procps-signal";
import { resourcePrograms } from "./resources";
import { textPrograms } from "./text";

const programs: Readonly<Record<string, Program>> = {
  bash: shell,
  sh: shell,
  ...basePrograms,
  ...filePrograms,
  ...ipcPrograms,
  ...labPrograms,
  ...manualPrograms,
  ...netPrograms,
  ...privilegePrograms,
  ...processPrograms,
  ...resourcePrograms,
  ...textPrograms,
};

export const machinePrograms: Readonly<Record<string, Program>> = withUsages({ ...programs, busybox: busyboxWith(programs) });

/** Where they lie: executables of a fresh machine by path. */
export const installed: Readonly<Record<string, string>> = Object.fromEntries(Object.keys(machinePrograms).map((name) => [`/usr/bin/${name}`, name]));
