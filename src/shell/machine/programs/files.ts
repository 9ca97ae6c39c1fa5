/** Programs over files, and the everyday ones. */
import type { Program } from "../../../linux/program";
import { dir, ls, vdir } from "./coreutils-ls";
import { stat } from "./coreutils-stat";

export const filePrograms: Readonly<Record<string, Program>> = {
  dir,
  ls,
  stat,
  vdir,
};
