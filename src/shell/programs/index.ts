/** The programs a terminal knows, by name. */
import { kubectl } from "../kubectl/main";
import type { Program } from "../program";
import { BUILTINS } from "./builtins";
import { fault } from "./fault";
import { FILE_PROGRAMS } from "./files";
import { TEXT_PROGRAMS } from "./text";

export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ["kubectl", kubectl],
  ["k", kubectl],
  ["fault", fault],
  ...BUILTINS,
  ...FILE_PROGRAMS,
  ...TEXT_PROGRAMS,
]);
