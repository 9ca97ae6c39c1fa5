/** kubectl's commands by name. */
import type { Run } from "../../program";
import { apply } from "./apply";
import { deleteCommand } from "./delete";
import { diff } from "./diff";
import { get } from "./get";

export type Command = (args: readonly string[], name: string) => Run<number>;

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["apply", apply],
  ["delete", deleteCommand],
  ["diff", diff],
  ["get", get],
]);
