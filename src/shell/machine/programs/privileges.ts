/** Programs about rights, ids and roots. */
import type { Program } from "../../../linux/program";
import { capsh } from "./privileges-capsh";
import { newgidmap, newuidmap } from "./privileges-maps";
import { chroot, pivotRoot } from "./privileges-root";
import { setpriv } from "./privileges-setpriv";

export const privilegePrograms: Readonly<Record<string, Program>> = { capsh, chroot, newgidmap, newuidmap, pivot_root: pivotRoot, setpriv };
